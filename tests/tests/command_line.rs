//! The commands, as somebody types them: the coordinator's way without a browser, and the demo twice.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use jalon::running::Running;
use tests::process::{Process, binary, connect, shift_to};

/// A slow machine takes its time.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs `jalon --data FOLDER ARGUMENTS`: exit code, standard output, standard error.
fn jalon(folder: &Path, arguments: &[&str]) -> Result<(i32, String, String)> {
    let output = Command::new(binary()?)
        .arg("--data")
        .arg(folder)
        .args(arguments)
        .output()?;
    Ok((
        output.status.code().context("killed")?,
        String::from_utf8(output.stdout)?,
        String::from_utf8(output.stderr)?,
    ))
}

/// Ctrl-C.
fn interrupt(process: &Process) -> Result<()> {
    let id = process.0.id().to_string();
    anyhow::ensure!(Command::new("kill").args(["-INT", &id]).status()?.success());
    Ok(())
}

fn ok(folder: &Path, arguments: &[&str]) -> Result<String> {
    let (code, out, err) = jalon(folder, arguments)?;
    assert_eq!(code, 0, "jalon {arguments:?}: {out}{err}");
    Ok(out)
}

fn demo_file(name: &str) -> String {
    format!("{}/../services/jalon/demo/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coordinator_goes_from_spreadsheets_to_told_people_by_commands_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    shift_to(folder.path(), "2026-12-01T09:00:00Z")?;
    let _process = Process::start(folder.path(), &["serve"])?;
    connect(folder.path()).await?;
    let folder = folder.path();
    let session = ok(
        folder,
        &[
            "session",
            "create",
            "--title",
            "Rencontres",
            "--date",
            "2026-12-16",
            "--venue",
            "Salle",
            "--address",
            "4 rue Exemple",
        ],
    )?;
    let session = session.trim();
    let (employers, candidates, wishes) = (
        demo_file("employeurs.csv"),
        demo_file("candidats.csv"),
        demo_file("voeux.csv"),
    );
    let import = [
        "import",
        session,
        "--employers",
        &employers,
        "--candidates",
        &candidates,
        "--wishes",
        &wishes,
    ];
    let preview = ok(folder, &import)?;
    assert!(preview.contains("Nothing was changed"), "{preview}");
    assert!(
        ok(folder, &["session", "list"])?.contains(" 0 "),
        "a preview changes nothing"
    );
    ok(folder, &[&import[..], &["--commit"]].concat())?;
    let made = ok(folder, &["timetable", "make", session])?;
    assert!(made.contains("without a meeting:"), "{made}");
    // A timetable beside the others: its meetings can be moved and cancelled as well.
    ok(folder, &["timetable", "make", session, "--seed", "2"])?;
    let draft = ok(folder, &["timetable", "show", session, "--number", "1"])?;
    ok(folder, &["cancel", "--meeting", session, last_word(&draft)?])?;
    ok(
        folder,
        &[
            "cancel",
            "--meeting",
            session,
            last_word(&ok(folder, &["timetable", "show", session])?)?,
        ],
    )?;
    let (code, _, err) = jalon(
        folder,
        &["cancel", "--meeting", session, &uuid::Uuid::nil().to_string()],
    )?;
    assert!(code == 1 && err.contains("jalon timetable show"), "{err}");
    let told = ok(folder, &["publish", session])?;
    assert!(told.contains("candidates and 24 employers are told"), "{told}");
    assert!(ok(folder, &["publish", session])?.contains("nobody is told twice"));
    let shown = ok(folder, &["timetable", "show", session])?;
    let meeting = last_word(&shown)?;
    ok(folder, &["cancel", "--meeting", session, meeting])?;
    let (code, _, err) = jalon(folder, &["move", session, meeting, "--slot", "3"])?;
    assert_eq!(code, 1, "a cancelled meeting was moved");
    assert!(err.starts_with("jalon: "), "{err}");
    ok(folder, &["cancel", "--person", session, "C0001"])?;
    ok(folder, &["session", "move", session, "--date", "2026-12-17"])?;
    more_than_a_page(folder, session)?;
    ok(folder, &["messages", "--session", session])?;
    ok(folder, &["cancel", "--session", session])?;
    Ok(())
}

/// The scheduler hears of a publication a moment later; its reminders are one document, whatever its pages.
fn more_than_a_page(folder: &Path, session: &str) -> Result<()> {
    let started = Instant::now();
    loop {
        let reminders = ok(folder, &["reminders", "--session", session, "--json"])?;
        let reminders: serde_json::Value =
            serde_json::from_str(&reminders).context("one document, whatever its pages")?;
        let all = reminders["reminders"].as_array().context("a list")?;
        if all.len() > 500 {
            return Ok(());
        }
        anyhow::ensure!(started.elapsed() < PATIENCE, "only {} reminders", all.len());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Of the last line of a table: the id of a meeting.
fn last_word(table: &str) -> Result<&str> {
    let line = table.lines().last().context("a line")?;
    line.split_whitespace().last().context("a word in it")
}

#[test]
fn a_database_that_does_not_answer_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    // Nobody listens on port 1.
    let serve = [
        "--set",
        "database.url=postgres://nobody@127.0.0.1:1/none",
        "--set",
        "database.patience_seconds=5",
        "serve",
    ];
    let (code, _, err) = jalon(folder.path(), &serve)?;
    assert!(code == 1 && err.contains("refused"), "{err}");
    assert!(err.contains("waits for its database"), "it is waited for: {err}");
    Ok(())
}

#[test]
fn whoever_waits_for_a_database_is_stopped_cleanly() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let nobody = "database.url=postgres://nobody@127.0.0.1:1/none";
    let mut process = Process::start(folder.path(), &["--set", nobody, "serve"])?;
    let started = Instant::now();
    while !std::fs::read_to_string(folder.path().join("log"))?.contains("waits for its database") {
        anyhow::ensure!(started.elapsed() < PATIENCE, "it does not say that it waits");
        std::thread::sleep(Duration::from_millis(20));
    }
    interrupt(&process)?;
    let ended = process.0.wait()?;
    assert!(ended.success(), "{ended}");
    Ok(())
}

#[test]
fn without_a_running_process_a_command_says_what_to_start() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (code, _, err) = jalon(folder.path(), &["session", "list"])?;
    assert_eq!(code, 1);
    assert!(err.contains("jalon serve"), "{err}");
    Ok(())
}

