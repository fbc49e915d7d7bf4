//! A trial: what a rule, as it is or as somebody just edited it, would send for a session. Nothing is planned or kept.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use contracts::{
    notifier::v1::Preview,
    scheduler::v1::{
        PolicyProblem, Reminder, ReminderState, Supposition, TryPoliciesRequest, TryPoliciesResponse,
    },
    speeddating::v1::ListSessionsRequest,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    rules::{self, Rule},
    tabs, words,
};
use crate::{
    Clients, Console,
    error::Error,
    forms::{Form, Posted},
    pages::{Asked, head, instant, show},
    peers::{self, Names, Wanted},
    staff::Staff,
    texts::Texts,
    view::View,
    ways,
    words::{Badge, iso},
};

/// Sessions to choose from: the newest.
const SESSIONS: i32 = 100;
/// Lines of a trial that are shown and rendered, for their channel and cost.
const SHOWN: usize = 400;

/// What may be supposed, as it stands in the form.
const SUPPOSITIONS: [(&str, Supposition, &str); 4] = [
    ("", Supposition::Unspecified, "telling-suppose-nothing"),
    ("heure", Supposition::Moved, "telling-suppose-moved"),
    ("annulation", Supposition::Cancelled, "telling-suppose-cancelled"),
    ("autre", Supposition::Changed, "telling-suppose-changed"),
];

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    /// The name of a rule to begin with.
    regle: String,
    seance: String,
}

