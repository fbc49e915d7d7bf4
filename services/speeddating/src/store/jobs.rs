//! Searches for timetables, as far as other processes may see them.

use platform::{Moment, Said, Tx, db};
use uuid::Uuid;

use super::{names::Name as _, stored};
use crate::domain::{Job, JobState, Progress, Stop};

/// Writes a new one; the database refuses a second that runs in a session.
pub async fn insert(tx: &mut Tx, job: &Job) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO timetable_jobs (id, session_id, state, seed, seconds, elapsed_ms, answered, value, bound, number,
             inputs_changed, problem, stop, started_by, started_at, seen_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(job.id)
    .bind(job.session_id)
    .bind(job.state.name())
    .bind(job.seed)
    .bind(job.seconds)
    .bind(job.elapsed_ms)
    .bind(job.progress.answered)
    .bind(job.progress.value)
    .bind(job.progress.bound)
    .bind(job.number)
    .bind(job.inputs_changed)
    .bind(job.problem.kept())
    .bind(job.stop.name())
    .bind(&job.started_by)
    .bind(Moment::from(job.started_at))
    .bind(Moment::from(job.seen_at))
    .bind(job.ended_at.map(Moment::from))
    .execute()
    .await?;
    Ok(())
}

/// One of them.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Job>, db::Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM timetable_jobs WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(Row::job).transpose()
}

/// Those of a session, newest first, at most 20.
pub async fn list(tx: &mut Tx, session: Uuid) -> Result<Vec<Job>, db::Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM timetable_jobs WHERE session_id = $1 ORDER BY id DESC LIMIT 20")
        .bind(session)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::job).collect()
}

/// A sign of life; how it is asked to end, or none when it does not run any more.
pub async fn beat(
    tx: &mut Tx,
    id: Uuid,
    elapsed_ms: i64,
    progress: Progress,
    now: Moment,
) -> Result<Option<Stop>, db::Error> {
    let row: Option<(String,)> = tx
        .query(
            "UPDATE timetable_jobs SET elapsed_ms = $2, answered = $3, value = $4, bound = $5, seen_at = $6
             WHERE id = $1 AND state = 'running' RETURNING stop",
        )
        .bind(id)
        .bind(elapsed_ms)
        .bind(progress.answered)
        .bind(progress.value)
        .bind(progress.bound)
        .bind(now)
        .fetch_optional()
        .await?;
    row.map(|(stop,)| stored(Stop::named(&stop), "stop")).transpose()
}

/// Asks one that runs to end.
pub async fn ask_to_stop(tx: &mut Tx, id: Uuid, stop: Stop) -> Result<(), db::Error> {
    tx.query("UPDATE timetable_jobs SET stop = $2 WHERE id = $1 AND state = 'running' AND stop = 'no'")
        .bind(id)
        .bind(stop.name())
        .execute()
        .await?;
    Ok(())
}

/// Ends one that runs; whether it still did.
pub async fn end(tx: &mut Tx, job: &Job) -> Result<bool, db::Error> {
    let rows = tx
        .query(
            "UPDATE timetable_jobs SET state = $2, elapsed_ms = $3, answered = $4, value = $5, bound = $6, number = $7,
                 inputs_changed = $8, problem = $9, ended_at = $10
             WHERE id = $1 AND state = 'running'",
        )
        .bind(job.id)
        .bind(job.state.name())
        .bind(job.elapsed_ms)
        .bind(job.progress.answered)
        .bind(job.progress.value)
        .bind(job.progress.bound)
        .bind(job.number)
        .bind(job.inputs_changed)
        .bind(job.problem.kept())
        .bind(job.ended_at.map(Moment::from))
        .execute()
        .await?;
    Ok(rows == 1)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    session_id: Uuid,
    state: String,
    seed: i64,
    seconds: i64,
    elapsed_ms: i64,
    answered: bool,
    value: i64,
    bound: i64,
    number: i64,
    inputs_changed: bool,
    problem: String,
    stop: String,
    started_by: String,
    started_at: Moment,
    seen_at: Moment,
    ended_at: Option<Moment>,
}

impl Row {
    fn job(self) -> Result<Job, db::Error> {
        Ok(Job {
            id: self.id,
            session_id: self.session_id,
            state: stored(JobState::named(&self.state), "state")?,
            seed: self.seed,
            seconds: self.seconds,
            elapsed_ms: self.elapsed_ms,
            progress: Progress {
                answered: self.answered,
                value: self.value,
                bound: self.bound,
            },
            number: self.number,
            inputs_changed: self.inputs_changed,
            problem: Said::read(self.problem),
            stop: stored(Stop::named(&self.stop), "stop")?,
            started_by: self.started_by,
            started_at: self.started_at.timestamp(),
            seen_at: self.seen_at.timestamp(),
            ended_at: self.ended_at.map(Moment::timestamp),
        })
    }
}
