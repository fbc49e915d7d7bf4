//! Programs that are not ours: `tests/run` says where they are, `clients/` holds the Python that uses them.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

/// A program that `tests/run` found, by the variable that names it; none when the tests are run without it, which is
/// said, so that nobody takes a skipped test for a passed one.
#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
pub fn tool(variable: &str) -> Option<PathBuf> {
    let found = env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        eprintln!("skipped: {variable} is not set; use tests/run");
    }
    found
}

/// A script of `tests/clients`, about to be run.
pub fn script(python: &Path, name: &str) -> Command {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let mut command = Command::new(python);
    command
        .arg(clients.join(name))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// The tables of a job dating as coordinators send them, faulty ones beside them.
pub fn tables() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/speeddating/tests/data")
}

/// What a command printed, once it has ended well.
pub fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command
        .output()
        .with_context(|| format!("{program} cannot be run"))?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    anyhow::ensure!(
        done.status.success(),
        "{program} ended with {}\n{text}{}",
        done.status,
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(text)
}
