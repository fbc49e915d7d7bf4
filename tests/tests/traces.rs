//! One trace from a publication to "accepted by the provider": in one process, apart, and over days and a restart.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use contracts::scheduler::v1::GetStatusRequest;
use jalon::client::Clients;
use tests::{
    apart::Apart,
    collector::{Collector, Span},
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    machine::Machine,
    mails::MailServer,
    outside::{output, tool},
    process::{Process, connect, shift_to},
    reckoning::settle,
};

/// Tuesday, 10:00 in Paris.
const NOW: &str = "2026-12-01T09:00:00Z";

/// The way of a reminder, from its end to its beginning, with the process that goes it when each has its own.
const WAY: [(&str, &str); 9] = [
    ("attempt", "notifier"),
    ("hand over", "notifier"),
    ("due", "scheduler"),
    ("plan", "scheduler"),
    ("process speeddating.milestone.set.v1", "scheduler"),
    ("publish speeddating.milestone.set.v1", "speeddating"),
    ("publish timetable", "speeddating"),
    ("jalon.speeddating.v1.SpeedDatingService/Publish", "speeddating"),
    ("", ""),
];

async fn publish(clients: &Clients) -> Result<Coordinator> {
    let coordinator = Coordinator::create(clients, "2026-12-16").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    Ok(coordinator)
}

/// Attempts that were accepted, in the trace of the one publication.
fn accepted(spans: &[Span]) -> Vec<&Span> {
    let Some(published) = spans.iter().find(|span| span.name == "publish timetable") else {
        return Vec::new();
    };
    spans
        .iter()
        .filter(|span| span.name == "attempt" && span.trace == published.trace)
        .filter(|span| span.attributes.get("delivery.outcome").map(String::as_str) == Some("accepted"))
        .collect()
}