#[test]
fn without_a_command_a_newcomer_is_told_where_to_start() -> Result<()> {
    let output = Command::new(binary()?).output()?;
    let text = String::from_utf8(output.stderr)? + &String::from_utf8(output.stdout)?;
    assert!(text.contains("jalon demo"), "{text}");
    Ok(())
}

#[test]
fn the_effective_configuration_is_printed_without_its_secrets() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("jalon.toml");
    std::fs::write(&file, "[database]\nurl = \"postgres://jalon:hush@db/jalon\"\n")?;
    let file = file.display().to_string();
    let printed = ok(
        folder.path(),
        &["--config", &file, "--set", "grpc.listen=127.0.0.1:7", "config"],
    )?;
    assert!(printed.contains("listen = \"127.0.0.1:7\""), "{printed}");
    assert!(!printed.contains("hush"), "{printed}");
    let printed = ok(
        folder.path(),
        &[
            "--set",
            "grpc.listen=127.0.0.1:7",
            "config",
            "--set",
            "web.listen=127.0.0.1:8",
            "--set=log.filter=warn",
        ],
    )?;
    for set in ["\"127.0.0.1:7\"", "\"127.0.0.1:8\"", "\"warn\""] {
        assert!(
            printed.contains(set),
            "{set} was set, before or after the command: {printed}"
        );
    }
    let (code, _, err) = jalon(folder.path(), &["--set", "grpc.lisen=x", "config"])?;
    assert!(code == 1 && err.contains("lisen"), "{err}");
    Ok(())
}

