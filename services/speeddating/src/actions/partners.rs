//! Partners register their people by a link: made and revoked by those who organise, used by whoever holds its token
//! and its code.

mod people;
mod visits;

use jiff::SignedDuration;
use platform::{
    Moment, Tx,
    auth::{Actor, ORGANISERS},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Context, Keyed, held, readable, recall, remember};
use crate::{
    domain::{Flaw, Kind, PartnerLink, Plan, Refusal, Session, Step},
    error::Error,
    store,
};

pub use people::{
    NewPartnerPerson, PartnerPerson, PartnerRoll, get_partner_roll, register_partner_person,
    set_partner_wishes, withdraw_partner_person,
};
pub use visits::{Opened, Visit, open_partner_link};

/// Longest life of a link.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A link with how many of its people take part.
pub struct ShownLink {
    /// The link.
    pub link: PartnerLink,
    /// People who take part.
    pub people: usize,
}

/// A new link, and the two secrets of which only digests are kept.
pub struct NewLink {
    /// The link.
    pub shown: ShownLink,
    /// For the address.
    pub token: String,
    /// Told by another way.
    pub code: String,
}

/// Makes a link. Without an end it ends with the session.
///
/// The same request again is refused, where other creating requests have the reply of the first one: the reply holds the
/// token and the code, and to say them twice they would have to lie in clear with the remembered replies for a day, beside
/// the hashes that keep them from whoever reads the database. Remembered is the link's id alone.
pub async fn create_partner_link(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    session: Uuid,
    partner: String,
    expires_at: Option<Moment>,
) -> Result<NewLink, Error> {
    if partner.is_empty() {
        return Err(Flaw::new("partner", "donnez le nom du partenaire").into());
    }
    let mut tx = context.db.begin().await?;
    // Held, so that of two presses at once the second waits and finds what the first has made.
    let session = held(&mut tx, actor, session).await?;
    if recall(&mut tx, &request).await?.is_some() {
        return Err(Refusal::LinkAlreadyMade.into());
    }
    session.state.after(Step::Import)?;
    if session.kind == Kind::B2b {
        return Err(Flaw::new(
            "session_id",
            "une session entre professionnels n'a pas de candidats de partenaires",
        )
        .into());
    }
    let now = context.clock.now();
    let expires_at = match expires_at {
        Some(at) => at,
        None => evening(&session.plan)?,
    };
    if expires_at <= now || expires_at > now.plus(LONGEST) {
        return Err(Flaw::new("expires_at", "la fin du lien est à venir, dans un an au plus").into());
    }
    let link = PartnerLink {
        id: context.ids.id(),
        session_id: session.id,
        partner,
        wrong_codes: 0,
        created_at: now,
        expires_at,
        revoked_at: None,
    };
    let token = context.ids.token();
    let code = format!("{:06}", context.ids.below(1_000_000));
    let digests = (hash(&token), code_hash(&token, &code));
    store::partners::insert(&mut tx, &link, &digests.0, &digests.1, &actor.subject).await?;
    remember(&mut tx, context, &request, link.id).await?;
    tx.commit().await?;
    tracing::info!(session.id = %session.id, link.id = %link.id, "a partner's link was made");
    Ok(NewLink {
        shown: ShownLink { link, people: 0 },
        token,
        code,
    })
}

/// Links of a session, newest first.
pub async fn list_partner_links(
    context: &Context,
    actor: &Actor,
    session: Uuid,
) -> Result<Vec<ShownLink>, Error> {
    actor.require(ORGANISERS)?;
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let mut shown = Vec::new();
    for link in store::partners::of_session(&mut tx, session.id).await? {
        let people = people::of_link(&mut tx, &link).await?;
        shown.push(ShownLink {
            people: people.iter().filter(|person| person.takes_part()).count(),
            link,
        });
    }
    Ok(shown)
}

/// Ends a link; its people stay.
pub async fn revoke_partner_link(context: &Context, actor: &Actor, id: Uuid) -> Result<ShownLink, Error> {
    let unknown = || Error::Unknown("lien");
    let mut tx = context.db.begin().await?;
    actor.require(ORGANISERS)?;
    let link = store::partners::find(&mut tx, id).await?.ok_or_else(unknown)?;
    held(&mut tx, actor, link.session_id)
        .await
        .map_err(|error| match error {
            Error::Unknown(_) => unknown(),
            other => other,
        })?;
    store::partners::revoke(&mut tx, id, context.clock.now()).await?;
    let link = store::partners::find(&mut tx, id).await?.ok_or_else(unknown)?;
    let people = people::of_link(&mut tx, &link).await?;
    tx.commit().await?;
    Ok(ShownLink {
        people: people.iter().filter(|person| person.takes_part()).count(),
        link,
    })
}

/// Links that end with the session still do when it has moved: who got one was told that it is good until then.
pub(super) async fn move_links(tx: &mut Tx, session: &Session, before: &Plan) -> Result<(), Error> {
    let (from, to) = (evening(before)?, evening(&session.plan)?);
    if from != to {
        store::partners::move_ends(tx, session.id, from, to).await?;
    }
    Ok(())
}

/// When a session ends.
fn evening(plan: &Plan) -> Result<Moment, Error> {
    let ends = plan.instant(plan.at(plan.ends));
    Ok(Moment::from(ends.map_err(Error::internal)?))
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// With the token, which is not kept: the few codes there are cannot be tried on the database alone.
fn code_hash(token: &str, code: &str) -> Vec<u8> {
    hash(&format!("{token}|{code}"))
}
