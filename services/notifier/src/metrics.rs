use prometheus::{Histogram, HistogramOpts, IntCounterVec, IntGaugeVec, Opts, Registry};

use crate::{domain::Settlement, store::Counts};

/// What is counted. Labels are channels, providers, states: never a person, a template or a text.
#[derive(Clone, Debug)]
pub struct Metrics {
    attempts: IntCounterVec,
    settled: IntCounterVec,
    deliveries: IntGaugeVec,
    hand_over: Histogram,
}

impl Metrics {
    /// Registers them.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let attempts = IntCounterVec::new(
            Opts::new(
                "jalon_notifier_attempts_total",
                "Calls of providers by how they ended",
            ),
            &["channel", "provider", "result"],
        )?;
        let settled = IntCounterVec::new(
            Opts::new(
                "jalon_notifier_settled_total",
                "Deliveries that ended; certain is no when a person may have been told twice",
            ),
            &["outcome", "certain"],
        )?;
        let deliveries = IntGaugeVec::new(
            Opts::new(
                "jalon_notifier_deliveries",
                "Deliveries that are ready or wait, messages kept, attempts unknown",
            ),
            &["state"],
        )?;
        let hand_over = Histogram::with_opts(
            HistogramOpts::new(
                "jalon_notifier_hand_over_seconds",
                "Hand-over of a batch, from claim to recorded answers",
            )
            .buckets(vec![0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0]),
        )?;
        registry.register(Box::new(attempts.clone()))?;
        registry.register(Box::new(settled.clone()))?;
        registry.register(Box::new(deliveries.clone()))?;
        registry.register(Box::new(hand_over.clone()))?;
        Ok(Self {
            attempts,
            settled,
            deliveries,
            hand_over,
        })
    }

    pub(crate) fn attempt(&self, channel: &str, provider: &str, result: &str) {
        self.attempts
            .with_label_values(&[channel, provider, result])
            .inc();
    }

    pub(crate) fn settled(&self, settlement: &Settlement) {
        let certain = if settlement.uncertain { "no" } else { "yes" };
        self.settled
            .with_label_values(&[settlement.outcome.name(), certain])
            .inc();
    }

    pub(crate) fn handed_over(&self, seconds: f64) {
        self.hand_over.observe(seconds);
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
