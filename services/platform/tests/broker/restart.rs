//! A broker that dies, stands still, or comes back with nothing: topology and consumers recover, what was not confirmed is
//! published again, and every event is applied once.

use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use platform::{bus::Bus, testing};
use tempfile::TempDir;

use super::*;

/// A RabbitMQ of the test's own; it goes with the value.
struct Rabbit {
    folder: TempDir,
    port: u16,
}

impl Rabbit {
    /// None where tests of the broker are not run.
    fn start() -> Option<Self> {
        std::env::var_os("TEST_RABBITMQ_URL")?;
        let rabbit = Self {
            folder: testing::folder(),
            port: free_port(),
        };
        rabbit.run("mkdir \"$1\"; start_rabbitmq \"$1\" $2");
        Some(rabbit)
    }

    fn bus(&self) -> Bus {
        let address = format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.port);
        Bus::broker(&address, topology("restart"), 1).unwrap()
    }

    fn stand_still(&self) {
        self.run("kill -STOP -- -$(<\"$1/session\")");
    }

    fn kill(&self) {
        self.run("kill -KILL -- -$(<\"$1/session\")");
    }

    fn start_again(&self) {
        self.run("run_rabbitmq \"$1\"");
    }

    /// Exchanges, queues and all.
    fn forget(&self) {
        self.run("rm -rf \"$1/data\"; mkdir \"$1/data\"");
    }

    fn run(&self, script: &str) {
        let setup = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/setup");
        let words = format!(
            "set -euo pipefail; source '{0}/postgres.sh'; source '{0}/rabbitmq.sh'; {script}",
            setup.display()
        );
        let mut command = Command::new("bash");
        command
            .args(["-c", &words, "bash"])
            .arg(self.folder.path().join("rabbitmq"));
        command.arg(self.port.to_string()).stdin(Stdio::null());
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Drop for Rabbit {
    fn drop(&mut self) {
        self.run("stop_rabbitmq \"$1\"");
    }
}

/// Below the range that the kernel hands out by itself: a broker that is killed finds its own again.
fn free_port() -> u16 {
    let mut ports = (0..50).map(|_| rand::random_range(15_000..30_000));
    ports
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}

/// A broker needs longer than other things for what it does.
async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !is_so().await {
        assert!(
            started.elapsed() < Duration::from_mins(3),
            "waited three minutes in vain: {what}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn publish_many(ground: &TestGround, db: &Db, count: usize) {
    let names: Vec<String> = (0..count).map(|_| ground.ground.ids.id().to_string()).collect();
    for names in names.chunks(100) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        publish(ground, db, KEY, &names).await;
    }
}

/// Events that the relay has taken and that no confirmation has removed.
async fn on_their_way(db: &Db) -> i64 {
    let mut tx = db.read().await.unwrap();
    let query = tx.query("SELECT COUNT(*) FROM outbox WHERE next_at IS NOT NULL");
    query.fetch_one::<(i64,)>().await.unwrap().0
}

on_each_database! { no_tables(),
    async fn a_broker_that_dies_stands_still_or_comes_back_with_nothing_costs_no_event(db: Db) {
        let Some(rabbit) = Rabbit::start() else { return };
        let ground = ground(rabbit.bus());
        let platform = ground.platform_on("sample", db.clone());
        platform.run(Some(Arc::new(Recorder::default())));

        publish_many(&ground, &db, 100).await;
        until("the queue is at work", async || applied(&db).await == 100).await;
        // RabbitMQ 3.10 writes down half a second later which quorum queues it has. One that is killed before has a queue
        // without a leader afterwards, and nobody can see from outside whether it has got so far.
        tokio::time::sleep(Duration::from_secs(10)).await;

        // It dies while events go in and come out.
        publish_many(&ground, &db, 1_000).await;
        until("some are applied", async || applied(&db).await > 100).await;
        rabbit.kill();
        publish_many(&ground, &db, 500).await;
        until("the consumer has noticed", async || !ground.ground.bus.is_ready()).await;
        rabbit.start_again();
        until("all are applied", async || applied(&db).await == 1_600).await;
        until("the consumer is at its queue", async || ground.ground.bus.is_ready()).await;

        // It takes no more, says nothing, and dies: what was sent is not confirmed.
        rabbit.stand_still();
        publish_many(&ground, &db, 100).await;
        until("they are on their way", async || on_their_way(&db).await == 100).await;
        rabbit.kill();
        rabbit.start_again();
        until("they were published again", async || applied(&db).await == 1_700).await;

        // It has lost all that it knew.
        rabbit.kill();
        rabbit.forget();
        rabbit.start_again();
        until("the consumer is at its new queue", async || ground.ground.bus.is_ready()).await;
        publish_many(&ground, &db, 100).await;
        until("they are applied", async || applied(&db).await == 1_800).await;

        until("nothing is left", async || outbox::waiting(&db).await.unwrap() == 0).await;
        assert_eq!(applied(&db).await, 1_800, "each once");
        assert!(ground.ground.tasks.drain(std::future::pending()).await);
    }
}
