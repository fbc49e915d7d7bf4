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
    match commands::Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            tracing::debug!(?error, "the command failed");
            print::failure(&error);
            ExitCode::FAILURE
        }
    }
}
