//! Reminders with their reasons: of one session, or of all.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::{
    directory::v1::{ListPeopleRequest, Person},
    scheduler::v1::{ListRemindersRequest, Reminder, ReminderState},
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

use super::{Asked, At, address, head::Head, instant};
use crate::{
    Clients, Console,
    error::Error,
    peers::{self, Names, Wanted},
    staff::Staff,
    view::View,
    words::{self, Badge},
};

/// Reminders on one page.
const PAGE: i32 = 50;
/// People who share a name: more than that, and the name is to be made longer.
const NAMESAKES: i32 = 20;

/// States as they stand in addresses.
pub(super) const STATES: [(&str, ReminderState); 5] = [
    ("prevus", ReminderState::Planned),
    ("en-cours", ReminderState::Queued),
    ("envoyes", ReminderState::Sent),
    ("supprimes", ReminderState::Suppressed),
    ("echecs", ReminderState::Failed),
];

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    /// One of [`STATES`]; all when empty.
    etat: String,
    /// Words of a name.
    nom: String,
    /// A person's id, once the name is settled.
    personne: String,
    page: String,
}

#[derive(Template)]
#[template(path = "reminders.html")]
struct Page {
    t: View,
    head: Option<Head>,
    path: String,
    states: Vec<Choice>,
    question: Question,
    /// Said when the name is not one person's.
    unsettled: &'static str,
    namesakes: Vec<Namesake>,
    person: String,
    lines: Vec<Line>,
    policies: Vec<String>,
    first: String,
    next: String,
}

struct Choice {
    value: &'static str,
    word: &'static str,
    chosen: bool,
}

struct Namesake {
    name: String,
    address: String,
}

/// One reminder, in words.
pub(super) struct Line {
    pub(super) person_id: String,
    pub(super) person: String,
    pub(super) title: String,
    pub(super) state: Badge,
    pub(super) reason: String,
    pub(super) when: String,
    pub(super) iso: String,
    pub(super) moved: String,
    pub(super) channel: String,
}

pub(super) async fn of_session(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let session = staff.clients.session(id).await?;
    let path = format!("/seances/{id}/rappels");
    let head = Head::new(staff.t.texts(), &session, "rappels");
    list(&console, staff, question, path, Some(head), peers::group(id)).await
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
    mut question: Question,
    path: String,
    head: Option<Head>,
    group: String,
) -> Result<Html<String>, Error> {
    let (t, staff) = (staff.t, &staff.clients);
    let searched = question.nom.trim().to_owned();
    let mut page = Page {
        t,
        head,
        path,
        states: choices(&question.etat),
        question: Question::default(),
        unsettled: "",
        namesakes: Vec::new(),
        person: String::new(),
        lines: Vec::new(),
        policies: Vec::new(),
        first: String::new(),
        next: String::new(),
    };
    if question.personne.is_empty() && !searched.is_empty() {
        let people = namesakes(staff, &searched).await?;
        match people.as_slice() {
            [one] => question.personne.clone_from(&one.person_id),
            [] => {
                page.unsettled =
                    "Personne ne porte ce nom. Vérifiez l’orthographe, ou n’écrivez que le début.";
            }
            several => {
                page.unsettled = "Plusieurs personnes portent ce nom\u{a0}: choisissez.";
                page.namesakes = several
                    .iter()
                    .map(|person| namesake(person, &page.path, &question))
                    .collect();
            }
        }
        if !page.unsettled.is_empty() {
            page.question = question;
            return super::show(&page);
        }
    }
    let request = ListRemindersRequest {
        page: Some(peers::page(PAGE, question.page.clone())),
        person_id: question.personne.clone(),
        group,
        state: state(&question.etat).into(),
        ..ListRemindersRequest::default()
    };
    let mut scheduler = staff.scheduler();
    let (reply, policies) = futures::try_join!(
        async { Ok(scheduler.list_reminders(request).await?.into_inner()) },
        staff.policies()
    )?;
    let mut wanted = Wanted::default();
    wanted.person(&question.personne);
    for reminder in &reply.reminders {
        wanted.person(&reminder.recipient_person_id);
    }
    let names = staff.names(wanted).await?;
    let zone = &console.0.zone;
    page.lines = reply
        .reminders
        .iter()
        .map(|reminder| line(reminder, &names, zone))
        .collect();
    page.policies = readings(&reply.reminders, &policies);
    if !question.personne.is_empty() {
        page.person = names.person(&question.personne).to_owned();
    }
    let to = |token: &str| {
        let asked = [
            ("etat", question.etat.as_str()),
            ("personne", &question.personne),
            ("page", token),
        ];
        address(&page.path, &asked)
    };
    if !question.page.is_empty() {
        page.first = to("");
    }
    let token = reply.page.unwrap_or_default().next_token;
    if !token.is_empty() {
        page.next = to(&token);
    }
    page.question = question;
    super::show(&page)
}

/// A reminder in words.
pub(super) fn line(reminder: &Reminder, names: &Names, zone: &TimeZone) -> Line {
    let (due, intended) = (
        instant(reminder.due_at.as_ref()),
        instant(reminder.intended_at.as_ref()),
    );
    // What was told is shown when it was told, all else when it was to be.
    let told = instant(reminder.settled_at.as_ref()).filter(|_| reminder.state() == ReminderState::Sent);
    let shown = told.or(due);
    Line {
        person_id: reminder.recipient_person_id.clone(),
        person: names.person(&reminder.recipient_person_id).to_owned(),
        title: words::message_title(&reminder.template).to_owned(),
        state: words::reminder_state(reminder.state()),
        reason: words::skipped(&reminder.reason).into_owned(),
        when: shown.map(|at| words::moment(at, zone)).unwrap_or_default(),
        iso: shown.map(words::iso).unwrap_or_default(),
        moved: match (due, intended) {
            (Some(due), Some(intended)) if due != intended => words::moment(intended, zone),
            _ => String::new(),
        },
        channel: if reminder.channel.is_empty() {
            words::route(&reminder.route)
        } else {
            words::channel(&reminder.channel).to_owned()
        },
    }
}

/// What the policies of these reminders do, each once.
pub(super) fn readings(reminders: &[Reminder], policies: &BTreeMap<String, String>) -> Vec<String> {
    let mut names: Vec<_> = reminders
        .iter()
        .map(|reminder| reminder.policy.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| policies.get(name).cloned())
        .collect()
}

async fn namesakes(staff: &Clients, searched: &str) -> Result<Vec<Person>, Error> {
    let request = ListPeopleRequest {
        page: Some(peers::page(NAMESAKES, String::new())),
        search: searched.to_owned(),
    };
    Ok(staff.directory().list_people(request).await?.into_inner().people)
}

fn namesake(person: &Person, path: &str, question: &Question) -> Namesake {
    Namesake {
        name: format!("{} {}", person.given_name, person.family_name)
            .trim()
            .to_owned(),
        address: address(path, &[("etat", &question.etat), ("personne", &person.person_id)]),
    }
}

fn state(asked: &str) -> ReminderState {
    let known = STATES.into_iter().find(|(name, _)| *name == asked);
    known.map_or(ReminderState::Unspecified, |(_, state)| state)
}

fn choices(asked: &str) -> Vec<Choice> {
    let all = [("", "Tous les états")];
    let states = STATES.map(|(value, state)| (value, words::reminder_state(state).word));
    all.into_iter()
        .chain(states)
        .map(|(value, word)| Choice {
            value,
            word,
            chosen: value == asked,
        })
        .collect()
}
