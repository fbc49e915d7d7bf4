//! Making a timetable while one watches: a search with an id, which outlives the call that started it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use platform::{
    Said,
    auth::{Actor, ORGANISERS},
    db,
};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::{
    Context, Keyed, Whole, held, owned, readable, recall, remember,
    timetables::{Making, posed, write},
};
use crate::{
    domain::{Job, JobState, Progress, Puzzle, Solution, Stop},
    error::Error,
    store,
};

/// How often a search says how far it is and asks whether to go on.
const BEAT: Duration = Duration::from_millis(250);

/// Starts a search and returns at once. Whether one was running already, which is then the answer.
pub async fn start_timetable(
    context: &Arc<Context>,
    actor: &Actor,
    request: Keyed,
    session: Uuid,
    making: Making,
) -> Result<(Job, bool), Error> {
    let mut tx = context.db.begin().await?;
    let session = held(&mut tx, actor, session).await?;
    if let Some(id) = recall(&mut tx, &request).await? {
        let known = store::jobs::find(&mut tx, id)
            .await?
            .ok_or(Error::Unknown("calcul"))?;
        return Ok((known, false));
    }
    let now = context.clock.now();
    for known in store::jobs::list(&mut tx, session.id).await? {
        if known.state != JobState::Running {
            continue;
        }
        let mut seen = known.seen(now.timestamp());
        if seen.state == JobState::Running {
            remember(&mut tx, context, &request, seen.id).await?;
            tx.commit().await?;
            return Ok((seen, true));
        }
        seen.ended_at = Some(now.timestamp());
        store::jobs::end(&mut tx, &seen).await?;
    }
    let permit = Arc::clone(&context.solving)
        .try_acquire_owned()
        .map_err(|_| Error::Busy)?;
    let (whole, puzzle) = posed(&mut tx, session).await?;
    let job = Job {
        id: context.ids.id(),
        session_id: whole.session.id,
        state: JobState::Running,
        // The bits: columns hold signed numbers.
        seed: making.seed.cast_signed(),
        seconds: i64::try_from(making.limit.as_secs()).unwrap_or(i64::MAX),
        elapsed_ms: 0,
        progress: Progress::default(),
        number: 0,
        inputs_changed: false,
        problem: Said::nothing(),
        stop: Stop::No,
        started_by: actor.subject.clone(),
        started_at: now.timestamp(),
        seen_at: now.timestamp(),
        ended_at: None,
    };
    store::jobs::insert(&mut tx, &job).await?;
    remember(&mut tx, context, &request, job.id).await?;
    tx.commit().await?;
    let search = Search {
        context: Arc::clone(context),
        actor: actor.clone(),
        whole,
        making,
        job: job.clone(),
        started: Instant::now(),
    };
    context.tasks.spawn("timetable", search.run(puzzle, permit));
    Ok((job, false))
}

/// How far a search is.
pub async fn get_job(context: &Context, actor: &Actor, id: Uuid) -> Result<Job, Error> {
    let mut tx = context.db.read().await?;
    let job = store::jobs::find(&mut tx, id)
        .await?
        .ok_or(Error::Unknown("calcul"))?;
    readable(&mut tx, actor, job.session_id)
        .await
        .map_err(as_unknown)?;
    Ok(job.seen(context.clock.now().timestamp()))
}

/// The searches of a session, newest first.
pub async fn list_jobs(context: &Context, actor: &Actor, session: Uuid) -> Result<Vec<Job>, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let now = context.clock.now().timestamp();
    let jobs = store::jobs::list(&mut tx, session.id).await?;
    Ok(jobs.into_iter().map(|job| job.seen(now)).collect())
}

/// Asks a search to end. The first who asks decides whether it is kept.
pub async fn stop_timetable(context: &Context, actor: &Actor, id: Uuid, keep: bool) -> Result<Job, Error> {
    let mut tx = context.db.begin().await?;
    let unknown = || Error::Unknown("calcul");
    let job = store::jobs::find(&mut tx, id).await?.ok_or_else(unknown)?;
    actor.require(ORGANISERS)?;
    owned(actor, store::sessions::find(&mut tx, job.session_id).await?).map_err(as_unknown)?;
    let stop = if keep { Stop::Keep } else { Stop::Discard };
    store::jobs::ask_to_stop(&mut tx, id, stop).await?;
    let job = store::jobs::find(&mut tx, id).await?.ok_or_else(unknown)?;
    tx.commit().await?;
    Ok(job.seen(context.clock.now().timestamp()))
}

fn as_unknown(error: Error) -> Error {
    match error {
        Error::Unknown(_) => Error::Unknown("calcul"),
        other => other,
    }
}

