use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use contracts::{
    directory::v1::ListOwnOrganisationsRequest,
    speeddating::v1::{
        CancelMeetingRequest, CancelSessionRequest, CreateSessionRequest, GetSessionRequest,
        ListSessionsRequest, ListSessionsResponse, ListTimetablesRequest, PublishRequest,
        Session as SessionMessage, SessionKind, UpdateSessionRequest, Venue, WithdrawRegistrationRequest,
    },
};
use platform::auth::FIRST_ORGANISATION;
use uuid::Uuid;

use super::lists::{all_registrations, largest_page, next};
use crate::{client::Clients, config::Config, print};

#[derive(Debug, clap::Args)]
pub(crate) struct Session {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Create a session; prints its id
    Create(Create),
    /// All sessions
    List {
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Another date, time or place; after publication those concerned are told
    Move {
        /// Id of the session
        session: String,
        /// 2026-11-25
        #[arg(long, default_value = "")]
        date: String,
        /// 09:00
        #[arg(long, default_value = "")]
        starts: String,
        /// 12:30
        #[arg(long, default_value = "")]
        ends: String,
        /// Name of the place
        #[arg(long, requires = "address")]
        venue: Option<String>,
        /// Street address of the place
        #[arg(long, requires = "venue")]
        address: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
struct Create {
    /// Title, for staff and mails
    #[arg(long)]
    title: String,
    /// 2026-11-25
    #[arg(long)]
    date: String,
    /// Wall clock of the first slot
    #[arg(long, default_value = "09:00")]
    starts: String,
    /// Wall clock of the end
    #[arg(long, default_value = "12:30")]
    ends: String,
    /// Length of a meeting in minutes
    #[arg(long, default_value_t = 15)]
    slot: i32,
    /// Name of the place
    #[arg(long)]
    venue: String,
    /// Street address of the place
    #[arg(long)]
    address: String,
    /// Employers and candidates, or buyers and inclusion enterprises
    #[arg(long, value_enum, default_value_t = Kind::EmployerCandidate)]
    kind: Kind,
    /// Owning organisation (UUID); the first of the installation when not given
    #[arg(long)]
    organisation: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    EmployerCandidate,
    B2b,
}

impl Session {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let mut clients = Clients::connect(config)?;
        match self.command {
            Command::Create(create) => {
                let owner = match create.organisation {
                    Some(owner) => owner.to_string(),
                    None => first_organisation(&mut clients).await?,
                };
                let reply = clients
                    .speeddating
                    .create_session(create.request(owner))
                    .await?
                    .into_inner();
                println!("{}", reply.session.unwrap_or_default().session_id);
            }
            Command::List { json } => {
                let reply = all(&mut clients).await?;
                if json {
                    print::json("jalon.speeddating.v1.ListSessionsResponse", &reply)?;
                } else {
                    let rows: Vec<_> = reply.sessions.iter().map(row).collect();
                    let headings = [
                        "SESSION",
                        "DATE",
                        "STATE",
                        "EMPLOYERS",
                        "CANDIDATES",
                        "WISHES",
                        "TITLE",
                    ];
                    print::table(&headings, &rows);
                }
            }
            Command::Move {
                session,
                date,
                starts,
                ends,
                venue,
                address,
            } => {
                let found = find(&mut clients, &session).await?;
                let rooms = found.venue.map(|venue| venue.rooms).unwrap_or_default();
                let venue = venue
                    .zip(address)
                    .map(|(name, address)| Venue { name, address, rooms });
                let request = UpdateSessionRequest {
                    session_id: session,
                    version: found.version,
                    date,
                    starts,
                    ends,
                    venue,
                    ..Default::default()
                };
                let moved = clients
                    .speeddating
                    .update_session(request)
                    .await?
                    .into_inner()
                    .session
                    .unwrap_or_default();
                println!("{} {}–{}", moved.date, moved.starts, moved.ends);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The first own organisation by name, else that of an installation which has named none.
async fn first_organisation(clients: &mut Clients) -> Result<String> {
    let reply = clients
        .accounts
        .list_own_organisations(ListOwnOrganisationsRequest {})
        .await?;
    let first = reply.into_inner().organisations.into_iter().next();
    Ok(first.map_or_else(|| FIRST_ORGANISATION.to_string(), |own| own.organisation_id))
}

impl Create {
    fn request(self, organisation_id: String) -> CreateSessionRequest {
        let kind = match self.kind {
            Kind::EmployerCandidate => SessionKind::EmployerCandidate,
            Kind::B2b => SessionKind::B2b,
        };
        CreateSessionRequest {
            request_id: new_id(),
            organisation_id,
            kind: kind.into(),
            title: self.title,
            date: self.date,
            starts: self.starts,
            ends: self.ends,
            slot_minutes: self.slot,
            venue: Some(Venue {
                name: self.venue,
                address: self.address,
                rooms: Vec::new(),
            }),
            arrival_minutes: 15,
            ..Default::default()
        }
    }
}

/// Page after page.
async fn all(clients: &mut Clients) -> Result<ListSessionsResponse> {
    let mut sessions = Vec::new();
    let mut page = Some(largest_page());
    while page.is_some() {
        let reply = clients
            .speeddating
            .list_sessions(ListSessionsRequest { page })
            .await?
            .into_inner();
        sessions.extend(reply.sessions);
        page = next(reply.page.map(|page| page.next_token));
    }
    Ok(ListSessionsResponse { sessions, page: None })
}

fn row(session: &SessionMessage) -> Vec<String> {
    vec![
        session.session_id.clone(),
        session.date.clone(),
        session
            .state()
            .as_str_name()
            .trim_start_matches("SESSION_STATE_")
            .to_lowercase(),
        session.employers.to_string(),
        session.candidates.to_string(),
        session.wishes.to_string(),
        session.title.clone(),
    ]
}

pub(crate) async fn find(clients: &mut Clients, session: &str) -> Result<SessionMessage> {
    let request = GetSessionRequest {
        session_id: session.to_owned(),
    };
    Ok(clients
        .speeddating
        .get_session(request)
        .await?
        .into_inner()
        .session
        .unwrap_or_default())
}

/// A request id of this command: a UUID of chance.
pub(crate) fn new_id() -> String {
    platform::Ids::system(platform::Clock::system()).id().to_string()
}

#[derive(Debug, clap::Args)]
pub(crate) struct Publish {
    /// Id of the session
    session: String,
    /// Which timetable; the newest when not said
    #[arg(long, default_value_t = 0)]
    number: i32,
}

impl Publish {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let mut clients = Clients::connect(config)?;
        let session = find(&mut clients, &self.session).await?;
        let number = match self.number {
            0 => newest(&mut clients, &self.session).await?,
            number => number,
        };
        let request = PublishRequest {
            session_id: self.session,
            version: session.version,
            number,
            timetable_version: 0,
        };
        let reply = clients.speeddating.publish(request).await?.into_inner();
        if session.published_timetable == number {
            println!("Timetable {number} was published before; nobody is told twice.");
        } else {
            println!(
                "{} candidates and {} employers are told.",
                reply.candidates, reply.employers
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The number of the timetable that was made last.
async fn newest(clients: &mut Clients, session: &str) -> Result<i32> {
    let request = ListTimetablesRequest {
        session_id: session.to_owned(),
    };
    let made = clients
        .speeddating
        .list_timetables(request)
        .await?
        .into_inner()
        .timetables;
    let newest = made.into_iter().map(|timetable| timetable.number).max();
    newest.with_context(|| format!("no timetable yet: `jalon timetable make {session}` makes one"))
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Cancel {
    /// A whole session, by id
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,
    /// A person or an employer, by code: --person SESSION C0012
    #[arg(long, num_args = 2, value_names = ["SESSION", "CODE"])]
    person: Option<Vec<String>>,
    /// One meeting: --meeting SESSION MEETING
    #[arg(long, num_args = 2, value_names = ["SESSION", "MEETING"])]
    meeting: Option<Vec<String>>,
}

impl Cancel {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let mut clients = Clients::connect(config)?;
        if let Some(session_id) = self.session {
            let version = find(&mut clients, &session_id).await?.version;
            let request = CancelSessionRequest {
                session_id,
                version,
                reason: String::new(),
            };
            clients.speeddating.cancel_session(request).await?;
            println!("The session is cancelled; those who had been told hear of it.");
        } else if let Some([session, code]) = self.person.as_deref() {
            let registrations = all_registrations(&mut clients, session).await?;
            let Some(found) = registrations.into_iter().find(|one| one.code == *code) else {
                anyhow::bail!("nobody has the code {code} in this session");
            };
            let request = WithdrawRegistrationRequest {
                registration_id: found.registration_id,
                version: found.version,
                by: "ORGANISATION".to_owned(),
            };
            let reply = clients
                .speeddating
                .withdraw_registration(request)
                .await?
                .into_inner();
            println!(
                "{code} is withdrawn; {} meetings are cancelled.",
                reply.meetings_cancelled
            );
        } else if let Some([session, meeting]) = self.meeting.as_deref() {
            let found = super::timetable::meeting(&mut clients, session, meeting).await?;
            let request = CancelMeetingRequest {
                meeting_id: found.meeting_id,
                version: found.version,
            };
            clients.speeddating.cancel_meeting(request).await?;
            println!("The meeting is cancelled.");
        }
        Ok(ExitCode::SUCCESS)
    }
}
