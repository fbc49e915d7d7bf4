//! Days on which meetings take place, and who is elsewhere on them.

use jiff::civil::Date;
use platform::{
    Tx,
    db::{self, Sql},
};
use uuid::Uuid;

use super::ids;
use crate::domain::Part;

/// Holds these days until the end of the transaction. After the session's row, and in order, so that nobody waits in a
/// circle: who holds a day takes nothing more that others hold.
pub async fn hold(tx: &mut Tx, days: &[Date]) -> Result<(), db::Error> {
    for day in days {
        tx.query("INSERT INTO days (date) VALUES ($1) ON CONFLICT (date) DO UPDATE SET date = excluded.date")
            .bind(day.to_string())
            .execute()
            .await?;
    }
    Ok(())
}

const ELSEWHERE: Sql = Sql {
    postgres: "SELECT sessions.id AS session_id, registrations.person_id, registrations.code,
            MIN(meetings.slot) AS first_slot, MAX(meetings.slot) AS last_slot
        FROM sessions
        JOIN timetables ON timetables.session_id = sessions.id AND timetables.number = sessions.published_timetable
        JOIN meetings ON meetings.timetable_id = timetables.id
        JOIN registrations ON registrations.id = meetings.candidate_id
        WHERE sessions.id <> $1 AND sessions.date BETWEEN $2 AND $3 AND sessions.state IN ('schedule_published', 'running')
          AND meetings.state <> 'cancelled'
          AND registrations.person_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($4) AS t(value))
        GROUP BY sessions.id, registrations.person_id, registrations.code ORDER BY sessions.id, registrations.code",
    sqlite: "SELECT sessions.id AS session_id, registrations.person_id, registrations.code,
            MIN(meetings.slot) AS first_slot, MAX(meetings.slot) AS last_slot
        FROM sessions
        JOIN timetables ON timetables.session_id = sessions.id AND timetables.number = sessions.published_timetable
        JOIN meetings ON meetings.timetable_id = timetables.id
        JOIN registrations ON registrations.id = meetings.candidate_id
        WHERE sessions.id <> $1 AND sessions.date BETWEEN $2 AND $3 AND sessions.state IN ('schedule_published', 'running')
          AND meetings.state <> 'cancelled'
          AND registrations.person_id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($4))
        GROUP BY sessions.id, registrations.person_id, registrations.code ORDER BY sessions.id, registrations.code",
};

/// The parts that these people have in other published sessions between two dates, by session.
pub async fn elsewhere(
    tx: &mut Tx,
    session: Uuid,
    from: Date,
    to: Date,
    people: &[Uuid],
) -> Result<Vec<(Uuid, Part)>, db::Error> {
    let rows: Vec<Row> = tx
        .query(ELSEWHERE)
        .bind(session)
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(ids(people))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Row::part).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    session_id: Uuid,
    person_id: Uuid,
    code: String,
    first_slot: i64,
    last_slot: i64,
}

impl Row {
    fn part(self) -> (Uuid, Part) {
        let part = Part {
            person_id: self.person_id,
            code: self.code,
            first: self.first_slot,
            last: self.last_slot,
        };
        (self.session_id, part)
    }
}
