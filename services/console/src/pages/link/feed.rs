//! A private calendar that programs fetch: all parts of a person in sessions, as they were last told.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use contracts::{
    common::v1::{FactItem, Milestone, fact::Value},
    directory::v1::GetPersonRequest,
    speeddating::v1::OpenFeedRequest,
};
use http::{StatusCode, header::CONTENT_TYPE};
use jiff::{Timestamp, civil::Time};
use tonic::Code;

use super::{door::plausible, gone};
use crate::{
    Console,
    calendar::{self, Event},
    error::Error,
    pages::{At, instant},
    peers::{Names, Wanted},
    texts::{Language, Texts},
    view::View,
};

/// One entry, in words.
pub(super) struct Entry {
    pub(super) uid: String,
    pub(super) sequence: String,
    pub(super) starts: Timestamp,
    pub(super) ends: Timestamp,
    pub(super) summary: String,
    pub(super) place: String,
    pub(super) description: String,
    pub(super) cancelled: bool,
}

impl Entry {
    /// As the calendar writes it.
    pub(super) fn event(&self, made: Timestamp) -> Event<'_> {
        Event {
            uid: &self.uid,
            sequence: &self.sequence,
            made,
            starts: self.starts,
            ends: self.ends,
            summary: &self.summary,
            place: &self.place,
            description: &self.description,
            cancelled: self.cancelled,
        }
    }
}

/// The feed. The token is all that a calendar program can give: it opens nothing else, and its owner ends it.
pub(super) async fn feed(State(console): State<Console>, t: View, At(token): At<String>) -> Response {
    let token = token.strip_suffix(".ics").unwrap_or(&token).to_owned();
    if !plausible(&token) {
        return gone(&console, t);
    }
    let service = &console.0.service;
    let held = match service.participation().open_feed(OpenFeedRequest { token }).await {
        Ok(held) => held.into_inner(),
        Err(status) if status.code() == Code::NotFound => return gone(&console, t),
        Err(status) => return Error::from(status).outside(),
    };
    let written = async {
        let request = GetPersonRequest {
            person_id: held.person_id,
        };
        let person = service.directory().get_person(request).await?.into_inner().person;
        let texts = Texts(Language::of(&person.unwrap_or_default().language).unwrap_or_default());
        let entries = entries(&console, texts, &held.entries).await?;
        let now = console.0.clock.now().timestamp();
        let events: Vec<_> = entries.iter().map(|entry| entry.event(now)).collect();
        let name = texts.with("link-feed-name", "organisation", &console.0.settings.organisation);
        Ok::<_, Error>(calendar::feed(&name.to_string(), &events))
    };
    match written.await {
        Ok(calendar) => (
            StatusCode::OK,
            [(CONTENT_TYPE, "text/calendar; charset=utf-8")],
            calendar,
        )
            .into_response(),
        Err(error) => error.outside(),
    }
}

/// Milestones in words, with the names of whom one meets.
pub(super) async fn entries(
    console: &Console,
    texts: Texts,
    told: &[Milestone],
) -> Result<Vec<Entry>, Error> {
    let mut wanted = Wanted::default();
    for meeting in told.iter().flat_map(meetings) {
        match reference(meeting) {
            ("organisation", id) => wanted.organisation(id),
            ("person", id) => wanted.person(id),
            _ => {}
        }
    }
    let names = console.0.service.names(texts, wanted).await?;
    Ok(told
        .iter()
        .filter_map(|told| entry(texts, told, &names))
        .collect())
}

fn entry(texts: Texts, told: &Milestone, names: &Names) -> Option<Entry> {
    let registration = told.subject.strip_prefix("speeddating.participation/")?;
    let cancelled = !told.cleared_reason.is_empty();
    let title = text(told, "session_title");
    let clock =
        |time: &str| Time::strptime("%H:%M", time).map_or_else(|_| time.to_owned(), |time| texts.clock(time));
    let mut lines = Vec::new();
    if !cancelled {
        lines.push(
            texts
                .with("link-feed-arrival", "time", clock(text(told, "arrival")))
                .to_string(),
        );
        for meeting in meetings(told) {
            let field = |name: &str| meeting.fields.get(name).map_or("", String::as_str);
            let with = match reference(meeting) {
                ("organisation", id) => names.organisation(id),
                ("person", id) => names.person(id),
                _ => "",
            };
            lines.push(
                texts
                    .with("link-feed-meeting", "time", clock(field("starts")))
                    .and("with", with)
                    .and("table", field("table"))
                    .to_string(),
            );
        }
    }
    let place = [text(told, "venue_name"), text(told, "venue_address")];
    let place: Vec<_> = place.into_iter().filter(|part| !part.is_empty()).collect();
    Some(Entry {
        uid: format!("{registration}@jalon"),
        sequence: told.revision.to_string(),
        starts: instant(told.starts_at.as_ref())?,
        ends: instant(told.ends_at.as_ref())?,
        summary: if cancelled {
            texts.with("link-feed-cancelled", "title", title).to_string()
        } else {
            title.to_owned()
        },
        place: place.join(", "),
        description: lines.join("\n"),
        cancelled,
    })
}

fn text<'a>(told: &'a Milestone, fact: &str) -> &'a str {
    match told.facts.get(fact).and_then(|fact| fact.value.as_ref()) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

fn meetings(told: &Milestone) -> &[FactItem] {
    match told.facts.get("meetings").and_then(|fact| fact.value.as_ref()) {
        Some(Value::List(list)) => &list.items,
        _ => &[],
    }
}

/// Kind and id of whom one meets.
fn reference(meeting: &FactItem) -> (&str, &str) {
    meeting
        .fields
        .get("with")
        .and_then(|with| with.split_once('/'))
        .unwrap_or_default()
}
