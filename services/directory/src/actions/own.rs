//! Organisations of this installation and their branches.

use platform::{Tx, auth::Actor};
use uuid::Uuid;

use super::{Context, setup::organisation_draft, staff::require_administrator};
use crate::{
    domain::{Access, Unit, Violation, in_order, named},
    error::Error,
    store,
};

/// Makes an organisation of this installation, or a branch of `parent`, or gives one that there is another name.
pub async fn create_own_organisation(
    context: &Context,
    actor: &Actor,
    id: Option<Uuid>,
    parent: Option<Uuid>,
    name: &str,
) -> Result<Unit, Error> {
    let draft = organisation_draft("name", name)?;
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    // Two who name at once: the second looks at what the first has made.
    store::lock_administrators(&mut tx, now).await?;
    require_administrator(&mut tx, actor).await?;
    let id = id.unwrap_or_else(|| context.ids.id());
    let of_others = store::organisations(&mut tx, &[id]).await?.pop();
    if of_others.is_some_and(|known| known.owner != id) {
        return Err(Error::field(
            "organisation_id",
            "is another organisation's: leave it empty",
        ));
    }
    let own = store::own_organisations(&mut tx, None).await?;
    let organisation = named(&own, id, parent, &draft, now)?;
    if !store::save_organisations(&mut tx, std::slice::from_ref(&organisation)).await? {
        return Err(Error::Stale);
    }
    tx.commit().await?;
    let parent = own.into_iter().find(|one| Some(one.id) == organisation.parent);
    Ok(Unit {
        organisation,
        parent_name: parent.map(|parent| parent.name),
    })
}

/// Organisations and branches of this installation that the actor may work for.
pub async fn own_organisations(context: &Context, actor: &Actor) -> Result<Vec<Unit>, Error> {
    let own = store::own_organisations(&mut context.db.read().await?, None).await?;
    let mut units = in_order(own);
    units.retain(|unit| actor.may_access(unit.organisation.id).is_ok());
    Ok(units)
}

/// An account for an organisation that nobody works for would see nothing, and nobody would know why.
pub(super) async fn check_organisations(tx: &mut Tx, access: &Access) -> Result<(), Error> {
    let Some(wanted) = access.organisations() else {
        return Ok(());
    };
    let wanted: Vec<Uuid> = wanted.iter().copied().collect();
    let known = store::own_organisations(tx, Some(&wanted)).await?;
    let faults: Vec<_> = wanted
        .iter()
        .filter(|id| !known.iter().any(|organisation| organisation.id == **id))
        .map(|_| {
            Violation::new(
                "scope.organisation_ids",
                "names no organisation of this installation: take an id of the list",
            )
        })
        .take(1)
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}
