//! What one can type.

mod accounts;
mod bench;
mod dead_letters;
mod demo;
mod imports;
mod lists;
mod migrate;
mod policies;
mod serve;
mod session;
mod timetable;
mod token;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::Config;

/// Jalon tells everybody of an appointment, in time, once.
#[derive(Debug, Parser)]
#[command(name = "jalon", version, after_help = START, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Data folder of this machine: databases, keys, clock [default: jalon-data]
    #[arg(long, global = true, value_name = "FOLDER", env = "JALON__DATA")]
    data: Option<PathBuf>,
    /// Configuration file (TOML); variables JALON__SECTION__KEY and flags win over it
    #[arg(long, global = true, value_name = "FILE", env = "JALON_CONFIG")]
    config: Option<PathBuf>,
    /// One setting, for example --set notifier.smtp.host=127.0.0.1
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    #[command(subcommand)]
    command: Command,
}

const START: &str = "Start here:
  jalon demo            a job dating with 180 candidates, played to its end, with pages to look at
  jalon serve           the services, on this machine, nothing to install
  jalon session create  then import, timetable make, publish: the way of a coordinator";

#[derive(Debug, Subcommand)]
enum Command {
    /// Fill an empty folder with a job dating, play its reminders fast-forward, serve the pages
    Demo(demo::Demo),
    /// Run the services, all or those named
    Serve(serve::Serve),
    /// Bring the schemas of the databases up to date, and end: before a roll-out
    Migrate(migrate::Migrate),
    /// Create, list or move sessions
    Session(session::Session),
    /// Import employers, candidates and wishes from spreadsheets (CSV): preview first, then --commit
    Import(imports::Import),
    /// Make, show and correct timetables; solve and check problem files
    Timetable(timetable::Timetable),
    /// Publish a timetable: everybody is told
    Publish(session::Publish),
    /// Move a meeting to another slot
    Move(timetable::Move),
    /// Cancel a meeting, a registration, or a whole session
    Cancel(session::Cancel),
    /// Reminders, with the reason of each
    Reminders(lists::Reminders),
    /// Messages as they were written
    Messages(lists::Messages),
    /// Reminder policies: list them, check a file
    Policies(policies::Policies),
    /// Events that could not be applied: list, show, replay or drop them
    DeadLetters(dead_letters::DeadLetters),
    /// A way back into the pages
    Accounts(accounts::Accounts),
    /// Print a token for gRPC clients, good for ten minutes
    Token(token::Token),
    /// Measure this build on this machine; prints JSON
    Bench(bench::Bench),
    /// Print the effective configuration, secrets masked
    Config,
}

impl Cli {
    /// Runs the command; the exit code says whether it went well.
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let mut overrides = self.set;
        if let Some(data) = self.data {
            overrides.push(("data".to_owned(), data.display().to_string()));
        }
        let config = Config::load(self.config.as_deref(), &overrides)?;
        match self.command {
            Command::Demo(command) => Box::pin(command.run(config)).await,
            Command::Serve(command) => Box::pin(command.run(config)).await,
            Command::Migrate(command) => command.run(&config).await,
            Command::Session(command) => command.run(&config).await,
            Command::Import(command) => command.run(&config).await,
            Command::Timetable(command) => command.run(&config).await,
            Command::Publish(command) => command.run(&config).await,
            Command::Move(command) => command.run(&config).await,
            Command::Cancel(command) => command.run(&config).await,
            Command::Reminders(command) => command.run(&config).await,
            Command::Messages(command) => command.run(&config).await,
            Command::Policies(command) => command.run(&config).await,
            Command::DeadLetters(command) => command.run(&config).await,
            Command::Accounts(command) => command.run(&config).await,
            Command::Token(command) => command.run(&config),
            Command::Bench(command) => Box::pin(command.run(config)).await,
            Command::Config => {
                print!("{}", config.print()?);
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("write it as key=value, for example grpc.listen=127.0.0.1:0")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
