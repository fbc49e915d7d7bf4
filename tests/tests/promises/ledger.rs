//! Promises 2, 3 and 4: a promise stands once, a corrected fact keeps it, a cancellation supersedes it at once, and each
//! one ends as told or with a reason.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use contracts::{
    directory::v1::{Channel, SetPreferenceRequest},
    scheduler::v1::{GetStatusRequest, GetStatusResponse, Reminder, ReminderState},
};
use jalon::client::Clients;
use tests::{
    suite::Running,
    telling::{lines, messages, reminders},
};

use super::story::{cancel, cancel_first_meeting, change, erase, person, publish, told, withdraw};

/// A gauge may be so old, and a slow machine takes its time.
const SETTLED: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_venue_keeps_every_promise_and_what_is_told_later_names_it() -> Result<()> {
    let running = Running::start("2026-11-09T09:00:00Z").await?;
    let coordinator = told(&running, "2026-11-25").await?;
    let before = promised(&running).await?;
    assert!(before.len() > 400, "{}", before.len());
    change(&coordinator, "", "Mairie annexe").await?;
    running.quiet().await?;
    let after = promised(&running).await?;
    for (id, reminder) in &before {
        let kept = after.get(id).context("a promise was dropped for a venue")?;
        assert_eq!(
            (kept.generation, &kept.due_at),
            (reminder.generation, &reminder.due_at)
        );
    }
    let added = after.iter().filter(|(id, _)| !before.contains_key(*id));
    for (_, reminder) in added {
        assert_eq!(reminder.policy, "speed-dating-changed", "{reminder:?}");
    }
    running.play_until("2026-11-18T16:00:00Z").await?;
    let candidate = coordinator.registration("C0026").await?.person_id;
    let all = messages(&running.clients, &candidate).await?;
    let week = all
        .iter()
        .find(|message| message.template == "speed_dating_week_before")
        .with_context(|| format!("C0026 was told {:?}", lines(&all)))?;
    assert!(week.text.contains("Mairie annexe"), "{}", week.text);
    assert_each_stands_once(&reminders(&running.clients, "").await?);
    Ok(())
}

