mod files;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Result, bail};
use contracts::speeddating::v1::{
    GetTimetableRequest, ListTimetablesRequest, MakeTimetableRequest, Meeting, MeetingState,
    MoveMeetingRequest, Timetable as TimetableMessage,
};

use super::{
    lists::all_registrations,
    session::{find, new_id},
};
use crate::{client::Clients, config::Config, print};

#[derive(Debug, clap::Args)]
pub(crate) struct Timetable {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a timetable for a session: a dry run beside the others
    Make {
        /// Id of the session
        session: String,
        /// The same seed gives the same timetable
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// At most so long, 1 to 60
        #[arg(long, default_value_t = 5)]
        seconds: i32,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Show the published timetable of a session, or another by number
    Show {
        /// Id of the session
        session: String,
        /// Number of the timetable
        #[arg(long, default_value_t = 0)]
        number: i32,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Solve a problem file; the answer is printed on standard output
    Solve {
        /// JSON, problem SPEEDDATING or B2BSOP
        file: PathBuf,
        /// At most so long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// The same seed gives the same answer when the search ends by itself
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Check an answer: each violation in words and exit 1, or value and bound
    Check {
        /// The problem
        file: PathBuf,
        /// The answer
        answer: PathBuf,
    },
}

impl Timetable {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        match self.command {
            Command::Make {
                session,
                seed,
                seconds,
                json,
            } => {
                let mut clients = Clients::connect(config)?;
                let mut request = tonic::Request::new(MakeTimetableRequest {
                    request_id: new_id(),
                    session_id: session.clone(),
                    seed,
                    seconds,
                });
                request.set_timeout(Duration::from_secs(90));
                let reply = clients.speeddating.make_timetable(request).await?.into_inner();
                if json {
                    print::json("jalon.speeddating.v1.MakeTimetableResponse", &reply)?;
                } else {
                    quality(&reply.timetable.unwrap_or_default());
                    println!("Nobody is told yet: `jalon publish {session}` does that.");
                }
            }
            Command::Show {
                session,
                number,
                json,
            } => {
                let mut clients = Clients::connect(config)?;
                let request = GetTimetableRequest {
                    session_id: session.clone(),
                    number,
                };
                let reply = clients.speeddating.get_timetable(request).await?.into_inner();
                if json {
                    print::json("jalon.speeddating.v1.GetTimetableResponse", &reply)?;
                } else {
                    show(&mut clients, &session, &reply.timetable.unwrap_or_default()).await?;
                }
            }
            Command::Solve { file, seconds, seed } => return files::solve(&file, seconds, seed),
            Command::Check { file, answer } => return files::check(&file, &answer),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn quality(timetable: &TimetableMessage) {
    let Some(quality) = &timetable.quality else { return };
    println!("Timetable {}: {} meetings", timetable.number, quality.meetings);
    for (rank, (met, made)) in quality.wishes_met.iter().zip(&quality.wishes_made).enumerate() {
        println!("  wishes of rank {}: {met} of {made} met", rank + 1);
    }
    println!("  without a meeting: {}", quality.unmet.len());
    println!(
        "  idle slots: {} of candidates, {} of employers",
        quality.candidate_idle_slots, quality.employer_idle_slots
    );
    println!(
        "  tables: {} of {} used",
        quality.tables_used, quality.tables_available
    );
    let proven = if quality.proven { ", proven best" } else { "" };
    println!("  weight {} of at most {}{proven}", quality.weight, quality.bound);
}

async fn show(clients: &mut Clients, session: &str, timetable: &TimetableMessage) -> Result<()> {
    quality(timetable);
    let codes: BTreeMap<String, String> = all_registrations(clients, session)
        .await?
        .into_iter()
        .map(|registration| (registration.registration_id, registration.code))
        .collect();
    let code = |id: &str| codes.get(id).cloned().unwrap_or_default();
    let rows: Vec<_> = timetable
        .meetings
        .iter()
        .filter(|meeting| meeting.state() != MeetingState::Cancelled)
        .map(|meeting| {
            vec![
                meeting.starts.clone(),
                meeting.table.to_string(),
                code(&meeting.employer_id),
                code(&meeting.candidate_id),
                meeting.meeting_id.clone(),
            ]
        })
        .collect();
    print::table(&["AT", "TABLE", "EMPLOYER", "CANDIDATE", "MEETING"], &rows);
    Ok(())
}

/// A meeting by id, in the published timetable of the session or in any that was made beside it.
pub(crate) async fn meeting(clients: &mut Clients, session: &str, meeting: &str) -> Result<Meeting> {
    for number in numbers(clients, session).await? {
        let request = GetTimetableRequest {
            session_id: session.to_owned(),
            number,
        };
        let reply = clients.speeddating.get_timetable(request).await?.into_inner();
        let meetings = reply.timetable.unwrap_or_default().meetings;
        if let Some(found) = meetings.into_iter().find(|one| one.meeting_id == meeting) {
            return Ok(found);
        }
    }
    bail!("no timetable of this session has a meeting {meeting}; `jalon timetable show {session}` names them")
}

/// The timetables of a session, the published one first, then the newest.
async fn numbers(clients: &mut Clients, session: &str) -> Result<Vec<i32>> {
    let published = find(clients, session).await?.published_timetable;
    let request = ListTimetablesRequest {
        session_id: session.to_owned(),
    };
    let made = clients.speeddating.list_timetables(request).await?.into_inner();
    let mut numbers: Vec<_> = made.timetables.iter().map(|one| one.number).collect();
    numbers.sort_by_key(|number| (*number != published, std::cmp::Reverse(*number)));
    Ok(numbers)
}

#[derive(Debug, clap::Args)]
pub(crate) struct Move {
    /// Id of the session
    session: String,
    /// Id of the meeting
    meeting: String,
    /// The new slot; 0 is the first of the session
    #[arg(long)]
    slot: i32,
    /// The new table; any free one of the employer when not said
    #[arg(long, default_value_t = 0)]
    table: i32,
}

impl Move {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let mut clients = Clients::connect(config)?;
        let found = meeting(&mut clients, &self.session, &self.meeting).await?;
        let request = MoveMeetingRequest {
            meeting_id: found.meeting_id,
            version: found.version,
            slot: self.slot,
            table: self.table,
        };
        let moved = clients
            .speeddating
            .move_meeting(request)
            .await?
            .into_inner()
            .meeting
            .unwrap_or_default();
        println!("now at {}, table {}", moved.starts, moved.table);
        Ok(ExitCode::SUCCESS)
    }
}
