//! One's own account: who one is here, what it looks like, and where one is signed in.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::directory::v1::{
    BrowserSession, EndOtherSessionsRequest, EndSessionRequest, GetOwnAccountRequest, ListSessionsRequest,
};
use uuid::Uuid;

use super::super::{At, instant, show as page, team};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    sessions,
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "account/own.html")]
struct Page {
    t: View,
    form: Form,
    facts: Vec<(String, String)>,
    browsers: Vec<Browser>,
    /// Light, dark, or as the system: value, words, chosen.
    schemes: Vec<(&'static str, String, bool)>,
}

struct Browser {
    id: String,
    device: String,
    since: String,
    seen: String,
    this: bool,
}

pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Result<Html<String>, Error> {
    let t = &staff.t;
    let (mut facts, mut browsers) = (Vec::new(), Vec::new());
    if t.account {
        let mut accounts = staff.clients.accounts();
        let reply = accounts
            .get_own_account(GetOwnAccountRequest {})
            .await?
            .into_inner();
        let account = reply.account.ok_or(Error::NotFound)?;
        facts.push((t.say("team-name"), sessions::name(&account)));
        facts.push((t.say("account-mail"), account.mail.clone()));
        facts.push((t.say("team-role"), team::role_word(t.texts(), account.role())));
        let listed = accounts
            .list_sessions(ListSessionsRequest::default())
            .await?
            .into_inner();
        browsers.extend(
            listed
                .sessions
                .into_iter()
                .map(|session| browser(&console, &staff, session)),
        );
    }
    let scheme = t.scheme;
    let schemes = [
        ("", "account-scheme-system"),
        ("clair", "account-scheme-light"),
        ("sombre", "account-scheme-dark"),
    ];
    let schemes = schemes
        .map(|(value, key)| (value, t.say(key), value == scheme))
        .into();
    page(&Page {
        form: staff.form(),
        facts,
        browsers,
        schemes,
        t: staff.t,
    })
}

fn browser(console: &Console, staff: &Staff, session: BrowserSession) -> Browser {
    let at = |at: Option<prost_types::Timestamp>| {
        let at = instant(at.as_ref());
        at.map(|at| staff.t.moment(at, &console.0.zone))
            .unwrap_or_default()
    };
    Browser {
        this: session.session_id == staff.session_id,
        device: session.device,
        since: at(session.created_at),
        seen: at(session.last_seen_at),
        id: session.session_id,
    }
}

pub(super) async fn end(
    State(console): State<Console>,
    staff: Staff,
    At(session): At<Uuid>,
    Posted(_form): Posted,
) -> Result<Response, Error> {
    let request = EndSessionRequest {
        session_id: session.to_string(),
    };
    staff.clients.accounts().end_session(request).await?;
    console.0.sessions.forget();
    Ok(staff.done("/mon-compte", staff.t.say("account-session-ended")))
}

pub(super) async fn end_others(
    State(console): State<Console>,
    staff: Staff,
    Posted(_form): Posted,
) -> Result<Response, Error> {
    let request = EndOtherSessionsRequest {
        session_id: staff.session_id.clone(),
        account_id: String::new(),
    };
    let reply = staff
        .clients
        .accounts()
        .end_other_sessions(request)
        .await?
        .into_inner();
    console.0.sessions.forget();
    let notice = staff.t.with("account-sessions-ended", "n", reply.ended);
    Ok(staff.done("/mon-compte", notice))
}
