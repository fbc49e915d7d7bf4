use platform::auth::{Actor, SERVICES};
use uuid::Uuid;

use super::{
    Context,
    staff::{insert_newcomer, note},
};
use crate::{
    domain::{Access, Account, Drafts, Happening, Newcomer, Organisation, OrganisationRow, Password},
    error::Error,
    store,
};

/// Whether there is a first administrator.
pub async fn is_set_up(context: &Context, actor: &Actor) -> Result<bool, Error> {
    actor.require(SERVICES)?;
    Ok(store::is_set_up(&mut context.db.read().await?).await?)
}

/// Makes the first administrator and, when it has a name, the first organisation. Of two at once, one is refused.
pub async fn create_first_administrator(
    context: &Context,
    actor: &Actor,
    newcomer: Newcomer,
    password: &str,
    organisation: &str,
) -> Result<(Account, Option<Uuid>), Error> {
    actor.require(SERVICES)?;
    let password = Password::chosen("password", password, &newcomer.mail)?;
    let now = context.clock.now();
    let organisation = match organisation.trim() {
        "" => None,
        name => Some(Organisation::own(
            context.ids.id(),
            None,
            &organisation_draft("organisation_name", name)?,
            now,
        )),
    };
    // Looked at before the hash is computed, and made sure of after it.
    if store::is_set_up(&mut context.db.read().await?).await? {
        return Err(Error::AlreadySetUp);
    }
    let hash = context.passwords.hash(password).await?;
    let mut tx = context.db.begin().await?;
    store::set_up(&mut tx, now).await?;
    let id = context.ids.id();
    let account = Account {
        password: Some(hash),
        ..Account::new(id, &newcomer, Access::administrator(), now)
    };
    insert_newcomer(&mut tx, &account, &newcomer).await?;
    if let Some(organisation) = &organisation {
        store::save_organisations(&mut tx, std::slice::from_ref(organisation)).await?;
    }
    note(&mut tx, context, actor, Happening::SetUp, Some(id), "").await?;
    tx.commit().await?;
    tracing::info!(account = %id, "the first administrator was made");
    Ok((account, organisation.map(|organisation| organisation.id)))
}

/// A name that an organisation can have; the fault names `field`.
pub(super) fn organisation_draft(field: &str, name: &str) -> Result<crate::domain::OrganisationDraft, Error> {
    let row = OrganisationRow {
        key: "own".to_owned(),
        name: name.to_owned(),
        ..OrganisationRow::default()
    };
    let refused = |message: &str| Error::field(field, message);
    match Drafts::read(&[], &[row]) {
        Ok(drafts) => drafts
            .organisations
            .into_iter()
            .next()
            .ok_or_else(|| refused("is empty: write the name of the organisation")),
        Err(Error::Invalid(faults)) => Err(refused(
            faults.first().map_or("is no name", |fault| &fault.message),
        )),
        Err(other) => Err(other),
    }
}
