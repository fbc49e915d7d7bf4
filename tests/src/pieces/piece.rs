//! One service in a process of its own: `piece`, the product with a clock that is moved through its standard input.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use jalon::{config::Config, running::Running as Address};
use platform::{Clock, Moment, testing::moment};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::process::beside;

/// A start, a move and an end take no longer; a machine under load is slow.
const PATIENCE: Duration = Duration::from_mins(2);

/// The first line that a `piece` reads.
#[derive(Debug, Deserialize, Serialize)]
pub struct Start {
    /// Which one it is.
    pub service: String,
    /// All of it, secrets included.
    pub config: Value,
    /// Where its time stands; none: it goes with the system's.
    pub stands_at: Option<String>,
}

impl Start {
    fn new(service: &str, config: &Config, clock: &Clock) -> Result<Self> {
        let before = clock.now();
        // A clock that goes is not where it was a moment ago.
        let stands = (0..3).all(|_| clock.now() == before);
        Ok(Self {
            service: service.to_owned(),
            config: whole(config)?,
            stands_at: stands.then(|| before.timestamp().to_string()),
        })
    }

    /// The time of the process.
    pub fn clock(&self) -> Clock {
        match &self.stands_at {
            Some(instant) => Clock::manual(moment(instant)),
            None => Clock::system(),
        }
    }
}

/// The lines of a pipe as they come; closed at its end.
pub fn lines(pipe: impl Read + Send + 'static) -> UnboundedReceiver<String> {
    let (say, said) = unbounded_channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if say.send(line).is_err() {
                break;
            }
        }
    });
    said
}

/// A process that serves; killed when dropped.
pub(super) struct Piece {
    /// Where it serves.
    pub(super) grpc: SocketAddr,
    /// Where it answers scrapes.
    pub(super) web: SocketAddr,
    child: Child,
    input: Option<ChildStdin>,
    said: UnboundedReceiver<String>,
    log: PathBuf,
}

impl Piece {
    /// Starts `service` and waits until it serves.
    pub(super) async fn start(service: &str, config: &Config, clock: &Clock) -> Result<Self> {
        fs::create_dir_all(&config.data)?;
        let log = config.data.join("log");
        let mut child = Command::new(beside("piece")?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&log)?)
            .spawn()?;
        let output = child.stdout.take().context("its output")?;
        let said = lines(output);
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut piece = Self {
            grpc: nowhere,
            web: nowhere,
            input: child.stdin.take(),
            child,
            said,
            log,
        };
        let start = Start::new(service, config, clock)?;
        piece.tell(&serde_json::to_string(&start)?)?;
        let address: Address = serde_json::from_str(&piece.answer().await?)?;
        (piece.grpc, piece.web) = (address.grpc, address.web);
        Ok(piece)
    }

    /// Moves its time.
    pub(super) async fn advance_to(&mut self, at: Moment) -> Result<()> {
        self.tell(&at.timestamp().to_string())?;
        self.answer().await.map(drop)
    }

    /// Lets it finish what is under way, and end.
    pub(super) async fn stop(mut self) -> Result<()> {
        self.input = None;
        let end = async { while self.said.recv().await.is_some() {} };
        tokio::time::timeout(PATIENCE, end)
            .await
            .with_context(|| format!("does not end\n{}", log_of(&self.log)))?;
        let ended = self.child.wait()?;
        ensure!(ended.success(), "ended with {ended}\n{}", log_of(&self.log));
        Ok(())
    }

    /// What it wrote into its log.
    pub(super) fn log(&self) -> String {
        log_of(&self.log)
    }

    fn tell(&mut self, line: &str) -> Result<()> {
        let input = self.input.as_mut().context("it was stopped")?;
        writeln!(input, "{line}").with_context(|| log_of(&self.log))
    }

    async fn answer(&mut self) -> Result<String> {
        tokio::time::timeout(PATIENCE, self.said.recv())
            .await
            .ok()
            .flatten()
            .with_context(|| format!("a process of the suite does not answer\n{}", log_of(&self.log)))
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            // Reaps it; a process that is gone already is what was wanted.
            drop(self.child.wait());
        }
    }
}

fn log_of(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

/// As it is read again: printed, a configuration hides its secrets.
fn whole(config: &Config) -> Result<Value> {
    let mut all = serde_json::to_value(config)?;
    let (smtp, sms) = (&config.notifier.smtp, &config.notifier.sms);
    let mut secrets = vec![
        ("/database/url", &config.database.url),
        ("/bus/url", &config.bus.url),
    ];
    if let Some(smtp) = smtp {
        secrets.push(("/notifier/smtp/password", &smtp.password));
        secrets.push(("/notifier/smtp/reports_secret", &smtp.reports_secret));
    }
    if let Some(callback) = &sms.callback {
        secrets.push(("/notifier/sms/callback/secret", &callback.secret));
    }
    if let Some(kannel) = &sms.kannel {
        secrets.push(("/notifier/sms/kannel/password", &kannel.password));
    }
    if let Some(ovh) = &sms.ovh {
        secrets.push(("/notifier/sms/ovh/application_secret", &ovh.application_secret));
        secrets.push(("/notifier/sms/ovh/consumer_key", &ovh.consumer_key));
    }
    if let Some(brevo) = &sms.brevo {
        secrets.push(("/notifier/sms/brevo/api_key", &brevo.api_key));
    }
    for (place, secret) in secrets {
        let slot = all.pointer_mut(place).with_context(|| format!("no {place}"))?;
        *slot = secret.reveal().into();
    }
    ensure!(
        !all.to_string().contains("\"…\""),
        "a secret that is handed to nobody: add it here"
    );
    Ok(all)
}
