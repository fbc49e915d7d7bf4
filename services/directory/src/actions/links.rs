use std::collections::BTreeMap;

use jiff::{SignedDuration, SignedDurationRound, Unit};
use platform::auth::{Actor, SERVICES};
use uuid::Uuid;

use super::{Context, find};
use crate::{
    domain::{Person, surname_begins},
    error::Error,
    store,
};

/// Display names by id.
#[derive(Clone, Debug, Default)]
pub struct Parties {
    /// Of people; an erased one is "Personne effacée".
    pub people: BTreeMap<Uuid, String>,
    /// Of organisations.
    pub organisations: BTreeMap<Uuid, String>,
    /// Those of the people who were erased.
    pub erased: Vec<Uuid>,
}

/// Tries that may be wrong before a pause.
const TRIES: i64 = 5;
/// The pause counts from the first of them.
const PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// People as they are at this instant, for hand-over. Unknown ids are left out.
pub async fn resolve(context: &Context, actor: &Actor, ids: &[Uuid]) -> Result<Vec<Person>, Error> {
    actor.require(SERVICES)?;
    let mut tx = context.db.read().await?;
    Ok(store::people(&mut tx, ids).await?)
}

/// Names for pages and messages, for whoever has a role. What is unknown, or another organisation's, is left out; with
/// `owners`, what none of these owns as well.
pub async fn describe_parties(
    context: &Context,
    actor: &Actor,
    people: &[Uuid],
    organisations: &[Uuid],
    owners: &[Uuid],
) -> Result<Parties, Error> {
    let shown =
        |owner: Uuid| actor.may_access(owner).is_ok() && (owners.is_empty() || owners.contains(&owner));
    let mut tx = context.db.read().await?;
    let mut people = store::people(&mut tx, people).await?;
    people.retain(|person| shown(person.owner));
    let erased = people.iter().filter(|person| person.erased_at.is_some());
    let organisations = store::organisations(&mut tx, organisations).await?.into_iter();
    Ok(Parties {
        erased: erased.map(|person| person.id).collect(),
        people: people
            .into_iter()
            .map(|person| (person.id, person.display_name()))
            .collect(),
        organisations: organisations
            .filter(|organisation| shown(organisation.owner))
            .map(|organisation| (organisation.id, organisation.name))
            .collect(),
    })
}

/// Whether these are the first letters of the surname. After five wrong answers within a quarter of an hour, none is
/// looked at any more until it is over.
pub async fn verify_surname(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    letters: &str,
) -> Result<bool, Error> {
    actor.require(SERVICES)?;
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let person = find(&mut tx, actor, id).await?;
    let (tries, since) = store::count_try(&mut tx, id, now, now.minus(PAUSE)).await?;
    if tries > TRIES {
        let left = since.plus(PAUSE).timestamp().duration_since(now.timestamp());
        return Err(Error::Throttled {
            minutes: whole_minutes(left),
        });
    }
    let correct = surname_begins(&person.family_name, letters);
    if correct {
        store::forget_tries(&mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(correct)
}

pub(super) fn whole_minutes(left: SignedDuration) -> i64 {
    let up = SignedDurationRound::new()
        .smallest(Unit::Minute)
        .mode(jiff::RoundMode::Ceil);
    left.round(up).map_or(1, |left| left.as_mins())
}
