use std::time::Duration;

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry,
};

use crate::{
    domain::{Outcome, Settlement},
    provider::smtp,
    store::Counts,
};

/// What is counted. Labels are channels, providers, states: never a person, a template or a text.
#[derive(Clone, Debug)]
pub struct Metrics {
    attempts: IntCounterVec,
    settled: IntCounterVec,
    deliveries: IntGaugeVec,
    hand_over: Histogram,
    receipts: IntCounterVec,
    reports: IntCounterVec,
    incoming: IntCounterVec,
    out: IntGaugeVec,
    segments: IntGaugeVec,
    requests: HistogramVec,
    delivery: HistogramVec,
    passed_over: IntCounterVec,
    limited: IntCounterVec,
    deferred: IntCounter,
}

/// Why deliveries are not sent: of the notifier, and of the scheduler's `Release`.
const REASONS: [&str; 21] = [
    "address_refused",
    "budget_spent",
    "cancelled",
    "condition",
    "duplicate",
    "erased",
    "held",
    "no_channel",
    "no_provider",
    "opted_out",
    "policy_changed",
    "refused",
    "refused_until_too_late",
    "reverted",
    "superseded",
    "template",
    "too_late",
    "unknown",
    "unknown_person",
    "unreadable",
    "unsubscribed",
];

