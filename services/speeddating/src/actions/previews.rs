//! What can be done, and what would be told, before it is done. Nothing is written.

use std::collections::BTreeSet;

use platform::auth::Actor;
use uuid::Uuid;

use super::{
    Context, Whole,
    corrections::{put_back, to_undo},
    elsewhere::Elsewhere,
    meetings::seen,
    readable,
    telling::{concerned, foretell},
    timetable,
};
use crate::{
    domain::{
        Altered, Board, Clash, Difference, Emitted, Meeting, Pair, Part, Refusal, Registration, Session,
        Side, SlotSpots, Spot, Step, Timetable, compare,
    },
    error::Error,
};

/// For what a place is looked for.
#[derive(Clone, Copy, Debug)]
pub enum Sought {
    /// A meeting that moves.
    Meeting(Uuid),
    /// A pair that is to be added.
    Pair(Pair),
}

/// Every place, and whether it can be taken.
pub struct Placements {
    /// The session.
    pub session: Session,
    /// Version of the timetable.
    pub version: i64,
    /// The meeting that moves.
    pub meeting: Option<Meeting>,
    /// By slot.
    pub slots: Vec<SlotSpots>,
}

/// What a publication would tell.
pub struct Publication {
    /// The session as it would be, at its version of now.
    pub session: Session,
    /// Version of the timetable.
    pub version: i64,
    /// Milestones set and cleared.
    pub news: Vec<Emitted>,
    /// Why it cannot be published.
    pub clashes: Vec<Clash>,
    /// Candidates with a meeting.
    pub candidates: usize,
    /// Employers with a meeting.
    pub employers: usize,
}

/// A correction that is thought of.
#[derive(Clone, Copy, Debug)]
pub enum Thought {
    /// Move a meeting at a version to a slot and perhaps a table.
    Move((Uuid, i64), i64, Option<i64>),
    /// Exchange two.
    Swap((Uuid, i64), (Uuid, i64)),
    /// Add a pair.
    Add(Pair, i64, Option<i64>),
    /// Cancel.
    Cancel((Uuid, i64)),
    /// Take a correction back; the actor's newest without an id.
    Undo(Option<Uuid>),
}

/// What a correction would change and tell.
pub struct Foreseen {
    /// The session.
    pub session: Session,
    /// The timetable.
    pub timetable: Timetable,
    /// The meetings.
    pub changes: Vec<Altered>,
    /// Milestones set and cleared; empty unless the timetable is published.
    pub news: Vec<Emitted>,
}

/// Two timetables of a session, to be compared.
pub struct Compared {
    session: Session,
    people: Vec<Registration>,
    wishes: Vec<crate::domain::Wish>,
    from: Timetable,
    to: Timetable,
}

/// Every slot and table for a meeting or a pair.
pub async fn list_placements(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    number: i64,
    sought: Sought,
) -> Result<Placements, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let whole = Whole::load_to_seat(&mut tx, session).await?;
    let timetable = timetable(&mut tx, whole.session.id, number).await?;
    let people = people_of(&whole, number);
    let elsewhere = Elsewhere::read(&mut tx, &whole.session, &people).await?;
    drop(tx);
    let version = timetable.version;
    let mut board = whole.board(timetable.meetings);
    let (meeting, mut slots) = match sought {
        Sought::Meeting(id) => {
            let meeting = board.meeting(id).ok_or(Error::Unknown("rendez-vous"))?.clone();
            (Some(meeting), board.places_to_move(id)?)
        }
        Sought::Pair(pair) => {
            let known = |id, side| board.person(id).is_some_and(|person| person.side == side);
            if !known(pair.candidate, Side::Candidate) || !known(pair.employer, Side::Employer) {
                return Err(Error::Unknown("inscription"));
            }
            (None, board.places_to_add(pair))
        }
    };
    for spots in &mut slots {
        not_elsewhere(&whole.session, &board, sought, &elsewhere, spots);
    }
    Ok(Placements {
        session: whole.session,
        version,
        meeting,
        slots,
    })
}

/// Candidates who must not be in two sessions: those of the published timetable.
fn people_of(whole: &Whole, number: i64) -> Vec<Uuid> {
    if number != whole.session.published_timetable {
        return Vec::new();
    }
    let candidates = whole
        .people
        .iter()
        .filter(|person| person.side == Side::Candidate);
    candidates.map(|person| person.person_id).collect()
}

/// Takes offers back that would put a candidate in two sessions at the same time.
fn not_elsewhere(
    session: &Session,
    board: &Board,
    sought: Sought,
    elsewhere: &Elsewhere,
    spots: &mut SlotSpots,
) {
    let knows = |pair: Pair| {
        board
            .person(pair.candidate)
            .is_some_and(|person| elsewhere.knows(person.person_id))
    };
    let own = match sought {
        Sought::Meeting(id) => board.meeting(id).map(|meeting| meeting.pair),
        Sought::Pair(pair) => Some(pair),
    };
    let slot = spots.slot;
    let clash = |change: &dyn Fn(&mut Board) -> Result<Vec<Meeting>, Refusal>| {
        let mut tried = board.clone();
        let changed = change(&mut tried).ok()?;
        let here = Part::of(&tried, Some(&concerned(&changed)));
        elsewhere.clashes(session, &here).into_iter().next()
    };
    let placed = |table: Option<i64>| {
        clash(&|board| match sought {
            Sought::Meeting(id) => board.move_to(id, slot, table),
            Sought::Pair(pair) => board.add(Uuid::nil(), pair, slot, table),
        })
    };
    for (table, spot) in (1..).zip(&mut spots.tables) {
        let found = match (&*spot, sought) {
            (Spot::Possible, _) if own.is_some_and(knows) => placed(Some(table)),
            (Spot::Swap { other, .. }, Sought::Meeting(id))
                if own.is_some_and(knows) || knows(other.pair) =>
            {
                let other = other.id;
                clash(&|board| board.swap(id, other))
            }
            _ => None,
        };
        if let Some(clash) = found {
            *spot = Spot::Impossible {
                clash,
                swap: None,
                other: None,
            };
        }
    }
    if spots.refused.is_none() && own.is_some_and(knows) {
        spots.refused = placed(None);
    }
}

