use std::process::ExitCode;

use anyhow::Result;
use contracts::{
    common::v1::PageRequest,
    notifier::v1::{GetMessageRequest, ListMessagesRequest, ListMessagesResponse},
    scheduler::v1::{GetStatusRequest, GetStatusResponse, ListRemindersRequest, ListRemindersResponse},
    speeddating::v1::{ListRegistrationsRequest, Registration, Side},
};

use crate::{client::Clients, config::Config, print};

#[derive(Debug, clap::Args)]
pub(crate) struct Reminders {
    /// Of one session, by id
    #[arg(long)]
    session: Option<String>,
    /// Of one person, by id
    #[arg(long)]
    person: Option<String>,
    /// Only how many, by policy and channel
    #[arg(long)]
    summary: bool,
    /// JSON for scripts
    #[arg(long)]
    json: bool,
}

impl Reminders {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let mut clients = Clients::connect(config)?;
        let narrowed = GetStatusRequest {
            group: group(self.session.clone()),
            person_id: self.person.clone().unwrap_or_default(),
        };
        if self.summary {
            let status = clients.scheduler.get_status(narrowed).await?.into_inner();
            if self.json {
                print::json("jalon.scheduler.v1.GetStatusResponse", &status)?;
            } else {
                summary(&status);
            }
            return Ok(ExitCode::SUCCESS);
        }
        let mut request = ListRemindersRequest {
            page: Some(largest_page()),
            person_id: self.person.unwrap_or_default(),
            group: group(self.session),
            ..Default::default()
        };
        // For scripts one document, however many pages.
        let mut whole = ListRemindersResponse::default();
        loop {
            let reply = clients
                .scheduler
                .list_reminders(request.clone())
                .await?
                .into_inner();
            if self.json {
                whole.reminders.extend(reply.reminders);
            } else {
                let rows: Vec<_> = reply
                    .reminders
                    .iter()
                    .map(|reminder| {
                        vec![
                            print::instant(reminder.due_at.as_ref()),
                            reminder
                                .state()
                                .as_str_name()
                                .trim_start_matches("REMINDER_STATE_")
                                .to_lowercase(),
                            reminder.reason.clone(),
                            reminder.channel.clone(),
                            reminder.policy.clone(),
                            reminder.occurrence.clone(),
                            reminder.recipient_person_id.clone(),
                        ]
                    })
                    .collect();
                print::table(
                    &[
                        "DUE",
                        "STATE",
                        "REASON",
                        "CHANNEL",
                        "POLICY",
                        "OCCURRENCE",
                        "PERSON",
                    ],
                    &rows,
                );
            }
            match next(reply.page.map(|page| page.next_token)) {
                Some(page) => request.page = Some(page),
                None => break,
            }
        }
        if self.json {
            print::json("jalon.scheduler.v1.ListRemindersResponse", &whole)?;
        } else {
            println!();
            summary(&clients.scheduler.get_status(narrowed).await?.into_inner());
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// By policy and channel, then the sum: every reminder that was ever planned is in one of the columns.
fn summary(status: &GetStatusResponse) {
    let row = |policy: &str, channel: &str, pending: i64, sent: i64, suppressed: i64, failed: i64| {
        let planned = pending + sent + suppressed + failed;
        let mut cells = vec![policy.to_owned(), channel.to_owned()];
        cells.extend([planned, sent, suppressed, failed, pending].map(|count| count.to_string()));
        cells
    };
    let mut rows: Vec<_> = status
        .policies
        .iter()
        .map(|one| {
            let channel = if one.channel.is_empty() {
                "–"
            } else {
                &one.channel
            };
            let pending = one.planned + one.queued;
            row(
                &one.policy,
                channel,
                pending,
                one.sent,
                one.suppressed,
                one.failed,
            )
        })
        .collect();
    let pending = status.planned + status.queued;
    rows.push(row(
        "all",
        "",
        pending,
        status.sent,
        status.suppressed,
        status.failed,
    ));
    print::table(
        &[
            "POLICY",
            "BY",
            "PLANNED",
            "SENT",
            "SUPPRESSED",
            "FAILED",
            "PENDING",
        ],
        &rows,
    );
}

#[derive(Debug, clap::Args)]
pub(crate) struct Messages {
    /// One message whole, by id
    message: Option<String>,
    /// Of one session, by id
    #[arg(long)]
    session: Option<String>,
    /// Of one person, by id
    #[arg(long)]
    person: Option<String>,
    /// JSON for scripts
    #[arg(long)]
    json: bool,
}

impl Messages {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let mut clients = Clients::connect(config)?;
        if let Some(message_id) = self.message {
            return one(&mut clients, message_id, self.json).await;
        }
        let mut request = ListMessagesRequest {
            page: Some(largest_page()),
            person_id: self.person.unwrap_or_default(),
            group: group(self.session),
            channel: String::new(),
        };
        let mut whole = ListMessagesResponse::default();
        loop {
            let reply = clients
                .notifier
                .list_messages(request.clone())
                .await?
                .into_inner();
            if self.json {
                whole.messages.extend(reply.messages);
            } else {
                let rows: Vec<_> = reply
                    .messages
                    .iter()
                    .map(|message| {
                        let about = if message.subject.is_empty() {
                            &message.text
                        } else {
                            &message.subject
                        };
                        vec![
                            print::instant(message.created_at.as_ref()),
                            message.channel.clone(),
                            message.state.clone(),
                            message.to.clone(),
                            about
                                .lines()
                                .next()
                                .unwrap_or_default()
                                .chars()
                                .take(60)
                                .collect(),
                            message.message_id.clone(),
                        ]
                    })
                    .collect();
                print::table(&["WRITTEN", "BY", "STATE", "TO", "SUBJECT", "MESSAGE"], &rows);
            }
            match next(reply.page.map(|page| page.next_token)) {
                Some(page) => request.page = Some(page),
                None => break,
            }
        }
        if self.json {
            print::json("jalon.notifier.v1.ListMessagesResponse", &whole)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn one(clients: &mut Clients, message_id: String, json: bool) -> Result<ExitCode> {
    let reply = clients
        .notifier
        .get_message(GetMessageRequest { message_id })
        .await?
        .into_inner();
    if json {
        print::json("jalon.notifier.v1.GetMessageResponse", &reply)?;
    } else {
        let message = reply.message.unwrap_or_default();
        println!(
            "{} {} · {} · {}",
            message.channel, message.to, message.state, message.template
        );
        if !message.subject.is_empty() {
            println!("{}", message.subject);
        }
        println!("\n{}", message.text);
        if !message.calendar.is_empty() {
            println!("\n{}", message.calendar);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Both sides of a session.
pub(crate) async fn all_registrations(clients: &mut Clients, session: &str) -> Result<Vec<Registration>> {
    let mut all = Vec::new();
    let mut page = Some(largest_page());
    while page.is_some() {
        let request = ListRegistrationsRequest {
            session_id: session.to_owned(),
            side: Side::Unspecified.into(),
            page,
        };
        let reply = clients
            .speeddating
            .list_registrations(request)
            .await?
            .into_inner();
        all.extend(reply.registrations);
        page = next(reply.page.map(|page| page.next_token));
    }
    Ok(all)
}

/// The first page, as large as it may be.
pub(crate) fn largest_page() -> PageRequest {
    PageRequest {
        size: 500,
        token: String::new(),
    }
}

/// The page after, if there is one.
pub(crate) fn next(token: Option<String>) -> Option<PageRequest> {
    token
        .filter(|token| !token.is_empty())
        .map(|token| PageRequest { size: 500, token })
}

fn group(session: Option<String>) -> String {
    session
        .map(|id| format!("speeddating.session/{id}"))
        .unwrap_or_default()
}
