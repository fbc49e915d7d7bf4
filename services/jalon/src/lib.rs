#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, reason = "a command line prints")]

pub mod apart;
pub mod bench;
pub mod client;
mod commands;
pub mod compose;
pub mod config;
pub mod play;
mod policies;
mod print;
pub mod running;

use std::{ffi::OsString, process::ExitCode};

use clap::Parser as _;

/// Runs the command line of this process.
pub async fn run() -> ExitCode {
    // rustls picks no provider by itself when a dependency brings another.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("a TLS provider was installed before");
    }
    end_when_nobody_reads();
    let cli = commands::Cli::parse_from(settings_first(std::env::args_os().collect()));
    match Box::pin(cli.run()).await {
        Ok(code) => code,
        Err(error) => {
            tracing::debug!(?error, "the command failed");
            print::failure(&error);
            ExitCode::FAILURE
        }
    }
}

/// Who reads our output may have seen enough (`jalon reminders | head`): that is no failure to speak of.
fn end_when_nobody_reads() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let told = panic.payload().downcast_ref::<String>().map(String::as_str);
        if told
            .is_some_and(|told| told.starts_with("failed printing to stdout") && told.contains("os error 32"))
        {
            std::process::exit(0);
        }
        hook(panic);
    }));
}

/// All `--set` before the command: of those before and after it, clap keeps only those after it, and a database that was
/// named before it would silently be another one.
fn settings_first(arguments: Vec<OsString>) -> Vec<OsString> {
    let (mut settings, mut others) = (Vec::new(), Vec::new());
    let mut arguments = arguments.into_iter();
    let program = arguments.next();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            others.push(argument);
            others.extend(arguments.by_ref());
        } else if argument == "--set" {
            settings.push(argument);
            settings.extend(arguments.next());
        } else if argument.to_str().is_some_and(|text| text.starts_with("--set=")) {
            settings.push(argument);
        } else {
            others.push(argument);
        }
    }
    program.into_iter().chain(settings).chain(others).collect()
}
