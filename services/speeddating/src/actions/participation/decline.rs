//! Candidates confirm, decline one meeting or all, and take it back.

use std::collections::BTreeSet;

use platform::{Tx, auth::Actor};
use uuid::Uuid;

use super::{
    Who, done, mine,
    view::{Participation, view},
};
use crate::{
    actions::{
        Context, Whole,
        meetings::{Settling, free_elsewhere, settle},
        registrations::{change, withdraw},
        save,
        telling::tell,
        timetable,
    },
    domain::{
        Act, Board, CorrectionKind, EndedBy, Meeting, MeetingState, Refusal, Registration, Session, Step,
        changeable,
    },
    error::Error,
    store,
};

/// What a decline did.
pub struct Declined {
    /// How things stand.
    pub participation: Participation,
    /// Meetings that this call cancelled.
    pub cancelled: usize,
}

/// What taking back did.
pub struct TakenBack {
    /// How things stand.
    pub participation: Participation,
    /// Meetings that stand again.
    pub restored: usize,
    /// Meetings whose place was given away.
    pub lost: usize,
}

/// They say that they come, whichever side they are on.
pub async fn confirm_participation(
    context: &Context,
    actor: &Actor,
    who: Who,
) -> Result<Participation, Error> {
    let mut tx = context.db.begin().await?;
    let (session, registration) = mine(&mut tx, actor, who).await?;
    session.state.after(Step::Register)?;
    let mut confirmed = registration.clone().confirm()?;
    if confirmed != registration {
        change(&mut tx, &mut confirmed).await?;
        done(&mut tx, context, &confirmed, Act::Confirmed, None).await?;
        let whole = Whole::load(&mut tx, session).await?;
        let board = whole.published(&mut tx).await?;
        let only = BTreeSet::from([confirmed.id]);
        tell(&mut tx, context, &whole.session, &board, Some(&only)).await?;
    }
    let participation = view(context, &mut tx, actor, confirmed).await?;
    tx.commit().await?;
    Ok(participation)
}

/// Declines one meeting, or all when none is named. The last one that stands counts as all: who has no meeting left
/// is not expected. What was declined before stays declined.
pub async fn decline_meetings(
    context: &Context,
    actor: &Actor,
    who: Who,
    meeting: Option<Uuid>,
) -> Result<Declined, Error> {
    let mut tx = context.db.begin().await?;
    let (session, registration) = mine(&mut tx, actor, who).await?;
    let before = standing(&mut tx, &session, &registration).await?;
    let known = store::participation::declined(&mut tx, registration.id).await?;
    let again = match meeting {
        Some(id) => known.contains(&id),
        None => registration.declined_all(),
    };
    if again {
        let participation = view(context, &mut tx, actor, registration).await?;
        return Ok(Declined {
            participation,
            cancelled: 0,
        });
    }
    changeable(&session, &registration, context.clock.now().timestamp())?;
    let all = match meeting {
        Some(id) if !before.iter().any(|other| other.id == id) => {
            return Err(Error::Unknown("rendez-vous"));
        }
        Some(_) => before.len() == 1,
        None => true,
    };
    let now = context.clock.now();
    let gone: Vec<Uuid> = before
        .iter()
        .map(|other| other.id)
        .filter(|id| all || Some(*id) == meeting)
        .collect();
    let registration = if all {
        let by = registration.person_id.to_string();
        let (withdrawn, _) =
            withdraw(&mut tx, context, &by, session, registration, EndedBy::Participant).await?;
        done(&mut tx, context, &withdrawn, Act::DeclinedAll, None).await?;
        withdrawn
    } else {
        for id in &gone {
            cancel(&mut tx, context, session.clone(), &registration, *id).await?;
            done(&mut tx, context, &registration, Act::Declined, Some(*id)).await?;
        }
        registration
    };
    for id in &gone {
        store::participation::decline(&mut tx, registration.id, *id, now).await?;
    }
    let participation = view(context, &mut tx, actor, registration).await?;
    tx.commit().await?;
    Ok(Declined {
        participation,
        cancelled: gone.len(),
    })
}

