//! A large ledger of pending reminders, while many are moved and many fall due.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use contracts::{
    notifier::v1::{DeliveriesSettled, Outcome, Settlement},
    scheduler::v1::{DeliveriesDue, DueDelivery, GetStatusRequest, ReleaseAsk, ReleaseRequest},
};
use indicatif::ProgressBar;
use jiff::SignedDuration;
use platform::{
    Clock, Moment, Platform, Tx,
    auth::Actor,
    bus::{Bus, Envelope, HandleError, Handler},
    outbox,
};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use serde::Serialize;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    figures::{Lateness, Usage, rounded},
    world,
};
use crate::{client::Clients, compose::Suite, config::Config};

/// Pending reminders are spread over so long.
const SPREAD: SignedDuration = SignedDuration::from_hours(24 * 30);

/// They are planned well before the first falls due: time is moved forward then.
const AHEAD: SignedDuration = SignedDuration::from_hours(6);

/// Moves are published so often.
const TICK: Duration = Duration::from_millis(100);

/// As many people as the reminders are for.
const PEOPLE: u64 = 10_000;

/// What to measure.
#[derive(Clone, Debug)]
pub struct Options {
    /// Pending reminders.
    pub pending: usize,
    /// Moved a second.
    pub moved: usize,
    /// Falling due a second.
    pub due: usize,
    /// Each phase takes so many seconds.
    pub seconds: u32,
    /// Of the chance that spreads them.
    pub seed: u64,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub pending: usize,
    pub moved_per_second: usize,
    pub due_per_second: usize,
    pub database: &'static str,
    /// Milestones planned a second while the ledger was filled.
    pub planning_per_second: f64,
    /// Of the scheduler's database, when it was full and at the end.
    pub database_bytes: [u64; 2],
    /// Nothing due, nothing moved.
    pub idle: Phase,
    /// Reminders fall due.
    pub due: Phase,
    /// The same while others are moved.
    pub due_and_moved: Phase,
}

/// What one phase took.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Phase {
    pub due: usize,
    pub moved: usize,
    /// From each reminder's instant to its arrival at the notifier.
    pub lateness_seconds: Lateness,
    /// From the last publication until all moves were planned.
    pub moves_behind_seconds: f64,
    /// Of one core.
    pub cpu_share: f64,
    pub resident_bytes: u64,
}

/// Runs it in `folder`, which is empty: the scheduler alone, with a notifier that settles at once.
pub async fn run(
    mut config: Config,
    folder: &Path,
    options: &Options,
    progress: &ProgressBar,
) -> Result<Report> {
    world::settle_in(&mut config, folder)?;
    let suite = Suite::build_with(
        config,
        &["scheduler".to_owned()],
        Clock::shifted(SignedDuration::ZERO),
        Bus::memory(),
    )
    .await?;
    let measured = Box::pin(measure(&suite, options, progress)).await;
    suite.stop().await;
    measured
}

async fn measure(suite: &Suite, options: &Options, progress: &ProgressBar) -> Result<Report> {
    let ground = &suite.ground;
    let source = ground.platform("speeddating", &speeddating::MIGRATIONS).await?;
    source.run(None);
    let receiver = ground.platform("notifier", &notifier::MIGRATIONS).await?;
    let settling = Settling::start(&receiver, suite.clients(Actor::service("notifier"))?);
    ground.bus.open();
    let scheduler = world::platform_of(&suite.platforms, "scheduler")?;

    let mut stand = Stand {
        suite,
        options,
        scheduler,
        source: &source,
        settling,
        begin: ground.clock.now().plus(AHEAD),
        subjects: Vec::with_capacity(options.pending),
        chance: ChaCha20Rng::seed_from_u64(options.seed),
    };
    let planning = stand.fill(progress).await?;
    let full = scheduler.db.size_bytes().await?;

    // A minute before the first falls due: nothing is to be done.
    suite.advance_to(
        stand
            .begin
            .minus(SignedDuration::from_secs(i64::from(options.seconds) + 60)),
    )?;
    progress.set_message("idle");
    let idle = stand.phase(0).await?;
    suite.advance_to(stand.begin)?;
    progress.set_message("due");
    let due = stand.phase(0).await?;
    progress.set_message("due and moved");
    let due_and_moved = stand.phase(options.moved).await?;
    Ok(Report {
        pending: options.pending,
        moved_per_second: options.moved,
        due_per_second: options.due,
        database: scheduler.db.engine(),
        planning_per_second: planning.round(),
        database_bytes: [full, scheduler.db.size_bytes().await?],
        idle,
        due,
        due_and_moved,
    })
}

