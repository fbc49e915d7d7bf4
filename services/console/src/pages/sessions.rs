//! The list of sessions: where each stands and what it waits for.

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::{
    notifier::v1::GetStatusRequest as MessageStatusRequest,
    scheduler::v1::GetStatusRequest,
    speeddating::v1::{ListSessionsRequest, Session, SessionState},
};
use jiff::civil::Date;
use serde::Deserialize;

use super::{Asked, address, head};
use crate::{
    Console,
    error::Error,
    peers,
    staff::Staff,
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
    state: Badge,
    counts: Vec<String>,
    waits_for: &'static str,
}

pub(super) async fn list(
    State(console): State<Console>,
    staff: Staff,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let (t, staff) = (staff.t, &staff.clients);
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
    let (sessions, reminders, messages) = (
        sessions.into_inner(),
        reminders.into_inner(),
        messages.into_inner(),
    );
    let today = console.today();
    let cards = sessions.sessions.iter().map(|session| card(session, today));
    let (mut past, mut coming): (Vec<_>, Vec<_>) =
        cards.partition(|card| card.date.is_some_and(|date| date < today));
    // Those without a date wait at the end.
    coming.sort_by_key(|card| (card.date.is_none(), card.date));
    past.sort_by_key(|card| std::cmp::Reverse(card.date));
    let token = sessions.page.unwrap_or_default().next_token;
    let some = |amount: i64, one, many| {
        if amount > 0 {
            words::count(amount, one, many)
        } else {
            String::new()
        }
    };
    super::show(&Page {
        t,
        coming,
        past,
        failed: some(reminders.failed, "rappel en échec", "rappels en échec"),
        uncertain: some(messages.unknown, "envoi incertain", "envois incertains"),
        back: if first { "" } else { "/" },
        next: if token.is_empty() {
            token
        } else {
            address("/", &[("page", &token)])
        },
    })
}

fn card(session: &Session, today: Date) -> Card {
    let sides = Sides::of(session.kind());
    let counts = vec![
        words::count(session.employers, sides.employer, sides.employers),
        words::count(session.candidates, sides.candidate, sides.candidates),
        words::count(session.wishes, "vœu", "vœux"),
    ];
    Card {
        id: session.session_id.clone(),
        title: session.title.clone(),
        date: head::date(session),
        when: head::when(session),
        place: head::place(session),
        state: words::session_state(session.state()),
        counts: if session.state() == SessionState::Draft && session.candidates == 0 {
            Vec::new()
        } else {
            counts
        },
        waits_for: head::next(session, today).unwrap_or_default(),
    }
}
