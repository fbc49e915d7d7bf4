use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use platform::telemetry;
use serde::Serialize;

use crate::{
    bench::{reminders, timers},
    config::Config,
};

#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Reminders for one instant, to a mail server: rate, lateness, CPU, duplicates, losses
    Reminders(Reminders),
    /// A million pending reminders, while some are moved and some fall due
    Timers(Timers),
}

#[derive(Debug, Args)]
struct Reminders {
    /// How many
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// The mail server, without TLS. It gets every mail: a sink, for example `smtp-sink`
    #[arg(long, value_name = "HOST:PORT", value_parser = server)]
    smtp: (String, u16),
    /// Connections to it
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    concurrency: u32,
    /// Seconds over which they fall due, evenly; all at one instant when 0
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    over: u32,
}

#[derive(Debug, Args)]
struct Timers {
    /// Pending reminders, spread over 30 days
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=10_000_000))]
    pending: u32,
    /// Moved a second
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    moved: u32,
    /// Falling due a second
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    due: u32,
    /// Of each phase: idle, due, due and moved
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    seconds: u32,
    /// Of the chance that spreads them
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Bench {
    pub(crate) async fn run(self, mut config: Config) -> Result<ExitCode> {
        if config.log.filter == telemetry::Settings::default().filter {
            "warn".clone_into(&mut config.log.filter);
        }
        telemetry::start(&config.log)?;
        let folder = tempfile::tempdir().context("no folder for the data of the bench")?;
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template("  {msg}  {bar:40}  {pos}/{len}")?);
        match self.what {
            What::Reminders(reminders) => {
                let options = reminders::Options {
                    count: usize::try_from(reminders.count)?,
                    smtp: reminders.smtp,
                    concurrency: usize::try_from(reminders.concurrency)?,
                    over: reminders.over,
                };
                let report = reminders::run(config, folder.path(), &options, &bar).await;
                bar.finish_and_clear();
                print(&report?)?;
            }
            What::Timers(timers) => {
                let options = timers::Options {
                    pending: usize::try_from(timers.pending)?,
                    moved: usize::try_from(timers.moved)?,
                    due: usize::try_from(timers.due)?,
                    seconds: timers.seconds,
                    seed: timers.seed,
                };
                anyhow::ensure!(
                    options.due * usize::try_from(timers.seconds)? * 2 < options.pending,
                    "--pending must be more than what falls due in two phases: due x seconds x 2"
                );
                let report = timers::run(config, folder.path(), &options, &bar).await;
                bar.finish_and_clear();
                print(&report?)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(report: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(report)?);
    Ok(())
}

fn server(text: &str) -> Result<(String, u16), String> {
    let (host, port) = text
        .rsplit_once(':')
        .ok_or("write it as host:port, for example 127.0.0.1:2525")?;
    let port = port.parse().map_err(|_| format!("{port} is no port"))?;
    Ok((host.to_owned(), port))
}
