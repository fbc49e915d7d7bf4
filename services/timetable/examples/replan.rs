//! Plans every weight instance of a folder, lets five slots pass and three people leave, and plans again with a bonus of 1 for each
//! published meeting: `cargo run --release -p timetable --example replan -- FOLDER [NAME-PART]`.
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use timetable::weight::{Bonus, Meeting, Problem, check, solve};
use timetable::{Instance, Options};

const PLAYED: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .or_else(|| std::env::var("JALON_TIMETABLE_DATA").ok());
    let folder = PathBuf::from(folder.ok_or("give a folder, or set JALON_TIMETABLE_DATA")?);
    let part = arguments.next().unwrap_or_default();
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    files.sort();
    println!("| instance | value | bound | kept | still possible | s |\n|---|--:|--:|--:|--:|--:|");
    for file in files {
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !name.contains(&part) {
            continue;
        }
        if let Ok(Instance::Weight(problem)) = Instance::read(&std::fs::read_to_string(&file)?) {
            replan(&name, problem)?;
        }
    }
    Ok(())
}

fn replan(name: &str, mut problem: Problem) -> Result<(), Box<dyn Error>> {
    let mut quiet = |_| ControlFlow::Continue(());
    let published = solve(&problem, &Options::default(), &mut quiet)?.meetings;
    let gone = |person: usize| person == 3;
    for side in [&mut problem.employers, &mut problem.candidates] {
        side[3].available.retain(|&slot| slot < PLAYED);
    }
    problem.candidates[7].available.retain(|&slot| slot < PLAYED);
    let (played, open): (Vec<Meeting>, Vec<Meeting>) = published.iter().partition(|m| m.slot < PLAYED);
    let possible: Vec<Meeting> = open
        .into_iter()
        .filter(|m| !gone(m.e) && !gone(m.c) && m.c != 7)
        .collect();
    let bonus = |m: &Meeting| Bonus {
        e: m.e,
        c: m.c,
        slot: m.slot,
        bonus: 1,
    };
    let options = Options {
        fixed: played,
        bonuses: possible.iter().map(bonus).collect(),
        not_before: PLAYED,
        ..Options::default()
    };
    let started = Instant::now();
    let answer = solve(&problem, &options, &mut quiet)?;
    let seconds = started.elapsed().as_secs_f64();
    let kept = possible
        .iter()
        .filter(|meeting| answer.meetings.contains(meeting))
        .count();
    let faults = if check(&problem, &answer.meetings).is_empty() {
        ""
    } else {
        " INVALID"
    };
    println!(
        "| {name} | {}{faults} | {} | {kept} | {} | {seconds:.3} |",
        answer.weight + answer.bonus,
        answer.bound,
        possible.len()
    );
    Ok(())
}
