#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, reason = "a command line prints")]

pub mod client;
mod commands;
pub mod compose;
pub mod config;
pub mod play;
mod print;

use std::process::ExitCode;

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
    match commands::Cli::parse().run().await {
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