#[derive(Template)]
#[template(path = "telling/trial.html")]
struct Page {
    t: View,
    tabs: Vec<(&'static str, String, bool)>,
    form: Form,
    sessions: Vec<(String, String)>,
    suppositions: Vec<(&'static str, String)>,
    problems: Vec<(String, String)>,
    /// None before the first trial.
    result: Option<Outcome>,
}

/// What would be sent.
struct Outcome {
    rules: Vec<Rule>,
    lines: Vec<Line>,
    /// How many would go and at what cost, in words.
    sum: String,
    /// Said when not all is shown.
    partial: bool,
}

struct Line {
    person: String,
    title: String,
    state: Badge,
    why: String,
    when: String,
    iso: String,
    channel: String,
}

pub(super) async fn ask(staff: Staff, Asked(question): Asked<Question>) -> Result<Html<String>, Error> {
    let policies = rules::all(&staff.clients).await?;
    let chosen = policies.into_iter().find(|policy| policy.name == question.regle);
    let form = staff
        .form()
        .fill(
            "document",
            chosen.map(|policy| policy.document).unwrap_or_default(),
        )
        .fill("seance", question.seance);
    show(&page(staff, form).await?)
}

/// Changes nothing, and is posted only because a document is too long for an address.
pub(super) async fn attempt(
    State(console): State<Console>,
    staff: Staff,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let t = staff.t.texts();
    let session: Option<Uuid> = form.value("seance").parse().ok();
    let Some(session) = session else {
        form.blame("seance", t.say("telling-trial-session-missing"));
        return Form::again(&page(staff, form).await?);
    };
    let supposed = SUPPOSITIONS
        .into_iter()
        .find(|(value, ..)| form.has("supposition", value))
        .map_or(Supposition::Unspecified, |(_, supposition, _)| supposition);
    let request = TryPoliciesRequest {
        group: peers::group(session),
        // Browsers send the line ends of Windows.
        document: form.value("document").replace("\r\n", "\n"),
        suppose: supposed.into(),
        at: None,
    };
    let reply = match staff.clients.by_hand().try_policies(request).await {
        Ok(reply) => reply.into_inner(),
        Err(status) => {
            form.refused(
                status,
                t,
                &[("document", "document", "telling-trial-document-long")],
            )?;
            return Form::again(&page(staff, form).await?);
        }
    };
    if !reply.problems.is_empty() {
        let said = t.with("telling-trial-problems", "n", reply.problems.len());
        form.blame("document", said);
        let mut page = page(staff, form).await?;
        page.problems = reply.problems.iter().map(|one| problem(t, one)).collect();
        return Form::again(&page);
    }
    let result = outcome(&console, t, &staff.clients, reply).await?;
    let mut page = page(staff, form).await?;
    page.result = Some(result);
    Ok(Html(page.render()?).into_response())
}

async fn page(staff: Staff, form: Form) -> Result<Page, Error> {
    let t = staff.t.texts();
    let request = ListSessionsRequest {
        page: Some(peers::page(SESSIONS, String::new())),
    };
    let reply = staff
        .clients
        .speeddating()
        .list_sessions(request)
        .await?
        .into_inner();
    let sessions = reply.sessions.iter().map(|session| {
        let date = head::date(session).map(|date| t.day(date)).unwrap_or_default();
        (session.session_id.clone(), format!("{} – {date}", session.title))
    });
    let mut all = vec![(String::new(), t.say("telling-trial-choose"))];
    all.extend(sessions);
    Ok(Page {
        tabs: tabs(t, staff.t.auditor, "/regles"),
        suppositions: SUPPOSITIONS.map(|(value, _, key)| (value, t.say(key))).into(),
        sessions: all,
        problems: Vec::new(),
        result: None,
        t: staff.t,
        form,
    })
}

/// Where in the text, and what is wrong.
fn problem(t: Texts, problem: &PolicyProblem) -> (String, String) {
    let place = t.with("telling-trial-place", "n", problem.document);
    let place = if problem.path.is_empty() {
        place.to_string()
    } else {
        format!("{place}, {}", problem.path)
    };
    let words = t.of(&problem.message, &problem.message_en);
    (place, words.to_owned())
}

async fn outcome(
    console: &Console,
    t: Texts,
    clients: &Clients,
    mut reply: TryPoliciesResponse,
) -> Result<Outcome, Error> {
    let partial = reply.partial || reply.reminders.len() > SHOWN;
    reply
        .reminders
        .sort_by_key(|one| one.due_at.map(|at| (at.seconds, at.nanos)));
    let whole = reply.reminders.len();
    reply.reminders.truncate(SHOWN);
    let mut wanted = Wanted::default();
    for reminder in &reply.reminders {
        wanted.person(&reminder.recipient_person_id);
    }
    let (names, (previews, cost)) =
        futures::try_join!(clients.names(t, wanted), previews(t, clients, &reply))?;
    let sent = previews
        .values()
        .filter(|preview| !preview.channel.is_empty())
        .count();
    let lines = reply.reminders.iter().enumerate();
    let lines = lines.map(|(index, reminder)| line(console, t, reminder, &names, previews.get(&index)));
    let sum = t
        .with("telling-trial-sum", "n", sent)
        .and("all", whole)
        .to_string();
    Ok(Outcome {
        lines: lines.collect(),
        rules: reply
            .policies
            .into_iter()
            .map(|policy| rules::rule(t, policy))
            .collect(),
        sum: if cost.is_empty() {
            sum
        } else {
            format!("{sum} {cost}")
        },
        partial,
    })
}

/// Channel and cost of what would go, by its place in the list.
async fn previews(
    t: Texts,
    clients: &Clients,
    reply: &TryPoliciesResponse,
) -> Result<(BTreeMap<usize, Preview>, String), Error> {
    let milestones: BTreeMap<_, _> = reply
        .milestones
        .iter()
        .map(|one| ((one.subject.as_str(), one.kind.as_str()), one))
        .collect();
    let (mut places, mut due) = (Vec::new(), Vec::new());
    for (index, reminder) in reply.reminders.iter().enumerate() {
        let milestone = milestones.get(&(reminder.subject.as_str(), reminder.kind.as_str()));
        let (ReminderState::Planned, Some(milestone)) = (reminder.state(), milestone) else {
            continue;
        };
        places.push(index);
        due.push((reminder, *milestone));
    }
    let ways = ways::of(clients, &due).await?;
    let cost = if ways.price_micros > 0 {
        let cost = words::cost(t, ways.cost_micros, &ways.currency);
        t.with("telling-trial-cost", "cost", cost).to_string()
    } else {
        String::new()
    };
    Ok((places.into_iter().zip(ways.previews).collect(), cost))
}

fn line(console: &Console, t: Texts, reminder: &Reminder, names: &Names, preview: Option<&Preview>) -> Line {
    let due = instant(reminder.due_at.as_ref());
    let unreached = preview.filter(|preview| preview.channel.is_empty());
    let reason = unreached.map_or(&reminder.reason, |preview| &preview.reason);
    Line {
        person: names.person(&reminder.recipient_person_id).to_owned(),
        title: words::title(t, &reminder.template).into_owned(),
        state: if reason.is_empty() {
            words::state(reminder)
        } else {
            Badge {
                word: "telling-state-not-sent",
                tone: "warn",
            }
        },
        why: if reason.is_empty() {
            String::new()
        } else {
            words::reason(t, reason)
        },
        when: due.map(|at| t.moment(at, &console.0.zone)).unwrap_or_default(),
        iso: due.map(iso).unwrap_or_default(),
        channel: preview
            .filter(|preview| !preview.channel.is_empty())
            .map(|preview| words::channel(t, &preview.channel))
            .unwrap_or_default(),
    }
}
