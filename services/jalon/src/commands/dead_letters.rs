use std::{fmt::Write as _, process::ExitCode};

use anyhow::{Context as _, Result};
use contracts::operations::v1::{
    DeadLetter, DropDeadLetterRequest, GetDeadLetterRequest, ListDeadLettersRequest, ListDeadLettersResponse,
    ReplayDeadLetterRequest,
};
use tonic::{Code, Status};

use super::lists::{largest_page, next};
use crate::{client::Clients, compose::EVENT_SERVICES, config::Config, print};

#[derive(Debug, clap::Args)]
pub(crate) struct DeadLetters {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// What could not be applied, and why, the latest first
    List {
        /// Of one service [default: all that run there]
        #[arg(long, value_parser = EVENT_SERVICES)]
        service: Option<String>,
        /// JSON for scripts: one reply for each page of each service
        #[arg(long)]
        json: bool,
    },
    /// One event whole
    Show(One),
    /// Apply an event again, once its cause is mended
    Replay(One),
    /// Give an event up for good; the log keeps a line
    Drop(One),
}

#[derive(Debug, clap::Args)]
struct One {
    /// The service that could not apply it
    #[arg(value_parser = EVENT_SERVICES)]
    service: String,
    /// The event, as the list shows it
    event: String,
    /// JSON for scripts
    #[arg(long)]
    json: bool,
}

impl DeadLetters {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let clients = Clients::connect(config)?;
        match self.what {
            What::List { service, json } => return list(&clients, service.as_deref(), json).await,
            What::Show(one) => show(&clients, one).await?,
            What::Replay(one) => {
                let request = ReplayDeadLetterRequest {
                    service: one.service.clone(),
                    event_id: one.event.clone(),
                };
                let reply = clients
                    .operations(&one.service)?
                    .replay_dead_letter(request)
                    .await?;
                if one.json {
                    print::json(
                        "jalon.operations.v1.ReplayDeadLetterResponse",
                        &reply.into_inner(),
                    )?;
                } else {
                    println!("{} waits to be applied again.", one.event);
                }
            }
            What::Drop(one) => {
                let request = DropDeadLetterRequest {
                    service: one.service.clone(),
                    event_id: one.event.clone(),
                };
                let reply = clients
                    .operations(&one.service)?
                    .drop_dead_letter(request)
                    .await?;
                if one.json {
                    print::json("jalon.operations.v1.DropDeadLetterResponse", &reply.into_inner())?;
                } else {
                    println!("{} was dropped.", one.event);
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(clients: &Clients, service: Option<&str>, json: bool) -> Result<ExitCode> {
    let (mut rows, mut away) = (Vec::new(), Vec::new());
    for name in EVENT_SERVICES {
        if service.is_some_and(|wanted| wanted != name) {
            continue;
        }
        match of_service(clients, name, json, &mut rows).await? {
            None => {}
            // Not asked for by name: the others are of use.
            Some(status) if service.is_none() && status.code() == Code::NotFound => {}
            Some(status) if service.is_none() && is_away(status.code()) => away.push((name, status)),
            Some(status) => return Err(status.into()),
        }
    }
    // Nothing is known: no table that looks as if all were well.
    if away.len() == EVENT_SERVICES.len() {
        return Err(away.swap_remove(0).1.into());
    }
    if !json {
        print::table(&["DIED", "SERVICE", "EVENT", "TOPIC", "TRIES", "REASON"], &rows);
    }
    for (name, status) in &away {
        print::aside(&format!(
            "the events of {name} are missing here: {}",
            status.message()
        ));
    }
    Ok(if away.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// All of one service, into `rows` or as JSON; the status when it refuses, or does not answer, before all were had.
async fn of_service(
    clients: &Clients,
    name: &str,
    json: bool,
    rows: &mut Vec<Vec<String>>,
) -> Result<Option<Status>> {
    let mut request = ListDeadLettersRequest {
        service: name.to_owned(),
        page: Some(largest_page()),
    };
    loop {
        let reply = clients.operations(name)?.list_dead_letters(request.clone()).await;
        let reply: ListDeadLettersResponse = match reply {
            Ok(reply) => reply.into_inner(),
            Err(status) => return Ok(Some(status)),
        };
        if json {
            print::json("jalon.operations.v1.ListDeadLettersResponse", &reply)?;
        } else {
            rows.extend(reply.dead_letters.iter().map(row));
        }
        match next(reply.page.map(|page| page.next_token)) {
            Some(page) => request.page = Some(page),
            None => return Ok(None),
        }
    }
}

/// Whether nobody was there to answer, or not in time, rather than refused. The pages take the same for away.
fn is_away(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable | Code::DeadlineExceeded | Code::Unknown | Code::Cancelled
    )
}

fn row(letter: &DeadLetter) -> Vec<String> {
    vec![
        print::instant(letter.died_at.as_ref()),
        letter.service.clone(),
        letter.event_id.clone(),
        letter.routing_key.clone(),
        letter.attempts.to_string(),
        letter.reason.clone(),
    ]
}

async fn show(clients: &Clients, one: One) -> Result<()> {
    let request = GetDeadLetterRequest {
        service: one.service.clone(),
        event_id: one.event,
    };
    let reply = clients
        .operations(&one.service)?
        .get_dead_letter(request)
        .await?
        .into_inner();
    if one.json {
        return print::json("jalon.operations.v1.GetDeadLetterResponse", &reply);
    }
    let letter = reply.dead_letter.context("the dead letter")?;
    println!("{} · {}", letter.service, letter.routing_key);
    println!("event     {}", letter.event_id);
    println!("made      {}", print::instant(letter.occurred_at.as_ref()));
    println!(
        "given up  {} after {} tries",
        print::instant(letter.died_at.as_ref()),
        letter.attempts
    );
    println!("reason    {}", letter.reason);
    let body = letter.body.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    });
    println!("body      {body}");
    Ok(())
}
