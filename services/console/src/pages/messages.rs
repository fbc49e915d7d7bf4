//! The mailbox: every message as it left, newest first.

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::notifier::v1::{ListMessagesRequest, Message};
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

use super::{Asked, address, instant, telling};
use crate::{
    Console,
    error::Error,
    peers::{self, Names, Wanted},
    staff::Staff,
    texts::Texts,
    view::View,
    words::{self, Badge},
};

/// Messages on one page.
const PAGE: i32 = 50;
/// Characters of a text that stand for its subject.
const EXCERPT: usize = 90;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    /// mail or sms; both when empty.
    canal: String,
    /// A session's id.
    seance: String,
    /// A person's id.
    personne: String,
    page: String,
}

#[derive(Template)]
#[template(path = "messages.html")]
struct Page {
    t: View,
    tabs: Vec<(&'static str, String, bool)>,
    question: Question,
    /// What narrows the list, in words.
    about: String,
    lines: Vec<Line>,
    first: String,
    next: String,
}

/// One message of a list.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) channel: String,
    pub(super) person: String,
    pub(super) to: String,
    pub(super) subject: String,
    /// The language of the subject.
    pub(super) language: String,
    pub(super) when: String,
    pub(super) iso: String,
    pub(super) state: Badge,
}

pub(super) async fn list(
    State(console): State<Console>,
    staff: Staff,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let (view, staff) = (staff.t, &staff.clients);
    let t = view.texts();
    let session: Option<Uuid> = match question.seance.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Error::Unreadable)?),
    };
    let request = ListMessagesRequest {
        page: Some(peers::page(PAGE, question.page.clone())),
        person_id: question.personne.clone(),
        group: session.map(peers::group).unwrap_or_default(),
        channel: question.canal.clone(),
    };
    let reply = staff.notifier().list_messages(request).await?.into_inner();
    let mut wanted = Wanted::default();
    wanted.person(&question.personne);
    for message in &reply.messages {
        wanted.person(&message.person_id);
    }
    let names = staff.names(t, wanted).await?;
    let about = match session {
        Some(id) => t
            .with("telling-messages-of", "title", staff.session(id).await?.title)
            .into(),
        None if question.personne.is_empty() => String::new(),
        None => t
            .with("telling-messages-for", "name", names.person(&question.personne))
            .into(),
    };
    let to = |token: &str| {
        let asked = [
            ("canal", question.canal.as_str()),
            ("seance", &question.seance),
            ("personne", &question.personne),
            ("page", token),
        ];
        address("/messages", &asked)
    };
    let token = reply.page.unwrap_or_default().next_token;
    super::show(&Page {
        tabs: telling::tabs(t, view.auditor, "/messages"),
        t: view,
        about,
        lines: reply
            .messages
            .iter()
            .map(|message| line(t, message, &names, &console.0.zone))
            .collect(),
        first: if question.page.is_empty() {
            String::new()
        } else {
            to("")
        },
        next: if token.is_empty() { token } else { to(&token) },
        question,
    })
}

/// A message of a list, in words.
pub(super) fn line(t: Texts, message: &Message, names: &Names, zone: &TimeZone) -> Line {
    let at = instant(message.created_at.as_ref());
    Line {
        id: message.message_id.clone(),
        channel: telling::channel(t, &message.channel),
        person: names.person(&message.person_id).to_owned(),
        to: message.to.clone(),
        subject: subject(t, message),
        language: language(t, message),
        when: at.map(|at| t.moment(at, zone)).unwrap_or_default(),
        iso: at.map(words::iso).unwrap_or_default(),
        state: words::message_state(&message.state, &message.provider),
    }
}

/// The language that a message speaks; that of the page where nothing is left of it, or where it is not known.
pub(super) fn language(t: Texts, message: &Message) -> String {
    if message.language.is_empty() || message.text.is_empty() && message.subject.is_empty() {
        return t.code().to_owned();
    }
    message.language.clone()
}

/// The subject of a mail, or the first words of a message that has none.
pub(super) fn subject(t: Texts, message: &Message) -> String {
    if !message.subject.is_empty() {
        return message.subject.clone();
    }
    if message.text.is_empty() {
        return t.say("telling-message-forgotten");
    }
    let mut excerpt: String = message.text.chars().take(EXCERPT).collect();
    if excerpt.len() < message.text.len() {
        excerpt.push('…');
    }
    excerpt
}