/// Takes back one decline, or all. One whose place was given away is refused when it is the one that was asked for,
/// and counted as lost among all.
pub async fn take_back_decline(
    context: &Context,
    actor: &Actor,
    who: Who,
    meeting: Option<Uuid>,
) -> Result<TakenBack, Error> {
    let mut tx = context.db.begin().await?;
    let (mut session, mut registration) = mine(&mut tx, actor, who).await?;
    let declined = store::participation::declined(&mut tx, registration.id).await?;
    let wanted: Vec<Uuid> = match meeting {
        Some(id) if declined.contains(&id) => vec![id],
        // Taken back before, by this page in another tab: it stands.
        Some(id)
            if standing(&mut tx, &session, &registration)
                .await?
                .iter()
                .any(|other| other.id == id) =>
        {
            Vec::new()
        }
        Some(_) => return Err(Error::Unknown("rendez-vous")),
        None => declined,
    };
    if wanted.is_empty() && !registration.declined_all() {
        let participation = view(context, &mut tx, actor, registration).await?;
        return Ok(TakenBack {
            participation,
            restored: 0,
            lost: 0,
        });
    }
    changeable(&session, &registration, context.clock.now().timestamp())?;
    if registration.declined_all() {
        once(&mut tx, &registration).await?;
        registration = registration.come_back()?;
        change(&mut tx, &mut registration).await?;
        session.inputs += 1;
        save(&mut tx, &mut session).await?;
    }
    let number = session.published_timetable;
    let whole = Whole::load(&mut tx, session).await?;
    let mut timetable = timetable(&mut tx, whole.session.id, number).await?;
    let before = std::mem::take(&mut timetable.meetings);
    let mut board = whole.board(before.clone());
    let (restored, lost) = restore(&mut board, &wanted, meeting.is_some())?;
    if !store::meetings::update(&mut tx, &restored).await? {
        return Err(Error::Stale);
    }
    for back in &restored {
        store::participation::take_back(&mut tx, back.id).await?;
    }
    // Meanwhile the person may have been given a place in another session.
    free_elsewhere(&mut tx, &whole, &timetable, &board, &restored).await?;
    done(&mut tx, context, &registration, Act::TakenBack, meeting).await?;
    let settling = Settling {
        kind: CorrectionKind::Add,
        by: &registration.person_id.to_string(),
        before: &before,
        changed: &restored,
    };
    settle(&mut tx, context, &whole, timetable, &board, settling).await?;
    let only = BTreeSet::from([registration.id]);
    tell(&mut tx, context, &whole.session, &board, Some(&only)).await?;
    let participation = view(context, &mut tx, actor, registration).await?;
    tx.commit().await?;
    Ok(TakenBack {
        participation,
        restored: restored.len(),
        lost,
    })
}

/// Puts declined meetings back on the board; with `strict` the first clash refuses.
fn restore(board: &mut Board, wanted: &[Uuid], strict: bool) -> Result<(Vec<Meeting>, usize), Refusal> {
    let (mut restored, mut lost) = (Vec::new(), 0);
    for id in wanted {
        match board.restore(*id) {
            Ok(change) => restored.extend(change),
            Err(refusal) if strict => return Err(refusal),
            Err(_) => lost += 1,
        }
    }
    for meeting in &mut restored {
        meeting.version += 1;
    }
    Ok((restored, lost))
}

/// One person takes part in a session once: they may have been registered anew since they declined.
async fn once(tx: &mut Tx, registration: &Registration) -> Result<(), Error> {
    let again = store::registrations::of_person(tx, registration.person_id)
        .await?
        .into_iter()
        .any(|other| {
            other.id != registration.id
                && other.session_id == registration.session_id
                && other.side == registration.side
                && other.takes_part()
        });
    if again {
        return Err(Refusal::AlreadyRegistered.into());
    }
    Ok(())
}

/// The person's planned meetings of the published timetable.
async fn standing(
    tx: &mut Tx,
    session: &Session,
    registration: &Registration,
) -> Result<Vec<Meeting>, Error> {
    if session.published_timetable == 0 {
        return Ok(Vec::new());
    }
    let timetable = timetable(tx, session.id, session.published_timetable).await?;
    Ok(timetable
        .meetings
        .into_iter()
        .filter(|meeting| meeting.state == MeetingState::Planned)
        .filter(|meeting| meeting.pair.candidate == registration.id)
        .collect())
}

async fn cancel(
    tx: &mut Tx,
    context: &Context,
    session: Session,
    registration: &Registration,
    meeting: Uuid,
) -> Result<(), Error> {
    let number = session.published_timetable;
    let whole = Whole::load(tx, session).await?;
    let mut timetable = timetable(tx, whole.session.id, number).await?;
    let before = std::mem::take(&mut timetable.meetings);
    let mut board = whole.board(before.clone());
    let mut gone = board.cancel(meeting)?;
    for meeting in &mut gone {
        meeting.version += 1;
    }
    if !store::meetings::update(tx, &gone).await? {
        return Err(Error::Stale);
    }
    // As a withdrawal: staff do not take back by their undo what a person decided about themselves.
    let settling = Settling {
        kind: CorrectionKind::Withdrawal,
        by: &registration.person_id.to_string(),
        before: &before,
        changed: &gone,
    };
    settle(tx, context, &whole, timetable, &board, settling).await?;
    Ok(())
}
