//! `jalon bench` measures what really happened: its figures agree with what the mail server got.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::{mails::MailServer, outside::tool, process::binary};

#[test]
fn reminders_of_the_bench_are_mails_at_the_server() -> Result<()> {
    let (Some(python), Some(sink)) = (tool("PYTHON"), tool("SMTP_SINK")) else {
        return Ok(());
    };
    let server = MailServer::sink(&sink)?;
    let to = format!("127.0.0.1:{}", server.port);
    let report = bench(&["reminders", "--count", "60", "--smtp", &to, "--concurrency", "3"])?;
    assert_eq!(report["states"]["sent"], 60);
    assert_eq!((&report["losses"], &report["duplicates"]), (&0.into(), &0.into()));
    assert!(report["rate_per_second"].as_f64() > Some(0.0), "{report}");
    assert!(report["bare_per_second"].as_f64() > Some(0.0), "{report}");
    let mails = server.mails(&python, None)?;
    let reminders = mails
        .iter()
        .filter(|mail| !mail.to.contains(&"bench@example.org".to_owned()));
    assert_eq!(
        reminders.count(),
        60,
        "and as many bare ones beside them: {}",
        mails.len()
    );
    assert_eq!(mails.len(), 120);
    Ok(())
}

#[test]
fn timers_of_the_bench_fall_due_while_others_are_moved() -> Result<()> {
    let report = bench(&[
        "timers",
        "--pending",
        "1000",
        "--moved",
        "20",
        "--due",
        "10",
        "--seconds",
        "3",
    ])?;
    assert_eq!(report["idle"]["due"], 0);
    let due = report["due"]["due"].as_u64().unwrap_or_default()
        + report["due_and_moved"]["due"].as_u64().unwrap_or_default();
    // How many of the 60 fit into six seconds is the machine's matter.
    assert!((1..=60).contains(&due), "{report}");
    assert!(report["due_and_moved"]["moved"].as_u64() > Some(0), "{report}");
    assert!(report["database_bytes"][0].as_u64() > Some(0), "{report}");
    Ok(())
}

#[test]
fn a_bench_without_a_mail_server_says_which_one_it_missed() -> Result<()> {
    let output = Command::new(binary()?)
        .args(["bench", "reminders", "--smtp", "nowhere"])
        .output()?;
    let said = String::from_utf8(output.stderr)?;
    assert!(!output.status.success() && said.contains("host:port"), "{said}");
    Ok(())
}

fn bench(arguments: &[&str]) -> Result<Value> {
    let output = Command::new(binary()?).arg("bench").args(arguments).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "jalon bench failed: {said}");
    serde_json::from_slice(&output.stdout).context("the report is JSON")
}
