//! Time to an answer: `JALON_TIMETABLE_DATA=FOLDER cargo bench -p timetable`. Without a folder nothing is measured.
//! The budget is in nodes, so that every run does the same work.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::PathBuf;

use criterion::{Criterion, criterion_group, criterion_main};
use timetable::{Instance, Options, breaks, weight};

/// Enough for most ordinary weight instances to be proven, and for a first good answer of the others.
const NODES: u64 = 200_000;

fn instances() -> Vec<(String, Instance)> {
    let Some(folder) = std::env::var_os("JALON_TIMETABLE_DATA") else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    let named = files.into_iter().filter_map(|file| {
        let text = std::fs::read_to_string(&file).ok()?;
        Some((
            file.file_stem()?.to_string_lossy().into_owned(),
            Instance::read(&text).ok()?,
        ))
    });
    named.collect()
}

fn solve(instance: &Instance, nodes: u64) {
    let options = Options {
        nodes: Some(nodes),
        ..Options::default()
    };
    let mut quiet = |_| ControlFlow::Continue(());
    match instance {
        Instance::Weight(problem) => {
            let _ = black_box(weight::solve(problem, &options, &mut quiet));
        }
        Instance::Breaks(problem) => {
            let _ = black_box(breaks::solve(problem, &options, &mut quiet));
        }
    }
}

fn benchmarks(criterion: &mut Criterion) {
    let instances = instances();
    let mut group = criterion.benchmark_group("timetable");
    group.sample_size(10);
    for (name, instance) in &instances {
        group.bench_function(format!("first answer/{name}"), |bench| {
            bench.iter(|| solve(instance, 0));
        });
        group.bench_function(format!("{NODES} nodes/{name}"), |bench| {
            bench.iter(|| solve(instance, NODES));
        });
    }
    group.finish();
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
