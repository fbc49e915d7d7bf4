//! Reminders from their instant to the mail server, through scheduler, bus and notifier.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use contracts::{
    common::v1::PageRequest,
    notifier::v1::{GetMessageRequest, ListMessagesRequest, Message},
    scheduler::v1::{GetStatusRequest, GetStatusResponse, ListRemindersRequest, Reminder, ReminderState},
};
use indicatif::ProgressBar;
use jiff::SignedDuration;
use notifier::{SmtpSettings, Tls};
use platform::{Moment, auth::Actor};
use serde::Serialize;

use super::{
    bare,
    figures::{Lateness, Usage, rounded},
    world,
};
use crate::{client::Clients, compose::Suite, config::Config};

/// They are planned well before they fall due: time is moved forward then.
const AHEAD: SignedDuration = SignedDuration::from_hours(2);

/// Nothing happened for so long: something is wrong.
const PATIENCE: Duration = Duration::from_mins(2);

/// What to measure.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many.
    pub count: usize,
    /// The mail server, `host:port`, without TLS.
    pub smtp: (String, u16),
    /// Connections to it.
    pub concurrency: usize,
    /// Seconds over which they fall due; all at one instant when 0.
    pub over: u32,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub count: usize,
    pub concurrency: usize,
    pub database: &'static str,
    pub bus: &'static str,
    /// From the milestones' publication to the last plan.
    pub planning_seconds: f64,
    /// From the first instant to the last settlement in the scheduler's ledger.
    pub seconds: f64,
    pub rate_per_second: f64,
    /// From each reminder's instant to its settlement.
    pub lateness_seconds: Lateness,
    /// Of this process: all services, not the database server nor the broker.
    pub cpu_microseconds_per_reminder: f64,
    pub resident_bytes: u64,
    /// By state: `sent`, `failed` …
    pub states: BTreeMap<String, usize>,
    /// Told twice perhaps: an attempt ended and nobody knows how.
    pub duplicates: usize,
    /// Neither sent nor with a reason.
    pub losses: usize,
    /// Mails a second over lettre's bare connections to the same server, right after; none when spread over time.
    pub bare_per_second: Option<f64>,
    /// Our rate by that one.
    pub ratio_to_bare: Option<f64>,
}

/// Runs it in `folder`, which is empty.
pub async fn run(
    mut config: Config,
    folder: &Path,
    options: &Options,
    progress: &ProgressBar,
) -> Result<Report> {
    world::settle_in(&mut config, folder)?;
    config.notifier.smtp = Some(SmtpSettings {
        host: options.smtp.0.clone(),
        port: options.smtp.1,
        tls: Tls::None,
        connections: options.concurrency,
        ..SmtpSettings::default()
    });
    let bus = if config.bus.url.is_empty() {
        "memory"
    } else {
        "rabbitmq"
    };
    let mut suite = Suite::build(config, &[]).await?;
    suite.start().await?;
    let measured = Box::pin(measure(&suite, options, bus, progress)).await;
    suite.stop().await;
    measured
}

async fn measure(
    suite: &Suite,
    options: &Options,
    bus: &'static str,
    progress: &ProgressBar,
) -> Result<Report> {
    let clients = suite.clients(Actor::administrator())?;
    let source = world::platform_of(&suite.platforms, "speeddating")?;
    ensure!(
        status(&clients).await?.milestones == 0,
        "the database holds milestones: a bench would tell their people; name an empty one"
    );
    let begin = suite.ground.clock.now().plus(AHEAD);
    progress.set_message("people and milestones");
    let (people, organisation) = world::people(&clients, source, options.count).await?;
    let started = std::time::Instant::now();
    let due = |number: usize| -> Result<Moment> {
        let over = u64::from(options.over) * 1_000 * u64::try_from(number)? / u64::try_from(options.count)?;
        // A milestone starts at a full second.
        Ok(begin.plus(SignedDuration::from_secs(i64::try_from(over / 1_000)?)))
    };
    let milestones = people
        .iter()
        .enumerate()
        .map(|(number, person)| world::milestone(source.ids.id(), 1, due(number)?, person, &organisation));
    world::publish(source, milestones).await?;
    wait(&clients, progress, "planned", options.count, |status| {
        status.planned
    })
    .await?;
    let planning = started.elapsed().as_secs_f64();

    let before = Usage::now()?;
    suite.advance_to(begin)?;
    let settled = |status: &GetStatusResponse| status.sent + status.failed + status.suppressed;
    wait(&clients, progress, "settled", options.count, settled).await?;
    let after = Usage::now()?;

    let (reminders, bare) = (
        reminders(&clients, options.count).await?,
        bare(&clients, options).await?,
    );
    let mut report = report(options, &reminders, begin, (before, after));
    report.database = source.db.engine();
    report.bus = bus;
    report.planning_seconds = rounded(planning);
    report.bare_per_second = bare.map(f64::round);
    report.ratio_to_bare = bare.map(|bare| rounded(report.rate_per_second / bare));
    Ok(report)
}

