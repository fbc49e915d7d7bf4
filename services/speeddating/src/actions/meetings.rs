//! Corrections by hand, and what became of meetings.

use platform::{Moment, Tx, auth::Actor};
use uuid::Uuid;

use super::{
    Context, Keyed, Whole,
    elsewhere::nobody_elsewhere,
    held,
    outcomes::hear,
    recall, remember,
    telling::{concerned, tell},
    timetable,
};
use crate::{
    domain::{
        Altered, Board, Change, Correction, CorrectionKind, Meeting, MeetingState, Pair, Quality, Refusal,
        Session, Side, Step, Timetable,
    },
    error::{Error, Overtaken},
    store,
};

/// Meetings after a correction, with the session that gives their slots their times.
pub struct Corrected {
    /// The session.
    pub session: Session,
    /// The meetings, in the order of the request.
    pub meetings: Vec<Meeting>,
}

/// Moves a meeting to another slot or table.
pub async fn move_meeting(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    slot: i64,
    table: Option<i64>,
) -> Result<Corrected, Error> {
    let kind = CorrectionKind::Move;
    correct(context, actor, kind, &[(id, version)], |board| {
        board.move_to(id, slot, table)
    })
    .await
}

/// Exchanges two meetings of one timetable.
pub async fn swap_meetings(
    context: &Context,
    actor: &Actor,
    first: (Uuid, i64),
    second: (Uuid, i64),
) -> Result<Corrected, Error> {
    let kind = CorrectionKind::Swap;
    correct(context, actor, kind, &[first, second], |board| {
        board.swap(first.0, second.0)
    })
    .await
}

/// Cancels a meeting.
pub async fn cancel_meeting(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
) -> Result<Corrected, Error> {
    let kind = CorrectionKind::Cancel;
    correct(context, actor, kind, &[(id, version)], |board| board.cancel(id)).await
}

/// Adds a meeting to a timetable.
pub async fn add_meeting(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    home: (Uuid, i64),
    pair: Pair,
    slot: i64,
    table: Option<i64>,
) -> Result<Corrected, Error> {
    let mut tx = context.db.begin().await?;
    let session = held(&mut tx, actor, home.0).await?;
    if let Some(id) = recall(&mut tx, &request).await? {
        let before = timetable(&mut tx, session.id, home.1).await?;
        let meetings = before
            .meetings
            .into_iter()
            .filter(|meeting| meeting.id == id)
            .collect();
        return Ok(Corrected { session, meetings });
    }
    session.state.after(Step::Correct)?;
    let whole = Whole::load(&mut tx, session).await?;
    let mut timetable = timetable(&mut tx, whole.session.id, home.1).await?;
    let mut board = whole.board(std::mem::take(&mut timetable.meetings));
    let added = board.add(context.ids.id(), pair, slot, table)?;
    store::meetings::insert(&mut tx, timetable.id, &added).await?;
    free_elsewhere(&mut tx, &whole, &timetable, &board, &added).await?;
    let settling = Settling {
        kind: CorrectionKind::Add,
        by: &actor.subject,
        before: &[],
        changed: &added,
    };
    settle(&mut tx, context, &whole, timetable, &board, settling).await?;
    for meeting in &added {
        remember(&mut tx, context, &request, meeting.id).await?;
    }
    tx.commit().await?;
    Ok(Corrected {
        session: whole.session,
        meetings: added,
    })
}

/// Notes what became of a meeting of the published timetable.
pub async fn record_outcome(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    state: MeetingState,
    outcome: &str,
) -> Result<Corrected, Error> {
    let mut tx = context.db.begin().await?;
    let home = store::meetings::home(&mut tx, id)
        .await?
        .ok_or(Error::Unknown("rendez-vous"))?;
    let session = held(&mut tx, actor, home.session_id).await?;
    let whole = Whole::load(&mut tx, session).await?;
    let before = timetable(&mut tx, whole.session.id, home.number).await?;
    seen(&mut tx, &before.meetings, id, version).await?;
    // Who organises notes it for the employer, whose word leads.
    let said = (Side::Employer, Some((state, outcome)));
    let told = hear(&mut tx, context, whole.session, &actor.subject, id, said).await?;
    tx.commit().await?;
    let meetings = told.outcomes.into_iter().map(|outcome| outcome.meeting);
    Ok(Corrected {
        session: told.session,
        meetings: meetings.collect(),
    })
}

