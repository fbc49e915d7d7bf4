//! The time line of a session, of a person, or of all.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::{
    directory::v1::ListPeopleRequest,
    notifier::v1::{FindMessagesRequest, MessageBrief},
    scheduler::v1::{ListRemindersRequest, Reminder, ReminderState},
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    sums::{self, Sums},
    tabs, words,
};
use crate::{
    Clients, Console,
    error::Error,
    pages::{Asked, At, address, head::Head, instant, show},
    peers::{self, Names, Wanted},
    staff::Staff,
    texts::Texts,
    view::View,
    words::{Badge, iso},
};

/// Reminders on one page.
const PAGE: i32 = 50;
/// People whose name fits: more than that, and the name is to be made longer.
const PEOPLE: i32 = 200;

/// States as they stand in addresses.
pub(in crate::pages) const STATES: [(&str, ReminderState, &str); 6] = [
    ("", ReminderState::Unspecified, "telling-all-states"),
    ("prevus", ReminderState::Planned, "state-reminder-planned"),
    ("en-cours", ReminderState::Queued, "state-message-leaving"),
    ("envoyes", ReminderState::Sent, "state-reminder-sent"),
    (
        "supprimes",
        ReminderState::Suppressed,
        "state-reminder-suppressed",
    ),
    ("echecs", ReminderState::Failed, "telling-state-undelivered"),
];

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    /// One of [`STATES`].
    etat: String,
    /// mail or sms; both when empty.
    canal: String,
    /// Words of a name.
    nom: String,
    /// A person's id.
    personne: String,
    page: String,
}

