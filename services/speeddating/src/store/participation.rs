//! What participants did by themselves: declines, notes, the list of their acts.

use platform::{
    Moment, Tx,
    db::{self, Sql},
};
use uuid::Uuid;

use super::{ids, names::Name as _, stored};
use crate::domain::{Act, Deed, Note};

/// Acts of one reply.
const ACTS_MOST: i64 = 500;

/// Meetings that this registration declined by itself.
pub async fn declined(tx: &mut Tx, registration: Uuid) -> Result<Vec<Uuid>, db::Error> {
    let rows: Vec<(Uuid,)> = tx
        .query("SELECT meeting_id FROM declines WHERE registration_id = $1 ORDER BY meeting_id")
        .bind(registration)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Remembers that it did. Known ones stay as they are.
pub async fn decline(tx: &mut Tx, registration: Uuid, meeting: Uuid, at: Moment) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO declines (meeting_id, registration_id, declined_at) VALUES ($1, $2, $3)
         ON CONFLICT (meeting_id) DO NOTHING",
    )
    .bind(meeting)
    .bind(registration)
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// Forgets a decline that was taken back.
pub async fn take_back(tx: &mut Tx, meeting: Uuid) -> Result<(), db::Error> {
    tx.query("DELETE FROM declines WHERE meeting_id = $1")
        .bind(meeting)
        .execute()
        .await?;
    Ok(())
}

const NOTES: Sql = Sql {
    postgres: "SELECT * FROM meeting_notes
        WHERE meeting_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value)) ORDER BY meeting_id",
    sqlite: "SELECT * FROM meeting_notes
        WHERE meeting_id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1)) ORDER BY meeting_id",
};

/// The notes on these meetings.
pub async fn notes(tx: &mut Tx, meetings: &[Uuid]) -> Result<Vec<Note>, db::Error> {
    if meetings.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<NoteRow> = tx.query(NOTES).bind(ids(meetings)).fetch_all().await?;
    Ok(rows.into_iter().map(NoteRow::note).collect())
}

/// The notes on all meetings of a session.
pub async fn notes_of_session(tx: &mut Tx, session: Uuid) -> Result<Vec<Note>, db::Error> {
    let rows: Vec<NoteRow> = tx
        .query(
            "SELECT meeting_notes.* FROM meeting_notes
             JOIN meetings ON meetings.id = meeting_notes.meeting_id
             JOIN timetables ON timetables.id = meetings.timetable_id
             WHERE timetables.session_id = $1 ORDER BY meeting_notes.meeting_id",
        )
        .bind(session)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(NoteRow::note).collect())
}

/// Keeps a note in the place of the one before.
pub async fn write_note(tx: &mut Tx, note: &Note) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO meeting_notes (meeting_id, late, note, person_id, noted_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (meeting_id) DO UPDATE SET late = excluded.late, note = excluded.note,
             person_id = excluded.person_id, noted_at = excluded.noted_at",
    )
    .bind(note.meeting_id)
    .bind(note.late)
    .bind(note.text.as_str())
    .bind(note.person_id)
    .bind(note.at)
    .execute()
    .await?;
    Ok(())
}

/// Keeps what somebody did.
pub async fn done(tx: &mut Tx, id: Uuid, deed: &Deed) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO participant_acts (id, session_id, registration_id, person_id, act, meeting_id, done_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(deed.session_id)
    .bind(deed.registration_id)
    .bind(deed.person_id)
    .bind(deed.act.name())
    .bind(deed.meeting_id)
    .bind(deed.at)
    .execute()
    .await?;
    Ok(())
}

/// What was done in a session, newest first.
pub async fn deeds(tx: &mut Tx, session: Uuid) -> Result<Vec<Deed>, db::Error> {
    let rows: Vec<DeedRow> = tx
        .query("SELECT * FROM participant_acts WHERE session_id = $1 ORDER BY id DESC LIMIT $2")
        .bind(session)
        .bind(ACTS_MOST)
        .fetch_all()
        .await?;
    rows.into_iter().map(DeedRow::deed).collect()
}

/// Forgets what was written in and about the meetings of a registration.
pub async fn forget(tx: &mut Tx, registration: Uuid) -> Result<(), db::Error> {
    tx.query(
        "DELETE FROM meeting_notes WHERE meeting_id IN
             (SELECT id FROM meetings WHERE candidate_id = $1 OR employer_id = $1)",
    )
    .bind(registration)
    .execute()
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct NoteRow {
    meeting_id: Uuid,
    late: bool,
    note: String,
    person_id: Uuid,
    noted_at: Moment,
}

impl NoteRow {
    fn note(self) -> Note {
        Note {
            meeting_id: self.meeting_id,
            late: self.late,
            text: self.note,
            person_id: self.person_id,
            at: self.noted_at,
        }
    }
}

#[derive(sqlx::FromRow)]
struct DeedRow {
    session_id: Uuid,
    registration_id: Uuid,
    person_id: Uuid,
    act: String,
    meeting_id: Option<Uuid>,
    done_at: Moment,
}

impl DeedRow {
    fn deed(self) -> Result<Deed, db::Error> {
        Ok(Deed {
            session_id: self.session_id,
            registration_id: self.registration_id,
            person_id: self.person_id,
            act: stored(Act::named(&self.act), "act")?,
            meeting_id: self.meeting_id,
            at: self.done_at,
        })
    }
}
