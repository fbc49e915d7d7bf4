//! Problem files, without any service.

use std::{
    fs,
    ops::ControlFlow,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde_json::json;
use timetable::{Instance, Options, breaks, weight};

/// Prints the answer, nothing else, on standard output; what was proven on standard error.
#[expect(clippy::print_stderr, reason = "a command line prints")]
pub(super) fn solve(file: &Path, seconds: u64, seed: u64) -> Result<ExitCode> {
    let instance = read(file)?;
    let started = Instant::now();
    let limit = Duration::from_secs(seconds);
    let stop = || started.elapsed() >= limit;
    let options = Options {
        seed,
        stop: &stop,
        ..Options::default()
    };
    let mut quiet = |_: timetable::Progress| ControlFlow::Continue(());
    let answer = match &instance {
        Instance::Weight(problem) => {
            let answer = weight::solve(problem, &options, &mut quiet)?;
            eprintln!(
                "weight {} of at most {}{}",
                answer.weight,
                answer.bound,
                proven(answer.proven)
            );
            json!({ "meetings": answer.meetings, "weight": answer.weight, "bound": answer.bound })
        }
        Instance::Breaks(problem) => {
            let solution = breaks::solve(problem, &options, &mut quiet)?;
            match (&solution.answer, solution.breaks) {
                (breaks::Answer::Infeasible { .. }, _) => eprintln!("no answer exists"),
                (breaks::Answer::Open { .. }, _) => {
                    eprintln!(
                        "no answer found in {seconds} s, and no proof that there is none; try --seconds"
                    );
                }
                (breaks::Answer::Slots(_), found) => eprintln!(
                    "{} breaks, at least {}{}",
                    found.unwrap_or_default(),
                    solution.bound,
                    proven(solution.proven)
                ),
            }
            serde_json::to_value(&solution.answer)?
        }
    };
    eprintln!("{:.2} s", started.elapsed().as_secs_f64());
    println!("{answer}");
    Ok(ExitCode::SUCCESS)
}

/// Each violation in words and exit 1, or value and bound and exit 0.
pub(super) fn check(file: &Path, answer: &Path) -> Result<ExitCode> {
    let text = fs::read_to_string(answer).with_context(|| format!("{} cannot be read", answer.display()))?;
    let verdict = read(file)?.check(&text)?;
    for violation in &verdict.violations {
        println!("{violation}");
    }
    if verdict.violations.is_empty() {
        println!("valid: value {}, bound {}", verdict.value, verdict.bound);
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn read(file: &Path) -> Result<Instance> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Instance::read(&text).with_context(|| format!("{} cannot be used", file.display()))
}

fn proven(proven: bool) -> &'static str {
    if proven { ", proven best" } else { "" }
}
