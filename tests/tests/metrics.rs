//! What the processes expose: as Prometheus wants it, and as services/README.md says.

use std::{
    collections::BTreeSet,
    io::Write as _,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use jalon::running::Running;
use tests::{
    apart::{Apart, get},
    collector::Collector,
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    machine::Machine,
    outside::tool,
    process::{Process, connect},
    reckoning::settle,
};

const SERVICES: [&str; 5] = ["directory", "speeddating", "scheduler", "notifier", "console"];

/// The names in the first column of the table.
fn documented() -> BTreeSet<String> {
    let text = include_str!("../../services/README.md");
    text.lines()
        .skip_while(|line| *line != "## Metrics")
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| `")?.split(['`', '{']).next())
        .map(str::to_owned)
        .collect()
}

/// The families of an exposition.
fn exposed(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .map(str::to_owned)
        .collect()
}

/// What promtool complains of.
fn complaints(promtool: &std::path::Path, text: &str) -> Result<String> {
    let mut child = Command::new(promtool)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().context("a pipe")?;
    stdin.write_all(text.as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(output.status.success() || !said.is_empty(), "{}", output.status);
    Ok(said)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_process_exposes_what_prometheus_reads_and_together_what_the_table_says() -> Result<()> {
    let Some(machine) = Machine::start()? else {
        return Ok(());
    };
    let collector = Collector::start().await?;
    let traces = format!("telemetry.otlp_endpoint={}", collector.address);
    let suite = Apart::start(machine, "2026-12-01T09:00:00Z", &[traces])?;
    let clients = suite.clients().await?;
    let coordinator = Coordinator::create(&clients, "2026-12-16").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    settle(&clients, 100).await?;

    let promtool = tool("PROMTOOL");
    let mut all = BTreeSet::new();
    for service in SERVICES {
        let answer = suite.ask(service, "/metrics").await?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "{service}: {answer}");
        let (_, text) = answer.split_once("\r\n\r\n").context("a body")?;
        ensure!(exposed(text).len() > 10, "{service}: {text}");
        all.extend(exposed(text));
        if let Some(promtool) = &promtool {
            let said = complaints(promtool, text)?;
            ensure!(said.is_empty(), "{service}: {said}");
        }
    }
    let documented = documented();
    ensure!(documented.len() > 40, "{documented:?}");
    let missing: Vec<_> = documented.difference(&all).collect();
    ensure!(missing.is_empty(), "in the table and not exposed: {missing:?}");
    let untold: Vec<_> = all.difference(&documented).collect();
    ensure!(untold.is_empty(), "exposed and not in the table: {untold:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_their_own_takes_health_and_metrics_away_from_the_pages() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let own = ["--set", "operations.listen=127.0.0.1:0", "serve"];
    let _process = Process::start(folder.path(), &own)?;
    connect(folder.path()).await?;
    let running = Running::read(folder.path())?;
    let operations = running.operations.context("an address of their own")?.port();
    for path in ["/livez", "/readyz", "/metrics"] {
        let answer = get(("127.0.0.1", operations), "localhost", path).await?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        let beside = get(("127.0.0.1", running.web.port()), "localhost", path).await?;
        ensure!(
            !beside.starts_with("HTTP/1.1 200"),
            "{path} among the pages: {beside}"
        );
    }
    Ok(())
}
