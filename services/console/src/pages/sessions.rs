//! The list of sessions: where each stands and what it waits for.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::{
    notifier::v1::GetStatusRequest as MessageStatusRequest,
    scheduler::v1::GetStatusRequest,
    speeddating::v1::{Attention, ListAttentionRequest, ListSessionsRequest, Session, SessionState},
};
use jiff::civil::Date;
use platform::auth::ORGANISERS;
use serde::Deserialize;

use super::{Asked, address, head};
use crate::{
    Console,
    error::Error,
    owners::Owners,
    peers,
    staff::Staff,
    texts::Texts,
    view::View,
    words::{self, Badge, Sides},
};

/// Sessions on one page.
const PAGE: i32 = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    page: String,
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct Page {
    t: View,
    coming: Vec<Card>,
    past: Vec<Card>,
    failed: String,
    uncertain: String,
    may_organise: bool,
    /// Back to the first page; empty on it.
    back: &'static str,
    next: String,
}

struct Card {
    id: String,
    title: String,
    date: Option<Date>,
    when: String,
    place: String,
    /// The organisation or branch that it is of; empty where there is one.
    owner: String,
    state: Badge,
    counts: Vec<String>,
    /// The next step and where it is done; the address is empty for those who may not.
    to_do: String,
    address: String,
    /// What else it waits for.
    waits_for: Vec<String>,
}

pub(super) async fn list(
    State(console): State<Console>,
    staff: Staff,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let (t, role, staff) = (staff.t, staff.role, &staff.clients);
    let first = question.page.is_empty();
    let request = ListSessionsRequest {
        page: Some(peers::page(PAGE, question.page)),
    };
    let (mut speeddating, mut scheduler, mut notifier) =
        (staff.speeddating(), staff.scheduler(), staff.notifier());
    let (sessions, reminders, messages) = futures::try_join!(
        speeddating.list_sessions(request),
        scheduler.get_status(GetStatusRequest::default()),
        notifier.get_status(MessageStatusRequest {}),
    )?;
    let owners = Owners::read(staff).await?;
    let (sessions, reminders, messages) = (
        sessions.into_inner(),
        reminders.into_inner(),
        messages.into_inner(),
    );
    let today = console.today();
    let may_organise = ORGANISERS.contains(&role);
    let ids = sessions.sessions.iter().map(|session| session.session_id.clone());
    let attentions = staff
        .plans()
        .list_attention(ListAttentionRequest {
            session_ids: ids.collect(),
        })
        .await?;
    let attentions: BTreeMap<String, Attention> = attentions
        .into_inner()
        .attentions
        .into_iter()
        .map(|attention| (attention.session_id.clone(), attention))
        .collect();
    let texts = t.texts();
    let cards = sessions.sessions.iter().map(|session| {
        let attention = attentions.get(&session.session_id);
        Card {
            owner: owners.name(texts, &session.organisation_id),
            ..card(texts, session, attention, today, may_organise)
        }
    });
    let (mut past, mut coming): (Vec<_>, Vec<_>) =
        cards.partition(|card| card.date.is_some_and(|date| date < today));
    // Those without a date wait at the end.
    coming.sort_by_key(|card| (card.date.is_none(), card.date));
    past.sort_by_key(|card| std::cmp::Reverse(card.date));
    let token = sessions.page.unwrap_or_default().next_token;
    let some = |key: &str, n: i64| {
        if n > 0 {
            t.with(key, "n", n).to_string()
        } else {
            String::new()
        }
    };
    super::show(&Page {
        coming,
        past,
        failed: some("sessions-failed", reminders.failed),
        uncertain: some("sessions-uncertain", messages.unknown),
        may_organise,
        back: if first { "" } else { "/" },
        next: if token.is_empty() {
            token
        } else {
            address("/", &[("page", &token)])
        },
        t,
    })
}

fn card(t: Texts, session: &Session, attention: Option<&Attention>, today: Date, may_organise: bool) -> Card {
    let sides = Sides::of(t, session.kind());
    let counts = vec![
        sides.employers_counted(session.employers),
        sides.candidates_counted(session.candidates),
        t.with("wishes-many", "n", session.wishes).to_string(),
    ];
    let (key, address) = head::next(session, today).unwrap_or_default();
    Card {
        id: session.session_id.clone(),
        title: session.title.clone(),
        date: head::date(session),
        when: head::when(t, session),
        place: head::place(session),
        owner: String::new(),
        state: words::session_state(session.state()),
        counts: if session.state() == SessionState::Draft && session.candidates == 0 {
            Vec::new()
        } else {
            counts
        },
        to_do: if key.is_empty() { String::new() } else { t.say(key) },
        address: if may_organise { address } else { String::new() },
        waits_for: attention
            .map(|attention| waits_for(t, session, attention))
            .unwrap_or_default(),
    }
}

/// What a session waits for besides its next step.
pub(super) fn waits_for(t: Texts, session: &Session, attention: &Attention) -> Vec<String> {
    let before = !matches!(session.state(), SessionState::Running | SessionState::Closed);
    let some = |key: &'static str, n: i32| (n > 0).then(|| t.with(key, "n", n).to_string());
    let lines = [
        attention.outdated.then(|| t.say("attention-outdated")),
        some("attention-without", attention.without_meeting),
        some("attention-unconfirmed", attention.unconfirmed_employers).filter(|_| before),
        some("attention-missing", attention.outcomes_missing),
        some("attention-disagreements", attention.disagreements),
    ];
    lines.into_iter().flatten().collect()
}
