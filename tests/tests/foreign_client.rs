//! A client that is not ours and knows the suite by reflection only does a coordinator's work: import with errors,
//! correction, timetable, publication, a move, cancellations; the mailbox after each. The steps are in Python.

use std::{fs, path::Path, process::Command};

use anyhow::Result;
use jalon::running::Running as Address;
use tests::{
    apart::Apart,
    machine::Machine,
    outside::{output, script, tables, tool},
    process::{Process, binary, connect, shift_to},
};

/// Tuesday 1 December 2026, 10:00 in Paris, and the session two weeks later: no reminder of another sort comes between.
const NOW: &str = "2026-12-01T09:00:00Z";
const SESSION: &str = "2026-12-16";

/// As the built-in policy, but changes are told after a second: time is the machine's here.
fn hurry(folder: &Path) -> Result<()> {
    let built_in = include_str!("../../services/scheduler/policies/speed-dating-changed.yaml");
    let hurried = built_in.replace("debounce: 2m", "debounce: 1s");
    anyhow::ensure!(hurried != built_in, "the built-in policy has another debounce");
    fs::create_dir_all(folder)?;
    fs::write(folder.join("speed-dating-changed.yaml"), hurried)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coordinator_works_through_reflection_alone() -> Result<()> {
    let Some(python) = tool("PYTHON") else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let policies = folder.path().join("policies");
    hurry(&policies)?;
    shift_to(&data, NOW)?;
    let setting = format!("scheduler.policies={}", policies.display());
    let _process = Process::start(&data, &["--set", &setting, "serve"])?;
    connect(&data).await?;
    let token = output(Command::new(binary()?).arg("--data").arg(&data).arg("token"))?;
    let address = Address::read(&data)?.grpc.to_string();
    travel(&python, folder.path(), &token, &[&address])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coordinator_works_through_reflection_with_services_that_run_apart() -> Result<()> {
    let (Some(python), Some(machine)) = (tool("PYTHON"), Machine::shared().await) else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let policies = folder.path().join("policies");
    hurry(&policies)?;
    let setting = format!("scheduler.policies={}", policies.display());
    let suite = Apart::start(machine, NOW, &[setting])?;
    suite.clients().await?;
    let token = output(suite.jalon()?.arg("token"))?;
    let addresses = suite
        .addresses()
        .map(|address| address.trim_start_matches("http://"));
    travel(&python, folder.path(), &token, &addresses)
}

/// The journey, to its end.
#[expect(clippy::print_stdout, reason = "what each step saw")]
fn travel(python: &Path, folder: &Path, token: &str, addresses: &[&str]) -> Result<()> {
    let token_file = folder.join("token");
    fs::write(&token_file, token)?;
    let mut journey = script(python, "journey.py");
    for address in addresses {
        journey.args(["--address", address]);
    }
    journey.arg("--token-file").arg(&token_file);
    journey.arg("--data").arg(tables()).args(["--date", SESSION]);
    let steps = output(&mut journey)?;
    println!("{steps}");
    // Every step of the client has said what it saw; the last one is the last one.
    assert_eq!(steps.lines().count(), 12, "{steps}");
    let last = steps.lines().last().unwrap_or_default();
    assert!(last.starts_with("cancel_session: "), "{steps}");
    Ok(())
}
