use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use sqlx::types::Json;

use crate::domain::{Milestone, Recorded, Times};

#[derive(sqlx::FromRow)]
struct Row {
    generation: i64,
    body: Json<Milestone>,
}

impl Row {
    fn recorded(self) -> Recorded {
        Recorded {
            milestone: self.body.0,
            generation: self.generation,
        }
    }
}

/// Waits until nobody else plans or releases for this subject; holds until the end of the transaction, and no other
/// policies are put in force as long. On SQLite the writing transaction is the lock.
pub async fn lock_subject(tx: &mut Tx, subject: &str) -> Result<(), Error> {
    const LOCK: Sql = Sql {
        // The policies first: nobody who holds a subject then waits for who puts others in force.
        postgres: "SELECT pg_advisory_xact_lock_shared(hashtextextended('policies', 1)),
                          pg_advisory_xact_lock(hashtextextended($1, 0))",
        sqlite: "SELECT $1 IS NULL",
    };
    tx.query(LOCK).bind(subject).execute().await?;
    Ok(())
}

/// As `lock_subject`, in order, so that two that lock many do not wait for each other in a ring.
pub async fn lock_subjects(tx: &mut Tx, subjects: &[&str]) -> Result<(), Error> {
    const LOCK: Sql = Sql {
        postgres: "SELECT pg_advisory_xact_lock(hashtextextended(subject, 0))
                   FROM (SELECT DISTINCT jsonb_array_elements_text($1) AS subject ORDER BY subject) AS ordered",
        sqlite: "SELECT $1 IS NULL",
    };
    tx.query(LOCK).bind(Json(subjects)).execute().await?;
    Ok(())
}

/// The milestone as recorded.
pub async fn find(tx: &mut Tx, subject: &str, kind: &str) -> Result<Option<Recorded>, Error> {
    let row: Option<Row> = tx
        .query("SELECT generation, body FROM milestones WHERE subject = $1 AND kind = $2")
        .bind(subject)
        .bind(kind)
        .fetch_optional()
        .await?;
    Ok(row.map(Row::recorded))
}

/// The milestones of these subjects, of all kinds.
pub async fn of_subjects(tx: &mut Tx, subjects: &[&str]) -> Result<Vec<Recorded>, Error> {
    const OF: Sql = Sql {
        postgres: "SELECT generation, body FROM milestones
                   WHERE subject IN (SELECT jsonb_array_elements_text($1))",
        sqlite: "SELECT generation, body FROM milestones WHERE subject IN (SELECT value FROM jsonb_each($1))",
    };
    let rows: Vec<Row> = tx.query(OF).bind(Json(subjects)).fetch_all().await?;
    Ok(rows.into_iter().map(Row::recorded).collect())
}

/// Records a revision. An older one never replaces a newer one, whoever comes first.
pub async fn record(tx: &mut Tx, recorded: &Recorded, now: Moment) -> Result<(), Error> {
    let milestone = &recorded.milestone;
    tx.query(
        "INSERT INTO milestones (subject, kind, revision, generation, state, grouping, organisation_id, ends_at, body,
                recorded_at, zone_rules)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (subject, kind) DO UPDATE SET revision = excluded.revision, generation = excluded.generation,
             state = excluded.state, grouping = excluded.grouping, organisation_id = excluded.organisation_id,
             ends_at = excluded.ends_at, body = excluded.body, recorded_at = excluded.recorded_at,
             zone_rules = excluded.zone_rules
         WHERE excluded.revision > milestones.revision",
    )
    .bind(milestone.subject.as_str())
    .bind(milestone.kind.as_str())
    .bind(milestone.revision)
    .bind(recorded.generation)
    .bind(if milestone.is_planned() { "planned" } else { "cleared" })
    .bind(milestone.group.as_str())
    .bind(milestone.organisation)
    .bind(milestone.times.as_ref().map(Times::ends_at).map(Moment::from))
    .bind(Json(milestone))
    .bind(now)
    .bind(rules_of(milestone))
    .execute()
    .await?;
    Ok(())
}

