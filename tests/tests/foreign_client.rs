//! A client that is not ours and knows the suite by reflection only does a coordinator's work: import with errors,
//! correction, timetable, publication, a move, cancellations; the mailbox after each. The steps are in Python.

use std::{fs, path::Path, process::Command};

use anyhow::Result;
use jalon::compose::Running as Address;
use tests::{
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
    let token_file = folder.path().join("token");
    fs::write(&token_file, token)?;
    let steps = output(
        script(&python, "journey.py")
            .args(["--address", &Address::read(&data)?.grpc.to_string()])
            .arg("--token-file")
            .arg(&token_file)
            .arg("--data")
            .arg(tables())
            .args(["--date", SESSION]),
    )?;
    println!("{steps}");
    // Every step of the client has said what it saw; the last one is the last one.
    assert_eq!(steps.lines().count(), 12, "{steps}");
    assert!(
        steps
            .lines()
            .last()
            .is_some_and(|line| line.starts_with("cancel_session: ")),
        "{steps}"
    );
    Ok(())
}
