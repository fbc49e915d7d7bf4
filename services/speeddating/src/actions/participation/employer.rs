//! What an employer says of its meetings.

use platform::{Tx, auth::Actor};
use uuid::Uuid;

use super::{
    Who, done, mine,
    view::{Participation, view},
};
use crate::{
    actions::{Context, outcomes::hear, timetable},
    domain::{
        Act, Flaw, Meeting, MeetingState, NOTE_MOST, Note, Refusal, Registration, Session, Side, Step, begun,
        invisible,
    },
    error::Error,
    store,
};

/// What is said of a meeting.
pub struct Telling<'a> {
    /// Which.
    pub meeting: Uuid,
    /// As it was shown.
    pub version: i64,
    /// What became of it, and its outcome; none leaves that as it is.
    pub state: Option<(MeetingState, &'a str)>,
    /// The candidate came late.
    pub late: bool,
}

/// Notes what became of a meeting once it has begun.
pub async fn tell_meeting(
    context: &Context,
    actor: &Actor,
    who: Who,
    telling: Telling<'_>,
) -> Result<Participation, Error> {
    let mut tx = context.db.begin().await?;
    let (session, registration) = mine(&mut tx, actor, who).await?;
    session.state.after(Step::RecordOutcome)?;
    let meeting = theirs(&mut tx, &session, &registration, telling.meeting).await?;
    if meeting.version != telling.version {
        return Err(Error::Stale);
    }
    if !meeting.stands() {
        return Err(Refusal::MeetingOver("annulé").into());
    }
    if !begun(&session, &meeting, context.clock.now().timestamp()) {
        return Err(Refusal::NotBegun.into());
    }
    let known = note_of(&mut tx, &registration, meeting.id, context).await?;
    if known.late != telling.late {
        let note = Note {
            late: telling.late,
            ..known
        };
        keep(&mut tx, context, &registration, note).await?;
    }
    done(&mut tx, context, &registration, Act::Told, Some(meeting.id)).await?;
    if let Some((state, outcome)) = telling.state {
        let by = registration.person_id.to_string();
        let said = (Side::Employer, Some((state, outcome)));
        hear(&mut tx, context, session, &by, meeting.id, said).await?;
    }
    let participation = view(context, &mut tx, actor, registration).await?;
    tx.commit().await?;
    Ok(participation)
}

/// Keeps a note about a meeting, from publication on; an empty one is taken away.
pub async fn write_meeting_note(
    context: &Context,
    actor: &Actor,
    who: Who,
    meeting: Uuid,
    text: &str,
) -> Result<Participation, Error> {
    let text = text.trim();
    let odd = |sign: char| invisible(sign) && sign != '\n' && sign != '\r';
    if text.chars().count() > NOTE_MOST || text.contains(odd) {
        return Err(Flaw::new("note", format!("au plus {NOTE_MOST} caractères")).into());
    }
    let mut tx = context.db.begin().await?;
    let (session, registration) = mine(&mut tx, actor, who).await?;
    session.state.after(Step::RecordOutcome)?;
    let meeting = theirs(&mut tx, &session, &registration, meeting).await?;
    let known = note_of(&mut tx, &registration, meeting.id, context).await?;
    if known.text != text {
        let note = Note {
            text: text.to_owned(),
            ..known
        };
        keep(&mut tx, context, &registration, note).await?;
        done(&mut tx, context, &registration, Act::Noted, Some(meeting.id)).await?;
    }
    let participation = view(context, &mut tx, actor, registration).await?;
    tx.commit().await?;
    Ok(participation)
}

/// A meeting of the published timetable with this employer.
async fn theirs(
    tx: &mut Tx,
    session: &Session,
    registration: &Registration,
    meeting: Uuid,
) -> Result<Meeting, Error> {
    if registration.side != Side::Employer {
        return Err(Refusal::NotByPage.into());
    }
    let found = if session.published_timetable == 0 {
        None
    } else {
        timetable(tx, session.id, session.published_timetable)
            .await?
            .meetings
            .into_iter()
            .find(|other| other.id == meeting && other.pair.employer == registration.id)
    };
    found.ok_or(Error::Unknown("rendez-vous"))
}

async fn note_of(
    tx: &mut Tx,
    registration: &Registration,
    meeting_id: Uuid,
    context: &Context,
) -> Result<Note, Error> {
    let known = store::participation::notes(tx, &[meeting_id]).await?.pop();
    Ok(known.unwrap_or(Note {
        meeting_id,
        late: false,
        text: String::new(),
        person_id: registration.person_id,
        at: context.clock.now(),
    }))
}

async fn keep(tx: &mut Tx, context: &Context, registration: &Registration, note: Note) -> Result<(), Error> {
    let note = Note {
        person_id: registration.person_id,
        at: context.clock.now(),
        ..note
    };
    store::participation::write_note(tx, &note).await?;
    Ok(())
}
