//! The binary as its users start it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use contracts::scheduler::v1::GetStatusRequest;
use jalon::{client::Clients, config::Config, running::Running as Address};
use platform::{Clock, testing::moment};

/// Jalon, where cargo put it. `JALON_BINARY` names another, such as a release build whose speed is to be measured.
pub fn binary() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("JALON_BINARY") {
        return Ok(PathBuf::from(named));
    }
    beside("jalon")
}

/// A binary of the workspace: cargo puts it beside the folder of the test that runs.
pub(crate) fn beside(name: &str) -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("target folder")?;
    let binary = folder.join(name);
    anyhow::ensure!(
        binary.exists(),
        "{} is missing: run `cargo build --workspace` first",
        binary.display()
    );
    Ok(binary)
}

/// Sets the time of a folder: so far ahead of the system's.
pub fn shift(folder: &Path, seconds: i64) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("clock.json"), format!("{{\"seconds\":{seconds}}}"))?;
    Ok(())
}

/// Sets the time of a folder: an RFC 3339 instant now.
pub fn shift_to(folder: &Path, instant: &str) -> Result<()> {
    let ahead = moment(instant)
        .timestamp()
        .duration_since(Clock::system().now().timestamp());
    shift(folder, ahead.as_secs())
}

/// Clients of the process on a folder, once it answers.
pub async fn connect(folder: &Path) -> Result<Clients> {
    let config = Config {
        data: folder.to_owned(),
        ..Config::default()
    };
    let started = Instant::now();
    loop {
        if Address::read(folder).is_ok()
            && let Ok(clients) = Clients::connect(&config)
            && clients
                .scheduler
                .clone()
                .get_status(GetStatusRequest::default())
                .await
                .is_ok()
        {
            return Ok(clients);
        }
        anyhow::ensure!(
            started.elapsed() < Duration::from_mins(1),
            "the process did not answer within a minute; its log:\n{}",
            fs::read_to_string(folder.join("log")).unwrap_or_default()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// `jalon` with free ports on a data folder; killed when dropped.
pub struct Process(pub Child);

impl Process {
    /// Starts `jalon --data FOLDER ARGUMENTS`, its output in `log` of the folder.
    pub fn start(folder: &Path, arguments: &[&str]) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join("log"))?;
        let child = Command::new(binary()?)
            .arg("--data")
            .arg(folder)
            .args([
                "--set",
                "grpc.listen=127.0.0.1:0",
                "--set",
                "web.listen=127.0.0.1:0",
            ])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self(child))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.0.kill().is_ok() {
            // Reaps it; a process that is gone already is what was wanted.
            drop(self.0.wait());
        }
    }
}
