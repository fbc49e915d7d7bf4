//! Timetables: dry runs beside each other, one of them published.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use platform::{
    Tx,
    auth::{Actor, ORGANISERS},
    outbox,
    trace::TARGET,
};
use uuid::Uuid;

use super::{
    Context, Keyed, View, Whole, elsewhere::nobody_elsewhere, held, owned, readable, recall, remember, save,
    sessions::view, telling::tell, timetable,
};
use crate::{
    domain::{Flaw, Puzzle, Quality, Refusal, Session, Side, Solution, Step, Timetable},
    error::{Error, Moved},
    events, store,
};

/// Timetables of one session.
const MOST: i64 = 500;

/// How to make a timetable.
#[derive(Clone, Copy, Debug)]
pub struct Making {
    /// The same seed gives the same timetable, unless the time is up first.
    pub seed: u64,
    /// The search ends after so long.
    pub limit: Duration,
}

/// A timetable with the session that gives its slots their times.
pub struct Shown {
    /// The session.
    pub session: Session,
    /// The timetable.
    pub timetable: Timetable,
}

/// What a publication told.
pub struct Published {
    /// The session afterwards.
    pub view: View,
    /// Candidates with a meeting.
    pub candidates: usize,
    /// Employers with a meeting.
    pub employers: usize,
}

/// Makes a timetable beside the others. Nobody is told of it.
pub async fn make_timetable(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    session: Uuid,
    making: Making,
) -> Result<Shown, Error> {
    let permit = context.solving.try_acquire().map_err(|_| Error::Busy)?;
    let mut tx = context.db.read().await?;
    actor.require(ORGANISERS)?;
    let session = owned(actor, store::sessions::find(&mut tx, session).await?)?;
    if let Some(made) = made_before(&mut tx, &request, &session).await? {
        return Ok(Shown {
            session,
            timetable: made,
        });
    }
    let (whole, puzzle) = posed(&mut tx, session).await?;
    // The computation takes seconds: no transaction is open meanwhile.
    drop(tx);
    let solution = solve(context, puzzle, making).await?;
    drop(permit);

    let mut tx = context.db.begin().await?;
    let session = held(&mut tx, actor, whole.session.id).await?;
    if let Some(made) = made_before(&mut tx, &request, &session).await? {
        return Ok(Shown {
            session,
            timetable: made,
        });
    }
    if session.inputs != whole.session.inputs {
        return Err(Error::InputsChanged);
    }
    let shown = write(&mut tx, context, session, &whole, solution, making.seed).await?;
    remember(&mut tx, context, &request, shown.timetable.id).await?;
    tx.commit().await?;
    shown.log();
    Ok(shown)
}

/// The problem of a session that may have a timetable made.
pub(super) async fn posed(tx: &mut Tx, session: Session) -> Result<(Whole, Puzzle), Error> {
    session.state.after(Step::MakeTimetable)?;
    let whole = Whole::load(tx, session).await?;
    let puzzle = Puzzle::new(
        &whole.board(Vec::new()),
        &whole.wishes,
        &whole.session.plan.weights,
    )?;
    Ok((whole, puzzle))
}

/// Writes what was found for `whole` as the next timetable of the held session.
pub(super) async fn write(
    tx: &mut Tx,
    context: &Context,
    mut session: Session,
    whole: &Whole,
    solution: Solution,
    seed: u64,
) -> Result<Shown, Error> {
    let number = store::timetables::newest(tx, session.id).await? + 1;
    if number > MOST {
        return Err(Flaw::new("session_id", "la session a déjà 500 plannings").into());
    }
    let timetable = drawn(context, whole, solution, seed, number);
    store::timetables::insert(tx, &timetable).await?;
    let state = session.state.after(Step::MakeTimetable)?;
    if state != session.state {
        session.state = state;
        save(tx, &mut session).await?;
    }
    Ok(Shown { session, timetable })
}

impl Shown {
    pub(super) fn log(&self) {
        let (session, timetable) = (&self.session, &self.timetable);
        tracing::info!(
            session.id = %session.id, timetable.number, meetings = timetable.meetings.len(),
            weight = timetable.quality.weight, bound = timetable.quality.bound, "a timetable was made"
        );
    }
}

/// Reads a timetable; 0 is the published one, else the newest.
pub async fn get_timetable(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    number: i64,
) -> Result<Shown, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let number = match (number, session.published_timetable) {
        (0, 0) => store::timetables::newest(&mut tx, session.id).await?,
        (0, published) => published,
        (number, _) => number,
    };
    let timetable = timetable(&mut tx, session.id, number).await?;
    Ok(Shown { session, timetable })
}