fn report(options: &Options, reminders: &[Reminder], begin: Moment, usage: (Usage, Usage)) -> Report {
    let mut states = BTreeMap::new();
    let (mut late, mut last) = (Vec::new(), begin);
    for reminder in reminders {
        let name = reminder
            .state()
            .as_str_name()
            .trim_start_matches("REMINDER_STATE_");
        *states.entry(name.to_lowercase()).or_default() += 1;
        if let (Some(due), Some(settled)) = (at(reminder.due_at), at(reminder.settled_at)) {
            late.push(seconds(due, settled));
            last = last.max(settled);
        }
    }
    let settled = |state: ReminderState| reminders.iter().filter(|one| one.state() == state).count();
    let explained = settled(ReminderState::Sent)
        + reminders
            .iter()
            .filter(|one| matches!(one.state(), ReminderState::Failed | ReminderState::Suppressed))
            .filter(|one| !one.reason.is_empty())
            .count();
    let seconds = seconds(begin, last);
    #[expect(clippy::cast_precision_loss, reason = "a count of reminders")]
    let count = options.count as f64;
    Report {
        count: options.count,
        concurrency: options.concurrency,
        database: "",
        bus: "",
        planning_seconds: 0.0,
        seconds: rounded(seconds),
        rate_per_second: (count / seconds).round(),
        lateness_seconds: Lateness::of(late),
        cpu_microseconds_per_reminder: ((usage.1.cpu - usage.0.cpu) * 1e6 / count).round(),
        resident_bytes: usage.1.resident,
        states,
        duplicates: reminders.iter().filter(|one| one.uncertain).count(),
        losses: options.count.saturating_sub(explained),
        bare_per_second: None,
        ratio_to_bare: None,
    }
}

async fn status(clients: &Clients) -> Result<GetStatusResponse> {
    let mut scheduler = clients.scheduler.clone();
    Ok(scheduler
        .get_status(GetStatusRequest::default())
        .await?
        .into_inner())
}

/// Waits until so many are in a state.
async fn wait(
    clients: &Clients,
    progress: &ProgressBar,
    what: &'static str,
    count: usize,
    of: impl Fn(&GetStatusResponse) -> i64,
) -> Result<()> {
    progress.set_message(what);
    progress.set_length(u64::try_from(count)?);
    let (mut known, mut since) = (0, std::time::Instant::now());
    loop {
        let reached = usize::try_from(of(&status(clients).await?))?;
        progress.set_position(u64::try_from(reached)?);
        if reached >= count {
            return Ok(());
        }
        if reached > known {
            (known, since) = (reached, std::time::Instant::now());
        }
        ensure!(
            since.elapsed() < PATIENCE,
            "only {reached} of {count} are {what}, and nothing has moved for two minutes"
        );
        // The ledger says when each was settled. To count it takes a share of what is measured: seldom, then.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn reminders(clients: &Clients, count: usize) -> Result<Vec<Reminder>> {
    let mut all = Vec::with_capacity(count);
    let mut token = String::new();
    loop {
        let request = ListRemindersRequest {
            page: Some(PageRequest { size: 500, token }),
            ..ListRemindersRequest::default()
        };
        let response = clients
            .scheduler
            .clone()
            .list_reminders(request)
            .await?
            .into_inner();
        all.extend(response.reminders);
        token = response.page.unwrap_or_default().next_token;
        if token.is_empty() {
            return Ok(all);
        }
    }
}

async fn bare(clients: &Clients, options: &Options) -> Result<Option<f64>> {
    if options.over > 0 {
        return Ok(None);
    }
    let like = sample(clients).await?;
    let server = format!("{}:{}", options.smtp.0, options.smtp.1);
    let rate = bare::rate(&server, &like, options.count, options.concurrency).await?;
    Ok(Some(rate))
}

/// One of the messages that went out.
async fn sample(clients: &Clients) -> Result<Message> {
    let mut notifier = clients.notifier.clone();
    let request = ListMessagesRequest {
        page: Some(PageRequest {
            size: 1,
            token: String::new(),
        }),
        ..ListMessagesRequest::default()
    };
    let listed = notifier.list_messages(request).await?.into_inner();
    let message_id = listed
        .messages
        .into_iter()
        .next()
        .context("no message was written")?
        .message_id;
    let message = notifier.get_message(GetMessageRequest { message_id }).await?;
    message.into_inner().message.context("the message has gone")
}

fn at(timestamp: Option<prost_types::Timestamp>) -> Option<Moment> {
    timestamp.and_then(|at| Moment::from_parts(at.seconds, at.nanos))
}

fn seconds(from: Moment, to: Moment) -> f64 {
    to.timestamp().duration_since(from.timestamp()).as_secs_f64()
}
