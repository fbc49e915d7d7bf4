//! What is counted. Labels are bounded: states, verdicts, reasons of our own, names of policies.

use std::collections::BTreeSet;

use prometheus::{Gauge, Histogram, HistogramOpts, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

use crate::domain::{ReminderState, Verdict};
use crate::store::Count;

/// Of one process.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Reminders by state: their sum is all that was ever promised.
    reminders: IntGaugeVec,
    /// The same by policy.
    by_policy: IntGaugeVec,
    releases: IntCounterVec,
    /// Seconds from a milestone's commit in its own service to its plan here.
    pub ingest_lag: Histogram,
    /// Seconds from a reminder's instant to its hand-over.
    pub claim_lateness: Histogram,
    /// Seconds from a reminder's instant to its acceptance by a provider.
    pub lateness: Histogram,
    due: IntGauge,
    oldest_due: Gauge,
    missed: IntCounterVec,
}

/// Every state, with its label.
const STATES: [(ReminderState, &str); 5] = [
    (ReminderState::Planned, "planned"),
    (ReminderState::Queued, "queued"),
    (ReminderState::Sent, "sent"),
    (ReminderState::Suppressed, "suppressed"),
    (ReminderState::Failed, "failed"),
];

/// Why a reminder was missed.
const MISSED: [&str; 9] = [
    "budget_spent",
    "no_provider",
    "other",
    "refused",
    "refused_until_too_late",
    "template",
    "too_late",
    "unknown",
    "unreadable",
];

impl Metrics {
    /// Registers them.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let buckets = vec![0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 3600.0];
        let histogram =
            |name, help| Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.clone()));
        let metrics = Self {
            reminders: IntGaugeVec::new(
                Opts::new("jalon_scheduler_reminders", "Reminders by state"),
                &["state"],
            )?,
            by_policy: IntGaugeVec::new(
                Opts::new(
                    "jalon_scheduler_policy_reminders",
                    "Reminders by policy and state: planned, queued, sent, suppressed and failed are all that were ever planned",
                ),
                &["policy", "state"],
            )?,
            releases: IntCounterVec::new(
                Opts::new(
                    "jalon_scheduler_releases_total",
                    "Verdicts of the point of no return",
                ),
                &["verdict"],
            )?,
            ingest_lag: histogram(
                "jalon_scheduler_ingest_lag_seconds",
                "From a milestone's commit in its service to its plan",
            )?,
            claim_lateness: histogram(
                "jalon_scheduler_claim_lateness_seconds",
                "From a reminder's instant to its hand-over to the notifier",
            )?,
            lateness: histogram(
                "jalon_scheduler_reminder_lateness_seconds",
                "From a reminder's instant, as its window allows, to its acceptance by a provider",
            )?,
            due: IntGauge::new(
                "jalon_scheduler_due_reminders",
                "Reminders whose instant has come and that are not handed over yet",
            )?,
            oldest_due: Gauge::new(
                "jalon_scheduler_oldest_due_age_seconds",
                "How long the oldest of them has been due; 0 when there is none",
            )?,
            missed: IntCounterVec::new(
                Opts::new(
                    "jalon_scheduler_reminders_missed_total",
                    "Reminders that were to be told and were not, by reason",
                ),
                &["reason"],
            )?,
        };
        for verdict in ["granted", "refused", "deferred"] {
            metrics.releases.with_label_values(&[verdict]);
        }
        for reason in MISSED {
            metrics.missed.with_label_values(&[reason]);
        }
        registry.register(Box::new(metrics.lateness.clone()))?;
        registry.register(Box::new(metrics.due.clone()))?;
        registry.register(Box::new(metrics.oldest_due.clone()))?;
        registry.register(Box::new(metrics.missed.clone()))?;
        registry.register(Box::new(metrics.reminders.clone()))?;
        registry.register(Box::new(metrics.by_policy.clone()))?;
        registry.register(Box::new(metrics.releases.clone()))?;
        registry.register(Box::new(metrics.ingest_lag.clone()))?;
        registry.register(Box::new(metrics.claim_lateness.clone()))?;
        Ok(metrics)
    }

    /// Shows how many reminders are in each state.
    pub fn show(&self, counts: &[Count]) {
        let policies: BTreeSet<&str> = counts.iter().map(|count| count.policy.as_str()).collect();
        for (state, label) in STATES {
            let of_state = || counts.iter().filter(|count| count.state == state);
            let all = of_state().map(|count| count.reminders).sum();
            self.reminders.with_label_values(&[label]).set(all);
            for &policy in &policies {
                let of_policy = of_state().filter(|count| count.policy == policy);
                self.by_policy
                    .with_label_values(&[policy, label])
                    .set(of_policy.map(|count| count.reminders).sum());
            }
        }
    }

    /// Shows how many reminders are due, and how long the oldest has been.
    pub fn show_due(&self, due: i64, oldest: f64) {
        self.due.set(due);
        self.oldest_due.set(oldest.max(0.0));
    }

    /// Counts a reminder that was to be told and was not.
    pub fn missed(&self, reason: &str) {
        // Reasons come by events: what is no word of ours makes no label.
        let known = MISSED.iter().find(|known| **known == reason);
        let label = known.copied().unwrap_or("other");
        self.missed.with_label_values(&[label]).inc();
    }

    /// Counts a verdict.
    pub fn count_verdict(&self, verdict: &Verdict) {
        let label = match verdict {
            Verdict::Granted(_) => "granted",
            Verdict::Refused(_) => "refused",
            Verdict::Deferred(_) => "deferred",
        };
        self.releases.with_label_values(&[label]).inc();
    }
}