#[test]
fn a_second_demo_goes_on_from_the_same_data() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let quiet = [
        "--set",
        "grpc.listen=127.0.0.1:0",
        "--set",
        "web.listen=127.0.0.1:0",
        "demo",
        "--no-serve",
    ];
    let first = ok(folder.path(), &quiet)?;
    let second = ok(folder.path(), &quiet)?;
    let reminders = |text: &str| {
        text.lines()
            .find(|line| line.contains("reminders "))
            .map(str::to_owned)
    };
    assert!(
        reminders(&first).is_some_and(|line| line.contains("0 failed, 0 pending")),
        "{first}"
    );
    assert_eq!(reminders(&first), reminders(&second));
    assert!(!second.contains("rows imported"), "{second}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_cannot_go_on_says_why_and_prints_nothing_that_a_terminal_obeys() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let process = Process::start(folder.path(), &["serve"])?;
    connect(folder.path()).await?;
    let create = [
        "session",
        "create",
        "--title",
        "Rencontres",
        "--date",
        "2100-06-16",
        "--venue",
        "Salle",
        "--address",
        "Lyon",
    ];
    let session = ok(folder.path(), &create)?;
    let file = folder.path().join("candidats.csv");
    let path = file.display().to_string();
    let import = ["import", session.trim(), "--candidates", &path];
    let head =
        "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent";
    std::fs::write(&file, format!("{head}\nC1;Ana;Roux;a\u{1b}[2J;;;;;;;\n"))?;
    let (code, out, _) = jalon(folder.path(), &import)?;
    assert!(
        code == 1 && out.contains("courriel") && !out.contains('\u{1b}'),
        "{out:?}"
    );
    std::fs::File::create(&file)?.set_len(64 << 20)?;
    let (code, _, err) = jalon(folder.path(), &import)?;
    assert!(code == 1 && err.contains("64 megabytes"), "{err}");
    let log = std::fs::read_to_string(folder.path().join("log"))?;
    assert!(
        log.contains("a session was made") && !log.contains('\u{1b}'),
        "{log:?}"
    );

    // Killed: the address that it left leads nowhere.
    drop(process);
    let (code, _, err) = jalon(folder.path(), &["session", "list"])?;
    assert!(code == 1 && err.contains("start `jalon serve` again"), "{err}");
    std::fs::remove_file(folder.path().join("running.json"))?;
    std::fs::create_dir(folder.path().join("taken"))?;
    std::fs::create_dir(folder.path().join("taken/lock"))?;
    let (code, _, err) = jalon(&folder.path().join("taken"), &["serve"])?;
    assert!(code == 1 && err.matches("os error").count() == 1, "{err}");
    Ok(())
}

