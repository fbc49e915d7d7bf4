//! Sending now, holding, letting go, sending again: each is asked with its consequence, and posted.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::scheduler::v1::{
    HoldReminderRequest, Reminder, ReminderDetail, ResendReminderRequest, ResumeReminderRequest,
    SendReminderNowRequest,
};
use platform::auth::ORGANISERS;
use tonic::Status;
use uuid::Uuid;

use super::{one, seen, seen::Seen};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    pages::{At, instant, show},
    staff::Staff,
    texts::Texts,
    view::View,
};

/// Roles to whom a message may go at any hour.
const STAFF: [&str; 3] = ["coordinator", "referent", "facilitator"];

/// An act as it stands in addresses.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Send,
    Hold,
    Resume,
    Resend,
}

#[derive(Template)]
#[template(path = "telling/act.html")]
struct Page {
    t: View,
    form: Form,
    id: String,
    path: String,
    title: String,
    about: String,
    consequence: String,
    words: String,
    /// Whether the window may be waived.
    any_hour: bool,
    seen: Option<Seen>,
}

pub(super) async fn ask(staff: Staff, At((id, name)): At<(Uuid, String)>) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let act = Act::of(&name).ok_or(Error::NotFound)?;
    let form = staff.form();
    show(&page(staff, id, act, form).await?)
}

pub(super) async fn done(
    State(console): State<Console>,
    staff: Staff,
    At((id, name)): At<(Uuid, String)>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let act = Act::of(&name).ok_or(Error::NotFound)?;
    match call(&staff, act, id, &form).await {
        Ok(detail) => {
            let reminder = detail.reminder.unwrap_or_default();
            let notice = notice(staff.t.texts(), act, &reminder, &console);
            Ok(staff.done(&format!("/rappels/{}", reminder.reminder_id), notice))
        }
        Err(status) => {
            form.refused(status, staff.t.texts(), &[])?;
            Form::again(&page(staff, id, act, form).await?)
        }
    }
}

/// As the act, once for each rendered form.
async fn call(staff: &Staff, act: Act, id: Uuid, form: &Form) -> Result<ReminderDetail, Status> {
    let (request_id, reminder_id) = (form.operation(), id.to_string());
    let mut client = staff.clients.by_hand();
    let detail = match act {
        Act::Send => {
            let request = SendReminderNowRequest {
                request_id,
                reminder_id,
                any_hour: form.has("heure", "toute"),
            };
            client.send_reminder_now(request).await?.into_inner().detail
        }
        Act::Hold => {
            let request = HoldReminderRequest {
                request_id,
                reminder_id,
            };
            client.hold_reminder(request).await?.into_inner().detail
        }
        Act::Resume => {
            let request = ResumeReminderRequest {
                request_id,
                reminder_id,
            };
            client.resume_reminder(request).await?.into_inner().detail
        }
        Act::Resend => {
            let request = ResendReminderRequest {
                request_id,
                reminder_id,
            };
            client.resend_reminder(request).await?.into_inner().detail
        }
    };
    Ok(detail.unwrap_or_default())
}

async fn page(staff: Staff, id: Uuid, act: Act, form: Form) -> Result<Page, Error> {
    let t = staff.t.texts();
    let detail = one::read(&staff.clients, id).await?;
    let reminder = detail.reminder.clone().unwrap_or_default();
    let (person, about) = one::about(&staff, &reminder).await?;
    let leaves = matches!(act, Act::Send | Act::Resend);
    let seen = if leaves {
        seen::now(t, &staff.clients, &detail).await?
    } else {
        None
    };
    let (title, consequence, words) = match act {
        Act::Send => (
            "telling-send-title",
            "telling-send-consequence",
            "telling-send-words",
        ),
        Act::Hold => (
            "telling-hold-title",
            "telling-hold-consequence",
            "telling-hold-words",
        ),
        Act::Resume => (
            "telling-resume-title",
            "telling-resume-consequence",
            "telling-resume-words",
        ),
        Act::Resend => (
            "telling-resend-title",
            "telling-resend-consequence",
            "telling-resend-words",
        ),
    };
    Ok(Page {
        title: t.with(title, "name", &person).to_string(),
        consequence: t.say(consequence),
        words: t.say(words),
        path: format!("/rappels/{id}/gestes/{}", act.name()),
        any_hour: act == Act::Send && STAFF.contains(&reminder.role.as_str()),
        id: id.to_string(),
        t: staff.t,
        form,
        about,
        seen,
    })
}

fn notice(t: Texts, act: Act, reminder: &Reminder, console: &Console) -> String {
    let due = instant(reminder.due_at.as_ref());
    let now = console.0.clock.now().timestamp();
    match (act, due) {
        (Act::Hold, _) => t.say("telling-held-done"),
        // What waits for its instant is told with it: the window may have put it off.
        (_, Some(due)) if due > now => {
            let at = t.moment(due, &console.0.zone);
            t.with("telling-leaves-at", "at", at).to_string()
        }
        _ => t.say("telling-leaves-now"),
    }
}

impl Act {
    fn of(name: &str) -> Option<Self> {
        [Act::Send, Act::Hold, Act::Resume, Act::Resend]
            .into_iter()
            .find(|act| act.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Act::Send => "envoyer",
            Act::Hold => "retenir",
            Act::Resume => "reprendre",
            Act::Resend => "renvoyer",
        }
    }
}
