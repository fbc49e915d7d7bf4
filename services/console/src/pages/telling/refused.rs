//! Addresses that a provider refused for good: whose they are, and how one is written to again.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::notifier::v1::{LiftSuppressionRequest, ListSuppressionsRequest};
use platform::auth::ORGANISERS;
use serde::Deserialize;
use tonic::Code;
use uuid::Uuid;

use super::{organises, tabs, words};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    pages::{Asked, At, address, instant, show},
    peers::{self, Wanted},
    staff::Staff,
    view::View,
};

/// Refusals on one page.
const PAGE: i32 = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    page: String,
}

#[derive(Template)]
#[template(path = "telling/refused.html")]
struct Page {
    t: View,
    tabs: Vec<(&'static str, String, bool)>,
    lines: Vec<Line>,
    organises: bool,
    first: String,
    next: String,
}

struct Line {
    person_id: String,
    person: String,
    channel: String,
    /// As in addresses.
    name: String,
    reason: String,
    when: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "telling/lift.html")]
struct Lift {
    t: View,
    form: Form,
    path: String,
    title: String,
}

pub(super) async fn list(
    State(console): State<Console>,
    staff: Staff,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let t = staff.t.texts();
    let request = ListSuppressionsRequest {
        page: Some(peers::page(PAGE, question.page.clone())),
        person_id: String::new(),
    };
    let reply = staff
        .clients
        .deliveries()
        .list_suppressions(request)
        .await?
        .into_inner();
    let mut wanted = Wanted::default();
    for one in &reply.suppressions {
        wanted.person(&one.person_id);
    }
    let names = staff.clients.names(staff.t.texts(), wanted).await?;
    let lines = reply.suppressions.into_iter().map(|one| Line {
        person: names.person(&one.person_id).to_owned(),
        channel: words::channel(t, &one.channel),
        when: instant(one.created_at.as_ref())
            .map(|at| t.moment(at, &console.0.zone))
            .unwrap_or_default(),
        person_id: one.person_id,
        name: one.channel,
        reason: words::refusal(t, &one.reason),
        current: one.current,
    });
    let token = reply.page.unwrap_or_default().next_token;
    show(&Page {
        tabs: tabs(t, staff.t.auditor, "/adresses-refusees"),
        lines: lines.collect(),
        organises: organises(staff.role),
        first: if question.page.is_empty() {
            String::new()
        } else {
            "/adresses-refusees".to_owned()
        },
        next: if token.is_empty() {
            token
        } else {
            address("/adresses-refusees", &[("page", &token)])
        },
        t: staff.t,
    })
}

pub(super) async fn ask(
    staff: Staff,
    At((person, channel)): At<(Uuid, String)>,
) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    if !["mail", "sms"].contains(&channel.as_str()) {
        return Err(Error::NotFound);
    }
    let id = person.to_string();
    let mut wanted = Wanted::default();
    wanted.person(&id);
    let names = staff.clients.names(staff.t.texts(), wanted).await?;
    if !names.knows_person(&id) {
        return Err(Error::NotFound);
    }
    let t = staff.t.texts();
    let title = t.with("telling-lift-title", "name", names.person(&id));
    show(&Lift {
        title: title.and("channel", words::channel(t, &channel)).to_string(),
        path: format!("/adresses-refusees/{person}/{channel}"),
        form: staff.form(),
        t: staff.t,
    })
}

pub(super) async fn lift(
    staff: Staff,
    At((person, channel)): At<(Uuid, String)>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let request = LiftSuppressionRequest {
        person_id: person.to_string(),
        channel,
    };
    match staff.clients.deliveries().lift_suppression(request).await {
        Ok(_) => Ok(staff.done("/adresses-refusees", staff.t.say("telling-lift-done"))),
        // A second press, a colleague who was first, or an address that somebody else has now: the list shows what stands.
        Err(status) if status.code() == Code::FailedPrecondition => {
            form.refused(status, staff.t.texts(), &[])?;
            Ok(staff.done("/adresses-refusees", form.fault("")))
        }
        Err(status) => Err(status.into()),
    }
}
