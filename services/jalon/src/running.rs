//! What a process keeps in its data folder for commands in another terminal: where it serves, and which time it is there.

use std::{
    fs,
    io::Write as _,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// Where the process serves; also a file in the data folder, for commands in another terminal.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Running {
    /// gRPC.
    pub grpc: SocketAddr,
    /// Pages.
    pub web: SocketAddr,
    /// Health and metrics, when they are not beside the pages.
    #[serde(default)]
    pub operations: Option<SocketAddr>,
}

impl Running {
    pub(crate) fn write(&self, data: &Path) -> Result<()> {
        write_whole(&data.join("running.json"), &serde_json::to_string(self)?)
    }

    /// Where the process that uses the folder serves.
    pub fn read(data: &Path) -> Result<Self> {
        let file = data.join("running.json");
        let text = fs::read_to_string(&file).with_context(|| {
            format!(
                "nothing runs on the data folder {}: start `jalon serve` in another terminal, or name the folder with --data",
                data.display()
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("{} cannot be read", file.display()))
    }

    /// Nothing serves there any more.
    pub(crate) fn remove(data: &Path) {
        if let Err(error) = fs::remove_file(data.join("running.json")) {
            tracing::debug!(%error, "running.json was gone already");
        }
    }
}

/// Where browsers find the pages: as configured, else where the process of the data folder serves them.
pub fn pages(config: &Config) -> Result<String> {
    let named = &config.notifier.public_url;
    if *named == notifier::Settings::default().public_url {
        let running = Running::read(&config.data)?;
        return Ok(format!("http://{}", reachable(running.web)));
    }
    Ok(named.trim_end_matches('/').to_owned())
}

/// How far the time of a folder is ahead of the system's: the demo plays weeks in seconds.
#[derive(Deserialize, Serialize)]
struct Shift {
    seconds: i64,
}

/// Reads it; nothing when the folder was never ahead.
///
/// # Errors
/// When the file is there and cannot be read.
pub(crate) fn read_shift(data: &Path) -> Result<SignedDuration> {
    match fs::read_to_string(data.join("clock.json")) {
        Ok(text) => {
            let shift: Shift =
                serde_json::from_str(&text).context("clock.json of the data folder cannot be read")?;
            Ok(SignedDuration::from_secs(shift.seconds))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(SignedDuration::ZERO),
        Err(error) => Err(error).context("clock.json of the data folder cannot be read"),
    }
}

/// Keeps how far it is ahead.
pub(crate) fn keep_shift(data: &Path, shift: SignedDuration) -> Result<()> {
    let seconds = shift.as_secs();
    write_whole(
        &data.join("clock.json"),
        &serde_json::to_string(&Shift { seconds })?,
    )
}

/// Replaces a file whole, so that a kill leaves the old one or the new one.
pub(crate) fn write_whole(file: &Path, text: &str) -> Result<()> {
    let next = file.with_extension("next");
    let written = fs::File::create(&next).and_then(|mut handle| {
        handle.write_all(text.as_bytes())?;
        handle.sync_all()
    });
    written
        .and_then(|()| fs::rename(&next, file))
        .with_context(|| format!("{} cannot be written", file.display()))
}

/// Listening on all addresses is no address to open: this machine's own is.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}
