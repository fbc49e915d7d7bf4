//! Whether those answer whom this process calls. Said, never required: a process whose peer is away keeps what it has to
//! do, and were it taken out of service for that, one absence would become many.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;
use prometheus::{IntGaugeVec, Opts, Registry};
use tokio::sync::Mutex;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::grpc::Transport;

/// What is known is good for so long, however often somebody asks.
const FRESH: Duration = Duration::from_secs(5);

/// A peer has so long to answer.
const DEADLINE: Duration = Duration::from_secs(1);

/// So many silences in a row, and it is away: one alone may be a hiccup.
const SILENCES: u32 = 2;

/// The peers of a process. A clone is the same.
#[derive(Clone, Default)]
pub struct Peers(Option<Arc<Inner>>);

struct Inner {
    transports: BTreeMap<&'static str, Transport>,
    up: IntGaugeVec,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    asked: Option<Instant>,
    silences: BTreeMap<&'static str, u32>,
}

impl Peers {
    /// Asked by these; `registry` shows what is known of them.
    pub fn new(
        transports: BTreeMap<&'static str, Transport>,
        registry: &Registry,
    ) -> Result<Self, prometheus::Error> {
        if transports.is_empty() {
            return Ok(Self::default());
        }
        let up = IntGaugeVec::new(
            Opts::new(
                "jalon_peer_up",
                "1 while a service that this process calls answers",
            ),
            &["peer"],
        )?;
        for peer in transports.keys() {
            up.with_label_values(&[peer]).set(1);
        }
        registry.register(Box::new(up.clone()))?;
        Ok(Self(Some(Arc::new(Inner {
            transports,
            up,
            known: Mutex::default(),
        }))))
    }

    /// Those that are away, as far as is known.
    pub(super) async fn away(&self) -> Vec<&'static str> {
        let Some(inner) = &self.0 else {
            return Vec::new();
        };
        let mut known = inner.known.lock().await;
        if known.asked.is_none_or(|at| at.elapsed() >= FRESH) {
            let asked = inner.transports.iter().map(async |(name, transport)| {
                let answers = answers(transport.clone()).await;
                (*name, answers)
            });
            for (name, answers) in join_all(asked).await {
                let silences = known.silences.entry(name).or_default();
                *silences = if answers { 0 } else { silences.saturating_add(1) };
                let up = *silences < SILENCES;
                inner.up.with_label_values(&[name]).set(i64::from(up));
            }
            known.asked = Some(Instant::now());
        }
        known
            .silences
            .iter()
            .filter(|(_, silences)| **silences >= SILENCES)
            .map(|(name, _)| *name)
            .collect()
    }
}

async fn answers(transport: Transport) -> bool {
    let ask = async {
        HealthClient::new(transport)
            .check(HealthCheckRequest::default())
            .await
    };
    // Whatever it says of itself, it is there.
    matches!(tokio::time::timeout(DEADLINE, ask).await, Ok(Ok(_)))
}