#[derive(Template)]
#[template(path = "telling/list.html")]
struct Page {
    t: View,
    tabs: Vec<(&'static str, String, bool)>,
    head: Option<Head>,
    path: String,
    states: Vec<(&'static str, String, bool)>,
    channels: Vec<(&'static str, String, bool)>,
    question: Question,
    /// The name fits nobody.
    nobody: bool,
    /// The name fits more people than are looked for.
    many: bool,
    person: String,
    lines: Vec<Line>,
    sums: Option<Sums>,
    filtered: bool,
    first: String,
    next: String,
}

/// One reminder, in words.
pub(in crate::pages) struct Line {
    pub(in crate::pages) id: String,
    pub(in crate::pages) person_id: String,
    pub(in crate::pages) person: String,
    pub(in crate::pages) title: String,
    pub(in crate::pages) state: Badge,
    pub(in crate::pages) why: String,
    pub(in crate::pages) when: String,
    pub(in crate::pages) iso: String,
    /// When the rule alone would have sent it; empty when that is when it is sent.
    pub(in crate::pages) moved: String,
    pub(in crate::pages) way: String,
    /// The message as it left; empty when there is none.
    pub(in crate::pages) message: String,
}

pub(super) async fn of_session(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let session = staff.clients.session(id).await?;
    let path = format!("/seances/{id}/rappels");
    let head = Some(Head::new(staff.t.texts(), &session, "rappels"));
    list(&console, staff, question, path, head, peers::group(id)).await
}

pub(super) async fn of_all(
    State(console): State<Console>,
    staff: Staff,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    list(
        &console,
        staff,
        question,
        "/rappels".to_owned(),
        None,
        String::new(),
    )
    .await
}

async fn list(
    console: &Console,
    staff: Staff,
    question: Question,
    path: String,
    head: Option<Head>,
    group: String,
) -> Result<Html<String>, Error> {
    let (t, clients) = (staff.t.texts(), &staff.clients);
    let (people, many) = if question.personne.is_empty() {
        people(clients, question.nom.trim()).await?
    } else {
        (None, false)
    };
    let nobody = people.as_ref().is_some_and(Vec::is_empty);
    let request = ListRemindersRequest {
        page: Some(peers::page(PAGE, question.page.clone())),
        person_id: question.personne.clone(),
        person_ids: people.unwrap_or_default(),
        state: state(&question.etat).into(),
        channel: question.canal.clone(),
        // A session is read from its beginning, everything from its end.
        oldest_first: !group.is_empty(),
        group: group.clone(),
        ..ListRemindersRequest::default()
    };
    let reply = if nobody {
        contracts::scheduler::v1::ListRemindersResponse::default()
    } else {
        clients.scheduler().list_reminders(request).await?.into_inner()
    };
    let mut wanted = Wanted::default();
    wanted.person(&question.personne);
    for reminder in &reply.reminders {
        wanted.person(&reminder.recipient_person_id);
    }
    let (names, messages, sums) = futures::try_join!(
        clients.names(t, wanted),
        messages(clients, &reply.reminders),
        sums::of(t, clients, &group)
    )?;
    let to = |token: &str| {
        let asked = [
            ("etat", question.etat.as_str()),
            ("canal", &question.canal),
            ("nom", &question.nom),
            ("personne", &question.personne),
            ("page", token),
        ];
        address(&path, &asked)
    };
    let token = reply.page.unwrap_or_default().next_token;
    let channels = [
        ("", "telling-all-channels"),
        ("mail", "telling-mail"),
        ("sms", "telling-sms"),
    ];
    let zone = &console.0.zone;
    show(&Page {
        tabs: tabs(t, staff.t.auditor, if head.is_none() { "/rappels" } else { "" }),
        states: STATES
            .map(|(value, _, key)| (value, t.say(key), value == question.etat))
            .into(),
        channels: channels
            .map(|(value, key)| (value, t.say(key), value == question.canal))
            .into(),
        lines: reply
            .reminders
            .iter()
            .map(|reminder| line(t, reminder, &names, messages.get(&reminder.delivery_id), zone))
            .collect(),
        person: if question.personne.is_empty() {
            String::new()
        } else {
            names.person(&question.personne).to_owned()
        },
        filtered: !(question.etat.is_empty()
            && question.canal.is_empty()
            && question.nom.is_empty()
            && question.personne.is_empty()),
        first: if question.page.is_empty() {
            String::new()
        } else {
            to("")
        },
        next: if token.is_empty() { token } else { to(&token) },
        t: staff.t,
        head,
        path,
        question,
        nobody,
        many,
        sums,
    })
}

/// A reminder in words.
pub(in crate::pages) fn line(
    t: Texts,
    reminder: &Reminder,
    names: &Names,
    message: Option<&MessageBrief>,
    zone: &TimeZone,
) -> Line {
    let due = instant(reminder.due_at.as_ref());
    let intended = instant(reminder.intended_at.as_ref());
    // What was told is shown when it was told, all else when it was to be.
    let told = instant(reminder.settled_at.as_ref()).filter(|_| reminder.state() == ReminderState::Sent);
    let shown = told.or(due);
    Line {
        id: reminder.reminder_id.clone(),
        person_id: reminder.recipient_person_id.clone(),
        person: names.person(&reminder.recipient_person_id).to_owned(),
        title: words::title(t, &reminder.template).into_owned(),
        state: words::state(reminder),
        why: words::why(t, reminder, message),
        when: shown.map(|at| t.moment(at, zone)).unwrap_or_default(),
        iso: shown.map(iso).unwrap_or_default(),
        moved: match (due, intended) {
            (Some(due), Some(intended)) if due != intended => t.moment(intended, zone),
            _ => String::new(),
        },
        way: words::way(t, reminder),
        message: message
            .map(|message| message.message_id.clone())
            .unwrap_or_default(),
    }
}

/// The last message of each delivery, by the delivery.
pub(in crate::pages) async fn messages(
    clients: &Clients,
    reminders: &[Reminder],
) -> Result<BTreeMap<String, MessageBrief>, Error> {
    let mut delivery_ids: Vec<_> = reminders
        .iter()
        .map(|reminder| reminder.delivery_id.clone())
        .filter(|id| !id.is_empty())
        .collect();
    delivery_ids.sort_unstable();
    delivery_ids.dedup();
    if delivery_ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let request = FindMessagesRequest { delivery_ids };
    let reply = clients.deliveries().find_messages(request).await?.into_inner();
    let messages = reply.messages.into_iter();
    Ok(messages
        .map(|message| (message.delivery_id.clone(), message))
        .collect())
}

/// Those of a name, and whether there are more; none when no name is asked for.
async fn people(clients: &Clients, searched: &str) -> Result<(Option<Vec<String>>, bool), Error> {
    if searched.is_empty() {
        return Ok((None, false));
    }
    let request = ListPeopleRequest {
        page: Some(peers::page(PEOPLE, String::new())),
        search: searched.to_owned(),
    };
    let reply = clients.directory().list_people(request).await?.into_inner();
    let more = !reply.page.unwrap_or_default().next_token.is_empty();
    let people = reply.people.into_iter().map(|person| person.person_id);
    Ok((Some(people.collect()), more))
}

fn state(asked: &str) -> ReminderState {
    let known = STATES.into_iter().find(|(name, ..)| *name == asked);
    known.map_or(ReminderState::Unspecified, |(_, state, _)| state)
}
