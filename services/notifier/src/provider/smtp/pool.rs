use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::timeout;

use super::{
    classify::{At, Trouble},
    connect::Connector,
};

/// A kept connection older than this is not used again: servers close idle ones.
const KEPT: Duration = Duration::from_secs(20);

/// Connecting, TLS and account together may take so long.
const CONNECTING: Duration = Duration::from_secs(30);

/// Connections that are kept between messages. How many are open at once is bounded by whose turn it is.
pub(super) struct Pool {
    connector: Connector,
    kept: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
    most: usize,
}

impl Pool {
    pub(super) fn new(connector: Connector, most: usize) -> Self {
        Self {
            connector,
            kept: Mutex::new(Vec::new()),
            most,
        }
    }

    /// A connection, and whether it was kept from an earlier message.
    pub(super) async fn take(&self) -> Result<(AsyncSmtpConnection, bool), Trouble> {
        if let Some(connection) = self.fresh_enough() {
            return Ok((connection, true));
        }
        match timeout(CONNECTING, self.connector.connect()).await {
            Ok(connection) => connection.map(|connection| (connection, false)),
            Err(_) => Err(Trouble::Lost {
                at: At::Connect,
                what: "no answer in time",
            }),
        }
    }

    pub(super) fn put_back(&self, connection: AsyncSmtpConnection) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < self.most && !connection.has_broken() {
            kept.push((connection, Instant::now()));
        }
    }

    fn fresh_enough(&self) -> Option<AsyncSmtpConnection> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, since)| since.elapsed() < KEPT);
        kept.pop().map(|(connection, _)| connection)
    }
}