/// Goes back from an attempt, step by step, to the root; `process` says who goes each step.
fn check_way(spans: &[Span], attempt: &Span, process: impl Fn(&'static str) -> &'static str) -> Result<()> {
    let mut span = attempt;
    for (number, (name, of)) in WAY.into_iter().enumerate() {
        ensure!(
            span.name == name && span.process == process(of) && span.trace == attempt.trace,
            "step {number} is {} of {}",
            span.name,
            span.process
        );
        if WAY[number + 1].0.is_empty() {
            break;
        }
        span = spans
            .iter()
            .find(|parent| parent.id == span.parent)
            .with_context(|| format!("{name} has no parent"))?;
    }
    ensure!(span.parent.is_empty(), "the publication is the root");
    Ok(())
}

/// Whether more than `least` attempts were accepted and each can be followed to its root: a span is known when it ends, so
/// what began an attempt comes after it.
fn are_told(spans: &[Span], least: usize, process: impl Fn(&'static str) -> &'static str) -> bool {
    let accepted = accepted(spans);
    accepted.len() > least
        && accepted
            .iter()
            .all(|span| check_way(spans, span, &process).is_ok())
}

/// The batches of the hand-over have traces of their own, linked to the publication, and their calls reach the scheduler.
fn check_batches(spans: &[Span], trace: &[u8], scheduler: &str) -> Result<()> {
    let batch = spans
        .iter()
        .find(|span| span.name == "hand over batch" && span.links.contains(trace))
        .context("a batch with a link to the publication")?;
    let calls: Vec<&Span> = spans
        .iter()
        .filter(|span| span.name.ends_with("SchedulerService/Release") && span.trace == batch.trace)
        .collect();
    let call = calls
        .iter()
        .find(|span| span.parent == batch.id)
        .context("the batch calls Release")?;
    ensure!(
        calls
            .iter()
            .any(|span| span.parent == call.id && span.process == scheduler),
        "the scheduler serves that call: {calls:?}"
    );
    Ok(())
}

/// No name, no address, no number of anybody.
fn check_silence(spans: &[Span]) {
    // Long enough not to be a part of another word.
    let names: Vec<&str> = [CANDIDATES, EMPLOYERS]
        .iter()
        .flat_map(|table| table.lines().skip(1))
        .flat_map(|line| line.split(';').take(4))
        .filter(|cell| cell.len() > 4 && cell.chars().all(char::is_alphabetic))
        .collect();
    assert!(names.len() > 50, "{names:?}");
    for span in spans {
        let said = format!("{} {:?}", span.name, span.attributes);
        assert!(!said.contains('@') && !said.contains("+33"), "{said}");
        assert!(!names.iter().any(|name| said.contains(name)), "{said}");
    }
}

/// SIGTERM, and the end.
fn stop(mut process: Process) -> Result<()> {
    output(Command::new("kill").args(["-TERM", &process.0.id().to_string()]))?;
    let ended = process.0.wait()?;
    ensure!(ended.success(), "{ended}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_leads_from_a_publication_to_each_provider_also_days_and_a_restart_later() -> Result<()> {
    let collector = Collector::start().await?;
    let folder = tempfile::tempdir()?;
    shift_to(folder.path(), NOW)?;
    let endpoint = format!("telemetry.otlp_endpoint={}", collector.address);
    let process = Process::start(folder.path(), &["--set", &endpoint, "serve"])?;
    let clients = connect(folder.path()).await?;
    publish(&clients).await?;
    settle(&clients, 100).await?;
    // What is left goes out with the stop: nobody waits for the collector here.
    stop(process)?;
    let spans = collector.spans();
    let first = accepted(&spans);
    ensure!(first.len() > 50, "{} attempts", first.len());
    for attempt in &first {
        check_way(&spans, attempt, |_| "jalon")?;
    }
    check_batches(&spans, &first[0].trace, "jalon")?;
    check_silence(&spans);
    let (told, trace) = (first.len(), first[0].trace.clone());

    // The eve of the day: reminders that were planned two weeks ago, by a process that is gone.
    shift_to(folder.path(), "2026-12-15T16:30:00Z")?;
    let process = Process::start(folder.path(), &["--set", &endpoint, "serve"])?;
    connect(folder.path()).await?;
    let spans = collector
        .until("reminders of the eve", |spans| {
            are_told(spans, told + 20, |_| "jalon")
        })
        .await?;
    for attempt in accepted(&spans) {
        assert_eq!(attempt.trace, trace);
    }
    drop(process);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_crosses_processes_and_the_broker() -> Result<()> {
    let Some(sink) = tool("SMTP_SINK") else {
        return Ok(());
    };
    let Some(machine) = Machine::start()? else {
        return Ok(());
    };
    let collector = Collector::start().await?;
    let server = MailServer::sink(&sink)?;
    let settings = [
        "notifier.smtp.host=localhost".to_owned(),
        format!("notifier.smtp.port={}", server.port),
        "notifier.smtp.tls=none".to_owned(),
        "notifier.sender.address=rendez-vous@rdv.example.fr".to_owned(),
        format!("telemetry.otlp_endpoint={}", collector.address),
    ];
    let suite = Apart::start(machine, NOW, &settings)?;
    let clients = suite.clients().await?;
    publish(&clients).await?;
    settle(&clients, 100).await?;
    let spans = collector
        .until("all attempts, what led to them, and their batches", |spans| {
            are_told(spans, 50, |of| of)
                && check_batches(spans, &accepted(spans)[0].trace, "scheduler").is_ok()
        })
        .await?;
    let attempts = accepted(&spans);
    let providers: Vec<&String> = attempts
        .iter()
        .filter_map(|span| span.attributes.get("delivery.provider"))
        .collect();
    assert!(providers.iter().any(|name| *name == "smtp"), "{providers:?}");
    check_silence(&spans);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_holds_nobody_up() -> Result<()> {
    let folder = tempfile::tempdir()?;
    shift_to(folder.path(), NOW)?;
    let nobody = "telemetry.otlp_endpoint=http://127.0.0.1:9";
    let process = Process::start(folder.path(), &["--set", nobody, "serve"])?;
    let clients = connect(folder.path()).await?;
    let started = Instant::now();
    publish(&clients).await?;
    settle(&clients, 100).await?;
    clients
        .scheduler
        .clone()
        .get_status(GetStatusRequest::default())
        .await?;
    println!("told after {} ms", started.elapsed().as_millis());
    let stopping = Instant::now();
    stop(process)?;
    println!("stopped after {} ms", stopping.elapsed().as_millis());
    ensure!(stopping.elapsed() < Duration::from_secs(30));
    let log = std::fs::read_to_string(folder.path().join("log"))?;
    assert_eq!(log.matches("spans are lost: the collector").count(), 1, "{log}");
    Ok(())
}