/// Reminders that are still to come, by id.
async fn promised(running: &Running) -> Result<BTreeMap<String, Reminder>> {
    let all = reminders(&running.clients, "").await?;
    let planned = all
        .into_iter()
        .filter(|reminder| reminder.state() == ReminderState::Planned);
    Ok(planned
        .map(|reminder| (reminder.reminder_id.clone(), reminder))
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_a_second_before_its_reminder_is_not_told() -> Result<()> {
    let running = Running::start("2026-11-09T09:00:00Z").await?;
    let coordinator = told(&running, "2026-11-25").await?;
    running.play_until("2026-11-24T15:59:59Z").await?;
    cancel(&coordinator, "salle inondée").await?;
    running.play_until("2026-11-24T16:00:00Z").await?;
    let evening: Vec<Reminder> = reminders(&running.clients, "")
        .await?
        .into_iter()
        .filter(|reminder| reminder.template == "speed_dating_day_before")
        .collect();
    assert!(evening.len() > 100, "{}", evening.len());
    for reminder in &evening {
        assert_eq!(reminder.state(), ReminderState::Suppressed, "{reminder:?}");
    }
    let metrics = running.metrics().await?;
    let lag = sample(&metrics, "jalon_scheduler_ingest_lag_seconds_count");
    assert!(lag > 0.0, "the way of a change to the scheduler is measured");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_promise_ends_told_or_with_a_reason_and_none_disappears() -> Result<()> {
    let running = Running::start("2026-11-09T09:00:00Z").await?;
    let coordinator = publish(&running.clients, "2026-11-25").await?;
    // While messages go out.
    erase(&coordinator, "C0002").await?;
    refuse_everything(&running.clients, person(&coordinator, "C0043").await?).await?;
    withdraw(&coordinator, "C0001").await?;
    let late = coordinator.registration("C0003").await?.person_id;
    let mut most = 0;
    for instant in [
        "2026-11-10T09:00:00Z",
        "2026-11-18T10:00:00Z",
        "2026-11-20T09:00:00Z",
    ] {
        running.play_until(instant).await?;
        most = assert_balance(&running, most).await?;
    }
    let (erased_at, _) = running.now().parts();
    erase(&coordinator, "C0003").await?;
    // The withdrawal that follows from it changes the timetable too.
    running.quiet().await?;
    cancel_first_meeting(&coordinator).await?;
    change(&coordinator, "2026-12-02", "").await?;
    running.play_until("2027-03-01T09:00:00Z").await?;
    assert_balance(&running, most).await?;

    let all = reminders(&running.clients, "").await?;
    assert_each_stands_once(&all);
    for reminder in &all {
        let ended = match reminder.state() {
            ReminderState::Sent => !reminder.channel.is_empty(),
            ReminderState::Suppressed | ReminderState::Failed => !reminder.reason.is_empty(),
            _ => false,
        };
        assert!(ended, "neither told nor explained: {reminder:?}");
    }
    let reasons: BTreeSet<&str> = all.iter().map(|reminder| reminder.reason.as_str()).collect();
    for reason in ["superseded", "no_channel", "opted_out"] {
        assert!(reasons.contains(reason), "nobody met {reason}: {reasons:?}");
    }
    assert_held_back(&all, &late, erased_at);
    Ok(())
}

/// Somebody was erased who had reminders to come: none of them went out after it. Their erasure and the withdrawal that
/// follows from it are two events; whichever arrives first holds a reminder back, and gives it its reason.
fn assert_held_back(all: &[Reminder], erased: &str, erased_at: i64) {
    let own = || {
        all.iter()
            .filter(|reminder| reminder.recipient_person_id == erased)
    };
    let held = |reminder: &&Reminder| ["erased", "cancelled"].contains(&reminder.reason.as_str());
    assert!(own().any(|one| held(&one)), "nothing was held back");
    for reminder in own().filter(|reminder| reminder.state() == ReminderState::Sent) {
        let told_at = reminder.settled_at.map_or(i64::MAX, |at| at.seconds);
        assert!(told_at <= erased_at, "told after the erasure: {reminder:?}");
    }
}

async fn refuse_everything(clients: &Clients, known: contracts::directory::v1::Person) -> Result<()> {
    let request = SetPreferenceRequest {
        person_id: known.person_id,
        version: known.version,
        refused: vec![Channel::Sms.into(), Channel::Mail.into()],
        preferred: Channel::Unspecified.into(),
    };
    clients.directory.clone().set_preference(request).await?;
    Ok(())
}

/// The counts by state, the list and the metric are one; there are never fewer than `most` were. How many there are.
async fn assert_balance(running: &Running, most: i64) -> Result<i64> {
    let status = running
        .clients
        .scheduler
        .clone()
        .get_status(GetStatusRequest::default())
        .await?
        .into_inner();
    let GetStatusResponse {
        planned,
        queued,
        sent,
        suppressed,
        failed,
        ..
    } = status;
    let total = planned + queued + sent + suppressed + failed;
    assert!(total >= most, "{total} of {most} reminders are left");
    let all = reminders(&running.clients, "").await?;
    assert_eq!(i64::try_from(all.len())?, total, "the list against the counts");
    for one in &status.policies {
        assert_eq!(
            one.channel.is_empty(),
            one.sent == 0,
            "what was sent has its channel: {one:?}"
        );
        let of_policy = all
            .iter()
            .filter(|reminder| reminder.policy == one.policy && reminder.channel == one.channel);
        let accounted = one.planned + one.queued + one.sent + one.suppressed + one.failed;
        assert_eq!(
            i64::try_from(of_policy.count())?,
            accounted,
            "the list against {one:?}"
        );
    }
    let by_policy = status.policies.iter();
    let by_policy = by_policy.map(|one| one.planned + one.queued + one.sent + one.suppressed + one.failed);
    assert_eq!(
        by_policy.sum::<i64>(),
        total,
        "the counts by policy against those by state"
    );
    let counts = [
        ("planned", planned),
        ("queued", queued),
        ("sent", sent),
        ("suppressed", suppressed),
        ("failed", failed),
    ];
    assert_scraped(running, &counts).await?;
    Ok(total)
}

/// The metric says the same, after some seconds at most: many scrapes are counted as one.
async fn assert_scraped(running: &Running, counts: &[(&str, i64)]) -> Result<()> {
    let started = Instant::now();
    loop {
        let metrics = running.metrics().await?;
        let wrong = counts.iter().find_map(|(state, count)| {
            let name = format!("jalon_scheduler_reminders{{state=\"{state}\"");
            let scraped = sample(&metrics, &name).to_string();
            (scraped != count.to_string()).then(|| format!("{name}: {scraped}, but {count} in the ledger"))
        });
        match wrong {
            None => return Ok(()),
            Some(wrong) => ensure!(started.elapsed() < SETTLED, "{wrong}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The value of one line of the metrics, or of those of its name the greatest (each replica has one); not a number when
/// there is none.
fn sample(metrics: &str, name: &str) -> f64 {
    metrics
        .lines()
        .filter(|line| line.starts_with(name))
        .filter_map(|line| line.rsplit_once(' ')?.1.parse().ok())
        .fold(f64::NAN, f64::max)
}

/// Promise 2: policy, subject, kind, generation, occurrence, recipient and route are its identity.
fn assert_each_stands_once(all: &[Reminder]) {
    let mut seen = BTreeSet::new();
    for reminder in all {
        let identity = (
            &reminder.policy,
            &reminder.subject,
            &reminder.kind,
            reminder.generation,
            &reminder.occurrence,
            &reminder.recipient_person_id,
            &reminder.route,
        );
        assert!(seen.insert(identity), "it stands twice: {reminder:?}");
    }
}
