//! The suite as processes of their own, on a PostgreSQL and a RabbitMQ: all of them can be killed.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use contracts::scheduler::v1::GetStatusRequest;
use jalon::{
    client::Clients,
    config::{Config, Peers, Tokens},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    machine::{Machine, free_port},
    outside::output,
    process::{Process, binary, shift_to},
};

/// One process of the suite: where it is, and what it was started with.
struct Part {
    service: &'static str,
    folder: PathBuf,
    grpc: u16,
    web: u16,
    // Besides those of all.
    settings: Vec<String>,
    process: Option<Process>,
}

/// All processes: one of each service, two of the scheduler and of the notifier.
pub struct Apart {
    parts: Vec<Part>,
    settings: Vec<String>,
    config: Config,
    _folder: TempDir,
    // Last: it is stopped last.
    machine: Machine,
}

/// Replicas: peers speak to the first, the second lives from the broker and the database.
const PARTS: [&str; 7] = [
    "console",
    "notifier",
    "notifier",
    "speeddating",
    "scheduler",
    "scheduler",
    "directory",
];

impl Apart {
    /// Starts all of them, those first that need the others, at an RFC 3339 instant.
    pub fn start(machine: Machine, instant: &str, more: &[String]) -> Result<Self> {
        Self::start_each(machine, instant, more, |_| Vec::new())
    }

    /// As [`Apart::start`], with settings by service that win over those of all.
    pub fn start_each(
        machine: Machine,
        instant: &str,
        more: &[String],
        own: impl Fn(&str) -> Vec<String>,
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut parts = Vec::new();
        for (number, service) in PARTS.into_iter().enumerate() {
            let part = Part {
                service,
                folder: folder.path().join(format!("{service}-{number}")),
                grpc: free_port()?,
                web: free_port()?,
                settings: own(service),
                process: None,
            };
            shift_to(&part.folder, instant)?;
            parts.push(part);
        }
        shift_to(&folder.path().join("client"), instant)?;
        let address = |service: &str| {
            let part = parts.iter().find(|part| part.service == service);
            part.map(|part| format!("http://127.0.0.1:{}", part.grpc))
                .unwrap_or_default()
        };
        let peers = Peers {
            directory: address("directory"),
            speeddating: address("speeddating"),
            scheduler: address("scheduler"),
            notifier: address("notifier"),
        };
        let key = folder.path().join("installation.key");
        let mut settings = vec![
            format!("database.url={}", machine.database_url()),
            format!("bus.url={}", machine.broker_url()),
            format!("bus.prefix={}", machine.prefix()),
            format!("tokens.key_file={}", key.display()),
            format!("peers.directory={}", peers.directory),
            format!("peers.speeddating={}", peers.speeddating),
            format!("peers.scheduler={}", peers.scheduler),
            format!("peers.notifier={}", peers.notifier),
        ];
        settings.extend_from_slice(more);
        let config = Config {
            data: folder.path().join("client"),
            peers,
            tokens: Tokens { key_file: Some(key) },
            ..Config::default()
        };
        let mut suite = Self {
            parts,
            settings,
            config,
            _folder: folder,
            machine,
        };
        for number in 0..suite.parts.len() {
            suite.start_part(number)?;
        }
        Ok(suite)
    }

    /// The database and the broker under it.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// How many processes there are.
    pub fn size(&self) -> usize {
        self.parts.len()
    }

    /// The process of one of them, which runs.
    pub fn pid(&self, number: usize) -> Result<u32> {
        let process = self.parts[number].process.as_ref();
        Ok(process.context("it runs")?.0.id())
    }

