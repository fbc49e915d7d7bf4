//! What holds for the ledger as a whole: under which policies it is planned, and who collects digests.

use jiff::Timestamp;
use platform::db::{Error, Sql};
use platform::{Moment, Tx};

/// Under which policies, by their fingerprint, the ledger is planned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Governing {
    /// Those in force: of the process that started last.
    pub in_force: String,
    /// Those under which all of the ledger was planned; empty while that is under way.
    pub planned: String,
    /// When a process that has those in force was last there.
    pub seen: Option<Moment>,
}

/// Under which policies the ledger is planned now.
pub async fn governing(tx: &mut Tx) -> Result<Governing, Error> {
    let rows: Vec<(String, String)> = tx
        .query("SELECT name, value FROM marks WHERE name IN ('policies', 'in_force', 'in_force_seen')")
        .fetch_all()
        .await?;
    let mut governing = Governing::default();
    for (name, value) in rows {
        match name.as_str() {
            "policies" => governing.planned = value,
            "in_force" => governing.in_force = value,
            _ => governing.seen = value.parse::<Timestamp>().ok().map(Moment::from),
        }
    }
    Ok(governing)
}

/// Puts policies in force. Waits for who plans by others at this moment: whoever plans afterwards knows of it.
pub async fn put_in_force(tx: &mut Tx, fingerprint: &str, now: Moment) -> Result<(), Error> {
    const LOCK: Sql = Sql {
        postgres: "SELECT pg_advisory_xact_lock(hashtextextended('policies', 1))",
        sqlite: "SELECT 1",
    };
    // This row before the lock, as those do who plan all anew: none of two waits for the other in a ring.
    set(tx, "in_force_seen", &now.to_string()).await?;
    tx.query(LOCK).execute().await?;
    set(tx, "in_force", fingerprint).await?;
    set(tx, "policies", "").await?;
    // Whoever puts them in force plans all of it anew.
    tx.query("DELETE FROM planned_otherwise").execute().await?;
    Ok(())
}

/// Somebody who has these policies is here. Whether they are in force; when others are, nothing is noted.
pub async fn seen(tx: &mut Tx, fingerprint: &str, now: Moment) -> Result<bool, Error> {
    let rows = tx
        .query(
            "UPDATE marks SET value = $2
             WHERE name = 'in_force_seen'
               AND EXISTS (SELECT 1 FROM marks AS m WHERE m.name = 'in_force' AND m.value = $1)",
        )
        .bind(fingerprint)
        .bind(now.to_string().as_str())
        .execute()
        .await?;
    Ok(rows > 0)
}

/// All of the ledger is planned under these policies, if they are still in force.
pub async fn all_planned(tx: &mut Tx, fingerprint: &str) -> Result<(), Error> {
    tx.query(
        "UPDATE marks SET value = $1
         WHERE name = 'policies' AND EXISTS (SELECT 1 FROM marks AS m WHERE m.name = 'in_force' AND m.value = $1)",
    )
    .bind(fingerprint)
    .execute()
    .await?;
    Ok(())
}

/// Notes a subject that was planned under these policies, when others are in force.
pub async fn note_if_otherwise(tx: &mut Tx, subject: &str, fingerprint: &str) -> Result<(), Error> {
    tx.query(
        "INSERT INTO planned_otherwise (subject)
         SELECT $1 WHERE EXISTS (SELECT 1 FROM marks WHERE name = 'in_force' AND value <> '' AND value <> $2)
         ON CONFLICT (subject) DO NOTHING",
    )
    .bind(subject)
    .bind(fingerprint)
    .execute()
    .await?;
    Ok(())
}

/// Subjects that were planned under other policies than those in force.
pub async fn planned_otherwise(tx: &mut Tx, limit: i64) -> Result<Vec<String>, Error> {
    let rows: Vec<(String,)> = tx
        .query("SELECT subject FROM planned_otherwise ORDER BY subject LIMIT $1")
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(subject,)| subject).collect())
}

/// This one is planned under these policies: as it should be, if they are in force.
pub async fn planned_anew(tx: &mut Tx, subject: &str, fingerprint: &str) -> Result<(), Error> {
    tx.query(
        "DELETE FROM planned_otherwise
         WHERE subject = $1 AND EXISTS (SELECT 1 FROM marks WHERE name = 'in_force' AND value = $2)",
    )
    .bind(subject)
    .bind(fingerprint)
    .execute()
    .await?;
    Ok(())
}

/// Whether this transaction is the one that may collect digests: their items must not be split between two.
pub async fn hold_digests(tx: &mut Tx) -> Result<bool, Error> {
    const HOLD: Sql = Sql {
        postgres: "SELECT name FROM marks WHERE name = 'digests' FOR UPDATE SKIP LOCKED",
        sqlite: "SELECT name FROM marks WHERE name = 'digests'",
    };
    let held: Option<(String,)> = tx.query(HOLD).fetch_optional().await?;
    Ok(held.is_some())
}

async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<(), Error> {
    tx.query("UPDATE marks SET value = $2 WHERE name = $1")
        .bind(name)
        .bind(value)
        .execute()
        .await?;
    Ok(())
}