/// The timetables of a session, newest first, without their meetings.
pub async fn list_timetables(
    context: &Context,
    actor: &Actor,
    session: Uuid,
) -> Result<(Session, Vec<Timetable>), Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let timetables = store::timetables::list(&mut tx, session.id).await?;
    Ok((session, timetables))
}

/// Makes a timetable the one that everybody is told, at once and in one transaction. `previewed` is the version of the
/// timetable that the actor has seen, if they say so.
#[tracing::instrument(name = "publish timetable", level = "trace", target = TARGET, skip_all, fields(session.id = %session))]
pub async fn publish(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    version: i64,
    number: i64,
    previewed: Option<i64>,
) -> Result<Published, Error> {
    let mut tx = context.db.begin().await?;
    let mut session = held(&mut tx, actor, session).await?;
    if let Some(previewed) = previewed {
        // Before the session's version: what changed is worth more to the reader than that something did.
        as_previewed(&mut tx, session.id, number, previewed).await?;
    }
    if session.version != version {
        return Err(Error::Stale);
    }
    session.state = session.state.after(Step::Publish)?;
    session.published_timetable = number;
    let mut whole = Whole::load(&mut tx, session).await?;
    let board = whole.published(&mut tx).await?;
    // It may have been made before somebody withdrew or the hours changed.
    let clashes = board.clashes();
    if !clashes.is_empty() {
        return Err(Refusal::Clashes(clashes).into());
    }
    nobody_elsewhere(&mut tx, &whole.session, &board, None).await?;
    save(&mut tx, &mut whole.session).await?;
    let told = tell(&mut tx, context, &whole.session, &board, None).await?;
    let published = events::published(&context.ids, &context.clock, &whole.session);
    outbox::push(&mut tx, &published).await?;
    let meeting: BTreeSet<Uuid> = board
        .standing()
        .iter()
        .flat_map(|meeting| [meeting.pair.candidate, meeting.pair.employer])
        .collect();
    // People, not registrations: one contact may stand for two employers.
    let of = |side| {
        let told = board
            .people()
            .filter(|person| person.side == side && meeting.contains(&person.id));
        told.map(|person| person.person_id)
            .collect::<BTreeSet<Uuid>>()
            .len()
    };
    let (candidates, employers) = (of(Side::Candidate), of(Side::Employer));
    let view = view(&mut tx, whole.session).await?;
    tx.commit().await?;
    tracing::info!(session.id = %view.session.id, number, told, "a timetable was published");
    Ok(Published {
        view,
        candidates,
        employers,
    })
}

async fn as_previewed(tx: &mut Tx, session: Uuid, number: i64, previewed: i64) -> Result<(), Error> {
    let now = timetable(tx, session, number).await?;
    if now.version == previewed {
        return Ok(());
    }
    let corrections = store::corrections::since(tx, now.id, previewed, MOST).await?;
    Err(Error::Moved(Box::new(Moved {
        version: now.version,
        corrections,
    })))
}

async fn made_before(tx: &mut Tx, request: &Keyed, session: &Session) -> Result<Option<Timetable>, Error> {
    let Some(id) = recall(tx, request).await? else {
        return Ok(None);
    };
    for made in store::timetables::list(tx, session.id).await? {
        if made.id == id {
            return timetable(tx, session.id, made.number).await.map(Some);
        }
    }
    Err(Error::Unknown("planning"))
}

/// Solves on a thread of its own; the stop of the process ends it.
async fn solve(context: &Context, puzzle: Puzzle, making: Making) -> Result<Solution, Error> {
    let stopping = context.tasks.stopping();
    // A deadline of real time: a demo's clock may jump, a computation may not.
    let started = Instant::now();
    let solved = tokio::task::spawn_blocking(move || {
        let stop = || started.elapsed() >= making.limit || stopping.is_cancelled();
        puzzle.solve(making.seed, &stop, &|_| {})
    });
    solved.await.map_err(Error::internal)?.map_err(Error::internal)
}

fn drawn(context: &Context, whole: &Whole, solution: Solution, seed: u64, number: i64) -> Timetable {
    let mut board = whole.board(Vec::new());
    let placed = solution
        .placed
        .into_iter()
        .map(|(pair, slot)| (context.ids.id(), pair, slot));
    let meetings = board.seat_all(placed.collect());
    let quality = Quality::of(
        &board,
        &whole.wishes,
        &whole.session.plan.weights,
        solution.bound,
        solution.proven,
    );
    Timetable {
        id: context.ids.id(),
        session_id: whole.session.id,
        number,
        version: 1,
        // The bits: columns hold signed numbers.
        seed: seed.cast_signed(),
        inputs: whole.session.inputs,
        quality,
        created_at: context.clock.now().timestamp(),
        meetings,
    }
}
