//! One reminder: where it stands and why, what it says, what was done to it, and what can be done.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use contracts::scheduler::v1::{GetReminderRequest, Reminder, ReminderDetail, ReminderState};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use uuid::Uuid;

use super::{list, organises, seen, seen::Seen, words};
use crate::{
    Clients, Console,
    error::Error,
    pages::{At, instant, mail, show as page},
    peers::{self, Wanted},
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "telling/one.html")]
struct Page {
    t: View,
    line: list::Line,
    session: String,
    facts: Vec<(String, String)>,
    /// Address and words of what can be done; the first is the main one.
    acts: Vec<(String, String)>,
    history: Vec<(String, String)>,
    seen: Option<Seen>,
}

pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
) -> Result<Html<String>, Error> {
    let (t, zone) = (staff.t.texts(), &console.0.zone);
    let detail = read(&staff.clients, id).await?;
    let reminder = detail.reminder.clone().unwrap_or_default();
    let mut wanted = Wanted::default();
    wanted.person(&reminder.recipient_person_id);
    for act in &detail.acts {
        wanted.person(&act.actor);
    }
    let only = [reminder.clone()];
    let (names, messages) = futures::try_join!(
        staff.clients.names(staff.t.texts(), wanted),
        list::messages(&staff.clients, &only)
    )?;
    let message = messages.get(&reminder.delivery_id);
    // What has left is shown as it left.
    let seen = if message.is_none() && stands(&reminder) {
        seen::now(t, &staff.clients, &detail).await?
    } else {
        None
    };
    let line = list::line(t, &reminder, &names, message, zone);
    let mut facts = vec![
        (t.say("telling-fact-way"), line.way.clone()),
        (t.say("telling-fact-rule"), reminder.policy.clone()),
        (t.say("telling-fact-occurrence"), reminder.occurrence.clone()),
    ];
    if let Some(until) = instant(reminder.useful_until.as_ref()) {
        facts.push((t.say("telling-fact-until"), t.moment(until, zone)));
    }
    let history = detail.acts.iter().map(|act| {
        let at = instant(act.at.as_ref()).map(|at| t.moment(at, zone));
        let what = match act.act.as_str() {
            "hold" if !act.other_reminder_id.is_empty() => t.say("telling-did-hold-before"),
            "hold" => t.say("telling-did-hold"),
            "resume" => t.say("telling-did-resume"),
            "send_now" => t.say("telling-did-send-now"),
            _ => t.say("telling-did-resend"),
        };
        (at.unwrap_or_default(), what)
    });
    page(&Page {
        session: peers::session_of(&reminder.group)
            .map(|id| id.to_string())
            .unwrap_or_default(),
        acts: if organises(staff.role) {
            acts(&staff, &reminder)
        } else {
            Vec::new()
        },
        history: history.collect(),
        t: staff.t,
        line,
        facts,
        seen,
    })
}

/// The mail of a preview, in a sandbox of its own.
pub(super) async fn body(staff: Staff, At(id): At<Uuid>) -> Result<Response, Error> {
    let detail = read(&staff.clients, id).await?;
    let seen = seen::now(staff.t.texts(), &staff.clients, &detail).await?;
    let html = seen.map(|seen| seen.html).filter(|html| !html.is_empty());
    let headers = [
        (CONTENT_SECURITY_POLICY, mail::SANDBOX),
        (CONTENT_TYPE, "text/html; charset=utf-8"),
    ];
    Ok((headers, mail::outward(&html.ok_or(Error::NotFound)?)).into_response())
}

pub(super) async fn read(clients: &Clients, id: Uuid) -> Result<ReminderDetail, Error> {
    let request = GetReminderRequest {
        reminder_id: id.to_string(),
    };
    let reply = clients.by_hand().get_reminder(request).await?.into_inner();
    reply.detail.ok_or(Error::NotFound)
}

/// Whether it may still go out, so that its text is worth a look.
fn stands(reminder: &Reminder) -> bool {
    !matches!(reminder.state(), ReminderState::Suppressed)
        || !matches!(
            reminder.reason.as_str(),
            "superseded" | "cancelled" | "reverted" | "erased"
        )
}

fn acts(staff: &Staff, reminder: &Reminder) -> Vec<(String, String)> {
    let t = staff.t.texts();
    let id = &reminder.reminder_id;
    let act = |name: &str, key: &str| (format!("/rappels/{id}/gestes/{name}"), t.say(key));
    let correct = (
        format!("/rappels/{id}/coordonnees"),
        if waits(reminder) {
            t.say("telling-do-correct")
        } else {
            t.say("telling-do-correct-resend")
        },
    );
    match reminder.state() {
        ReminderState::Planned if reminder.held => vec![
            act("reprendre", "telling-do-resume"),
            act("envoyer", "telling-do-send-now"),
            correct,
        ],
        ReminderState::Planned | ReminderState::Queued => vec![
            act("envoyer", "telling-do-send-now"),
            act("retenir", "telling-do-hold"),
            correct,
        ],
        ReminderState::Failed => vec![correct, act("renvoyer", "telling-do-resend")],
        ReminderState::Sent => vec![act("renvoyer", "telling-do-resend"), correct],
        ReminderState::Suppressed if stands(reminder) => {
            vec![correct, act("renvoyer", "telling-do-resend")]
        }
        ReminderState::Suppressed | ReminderState::Unspecified => Vec::new(),
    }
}

/// Planned or on its way.
pub(super) fn waits(reminder: &Reminder) -> bool {
    matches!(reminder.state(), ReminderState::Planned | ReminderState::Queued)
}

/// The name of a person and what the reminder is about, for the pages of single acts.
pub(super) async fn about(staff: &Staff, reminder: &Reminder) -> Result<(String, String), Error> {
    let mut wanted = Wanted::default();
    wanted.person(&reminder.recipient_person_id);
    let names = staff.clients.names(staff.t.texts(), wanted).await?;
    let title = words::title(staff.t.texts(), &reminder.template).into_owned();
    Ok((names.person(&reminder.recipient_person_id).to_owned(), title))
}
