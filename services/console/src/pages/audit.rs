//! What was done to accounts, by whom: for administrators and auditors of the whole installation.

use askama::Template;
use axum::{Router, extract::State, response::Html, routing::get};
use contracts::directory::v1::ListAuditRequest;
use platform::auth::Role;
use serde::Deserialize;

use super::{Asked, address, instant, show};
use crate::{
    Console,
    error::Error,
    peers::{self, Names, Wanted},
    staff::Staff,
    view::View,
    words,
};

/// Lines on one page.
const PAGE: i32 = 100;

pub(super) fn routes() -> Router<Console> {
    Router::new().route("/journal", get(list))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Question {
    /// An account's id.
    compte: String,
    page: String,
}

#[derive(Template)]
#[template(path = "team/audit.html")]
struct Page {
    t: View,
    lines: Vec<Line>,
    first: String,
    next: String,
}

struct Line {
    when: String,
    iso: String,
    what: String,
    who: String,
    whom: String,
    detail: String,
}

async fn list(
    State(console): State<Console>,
    staff: Staff,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    staff.require(&[Role::Administrator, Role::Auditor])?;
    let request = ListAuditRequest {
        page: Some(peers::page(PAGE, question.page.clone())),
        account_id: question.compte.clone(),
    };
    let reply = staff.clients.accounts().list_audit(request).await?.into_inner();
    let mut wanted = Wanted::default();
    for entry in &reply.entries {
        for id in [&entry.actor, &entry.account_id] {
            if id.parse::<uuid::Uuid>().is_ok() {
                wanted.person(id);
            }
        }
    }
    let names = staff.clients.names(staff.t.texts(), wanted).await?;
    let t = staff.t;
    let line = |entry: contracts::directory::v1::AuditEntry| {
        let at = instant(entry.at.as_ref());
        let key = format!("audit-kind-{}", entry.kind.to_lowercase().replace('_', "-"));
        Line {
            when: at.map(|at| t.moment(at, &console.0.zone)).unwrap_or_default(),
            iso: at.map(words::iso).unwrap_or_default(),
            what: t.find(&key).unwrap_or(entry.kind),
            who: name(&t, &names, &entry.actor),
            whom: name(&t, &names, &entry.account_id),
            detail: entry.detail,
        }
    };
    let next = reply.page.unwrap_or_default().next_token;
    let to = |page: &str| address("/journal", &[("compte", &question.compte), ("page", page)]);
    show(&Page {
        lines: reply.entries.into_iter().map(line).collect(),
        first: if question.page.is_empty() {
            String::new()
        } else {
            to("")
        },
        next: if next.is_empty() { next } else { to(&next) },
        t,
    })
}

/// Who did it, or whom it concerns: a name, or what acted on its own.
fn name(t: &View, names: &Names, id: &str) -> String {
    match id {
        "" => "–".to_owned(),
        "administrator" => t.say("audit-command-line"),
        id if id.starts_with("service/") => t.say("audit-jalon"),
        id => names.person(id).to_owned(),
    }
}
