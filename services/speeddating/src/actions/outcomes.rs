//! The day and what came of it: presence, the words of both sides, the report.

use std::collections::{BTreeMap, BTreeSet};

use platform::{Tx, auth::Actor};
use uuid::Uuid;

use super::{
    Context, Whole, held, owned, readable,
    registrations::change,
    telling::{concerned, tell},
    timetable,
};
use crate::{
    domain::{
        Arrival, Meeting, MeetingState, Outcome, Presence, Refusal, Registration, Report, Session, Side,
        Step, Word,
    },
    error::Error,
    export,
    store::{self, arrivals::Noted},
};

/// Somebody and what is known of them on the day.
pub struct Attending {
    /// Who.
    pub registration: Registration,
    /// What was noted, if anything.
    pub arrival: Option<Arrival>,
}

/// What a presence was noted as, and whether the same had been noted before.
pub struct Marked {
    /// As it stands.
    pub attending: Attending,
    /// Nothing changed.
    pub already: bool,
}

/// Outcomes with the session that gives their slots their times.
pub struct Told {
    /// The session.
    pub session: Session,
    /// In the order of slots and tables.
    pub outcomes: Vec<Outcome>,
}

/// Notes that somebody is there, late or absent, or takes it back.
pub async fn set_presence(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    presence: Presence,
) -> Result<Marked, Error> {
    let presence = presence.check()?;
    let unknown = || Error::Unknown("inscription");
    let mut tx = context.db.begin().await?;
    let found = store::registrations::find(&mut tx, id)
        .await?
        .ok_or_else(unknown)?;
    let session = held(&mut tx, actor, found.session_id).await?;
    session.state.after(Step::NotePresence)?;
    session.day_has_come(context.clock.now().timestamp())?;
    // Read again: it may have changed before the session was held.
    let before = store::registrations::find(&mut tx, id)
        .await?
        .ok_or_else(unknown)?;
    let known = store::arrivals::find(&mut tx, id).await?;
    let same = match &known {
        Some(known) => known.arrival.presence == presence,
        None => presence == Presence::Expected,
    };
    if same {
        return Ok(Marked {
            attending: Attending {
                registration: before,
                arrival: known.map(|known| known.arrival),
            },
            already: true,
        });
    }
    let was_confirmed = known.map_or_else(|| before.confirmed(), |known| known.was_confirmed);
    let mut registration = before.note(presence, was_confirmed)?;
    change(&mut tx, &mut registration).await?;
    let noted = Noted {
        arrival: Arrival {
            presence,
            noted_by: actor.subject.clone(),
            noted_at: context.clock.now().timestamp(),
        },
        was_confirmed,
    };
    if presence == Presence::Expected {
        store::arrivals::remove(&mut tx, id).await?;
    } else {
        store::arrivals::write(&mut tx, id, &noted).await?;
    }
    let whole = Whole::load(&mut tx, session).await?;
    let board = whole.published(&mut tx).await?;
    // Employers are asked for the outcomes of the meetings to which somebody came.
    let mut theirs: BTreeSet<Uuid> = BTreeSet::from([id]);
    theirs.extend(
        board
            .standing()
            .into_iter()
            .filter(|meeting| meeting.pair.candidate == id)
            .map(|meeting| meeting.pair.employer),
    );
    tell(&mut tx, context, &whole.session, &board, Some(&theirs)).await?;
    tx.commit().await?;
    Ok(Marked {
        attending: Attending {
            registration,
            arrival: (presence != Presence::Expected).then_some(noted.arrival),
        },
        already: false,
    })
}

/// Everybody and what is known of them, in the order of sides and codes.
pub async fn list_presences(
    context: &Context,
    actor: &Actor,
    session: Uuid,
) -> Result<Vec<Attending>, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let mut noted = store::arrivals::all(&mut tx, session.id).await?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    let attending = people.into_iter().map(|registration| Attending {
        arrival: noted.remove(&registration.id).map(|noted| noted.arrival),
        registration,
    });
    Ok(attending.collect())
}

/// Notes a side's word on a meeting of the published timetable.
pub async fn report_meeting(
    context: &Context,
    actor: &Actor,
    meeting: Uuid,
    side: Side,
    said: Option<(MeetingState, &str)>,
) -> Result<Told, Error> {
    let mut tx = context.db.begin().await?;
    let home = store::meetings::home(&mut tx, meeting)
        .await?
        .ok_or(Error::Unknown("rendez-vous"))?;
    let session = held(&mut tx, actor, home.session_id).await?;
    let told = hear(&mut tx, context, session, &actor.subject, meeting, (side, said)).await?;
    tx.commit().await?;
    Ok(told)
}