/// A scheduler under load.
struct Stand<'a> {
    suite: &'a Suite,
    options: &'a Options,
    scheduler: &'a Platform,
    source: &'a Platform,
    settling: Settling,
    /// When the first falls due.
    begin: Moment,
    subjects: Vec<(Uuid, i64)>,
    chance: ChaCha20Rng,
}

impl Stand<'_> {
    /// Fills the ledger; milestones planned a second.
    async fn fill(&mut self, progress: &ProgressBar) -> Result<f64> {
        progress.set_message("planned");
        progress.set_length(u64::try_from(self.options.pending)?);
        let started = Instant::now();
        while self.subjects.len() < self.options.pending {
            let mut milestones = Vec::new();
            for _ in 0..10_000.min(self.options.pending - self.subjects.len()) {
                let due = self.spread()?;
                let subject = self.source.ids.id();
                self.subjects.push((subject, 1));
                milestones.push(milestone(subject, 1, due));
            }
            world::publish(self.source, milestones.into_iter()).await?;
            self.planned().await?;
            progress.set_position(u64::try_from(self.subjects.len())?);
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of milestones")]
        let count = self.options.pending as f64;
        Ok(count / started.elapsed().as_secs_f64())
    }

    /// The first ones fall due one after the other in two phases; the others in the weeks after.
    fn spread(&mut self) -> Result<Moment> {
        let number = self.subjects.len();
        let in_phases = self.options.due * usize::try_from(self.options.seconds)? * 2;
        let offset = if number < in_phases {
            SignedDuration::from_secs(i64::try_from(number / self.options.due)?)
        } else {
            self.later()
        };
        Ok(self.begin.plus(offset))
    }

    /// Some time in the weeks after the phases.
    fn later(&mut self) -> SignedDuration {
        let after = i64::from(self.options.seconds) * 2 + 3_600;
        SignedDuration::from_secs(self.chance.random_range(after..SPREAD.as_secs()))
    }

    async fn phase(&mut self, moved: usize) -> Result<Phase> {
        self.settling.late();
        let (before, started) = (Usage::now()?, Instant::now());
        let mut tick = tokio::time::interval(TICK);
        let mut moves = 0;
        let length = Duration::from_secs(u64::from(self.options.seconds));
        while started.elapsed() < length {
            tick.tick().await;
            let share = usize::try_from(started.elapsed().as_millis())? * moved / 1_000;
            let wanted = share.saturating_sub(moves);
            self.move_some(wanted).await?;
            moves += wanted;
        }
        let published = Instant::now();
        self.planned().await?;
        let behind = published.elapsed().as_secs_f64();
        let after = Usage::now()?;
        let late = self.settling.late();
        Ok(Phase {
            due: late.len(),
            moved: moves,
            lateness_seconds: Lateness::of(late),
            moves_behind_seconds: rounded(behind),
            cpu_share: rounded((after.cpu - before.cpu) / started.elapsed().as_secs_f64()),
            resident_bytes: after.resident,
        })
    }

    /// Moves pending ones to another day, by chance.
    async fn move_some(&mut self, count: usize) -> Result<()> {
        let first = self.options.due * usize::try_from(self.options.seconds)? * 2;
        let mut milestones = Vec::with_capacity(count);
        for _ in 0..count {
            let place = self.chance.random_range(first..self.subjects.len());
            let due = self.begin.plus(self.later());
            let (subject, revision) = self.subjects.get_mut(place).context("a pending reminder")?;
            *revision += 1;
            milestones.push(milestone(*subject, *revision, due));
        }
        world::publish(self.source, milestones.into_iter()).await
    }

    /// Waits until the scheduler has taken in all that was published.
    async fn planned(&self) -> Result<()> {
        while self.source.backlog().await? + self.scheduler.backlog().await? > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let status = self
            .suite
            .clients(Actor::administrator())?
            .scheduler
            .get_status(GetStatusRequest::default())
            .await?;
        let known = usize::try_from(status.into_inner().milestones)?;
        anyhow::ensure!(
            known == self.subjects.len(),
            "{known} of {} milestones were planned: see the dead letters",
            self.subjects.len()
        );
        Ok(())
    }
}