/// Milestones that stand and that ended after `since`, a page in order of their key.
pub async fn live_page(
    tx: &mut Tx,
    since: Moment,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<Recorded>, Error> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT generation, body FROM milestones
             WHERE state = 'planned' AND ends_at > $1 AND (subject, kind) > ($2, $3)
             ORDER BY subject, kind LIMIT $4",
        )
        .bind(since)
        .bind(after.0)
        .bind(after.1)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Row::recorded).collect())
}

/// Milestones of a group that stand, of these organisations (none for all), in order of their key.
pub async fn of_group(
    tx: &mut Tx,
    group: &str,
    scope: Option<&Json<Vec<String>>>,
    limit: i64,
) -> Result<Vec<Recorded>, Error> {
    const OF: Sql = Sql {
        postgres: "SELECT generation, body FROM milestones WHERE grouping = $1 AND state = 'planned'
            AND ($2 IS NULL OR organisation_id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($2) AS t(v)))
            ORDER BY subject, kind LIMIT $3",
        sqlite: "SELECT generation, body FROM milestones WHERE grouping = $1 AND state = 'planned'
            AND ($2 IS NULL OR organisation_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($2)))
            ORDER BY subject, kind LIMIT $3",
    };
    let rows: Vec<Row> = tx
        .query(OF)
        .bind(group)
        .bind(scope)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Row::recorded).collect())
}

/// How many milestones of these organisations and this group (none for all) stand.
pub async fn count_milestones(
    tx: &mut Tx,
    scope: Option<&Json<Vec<String>>>,
    group: Option<&str>,
) -> Result<i64, Error> {
    const COUNT: Sql = Sql {
        postgres: "SELECT COUNT(*) FROM milestones WHERE state = 'planned'
            AND ($1 IS NULL OR organisation_id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v)))
            AND ($2 IS NULL OR grouping = $2)",
        sqlite: "SELECT COUNT(*) FROM milestones WHERE state = 'planned'
            AND ($1 IS NULL OR organisation_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1)))
            AND ($2 IS NULL OR grouping = $2)",
    };
    let (count,): (i64,) = tx.query(COUNT).bind(scope).bind(group).fetch_one().await?;
    Ok(count)
}

/// A page of the milestones that stand and ended after `since`, in order of their key, each with the zone's rules by
/// which its instants were computed.
pub async fn reckoned_page(
    tx: &mut Tx,
    since: Moment,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<(Recorded, String)>, Error> {
    #[derive(sqlx::FromRow)]
    struct Reckoned {
        generation: i64,
        body: Json<Milestone>,
        zone_rules: String,
    }
    let rows: Vec<Reckoned> = tx
        .query(
            "SELECT generation, body, zone_rules FROM milestones
             WHERE state = 'planned' AND ends_at > $1 AND (subject, kind) > ($2, $3)
             ORDER BY subject, kind LIMIT $4",
        )
        .bind(since)
        .bind(after.0)
        .bind(after.1)
        .bind(limit)
        .fetch_all()
        .await?;
    let recorded = |row: Reckoned| {
        let recorded = Row {
            generation: row.generation,
            body: row.body,
        }
        .recorded();
        (recorded, row.zone_rules)
    };
    Ok(rows.into_iter().map(recorded).collect())
}

/// Notes by which rules of its zone the instants of a milestone are now computed.
pub async fn reckoned(tx: &mut Tx, milestone: &Milestone) -> Result<(), Error> {
    tx.query("UPDATE milestones SET ends_at = $3, zone_rules = $4 WHERE subject = $1 AND kind = $2")
        .bind(milestone.subject.as_str())
        .bind(milestone.kind.as_str())
        .bind(milestone.times.as_ref().map(Times::ends_at).map(Moment::from))
        .bind(rules_of(milestone))
        .execute()
        .await?;
    Ok(())
}

fn rules_of(milestone: &Milestone) -> String {
    milestone
        .times
        .as_ref()
        .map(Times::zone_rules)
        .unwrap_or_default()
}
