//! A session's plan as a form sees it, copies, and what sessions wait for.

use std::collections::BTreeSet;

use platform::{
    Tx,
    auth::{Actor, ORGANISERS, READERS},
};
use uuid::Uuid;

use super::{
    Context, Keyed, NewSession, View, Whole, create_session,
    elsewhere::nobody_elsewhere,
    held_at,
    outcomes::outcomes,
    partners::move_links,
    readable, save,
    sessions::{move_presences, view},
    telling::tell,
    timetable,
};
use crate::{
    domain::{MeetingState, Plan, Refusal, Registration, Session, Side, Standing, State, Step},
    error::Error,
    store,
};

/// What a session waits for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Attention {
    /// Employers who have not confirmed.
    pub unconfirmed_employers: i64,
    /// Candidates without a meeting in the timetable that stands, else in the newest.
    pub without_meeting: i64,
    /// That timetable does not know the latest inputs.
    pub outdated: bool,
    /// Meetings of a day that has come of which nobody has said anything.
    pub outcomes_missing: i64,
    /// Meetings on which both sides contradict each other.
    pub disagreements: i64,
}

/// What to copy of a session.
pub struct Copy {
    /// The other session.
    pub of: Uuid,
    /// The new title.
    pub title: String,
    /// The new day.
    pub date: jiff::civil::Date,
    /// The new start; as the other when none.
    pub starts: Option<jiff::civil::Time>,
    /// Its employers are registered again.
    pub with_employers: bool,
}

/// What a request says nothing of: it stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct Unsaid {
    /// The weights of wishes.
    pub weights: bool,
    /// The zone of the wall clock.
    pub time_zone: bool,
}

/// Replaces the whole plan, weights and zone only when asked to. After publication those concerned are told.
pub async fn replace_plan(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    mut plan: Plan,
    unsaid: Unsaid,
) -> Result<View, Error> {
    let flaws = plan.flaws();
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    let mut tx = context.db.begin().await?;
    let mut session = held_at(&mut tx, actor, id, version).await?;
    session.state = session.state.after(Step::Move)?;
    if unsaid.weights {
        plan.weights = session.plan.weights.clone();
    }
    if unsaid.time_zone {
        plan.time_zone.clone_from(&session.plan.time_zone);
    }
    let before = std::mem::replace(&mut session.plan, plan);
    if inputs_differ(&before, &session.plan) {
        session.inputs += 1;
    }
    let shift = before.shift_to(&session.plan);
    let moves = before.date != session.plan.date
        || before.time_zone != session.plan.time_zone
        || before.slots() != session.plan.slots();
    if let Some(flaw) = session
        .plan
        .past(context.clock.now().timestamp())
        .filter(|_| moves)
    {
        return Err(flaw.into());
    }
    let mut whole = Whole::load(&mut tx, session).await?;
    move_presences(&mut tx, &mut whole, shift).await?;
    let board = whole.published(&mut tx).await?;
    let clashes = board.clashes();
    if !clashes.is_empty() {
        return Err(Refusal::Clashes(clashes).into());
    }
    if moves {
        nobody_elsewhere(&mut tx, &whole.session, &board, None).await?;
    }
    save(&mut tx, &mut whole.session).await?;
    move_links(&mut tx, &whole.session, &before).await?;
    let told = tell(&mut tx, context, &whole.session, &board, None).await?;
    let view = view(&mut tx, whole.session).await?;
    tx.commit().await?;
    tracing::info!(session.id = %id, told, "a session's plan was replaced");
    Ok(view)
}