#[test]
fn when_nobody_reads_on_a_command_ends_quietly() -> Result<()> {
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let output = Command::new(binary()?).arg("config").stdout(writer).output()?;
    let err = String::from_utf8(output.stderr)?;
    assert!(
        output.status.success() && err.is_empty(),
        "{}: {err}",
        output.status
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_leaves_a_folder_with_other_sessions_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let process = Process::start(folder.path(), &["serve"])?;
    connect(folder.path()).await?;
    let create = [
        "session",
        "create",
        "--title",
        "Rencontres",
        "--date",
        "2100-06-16",
        "--venue",
        "Salle",
        "--address",
        "Lyon",
    ];
    ok(folder.path(), &create)?;
    drop(process);
    let ports = [
        "--set",
        "grpc.listen=127.0.0.1:0",
        "--set",
        "web.listen=127.0.0.1:0",
    ];
    let (code, _, err) = jalon(folder.path(), &[&ports[..], &["demo", "--no-serve"]].concat())?;
    assert!(code == 1 && err.contains("not the demo's"), "{err}");
    assert!(!folder.path().join("clock.json").exists(), "the clock was moved");
    Ok(())
}

#[test]
fn a_policy_file_with_errors_is_explained_by_path() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("policy.yaml");
    std::fs::write(
        &file,
        "apiVersion: jalon/v1\nkind: ReminderPolicy\nmetadata: { name: mine }\nspec: { milestone: nothing }\n",
    )?;
    let (code, out, _) = jalon(folder.path(), &["policies", "check", &file.display().to_string()])?;
    assert_eq!(code, 1);
    assert!(out.contains("spec.milestone"), "{out}");
    let policy = |template: &str| {
        format!(
            "apiVersion: jalon/v1\nkind: ReminderPolicy\nmetadata: {{ name: mine }}\nspec:\n  milestone: speed_dating\n  \
             trigger: before\n  offsets: [{{ at: \"-48h\" }}]\n  audience: [{{ role: candidate, route: [mail], template: {template} }}]\n"
        )
    };
    let check = ["policies", "check", &file.display().to_string()].map(str::to_owned);
    let check: Vec<&str> = check.iter().map(String::as_str).collect();
    std::fs::write(&file, policy("speed_dating_week_befor"))?;
    let (code, out, _) = jalon(folder.path(), &check)?;
    assert!(code == 1 && out.contains("spec.audience[0].template"), "{out}");
    // Nor does a process start with it: its reminders would fail one by one, at the hour they are needed.
    let policies = format!("scheduler.policies={}", folder.path().display());
    let serve = [
        "--set",
        &policies,
        "--set",
        "grpc.listen=127.0.0.1:0",
        "--set",
        "web.listen=127.0.0.1:0",
        "serve",
    ];
    let (code, _, err) = jalon(&folder.path().join("data"), &serve)?;
    assert!(code == 1 && err.contains("speed_dating_week_befor`"), "{err}");
    std::fs::write(&file, policy("speed_dating_week_before"))?;
    ok(folder.path(), &check)?;
    Ok(())
}

#[test]
fn a_problem_file_is_solved_and_its_answer_checked() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let problem = folder.path().join("problem.json");
    std::fs::write(
        &problem,
        r#"{"problem":"SPEEDDATING","slots":2,"tables":1,
            "employers":[{"id":0,"available":[0,1],"cap":2}],
            "candidates":[{"id":0,"available":[0,1],"cap":1},{"id":1,"available":[0],"cap":1}],
            "edges":[{"e":0,"c":0,"w":3},{"e":0,"c":1,"w":2}],"must_not":[]}"#,
    )?;
    let problem = problem.display().to_string();
    let answer = ok(folder.path(), &["timetable", "solve", &problem])?;
    let file = folder.path().join("answer.json");
    std::fs::write(&file, &answer)?;
    let file = file.display().to_string();
    assert!(ok(folder.path(), &["timetable", "check", &problem, &file])?.contains("value 5, bound 5"));
    std::fs::write(
        &file,
        r#"{"meetings":[{"e":0,"c":0,"slot":0},{"e":0,"c":1,"slot":0}]}"#,
    )?;
    let (code, out, _) = jalon(folder.path(), &["timetable", "check", &problem, &file])?;
    assert!(code == 1 && !out.is_empty(), "{out}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_stops_cleanly_and_a_second_process_on_the_folder_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut process = Process::start(folder.path(), &["serve"])?;
    connect(folder.path()).await?;
    // On the same ports, as by typing the same command twice.
    let running = Running::read(folder.path())?;
    let (grpc, web) = (
        format!("grpc.listen={}", running.grpc),
        format!("web.listen={}", running.web),
    );
    let (code, _, err) = jalon(folder.path(), &["--set", &grpc, "--set", &web, "serve"])?;
    assert!(
        code == 1 && err.contains("another jalon uses the data folder"),
        "{err}"
    );
    interrupt(&process)?;
    let ended = process.0.wait()?;
    let log = std::fs::read_to_string(folder.path().join("log"))?;
    assert!(ended.success(), "{log}");
    assert!(
        !folder.path().join("running.json").exists(),
        "the address of a process that is gone"
    );
    assert!(!log.contains("stopped before all had finished"), "{log}");
    Ok(())
}