/// A search on its way.
struct Search {
    context: Arc<Context>,
    actor: Actor,
    whole: Whole,
    making: Making,
    job: Job,
    started: Instant,
}

impl Search {
    async fn run(mut self, puzzle: Puzzle, permit: OwnedSemaphorePermit) {
        let (progress, halt) = (
            Arc::new(Mutex::new(Progress::default())),
            Arc::new(AtomicBool::new(false)),
        );
        let (told, halted) = (Arc::clone(&progress), Arc::clone(&halt));
        let (started, Making { seed, limit }) = (self.started, self.making);
        // A deadline of real time: a demo's clock may jump, a computation may not.
        let mut solving = tokio::task::spawn_blocking(move || {
            let stop = || halted.load(Ordering::Relaxed) || started.elapsed() >= limit;
            puzzle.solve(seed, &stop, &|now| {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = now;
            })
        });
        let stopping = self.context.tasks.stopping();
        let solved = loop {
            tokio::select! {
                solved = &mut solving => break solved,
                () = tokio::time::sleep(BEAT) => {}
                () = stopping.cancelled(), if !halt.load(Ordering::Relaxed) => halt.store(true, Ordering::Relaxed),
            }
            self.job.progress = *progress.lock().unwrap_or_else(PoisonError::into_inner);
            match self.beat().await {
                Ok(Some(Stop::No)) => {}
                Ok(Some(stop)) => {
                    self.job.stop = stop;
                    halt.store(true, Ordering::Relaxed);
                }
                // Somebody took it for dead: what it finds is of nobody's interest.
                Ok(None) => halt.store(true, Ordering::Relaxed),
                Err(error) => {
                    tracing::warn!(%error, job.id = %self.job.id, "a search could not say how far it is");
                }
            }
        };
        drop(permit);
        self.job.progress = *progress.lock().unwrap_or_else(PoisonError::into_inner);
        self.job.elapsed_ms = self.elapsed();
        let solution = match solved {
            Ok(Ok(solution)) => Ok(solution),
            Ok(Err(error)) => Err(Error::internal(error)),
            Err(error) => Err(Error::internal(error)),
        };
        let ended = if stopping.is_cancelled() {
            self.end(JobState::Interrupted).await.map_err(Error::from)
        } else {
            self.finish(solution).await
        };
        if let Err(error) = ended {
            self.job.problem = Said::new(
                "le calcul n'a pas pu être enregistré : relancez-le",
                "the result could not be saved: start again",
            );
            if let Error::Refused(refusal) = &error {
                self.job.problem = Said::new(refusal.to_string(), refusal.in_english());
            } else {
                tracing::error!(%error, job.id = %self.job.id, "a search ended without a timetable");
            }
            if let Err(error) = self.end(JobState::Failed).await {
                tracing::error!(%error, job.id = %self.job.id, "the end of a search was not written");
            }
        }
    }

    async fn beat(&self) -> Result<Option<Stop>, db::Error> {
        let now = self.context.clock.now();
        let mut tx = self.context.db.begin().await?;
        let stop = store::jobs::beat(&mut tx, self.job.id, self.elapsed(), self.job.progress, now).await?;
        tx.commit().await?;
        Ok(stop)
    }

    /// Writes the timetable and the end of the job, in one transaction.
    async fn finish(&mut self, solution: Result<Solution, Error>) -> Result<(), Error> {
        let solution = solution?;
        let mut tx = self.context.db.begin().await?;
        let session = held(&mut tx, &self.actor, self.whole.session.id).await?;
        // Asked again with the session held: a stop may have come since the last beat.
        let stop = store::jobs::find(&mut tx, self.job.id).await?.map(|job| job.stop);
        if stop == Some(Stop::Discard) {
            drop(tx);
            return Ok(self.end(JobState::Discarded).await?);
        }
        self.job.inputs_changed = session.inputs != self.whole.session.inputs;
        let shown = write(
            &mut tx,
            &self.context,
            session,
            &self.whole,
            solution,
            self.making.seed,
        )
        .await?;
        self.job.state = JobState::Done;
        self.job.number = shown.timetable.number;
        self.job.ended_at = Some(self.context.clock.now().timestamp());
        if store::jobs::end(&mut tx, &self.job).await? {
            tx.commit().await?;
            shown.log();
        }
        Ok(())
    }

    async fn end(&mut self, state: JobState) -> Result<(), db::Error> {
        self.job.state = state;
        self.job.number = 0;
        self.job.ended_at = Some(self.context.clock.now().timestamp());
        let mut tx = self.context.db.begin().await?;
        store::jobs::end(&mut tx, &self.job).await?;
        tx.commit().await
    }

    fn elapsed(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}
