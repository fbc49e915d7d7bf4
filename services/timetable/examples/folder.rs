//! Solves every instance of a folder and prints a table: `cargo run --release -p timetable --example folder -- FOLDER [SECONDS] [NAME-PART]`.
//! `reference.json` in the folder, when there is one, gives the column "reference".
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use timetable::{Instance, Options, breaks, weight};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .or_else(|| std::env::var("JALON_TIMETABLE_DATA").ok());
    let folder = PathBuf::from(folder.ok_or("give a folder, or set JALON_TIMETABLE_DATA")?);
    let seconds: f64 = arguments.next().map_or(Ok(10.0), |text| text.parse())?;
    let part = arguments.next().unwrap_or_default();
    let references = references(&folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    files.sort();
    println!("| instance | value | bound | reference | first answer s | total s |");
    println!("|---|--:|--:|--:|--:|--:|");
    for file in files {
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name == "reference" || !name.contains(&part) || file.extension().is_none_or(|x| x != "json") {
            continue;
        }
        let reference = references.get(&name).map_or("", String::as_str);
        match Instance::read(&std::fs::read_to_string(&file)?) {
            Ok(instance) => report(&name, &instance, reference, seconds),
            Err(error) => println!("| {name} | {error} | | {reference} | | |"),
        }
    }
    Ok(())
}

fn report(name: &str, instance: &Instance, reference: &str, seconds: f64) {
    let started = Instant::now();
    let deadline = Duration::from_secs_f64(seconds);
    let stop = || started.elapsed() > deadline;
    let options = Options {
        stop: &stop,
        ..Options::default()
    };
    let mut first = None;
    let mut progress = |_| {
        first.get_or_insert_with(|| started.elapsed());
        ControlFlow::Continue(())
    };
    let (value, bound) = match instance {
        Instance::Weight(problem) => match weight::solve(problem, &options, &mut progress) {
            Ok(answer) => {
                let faults = weight::check(problem, &answer.meetings).len();
                let value = format!("{}{}", answer.weight, if faults == 0 { "" } else { " INVALID" });
                let levels: Vec<_> = answer.levels.iter().map(|x| x.value.to_string()).collect();
                (
                    format!("{value} [{}]", levels.join(" ")),
                    answer.bound.to_string(),
                )
            }
            Err(error) => (error.to_string(), String::new()),
        },
        Instance::Breaks(problem) => match breaks::solve(problem, &options, &mut progress) {
            Ok(solution) => {
                let value = match &solution.answer {
                    breaks::Answer::Slots(slots) => {
                        let checked = breaks::check(problem, slots);
                        let faults = checked.violations.len();
                        format!("{}{}", checked.value, if faults == 0 { "" } else { " INVALID" })
                    }
                    breaks::Answer::Infeasible { because } => format!("infeasible: {}", because.join("; ")),
                    breaks::Answer::Open { because } => format!("open: {}", because.join("; ")),
                };
                (value, solution.bound.to_string())
            }
            Err(error) => (error.to_string(), String::new()),
        },
    };
    let (first, total) = (
        first.unwrap_or_default().as_secs_f64(),
        started.elapsed().as_secs_f64(),
    );
    println!("| {name} | {value} | {bound} | {reference} | {first:.3} | {total:.3} |");
}

/// Optimum, best known value or status of each instance, as text.
fn references(folder: &std::path::Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder.join("reference.json")).unwrap_or_default();
    let read: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap_or_default();
    let figure = |entry: &serde_json::Value| {
        let known = ["optimum", "best_known", "status"]
            .iter()
            .find_map(|key| entry.get(key));
        known.map(ToString::to_string).unwrap_or_default()
    };
    read.iter()
        .map(|(name, entry)| (name.clone(), figure(entry)))
        .collect()
}
