//! A PostgreSQL and a RabbitMQ under the processes of a suite: of the test's own, which can be killed, or those of the run.

use std::{
    env,
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context as _, Result};
use platform::testing::{broker_address, postgres_database};
use tempfile::TempDir;

use crate::outside::output;

/// A database and a broker. Those of the test's own go with the value.
pub struct Machine {
    database_url: String,
    broker_url: String,
    prefix: String,
    own: Option<Own>,
}

struct Own {
    folder: TempDir,
    database: u16,
    broker: u16,
    // Erlang's own, beside the broker's.
    epmd: u16,
    distribution: u16,
}

impl Machine {
    /// Starts both. None without the programs, which is said.
    #[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
    pub fn start() -> Result<Option<Self>> {
        let there = shell("[[ -n $(rabbitmq_server) && -n $(postgres_binaries) ]]").status()?;
        if !there.success() {
            eprintln!("skipped: PostgreSQL or RabbitMQ is not installed; use tests/run");
            return Ok(None);
        }
        let own = Own {
            database: free_port()?,
            broker: free_port()?,
            epmd: free_port()?,
            distribution: free_port()?,
            folder: tempfile::tempdir()?,
        };
        let machine = Self {
            database_url: format!("postgres://postgres@127.0.0.1:{}/postgres", own.database),
            broker_url: format!("amqp://guest:guest@127.0.0.1:{}/%2f", own.broker),
            prefix: "jalon".to_owned(),
            own: Some(own),
        };
        machine.run("chmod 711 \"$1\"; mkdir \"$1/postgres\"; start_postgres \"$1/postgres\" $2")?;
        machine.run("mkdir \"$1/rabbitmq\"; start_rabbitmq \"$1/rabbitmq\" $3 $4 $5")?;
        Ok(Some(machine))
    }

    /// A database and a prefix on the servers of the run, for tests that kill neither. None without them, which is said.
    #[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
    pub async fn shared() -> Option<Self> {
        let found = (postgres_database().await, broker_address());
        let (Some(database_url), Some((broker_url, prefix))) = found else {
            eprintln!("skipped: set TEST_POSTGRES_URL and TEST_RABBITMQ_URL, or use tests/run");
            return None;
        };
        Some(Self {
            database_url,
            broker_url,
            prefix,
            own: None,
        })
    }

    /// Where the database is.
    pub fn database_url(&self) -> String {
        self.database_url.clone()
    }

    /// Where the broker is.
    pub fn broker_url(&self) -> String {
        self.broker_url.clone()
    }

    /// Before the names of all that is declared at the broker.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The services' tables go to a disk of their own, what the database writes ahead stays where it is.
    pub fn tables_on(&mut self, disk: &Path) -> Result<()> {
        let script = format!(
            "disk='{}'; if ((EUID == 0)); then chown postgres: \"$disk\"; fi
             psql=(\"$(postgres_binaries)/psql\" --no-psqlrc --quiet --host 127.0.0.1 --port \"$2\" --username postgres)
             \"${{psql[@]}}\" --command \"CREATE TABLESPACE small LOCATION '$disk'\"
             \"${{psql[@]}}\" --command 'CREATE DATABASE small TABLESPACE small'",
            disk.display()
        );
        self.run(&script)?;
        self.database_url = format!("{}/small", self.database_url.trim_end_matches("/postgres"));
        Ok(())
    }

    /// SIGKILL for the broker.
    pub fn kill_broker(&self) -> Result<()> {
        self.run("kill -KILL -- -$(<\"$1/rabbitmq/session\")")
    }

    /// Starts it again.
    pub fn restart_broker(&self) -> Result<()> {
        self.run("run_rabbitmq \"$1/rabbitmq\"")
    }

    /// SIGKILL for the database: all its processes follow the first one.
    pub fn kill_database(&self) -> Result<()> {
        self.run("kill -KILL \"$(head -n 1 \"$1/postgres/data/postmaster.pid\")\"")
    }

    /// Starts it again.
    pub fn restart_database(&self) -> Result<()> {
        self.run("restart_postgres \"$1/postgres\"")
    }

    fn run(&self, script: &str) -> Result<()> {
        let own = self.own.as_ref().context("it belongs to the whole run")?;
        let mut command = shell(script);
        command.arg(own.folder.path()).arg(own.database.to_string());
        for port in [own.broker, own.epmd, own.distribution] {
            command.arg(port.to_string());
        }
        output(&mut command).map(drop)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if self.own.is_some() {
            // What is gone already is what was wanted.
            drop(self.run("stop_rabbitmq \"$1/rabbitmq\"; stop_postgres \"$1/postgres\""));
        }
    }
}

/// The shell that `tests/run` uses, with its words.
fn shell(script: &str) -> Command {
    let setup = Path::new(env!("CARGO_MANIFEST_DIR")).join("setup");
    let mut command = Command::new("bash");
    let words = format!(
        "set -euo pipefail; source '{0}/postgres.sh'; source '{0}/rabbitmq.sh'; {script}",
        setup.display()
    );
    command.args(["-c", &words, "bash"]).stdin(Stdio::null());
    command
}

/// A port below the range that the kernel hands out by itself: a process that is killed finds its own again. It is this
/// test's until its process ends; tests that run beside it take others, also while nobody listens here.
pub fn free_port() -> Result<u16> {
    static TAKEN: Mutex<Vec<File>> = Mutex::new(Vec::new());
    let folder = env::temp_dir().join("jalon-test-ports");
    fs::create_dir_all(&folder)?;
    for _ in 0..200 {
        let port: u16 = rand::random_range(15_000..30_000);
        let claim = File::create(folder.join(port.to_string()))?;
        if claim.try_lock().is_ok() && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            TAKEN.lock().unwrap_or_else(PoisonError::into_inner).push(claim);
            return Ok(port);
        }
    }
    anyhow::bail!("no free port")
}