impl Metrics {
    /// Registers them.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let make = Making(registry);
        let deferred = IntCounter::new(
            "jalon_notifier_deferred_total",
            "Deliveries that wait for the hours in which people may be told",
        )?;
        registry.register(Box::new(deferred.clone()))?;
        let hand_over = Histogram::with_opts(
            HistogramOpts::new(
                "jalon_notifier_hand_over_seconds",
                "Hand-over of a batch, from claim to recorded answers",
            )
            .buckets(vec![0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0]),
        )?;
        registry.register(Box::new(hand_over.clone()))?;
        Ok(Self {
            attempts: make.counters(
                "jalon_notifier_attempts_total",
                "Calls of providers by how they ended",
                &["channel", "provider", "result"],
            )?,
            settled: make.counters(
                "jalon_notifier_settled_total",
                "Deliveries that ended; certain is no when a person may have been told twice",
                &["outcome", "certain", "channel"],
            )?,
            deliveries: make.gauges(
                "jalon_notifier_deliveries",
                "Deliveries that are ready or wait, messages kept, attempts unknown",
                &["state"],
            )?,
            receipts: make.counters(
                "jalon_notifier_receipts_total",
                "What gateways and mail servers told later, by what became of it; unrecognised and refused want a look",
                &["provider", "result"],
            )?,
            reports: make.counters(
                "jalon_notifier_mail_reports_total",
                "What came back by mail about messages of ours, by what it says: complaint, failed_permanent …",
                &["says"],
            )?,
            incoming: make.counters(
                "jalon_notifier_incoming_total",
                "SMS that telephones wrote back: stop is obeyed, other is read by nobody",
                &["provider", "result"],
            )?,
            out: make.gauges(
                "jalon_notifier_provider_out",
                "1 while a provider is left alone because it fails again and again, or refuses us",
                &["channel", "provider"],
            )?,
            segments: make.gauges(
                "jalon_notifier_sms_segments",
                "SMS segments handed over today (UTC), and how many may be; 0 for no limit",
                &["of"],
            )?,
            requests: make.histograms(
                "jalon_notifier_provider_request_seconds",
                "From the recorded intent to the provider's answer",
                &[0.01, 0.05, 0.2, 1.0, 5.0, 15.0, 60.0],
                &["channel", "provider"],
            )?,
            delivery: make.histograms(
                "jalon_notifier_delivery_seconds",
                "From the hand-over of a message to what its receipt calls delivered",
                &[1.0, 5.0, 15.0, 60.0, 300.0, 3_600.0, 86_400.0],
                &["channel", "provider"],
            )?,
            passed_over: make.counters(
                "jalon_notifier_not_sent_total",
                "Deliveries that ended without being sent, by reason: opted_out, erased, superseded …",
                &["outcome", "reason"],
            )?,
            limited: make.counters(
                "jalon_notifier_rate_limited_total",
                "Deliveries that waited because a provider may not be asked more often",
                &["channel", "provider"],
            )?,
            hand_over,
            deferred,
        })
    }

    /// Shows a provider before anything happened with it: an alert on an increase needs a beginning.
    pub(crate) fn expect(&self, channel: &str, provider: &str) {
        let of = [channel, provider];
        for result in ["accepted", "refused_temporary", "refused_permanent", "unknown"] {
            self.attempts.with_label_values(&[channel, provider, result]);
        }
        self.out.with_label_values(&of);
        self.requests.with_label_values(&of);
        self.limited.with_label_values(&of);
        if channel == "sms" {
            self.delivery.with_label_values(&of);
            self.receipts.with_label_values(&[provider, "unrecognised"]);
            self.incoming.with_label_values(&[provider, "stop"]);
        }
        if provider == smtp::NAME {
            self.receipts.with_label_values(&[provider, "unrecognised"]);
        }
        if channel == "mail" {
            for says in ["complaint", "failed_permanent"] {
                self.reports.with_label_values(&[says]);
            }
        }
        self.settled.with_label_values(&["sent", "yes", channel]);
        self.passed_over
            .with_label_values(&["suppressed", "unsubscribed"]);
    }

    pub(crate) fn attempt(&self, channel: &str, provider: &str, result: &str) {
        self.attempts
            .with_label_values(&[channel, provider, result])
            .inc();
    }

    pub(crate) fn settled(&self, settlement: &Settlement) {
        let certain = if settlement.uncertain { "no" } else { "yes" };
        let outcome = &settlement.outcome;
        self.settled
            .with_label_values(&[outcome.name(), certain, outcome.channel()])
            .inc();
        if !matches!(outcome, Outcome::Sent(_)) {
            // Reasons are words of ours; that there are not too many of them does not depend on who else writes one.
            let known = REASONS.iter().find(|reason| **reason == outcome.reason());
            self.passed_over
                .with_label_values(&[outcome.name(), known.copied().unwrap_or("other")])
                .inc();
        }
    }

    /// A provider answered after so long.
    pub(crate) fn answered(&self, channel: &str, provider: &str, after: Duration) {
        self.requests
            .with_label_values(&[channel, provider])
            .observe(after.as_secs_f64());
    }

    /// A receipt says that a message arrived, so long after it was accepted.
    pub(crate) fn delivered(&self, channel: &str, provider: &str, after: f64) {
        self.delivery
            .with_label_values(&[channel, provider])
            .observe(after.max(0.0));
    }

    pub(crate) fn limited(&self, channel: &str, provider: &str) {
        self.limited.with_label_values(&[channel, provider]).inc();
    }

    pub(crate) fn deferred(&self) {
        self.deferred.inc();
    }

    pub(crate) fn handed_over(&self, seconds: f64) {
        self.hand_over.observe(seconds);
    }

    pub(crate) fn receipt(&self, provider: &str, result: &str) {
        self.receipts.with_label_values(&[provider, result]).inc();
    }

    pub(crate) fn report(&self, says: &str) {
        self.reports.with_label_values(&[says]).inc();
    }

    pub(crate) fn incoming(&self, provider: &str, result: &str) {
        self.incoming.with_label_values(&[provider, result]).inc();
    }

    pub(crate) fn out(&self, channel: &str, provider: &str, out: bool) {
        self.out
            .with_label_values(&[channel, provider])
            .set(i64::from(out));
    }

    pub(crate) fn budget(&self, today: i64, limit: i64) {
        self.segments.with_label_values(&["today"]).set(today);
        self.segments.with_label_values(&["limit"]).set(limit);
    }

    pub(crate) fn show(&self, counts: Counts) {
        for (state, count) in [
            ("ready", counts.ready),
            ("waiting", counts.waiting),
            ("messages", counts.messages),
            ("unknown", counts.unknown),
        ] {
            self.deliveries.with_label_values(&[state]).set(count);
        }
    }
}

/// Makes families with labels, each registered at once.
struct Making<'a>(&'a Registry);

impl Making<'_> {
    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, prometheus::Error> {
        let made = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(made.clone()))?;
        Ok(made)
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, prometheus::Error> {
        let made = IntGaugeVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(made.clone()))?;
        Ok(made)
    }

    fn histograms(
        &self,
        name: &str,
        help: &str,
        buckets: &[f64],
        labels: &[&str],
    ) -> Result<HistogramVec, prometheus::Error> {
        let opts = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        let made = HistogramVec::new(opts, labels)?;
        self.0.register(Box::new(made.clone()))?;
        Ok(made)
    }
}