    /// SIGKILL for one of them; says which it was.
    pub fn kill_part(&mut self, number: usize) -> &'static str {
        let part = &mut self.parts[number];
        part.process = None;
        part.service
    }

    /// SIGTERM for one of them, and its end; how long that took.
    pub fn stop_part(&mut self, number: usize) -> Result<Duration> {
        let part = &mut self.parts[number];
        let mut process = part.process.take().context("it runs")?;
        let started = Instant::now();
        output(Command::new("kill").args(["-TERM", &process.0.id().to_string()]))?;
        let ended = process.0.wait()?;
        anyhow::ensure!(ended.success(), "{} ended with {ended}", part.service);
        Ok(started.elapsed())
    }

    /// Starts it again.
    pub fn start_part(&mut self, number: usize) -> Result<()> {
        let part = &mut self.parts[number];
        let mut arguments = vec![
            "--set".to_owned(),
            format!("grpc.listen=127.0.0.1:{}", part.grpc),
            "--set".to_owned(),
            format!("web.listen=127.0.0.1:{}", part.web),
        ];
        for setting in self.settings.iter().chain(&part.settings) {
            arguments.extend(["--set".to_owned(), setting.clone()]);
        }
        arguments.extend(["serve".to_owned(), part.service.to_owned()]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        part.process = Some(Process::start(&part.folder, &arguments)?);
        Ok(())
    }

    /// Waits until every process says that it is ready.
    pub async fn ready(&self) -> Result<()> {
        let started = Instant::now();
        for part in &self.parts {
            loop {
                let answer = get(("127.0.0.1", part.web), "localhost", "/readyz")
                    .await
                    .unwrap_or_else(|error| error.to_string());
                if answer.starts_with("HTTP/1.1 200") {
                    break;
                }
                anyhow::ensure!(
                    started.elapsed() < Duration::from_mins(2),
                    "{} is not ready: {answer}\n{}",
                    part.service,
                    self.logs()
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Ok(())
    }

    /// Where the services are called, one after the other.
    pub fn addresses(&self) -> [&str; 4] {
        let peers = &self.config.peers;
        [
            &peers.directory,
            &peers.speeddating,
            &peers.scheduler,
            &peers.notifier,
        ]
        .map(String::as_str)
    }

    /// `jalon` in another terminal, about to be run beside these processes.
    pub fn jalon(&self) -> Result<Command> {
        let mut command = Command::new(binary()?);
        command.arg("--data").arg(&self.config.data);
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        Ok(command)
    }

    /// What each replica of a service answers to a GET.
    pub async fn ask_all(&self, service: &str, path: &str) -> Vec<String> {
        let mut answers = Vec::new();
        for part in self.parts.iter().filter(|part| part.service == service) {
            let answer = get(("127.0.0.1", part.web), "localhost", path).await;
            answers.push(answer.unwrap_or_else(|error| error.to_string()));
        }
        answers
    }

    /// Which service a part is.
    pub fn service(&self, number: usize) -> &'static str {
        self.parts[number].service
    }

    /// All that one of the processes has said.
    pub fn log(&self, number: usize) -> String {
        fs::read_to_string(self.parts[number].folder.join("log")).unwrap_or_default()
    }

    /// The answer of one of the processes to a GET.
    pub async fn ask(&self, service: &str, path: &str) -> Result<String> {
        let part = self.parts.iter().find(|part| part.service == service);
        get(("127.0.0.1", part.context("a service")?.web), "localhost", path).await
    }

    /// Clients of an administrator, once the services answer.
    pub async fn clients(&self) -> Result<Clients> {
        self.ready().await?;
        let clients = Clients::connect(&self.config)?;
        clients
            .scheduler
            .clone()
            .get_status(GetStatusRequest::default())
            .await?;
        Ok(clients)
    }

    /// What the processes said last.
    pub fn logs(&self) -> String {
        let mut all = String::new();
        for part in &self.parts {
            let log = fs::read_to_string(part.folder.join("log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            all.extend(["== ", &part.folder.display().to_string(), "\n"]);
            all.push_str(&lines[lines.len().saturating_sub(12)..].join("\n"));
            all.push('\n');
        }
        all
    }
}

/// What sends the mails of all processes to a server of this machine.
pub fn smtp(port: u16) -> Vec<String> {
    vec![
        "notifier.smtp.host=localhost".to_owned(),
        format!("notifier.smtp.port={port}"),
        "notifier.smtp.tls=none".to_owned(),
        "notifier.sender.address=rendez-vous@rdv.example.fr".to_owned(),
    ]
}

/// The answer of an address to a GET that names a host, whole.
pub async fn get(address: (&str, u16), host: &str, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
