//! What was changed by hand: shown, and taken back.

use platform::{Tx, auth::Actor};
use uuid::Uuid;

use super::{
    Context, Whole, held,
    meetings::{Settling, free_elsewhere, settle},
    readable, timetable,
};
use crate::{
    domain::{Board, Correction, CorrectionKind, Meeting, Session, Step, Timetable, UNDO_MOST},
    error::Error,
    store,
};

/// Corrections since a version, at most.
const SHOWN: i64 = 200;

/// Corrections of a timetable, newest first.
pub struct Corrections {
    /// The session.
    pub session: Session,
    /// The timetable.
    pub timetable: Timetable,
    /// Each with whether it can be taken back.
    pub all: Vec<Known>,
}

/// A correction, and what can be done about it now.
pub struct Known {
    /// The correction.
    pub correction: Correction,
    /// It can be taken back.
    pub undoable: bool,
    /// The one that took it back, if that can be taken back in turn.
    pub redo: Option<Uuid>,
}

/// A correction that was taken back.
pub struct Undone {
    /// The session.
    pub session: Session,
    /// The correction that did it.
    pub correction: Correction,
    /// Its meetings.
    pub meetings: Vec<Meeting>,
}

/// What was changed in a timetable: the newest, or all since a version.
pub async fn list_corrections(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    number: i64,
    since: i64,
) -> Result<Corrections, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let timetable = timetable(&mut tx, session.id, number).await?;
    let newest = newest(&mut tx, &timetable).await?;
    let all = if since == 0 {
        newest.clone()
    } else {
        store::corrections::since(&mut tx, timetable.id, since, SHOWN).await?
    };
    let meetings = &timetable.meetings;
    let all = all.into_iter().map(|one| Known {
        undoable: newest.contains(&one) && one.undoable(meetings),
        redo: newest
            .iter()
            .find(|back| back.redoes(&one, meetings))
            .map(|back| back.id),
        correction: one,
    });
    Ok(Corrections {
        session,
        all: all.collect(),
        timetable,
    })
}

/// Takes a correction back; without an id the actor's own newest. Taking back what took another one back does that one again.
pub async fn undo_correction(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    number: i64,
    correction: Option<Uuid>,
) -> Result<Undone, Error> {
    let mut tx = context.db.begin().await?;
    let session = held(&mut tx, actor, session).await?;
    session.state.after(Step::Correct)?;
    let whole = Whole::load(&mut tx, session).await?;
    let mut timetable = timetable(&mut tx, whole.session.id, number).await?;
    let found = to_undo(&mut tx, actor, &timetable, correction).await?;
    let again: Vec<Uuid> = newest(&mut tx, &timetable)
        .await?
        .iter()
        .filter(|one| found.redoes(one, &timetable.meetings))
        .map(|one| one.id)
        .collect();
    let before = std::mem::take(&mut timetable.meetings);
    let mut board = whole.board(before.clone());
    let meetings = put_back(&mut board, &found)?;
    if !store::meetings::update(&mut tx, &meetings).await? {
        return Err(Error::Stale);
    }
    if !store::corrections::undone(&mut tx, found.id, &actor.subject, context.clock.now()).await? {
        return Err(Error::NotUndoable);
    }
    free_elsewhere(&mut tx, &whole, &timetable, &board, &meetings).await?;
    for mut earlier in newest(&mut tx, &timetable).await? {
        if again.contains(&earlier.id) {
            store::corrections::redone(&mut tx, earlier.id).await?;
        }
        if earlier.id != found.id && earlier.stands_again(&found, &meetings) {
            store::corrections::rewrite(&mut tx, &earlier).await?;
        }
    }
    let settling = Settling {
        kind: CorrectionKind::Undo,
        by: &actor.subject,
        before: &before,
        changed: &meetings,
    };
    let correction = settle(&mut tx, context, &whole, timetable, &board, settling).await?;
    tx.commit().await?;
    Ok(Undone {
        session: whole.session,
        correction,
        meetings,
    })
}

/// The correction that is meant, if it can be taken back.
pub(super) async fn to_undo(
    tx: &mut Tx,
    actor: &Actor,
    timetable: &Timetable,
    correction: Option<Uuid>,
) -> Result<Correction, Error> {
    let newest = newest(tx, timetable).await?;
    let meetings = &timetable.meetings;
    let mut all = newest.iter();
    let found = match correction {
        Some(id) => all.find(|one| one.id == id).ok_or(Error::NotUndoable)?,
        None => all
            .find(|one| {
                one.by == actor.subject
                    && one.undone.is_none()
                    && !matches!(one.kind, CorrectionKind::Undo | CorrectionKind::Withdrawal)
            })
            .ok_or(Error::NothingToUndo)?,
    };
    let redoes = || newest.iter().any(|one| found.redoes(one, meetings));
    if found.undoable(meetings) || redoes() {
        Ok(found.clone())
    } else {
        Err(Error::NotUndoable)
    }
}

/// The meetings as they are once it is taken back, with their next version.
pub(super) fn put_back(board: &mut Board, correction: &Correction) -> Result<Vec<Meeting>, Error> {
    let mut meetings = board.put_back(&correction.changes)?;
    for meeting in &mut meetings {
        meeting.version += 1;
    }
    Ok(meetings)
}

async fn newest(tx: &mut Tx, timetable: &Timetable) -> Result<Vec<Correction>, Error> {
    // Those that take others back are no steps of their own.
    let most = i64::try_from(2 * UNDO_MOST).unwrap_or(i64::MAX);
    let all = store::corrections::since(tx, timetable.id, 0, most).await?;
    let (mut steps, mut newest) = (0, Vec::new());
    for one in all {
        steps += usize::from(one.kind != CorrectionKind::Undo);
        if steps > UNDO_MOST {
            break;
        }
        newest.push(one);
    }
    Ok(newest)
}