/// What all corrections share: the meetings stand where the actor saw them, the board allows it, those concerned are
/// told if the timetable is published.
async fn correct(
    context: &Context,
    actor: &Actor,
    kind: CorrectionKind,
    named: &[(Uuid, i64)],
    change: impl FnOnce(&mut Board) -> Result<Change, Refusal>,
) -> Result<Corrected, Error> {
    let mut tx = context.db.begin().await?;
    let mut homes = Vec::new();
    for (id, _) in named {
        homes.push(
            store::meetings::home(&mut tx, *id)
                .await?
                .ok_or(Error::Unknown("rendez-vous"))?,
        );
    }
    let Some(home) = homes
        .first()
        .copied()
        .filter(|first| homes.iter().all(|home| home == first))
    else {
        return Err(Error::Unknown("planning commun aux deux rendez-vous"));
    };
    // Held before the meetings are read: two corrections of one session come one after the other.
    let session = held(&mut tx, actor, home.session_id).await?;
    session.state.after(Step::Correct)?;
    let whole = Whole::load(&mut tx, session).await?;
    let mut timetable = timetable(&mut tx, whole.session.id, home.number).await?;
    for (id, version) in named {
        seen(&mut tx, &timetable.meetings, *id, *version).await?;
    }
    let before = std::mem::take(&mut timetable.meetings);
    let mut board = whole.board(before.clone());
    let mut changed = change(&mut board)?;
    for meeting in &mut changed {
        meeting.version += 1;
    }
    if !store::meetings::update(&mut tx, &changed).await? {
        return Err(Error::Stale);
    }
    free_elsewhere(&mut tx, &whole, &timetable, &board, &changed).await?;
    let settling = Settling {
        kind,
        by: &actor.subject,
        before: &before,
        changed: &changed,
    };
    settle(&mut tx, context, &whole, timetable, &board, settling).await?;
    tx.commit().await?;
    Ok(Corrected {
        session: whole.session,
        meetings: changed,
    })
}

/// What was done to a timetable, and by whom.
pub(super) struct Settling<'a> {
    pub(super) kind: CorrectionKind,
    pub(super) by: &'a str,
    /// The meetings as they were; others may be among them.
    pub(super) before: &'a [Meeting],
    pub(super) changed: &'a [Meeting],
}

/// Counts the quality anew, keeps what was done, and tells those concerned when the timetable is the published one.
/// Returns the correction as it is kept.
pub(super) async fn settle(
    tx: &mut Tx,
    context: &Context,
    whole: &Whole,
    mut timetable: Timetable,
    board: &Board,
    settling: Settling<'_>,
) -> Result<Correction, Error> {
    let changed = settling.changed;
    let before = &timetable.quality;
    let weights = &whole.session.plan.weights;
    timetable.quality = Quality::of(
        board,
        &whole.wishes,
        weights,
        before.bound,
        before.proven && changed.is_empty(),
    );
    timetable.version += 1;
    if !store::timetables::save(tx, &timetable).await? {
        return Err(Error::Stale);
    }
    let correction = Correction {
        id: context.ids.id(),
        timetable_id: timetable.id,
        version: timetable.version,
        kind: settling.kind,
        by: settling.by.to_owned(),
        at: context.clock.now().timestamp(),
        changes: Altered::all(settling.before, changed),
        undone: None,
    };
    store::corrections::insert(tx, &correction).await?;
    if timetable.number == whole.session.published_timetable {
        tell(tx, context, &whole.session, board, Some(&concerned(changed))).await?;
    }
    Ok(correction)
}

/// Refuses a change of the published timetable that puts somebody in two sessions at the same time. A cancellation
/// never does.
pub(super) async fn free_elsewhere(
    tx: &mut Tx,
    whole: &Whole,
    timetable: &Timetable,
    board: &Board,
    changed: &[Meeting],
) -> Result<(), Error> {
    let standing: Vec<Meeting> = changed
        .iter()
        .filter(|meeting| meeting.stands())
        .cloned()
        .collect();
    if timetable.number != whole.session.published_timetable || standing.is_empty() {
        return Ok(());
    }
    nobody_elsewhere(tx, &whole.session, board, Some(&concerned(&standing))).await
}

/// A meeting at the version that the actor has seen; else who changed it, when, and how it stands.
pub(super) async fn seen<'a>(
    tx: &mut Tx,
    meetings: &'a [Meeting],
    id: Uuid,
    version: i64,
) -> Result<&'a Meeting, Error> {
    let meeting = meetings
        .iter()
        .find(|meeting| meeting.id == id)
        .ok_or(Error::Unknown("rendez-vous"))?;
    if meeting.version == version {
        return Ok(meeting);
    }
    let editor = store::corrections::editor(tx, id).await?;
    Err(Error::Overtaken(Box::new(Overtaken {
        meeting: meeting.clone(),
        by: editor.by,
        at: editor.at.map(Moment::timestamp),
    })))
}