/// A new session with the plan of another.
pub async fn copy_session(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    copy: Copy,
) -> Result<View, Error> {
    actor.require(ORGANISERS)?;
    let mut tx = context.db.read().await?;
    let other = readable(&mut tx, actor, copy.of).await?;
    let people = store::registrations::all(&mut tx, other.id).await?;
    drop(tx);
    let employers = if copy.with_employers {
        employers(context, people).await?
    } else {
        Vec::new()
    };
    let mut plan = other
        .plan
        .moved(copy.date, copy.starts.unwrap_or(other.plan.starts), None)?;
    let shift = other.plan.shift_to(&plan);
    plan.title = copy.title;
    let new = NewSession {
        organisation_id: other.organisation_id,
        kind: other.kind,
        plan,
    };
    let made = create_session(context, actor, request, new).await?;
    if employers.is_empty() || made.counts.employers > 0 {
        return Ok(made);
    }
    // A second transaction: killed in between, the same request finds the session without employers and goes on.
    let mut tx = context.db.begin().await?;
    let mut session = held_at(&mut tx, actor, made.session.id, made.session.version).await?;
    session.state = session.state.after(Step::Import)?;
    let employers: Vec<Registration> = employers
        .into_iter()
        .map(|employer| Registration {
            id: context.ids.id(),
            version: 1,
            session_id: session.id,
            standing: Standing::Registered,
            ended_by: None,
            arrives: employer.arrives.map(|time| crate::domain::shifted(time, shift)),
            leaves: employer.leaves.map(|time| crate::domain::shifted(time, shift)),
            ..employer
        })
        .collect();
    store::registrations::insert(&mut tx, &employers).await?;
    session.inputs += 1;
    save(&mut tx, &mut session).await?;
    let whole = Whole::load(&mut tx, session).await?;
    let board = whole.published(&mut tx).await?;
    tell(&mut tx, context, &whole.session, &board, None).await?;
    let view = view(&mut tx, whole.session).await?;
    tx.commit().await?;
    Ok(view)
}

/// Employers who took part and whose contact the directory still knows.
async fn employers(context: &Context, people: Vec<Registration>) -> Result<Vec<Registration>, Error> {
    let employers: Vec<Registration> = people
        .into_iter()
        .filter(|person| person.side == Side::Employer && person.takes_part())
        .collect();
    let cards = context.directory.cards(&employers).await?;
    let known = employers.into_iter().zip(cards);
    let known = known.filter(|(_, card)| !(card.given_name.is_empty() && card.family_name.is_empty()));
    Ok(known.map(|(employer, _)| employer).collect())
}

/// What each of these sessions waits for, in their order; unknown ones are left out.
pub async fn list_attention(
    context: &Context,
    actor: &Actor,
    sessions: &[Uuid],
) -> Result<Vec<(Uuid, Attention)>, Error> {
    actor.require(READERS)?;
    let mut tx = context.db.read().await?;
    let mut all = Vec::new();
    for id in sessions {
        let Some(session) = store::sessions::find(&mut tx, *id).await? else {
            continue;
        };
        if actor.may_access(session.organisation_id).is_err() {
            continue;
        }
        let begun = session.day_has_come(context.clock.now().timestamp()).is_ok();
        all.push((*id, attention(&mut tx, &session, begun).await?));
    }
    Ok(all)
}

async fn attention(tx: &mut Tx, session: &Session, begun: bool) -> Result<Attention, Error> {
    let mut attention = Attention::default();
    if matches!(session.state, State::Cancelled | State::FollowedUp) {
        return Ok(attention);
    }
    let people = store::registrations::all(tx, session.id).await?;
    let unconfirmed =
        |person: &&Registration| person.side == Side::Employer && person.standing == Standing::Registered;
    attention.unconfirmed_employers = length(people.iter().filter(unconfirmed).count());
    let number = match session.published_timetable {
        0 => store::timetables::newest(tx, session.id).await?,
        published => published,
    };
    if number == 0 {
        return Ok(attention);
    }
    let shown = timetable(tx, session.id, number).await?;
    attention.outdated = shown.inputs != session.inputs;
    let with: BTreeSet<Uuid> = shown.standing().map(|meeting| meeting.pair.candidate).collect();
    let without = |person: &&Registration| {
        person.side == Side::Candidate && person.expected() && !with.contains(&person.id)
    };
    attention.without_meeting = length(people.iter().filter(without).count());
    if begun {
        let absent: BTreeSet<Uuid> = people
            .iter()
            .filter(|person| person.absent())
            .map(|person| person.id)
            .collect();
        let outcomes = outcomes(tx, session).await?;
        let open = outcomes
            .iter()
            .map(|outcome| outcome.meeting.settled(|id| absent.contains(&id)))
            .filter(|state| *state == MeetingState::Planned);
        attention.outcomes_missing = length(open.count());
        attention.disagreements = length(outcomes.iter().filter(|outcome| outcome.words.disagree()).count());
    }
    Ok(attention)
}

/// Whether a timetable made under one plan may not fit the other.
fn inputs_differ(before: &Plan, after: &Plan) -> bool {
    before.slots() != after.slots()
        || before.venue.rooms != after.venue.rooms
        || before.weights != after.weights
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