fn milestone(subject: Uuid, revision: i64, due: Moment) -> Result<contracts::common::v1::Milestone> {
    let person = Uuid::from_u128(subject.as_u128() % u128::from(PEOPLE)).to_string();
    world::milestone(subject, revision, due, &person, &person)
}

/// In place of the notifier: asks for the release of what is due, and settles it at once.
#[derive(Clone)]
struct Settling(Arc<Mutex<Vec<f64>>>);

struct Recorder {
    clock: Clock,
    late: Settling,
    due: mpsc::UnboundedSender<Vec<DueDelivery>>,
}

impl Settling {
    fn start(platform: &Platform, clients: Clients) -> Self {
        let late = Self(Arc::default());
        let (sender, receiver) = mpsc::unbounded_channel();
        let recorder = Recorder {
            clock: platform.clock.clone(),
            late: late.clone(),
            due: sender,
        };
        platform.run(Some(Arc::new(recorder)));
        let (own, stopping) = (platform.clone(), platform.tasks.stopping());
        platform.tasks.spawn("settling", async move {
            tokio::select! {
                () = stopping.cancelled() => {}
                ended = settle(own, clients, receiver) => if let Err(error) = ended {
                    tracing::error!(%error, "deliveries are no longer settled");
                }
            }
        });
        late
    }

    /// How late those were that have come since the last call.
    fn late(&self) -> Vec<f64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Handler for Recorder {
    fn patterns(&self) -> &'static [&'static str] {
        &["scheduler.deliveries.due.v1"]
    }

    async fn handle(&self, _: &mut Tx, event: &Envelope) -> Result<(), HandleError> {
        let message: DeliveriesDue = event.decode()?;
        let now = self.clock.now().timestamp();
        let late = message.deliveries.iter().filter_map(|delivery| {
            let due = delivery.due_at?;
            let due = Moment::from_parts(due.seconds, due.nanos)?;
            Some(now.duration_since(due.timestamp()).as_secs_f64())
        });
        self.late
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(late);
        // The receiver ends with the process, and the deliveries with it.
        let _ended = self.due.send(message.deliveries);
        Ok(())
    }
}

async fn settle(
    platform: Platform,
    clients: Clients,
    mut due: mpsc::UnboundedReceiver<Vec<DueDelivery>>,
) -> Result<()> {
    while let Some(deliveries) = due.recv().await {
        let asks = deliveries.iter().map(|one| ReleaseAsk {
            delivery_id: one.delivery_id.clone(),
            attempt: 1,
            undelivered: false,
            uncertain: Some(false),
        });
        let request = ReleaseRequest { asks: asks.collect() };
        clients.scheduler.clone().release(request).await?;
        let settlements = deliveries.into_iter().map(|one| Settlement {
            delivery_id: one.delivery_id,
            outcome: Outcome::Sent.into(),
            channel: "mail".to_owned(),
            at: one.due_at,
            attempts: 1,
            ..Settlement::default()
        });
        let message = DeliveriesSettled {
            settlements: settlements.collect(),
        };
        let (ids, clock) = (&platform.ids, &platform.clock);
        let event = outbox::Event::new(ids, clock, "notifier.delivery.settled.v1", &message);
        let mut tx = platform.db.begin().await?;
        outbox::push(&mut tx, &event).await?;
        tx.commit().await?;
    }
    Ok(())
}
