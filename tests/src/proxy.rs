//! A line that can fail: bytes pass, or stay where they are without a word to either end, or every connection is cut.

use anyhow::{Context as _, Result};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::machine::free_port;

/// Its state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Line {
    /// Bytes pass.
    Up,
    /// Nothing passes, and connections stay open: half-open ones, as behind a firewall that forgot them.
    Silent,
    /// Connections are cut, and new ones refused.
    Cut,
}

/// It runs until it is dropped.
pub struct Proxy {
    port: u16,
    line: watch::Sender<Line>,
    serving: JoinHandle<()>,
}

impl Proxy {
    /// Before the server of an address with a host and a port.
    #[expect(clippy::disallowed_methods, reason = "the proxy of a test ends with it")]
    pub async fn before(address: &str) -> Result<Self> {
        let to = authority(address)?.to_owned();
        let port = free_port()?;
        let (line, state) = watch::channel(Line::Up);
        let serving = tokio::spawn(serve(port, to, state));
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            anyhow::ensure!(!serving.is_finished(), "port {port} was taken meanwhile");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        Ok(Self { port, line, serving })
    }

    /// The address by this line.
    pub fn url(&self, address: &str) -> Result<String> {
        Ok(address.replace(authority(address)?, &format!("127.0.0.1:{}", self.port)))
    }

    /// From now on.
    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// `amqp://user:password@host:port/…`: host and port.
fn authority(address: &str) -> Result<&str> {
    let (_, rest) = address.split_once("://").context("an address")?;
    let whole = rest.split('/').next().unwrap_or_default();
    Ok(whole.rsplit('@').next().unwrap_or_default())
}

async fn serve(port: u16, to: String, mut line: watch::Receiver<Line>) {
    while line.wait_for(|line| *line != Line::Cut).await.is_ok() {
        let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await else {
            return;
        };
        // Ends with this round: what was open is cut.
        let (mut connections, mut cut) = (JoinSet::new(), line.clone());
        loop {
            tokio::select! {
                Ok((near, _)) = listener.accept() => {
                    let (to, line) = (to.clone(), line.clone());
                    connections.spawn(async move { join(near, &to, line).await });
                }
                Some(_) = connections.join_next() => {}
                Ok(_) = cut.wait_for(|line| *line == Line::Cut) => break,
                else => return,
            }
        }
    }
}

async fn join(near: TcpStream, to: &str, mut line: watch::Receiver<Line>) -> Result<()> {
    line.wait_for(|line| *line == Line::Up).await?;
    let far = TcpStream::connect(to).await?;
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    tokio::select! {
        ended = pass(near_in, far_out, line.clone()) => ended,
        ended = pass(far_in, near_out, line) => ended,
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut line: watch::Receiver<Line>,
) -> Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await?;
        line.wait_for(|line| *line == Line::Up).await?;
        if read == 0 {
            return Ok(());
        }
        to.write_all(&bytes[..read]).await?;
    }
}