/// A side's word, or that it takes it back, on a meeting of a held session.
pub(super) async fn hear(
    tx: &mut Tx,
    context: &Context,
    session: Session,
    by: &str,
    meeting: Uuid,
    (side, said): (Side, Option<(MeetingState, &str)>),
) -> Result<Told, Error> {
    session.state.after(Step::RecordOutcome)?;
    session.day_has_come(context.clock.now().timestamp())?;
    let whole = Whole::load(tx, session).await?;
    let before = published_meeting(tx, &whole.session, meeting).await?;
    let mut words = store::words::of(tx, meeting).await?;
    let word = said.map(|(state, outcome)| {
        let word = Word {
            state,
            outcome: outcome.to_owned(),
            said_by: by.to_owned(),
            said_at: context.clock.now().timestamp(),
        };
        words.heard(side, word)
    });
    words.set(side, word.clone());
    let mut outcome = Outcome::settle(before.clone(), words)?;
    match &word {
        Some(word) => store::words::write(tx, meeting, side, word).await?,
        None => store::words::remove(tx, meeting, side).await?,
    }
    if outcome.meeting != before {
        outcome.meeting.version += 1;
        if !store::meetings::update(tx, std::slice::from_ref(&outcome.meeting)).await? {
            return Err(Error::Stale);
        }
        let board = whole.published(tx).await?;
        let theirs = concerned(std::slice::from_ref(&outcome.meeting));
        tell(tx, context, &whole.session, &board, Some(&theirs)).await?;
    }
    Ok(Told {
        session: whole.session,
        outcomes: vec![outcome],
    })
}

/// The meetings that stand with both words; of one person when named.
pub async fn list_outcomes(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    person: Option<Uuid>,
) -> Result<Told, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let mut outcomes = outcomes(&mut tx, &session).await?;
    outcomes.retain(|outcome| {
        let pair = outcome.meeting.pair;
        outcome.meeting.stands() && person.is_none_or(|id| pair.candidate == id || pair.employer == id)
    });
    Ok(Told { session, outcomes })
}

/// The figures of a session.
pub async fn get_report(context: &Context, actor: &Actor, session: Uuid) -> Result<Report, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    let presences: BTreeMap<Uuid, Presence> = store::arrivals::all(&mut tx, session.id)
        .await?
        .into_iter()
        .map(|(id, noted)| (id, noted.arrival.presence))
        .collect();
    let wishes = store::wishes::all(&mut tx, session.id).await?;
    let outcomes = outcomes(&mut tx, &session).await?;
    Ok(Report::of(&people, &presences, &wishes, &outcomes))
}

/// A line for each meeting as CSV. It carries names: for organisers only.
pub async fn export_report(
    context: &Context,
    actor: &Actor,
    session: Uuid,
) -> Result<(String, Vec<u8>), Error> {
    actor.require(platform::auth::ORGANISERS)?;
    let mut tx = context.db.read().await?;
    let session = owned(actor, store::sessions::find(&mut tx, session).await?)?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    let outcomes = outcomes(&mut tx, &session).await?;
    drop(tx);
    let cards = context.directory.cards(&people).await?;
    let text = export::report(&session.plan.slots(), &people, &cards, &outcomes);
    Ok((format!("bilan-{}.csv", session.plan.date), text.into_bytes()))
}

/// All meetings of the published timetable with their words; none before publication.
pub(super) async fn outcomes(tx: &mut Tx, session: &Session) -> Result<Vec<Outcome>, Error> {
    if session.published_timetable == 0 {
        return Ok(Vec::new());
    }
    let timetable = timetable(tx, session.id, session.published_timetable).await?;
    let mut words = store::words::all(tx, timetable.id).await?;
    let outcomes = timetable.meetings.into_iter().map(|meeting| Outcome {
        words: words.remove(&meeting.id).unwrap_or_default(),
        meeting,
    });
    Ok(outcomes.collect())
}

async fn published_meeting(tx: &mut Tx, session: &Session, id: Uuid) -> Result<Meeting, Error> {
    if session.published_timetable == 0 {
        return Err(Refusal::NotPublished.into());
    }
    let timetable = timetable(tx, session.id, session.published_timetable).await?;
    let found = timetable.meetings.into_iter().find(|meeting| meeting.id == id);
    found.ok_or_else(|| Refusal::NotPublished.into())
}
