//! Events that a service could not apply: to look at, to replay once the cause is gone, to give up.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::operations::v1::{
    DeadLetter, DropDeadLetterRequest, GetDeadLetterRequest, ListDeadLettersRequest, ListDeadLettersResponse,
    ReplayDeadLetterRequest, operations_service_client::OperationsServiceClient,
};
use futures::future::join_all;
use platform::{auth::Role, grpc::Transport};
use uuid::Uuid;

use super::tabs;
use crate::{
    Clients, Console,
    error::Error,
    forms::{Form, Posted},
    pages::{At, instant, show as page},
    peers,
    staff::Staff,
    view::View,
};

/// Services that take events in.
const SERVICES: [&str; 4] = ["directory", "speeddating", "scheduler", "notifier"];
/// The latest of each service that are listed.
const LISTED: i32 = 50;
/// Bytes of an event that are shown.
const SHOWN: usize = 2_000;
/// Who may look.
const LOOK: &[Role] = &[Role::Administrator, Role::Auditor];
/// Who may act.
const ACT: &[Role] = &[Role::Administrator];

#[derive(Template)]
#[template(path = "telling/dead.html")]
struct Page {
    t: View,
    tabs: Vec<(&'static str, String, bool)>,
    lines: Vec<Line>,
    total: i64,
    /// Services that do not answer.
    away: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "telling/dead_one.html")]
struct One {
    t: View,
    form: Form,
    line: Line,
    body: String,
    acts: bool,
}

#[derive(Template)]
#[template(path = "telling/dead_drop.html")]
struct Drop {
    t: View,
    form: Form,
    line: Line,
}

struct Line {
    service: String,
    event: String,
    key: String,
    reason: String,
    attempts: i64,
    when: String,
}

impl Clients {
    fn operations(&self, service: &str) -> Result<OperationsServiceClient<Transport>, Error> {
        let transport = match service {
            "directory" => &self.directory,
            "speeddating" => &self.speeddating,
            "scheduler" => &self.scheduler,
            "notifier" => &self.notifier,
            _ => return Err(Error::NotFound),
        };
        Ok(OperationsServiceClient::new(transport.clone()))
    }
}

pub(super) async fn list(State(console): State<Console>, staff: Staff) -> Result<Html<String>, Error> {
    staff.require(LOOK)?;
    let calls: Result<Vec<_>, Error> = SERVICES
        .into_iter()
        .map(|service| Ok(latest(staff.clients.operations(service)?, service)))
        .collect();
    let (mut lines, mut total, mut away) = (Vec::new(), 0, Vec::new());
    // All at once: whoever does not answer takes its time.
    for (service, reply) in SERVICES.into_iter().zip(join_all(calls?).await) {
        match reply {
            Ok(reply) => {
                total += reply.total;
                let letters = reply.dead_letters.iter();
                lines.extend(letters.map(|letter| line(&console, &staff, letter)));
            }
            // Looked for when something is wrong: what the others have matters all the more.
            Err(Error::Away) => away.push(service),
            Err(error) => return Err(error),
        }
    }
    if away.len() == SERVICES.len() {
        return Err(Error::Away);
    }
    page(&Page {
        tabs: tabs(staff.t.texts(), staff.t.auditor, "/evenements"),
        t: staff.t,
        lines,
        total,
        away,
    })
}

/// What one service could not apply, the latest.
fn latest(
    mut client: OperationsServiceClient<Transport>,
    service: &'static str,
) -> impl Future<Output = Result<ListDeadLettersResponse, Error>> + Send {
    let request = ListDeadLettersRequest {
        service: service.to_owned(),
        page: Some(peers::page(LISTED, String::new())),
    };
    async move { Ok(client.list_dead_letters(request).await?.into_inner()) }
}

pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    At((service, event)): At<(String, Uuid)>,
) -> Result<Html<String>, Error> {
    staff.require(LOOK)?;
    let letter = read(&staff, &service, event).await?;
    page(&One {
        form: staff.form(),
        line: line(&console, &staff, &letter),
        body: dump(&letter.body),
        acts: ACT.contains(&staff.role),
        t: staff.t,
    })
}

pub(super) async fn replay(
    staff: Staff,
    At((service, event)): At<(String, Uuid)>,
    Posted(_form): Posted,
) -> Result<Response, Error> {
    staff.require(ACT)?;
    let request = ReplayDeadLetterRequest {
        event_id: event.to_string(),
        service: service.clone(),
    };
    staff
        .clients
        .operations(&service)?
        .replay_dead_letter(request)
        .await?;
    Ok(staff.done("/evenements", staff.t.say("telling-dead-replayed")))
}

pub(super) async fn ask(
    State(console): State<Console>,
    staff: Staff,
    At((service, event)): At<(String, Uuid)>,
) -> Result<Html<String>, Error> {
    staff.require(ACT)?;
    let letter = read(&staff, &service, event).await?;
    page(&Drop {
        form: staff.form(),
        line: line(&console, &staff, &letter),
        t: staff.t,
    })
}

pub(super) async fn drop(
    staff: Staff,
    At((service, event)): At<(String, Uuid)>,
    Posted(_form): Posted,
) -> Result<Response, Error> {
    staff.require(ACT)?;
    let request = DropDeadLetterRequest {
        event_id: event.to_string(),
        service: service.clone(),
    };
    staff
        .clients
        .operations(&service)?
        .drop_dead_letter(request)
        .await?;
    Ok(staff.done("/evenements", staff.t.say("telling-dead-dropped")))
}

async fn read(staff: &Staff, service: &str, event: Uuid) -> Result<DeadLetter, Error> {
    let request = GetDeadLetterRequest {
        service: service.to_owned(),
        event_id: event.to_string(),
    };
    let reply = staff
        .clients
        .operations(service)?
        .get_dead_letter(request)
        .await?;
    reply.into_inner().dead_letter.ok_or(Error::NotFound)
}

fn line(console: &Console, staff: &Staff, letter: &DeadLetter) -> Line {
    Line {
        service: letter.service.clone(),
        event: letter.event_id.clone(),
        key: letter.routing_key.clone(),
        reason: letter.reason.clone(),
        attempts: letter.attempts,
        when: instant(letter.died_at.as_ref())
            .map(|at| staff.t.moment(at, &console.0.zone))
            .unwrap_or_default(),
    }
}

/// Events carry ids and states: what can be read in them is shown, the rest as points.
fn dump(body: &[u8]) -> String {
    let shown = body.iter().take(SHOWN);
    shown
        .map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '·',
        })
        .collect()
}