/// What would be told if this timetable were published now.
pub async fn preview_publication(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    number: i64,
) -> Result<Publication, Error> {
    let mut tx = context.db.read().await?;
    let mut session = readable(&mut tx, actor, session).await?;
    session.state = session.state.after(Step::Publish)?;
    session.published_timetable = number;
    let whole = Whole::load_to_seat(&mut tx, session).await?;
    let timetable = timetable(&mut tx, whole.session.id, number).await?;
    let board = whole.board(timetable.meetings);
    let news = foretell(&mut tx, &whole.session, &board, None).await?;
    let mut clashes = board.clashes();
    let elsewhere = Elsewhere::read(&mut tx, &whole.session, &people_of(&whole, number)).await?;
    clashes.extend(elsewhere.clashes(&whole.session, &Part::of(&board, None)));
    let meeting: BTreeSet<Uuid> = board
        .standing()
        .iter()
        .flat_map(|meeting| [meeting.pair.candidate, meeting.pair.employer])
        .collect();
    // People, not registrations: one contact may stand for two employers.
    let of = |side| {
        let people = board
            .people()
            .filter(|person| person.side == side && meeting.contains(&person.id));
        people
            .map(|person| person.person_id)
            .collect::<BTreeSet<Uuid>>()
            .len()
    };
    Ok(Publication {
        version: timetable.version,
        news,
        clashes,
        candidates: of(Side::Candidate),
        employers: of(Side::Employer),
        session: whole.session,
    })
}

/// What a correction would change, and who would be told.
pub async fn preview_correction(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    number: i64,
    thought: Thought,
) -> Result<Foreseen, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    session.state.after(Step::Correct)?;
    let whole = Whole::load_to_seat(&mut tx, session).await?;
    let timetable = timetable(&mut tx, whole.session.id, number).await?;
    let named = match thought {
        Thought::Move(one, ..) | Thought::Cancel(one) => vec![one],
        Thought::Swap(one, two) => vec![one, two],
        Thought::Add(..) | Thought::Undo(_) => Vec::new(),
    };
    for (id, version) in named {
        seen(&mut tx, &timetable.meetings, id, version).await?;
    }
    let mut board = whole.board(timetable.meetings.clone());
    let changed = match thought {
        Thought::Move((id, _), slot, table) => board.move_to(id, slot, table)?,
        Thought::Swap((one, _), (two, _)) => board.swap(one, two)?,
        Thought::Add(pair, slot, table) => board.add(context.ids.id(), pair, slot, table)?,
        Thought::Cancel((id, _)) => board.cancel(id)?,
        Thought::Undo(id) => {
            let correction = to_undo(&mut tx, actor, &timetable, id).await?;
            put_back(&mut board, &correction)?
        }
    };
    let news = if number == whole.session.published_timetable {
        let standing: Vec<Meeting> = changed.iter().filter(|one| one.stands()).cloned().collect();
        let elsewhere = Elsewhere::read(&mut tx, &whole.session, &people_of(&whole, number)).await?;
        let here = Part::of(&board, Some(&concerned(&standing)));
        let clashes = elsewhere.clashes(&whole.session, &here);
        if !clashes.is_empty() {
            return Err(Refusal::Clashes(clashes).into());
        }
        foretell(&mut tx, &whole.session, &board, Some(&concerned(&changed))).await?
    } else {
        Vec::new()
    };
    Ok(Foreseen {
        changes: Altered::all(&timetable.meetings, &changed),
        session: whole.session,
        timetable,
        news,
    })
}

/// Loads two timetables of a session.
pub async fn compare_timetables(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    from: i64,
    to: i64,
) -> Result<Compared, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let Whole {
        session,
        people,
        wishes,
    } = Whole::load(&mut tx, session).await?;
    Ok(Compared {
        from: timetable(&mut tx, session.id, from).await?,
        to: timetable(&mut tx, session.id, to).await?,
        session,
        people,
        wishes,
    })
}

impl Compared {
    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The first and the second.
    pub fn timetables(&self) -> (&Timetable, &Timetable) {
        (&self.from, &self.to)
    }

    /// What differs by person, and for how many nothing does.
    pub fn differences(&self) -> (Vec<Difference<'_>>, usize) {
        let weights = &self.session.plan.weights;
        compare(
            &self.people,
            &self.wishes,
            weights,
            &self.from.meetings,
            &self.to.meetings,
        )
    }
}
