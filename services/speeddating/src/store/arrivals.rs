//! Who is there on the day.

use std::collections::BTreeMap;

use platform::{Moment, Tx, db};
use uuid::Uuid;

use super::stored;
use crate::domain::{Arrival, Presence};

/// An arrival, and whether the person had confirmed before it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Noted {
    /// What was noted.
    pub arrival: Arrival,
    /// What their registration goes back to when it is taken back.
    pub was_confirmed: bool,
}

/// All of a session, by registration.
pub async fn all(tx: &mut Tx, session: Uuid) -> Result<BTreeMap<Uuid, Noted>, db::Error> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT arrivals.* FROM arrivals JOIN registrations ON registrations.id = arrivals.registration_id
             WHERE registrations.session_id = $1",
        )
        .bind(session)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::noted).collect()
}

/// Of one person.
pub async fn find(tx: &mut Tx, registration: Uuid) -> Result<Option<Noted>, db::Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM arrivals WHERE registration_id = $1")
        .bind(registration)
        .fetch_optional()
        .await?;
    Ok(row.map(Row::noted).transpose()?.map(|(_, noted)| noted))
}

/// Writes what was noted.
pub async fn write(tx: &mut Tx, registration: Uuid, noted: &Noted) -> Result<(), db::Error> {
    let (presence, late) = name(noted.arrival.presence);
    tx.query(
        "INSERT INTO arrivals (registration_id, presence, late_minutes, was_confirmed, noted_by, noted_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (registration_id) DO UPDATE SET presence = excluded.presence, late_minutes = excluded.late_minutes,
             noted_by = excluded.noted_by, noted_at = excluded.noted_at",
    )
    .bind(registration)
    .bind(presence)
    .bind(late)
    .bind(noted.was_confirmed)
    .bind(noted.arrival.noted_by.as_str())
    .bind(Moment::from(noted.arrival.noted_at))
    .execute()
    .await?;
    Ok(())
}

/// Takes it back.
pub async fn remove(tx: &mut Tx, registration: Uuid) -> Result<(), db::Error> {
    tx.query("DELETE FROM arrivals WHERE registration_id = $1")
        .bind(registration)
        .execute()
        .await?;
    Ok(())
}

fn name(presence: Presence) -> (&'static str, i64) {
    match presence {
        Presence::Expected => ("expected", 0),
        Presence::Arrived => ("arrived", 0),
        Presence::Late(minutes) => ("late", minutes),
        Presence::Absent => ("absent", 0),
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    registration_id: Uuid,
    presence: String,
    late_minutes: i64,
    was_confirmed: bool,
    noted_by: String,
    noted_at: Moment,
}

impl Row {
    fn noted(self) -> Result<(Uuid, Noted), db::Error> {
        let presence = match self.presence.as_str() {
            "expected" => Some(Presence::Expected),
            "arrived" => Some(Presence::Arrived),
            "late" => Some(Presence::Late(self.late_minutes)),
            "absent" => Some(Presence::Absent),
            _ => None,
        };
        let arrival = Arrival {
            presence: stored(presence, "presence")?,
            noted_by: self.noted_by,
            noted_at: self.noted_at.timestamp(),
        };
        let noted = Noted {
            arrival,
            was_confirmed: self.was_confirmed,
        };
        Ok((self.registration_id, noted))
    }
}
