//! Calendar entries (RFC 5545, iTIP RFC 5546): one event for each (session, person), with the same UID for ever and a
//! SEQUENCE that rises with the milestone's revision, so that a calendar moves or removes what it had.

use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    content::{Content, Fact, Item},
    templates::Language,
};

/// What a calendar is asked to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// Put it in, or change what is there.
    Request,
    /// Take it out.
    Cancel,
}

impl Method {
    /// As in METHOD and in the Content-Type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }

    /// The method of a calendar's text.
    pub fn of(text: &str) -> Self {
        if text.contains("METHOD:CANCEL") {
            Self::Cancel
        } else {
            Self::Request
        }
    }
}

/// Between whom the entry is.
#[derive(Clone, Copy, Debug)]
pub struct Between<'a> {
    /// Mail address of the sender.
    pub organiser_address: &'a str,
    /// The recipient.
    pub person_id: Uuid,
    /// Display name of the recipient.
    pub attendee_name: &'a str,
    /// Mail address of the recipient.
    pub attendee_address: &'a str,
    /// Makes UIDs ours.
    pub domain: &'a str,
}

/// The entries of a message, as one stream: at most one calendar for each method, the requests first. Empty when there
/// is nothing to enter.
pub fn render(content: &Content, between: Between<'_>, language: Language, now: Timestamp) -> String {
    let mut stream = String::new();
    for method in [Method::Request, Method::Cancel] {
        let of_method = |item: &&Item| item.cleared.is_some() == (method == Method::Cancel);
        let mut calendar = Calendar::empty();
        calendar.append_property(("VERSION", "2.0"));
        calendar.append_property(("PRODID", "-//Jalon//Notifier//FR"));
        calendar.append_property(("CALSCALE", "GREGORIAN"));
        calendar.append_property(("METHOD", method.name()));
        let mut any = false;
        for item in content.items.iter().filter(of_method) {
            any = true;
            calendar.push(event(item, content, between, language, now));
        }
        if any {
            stream.push_str(&calendar.to_string());
        }
    }
    stream
}

fn event(item: &Item, content: &Content, between: Between<'_>, language: Language, now: Timestamp) -> Event {
    let mut event = Event::new();
    event.uid(&uid(item, between));
    // RFC 5545 gives SEQUENCE 31 bits; revisions of a row stay far below.
    event.sequence(u32::try_from(item.revision.clamp(0, i64::from(i32::MAX))).unwrap_or(0));
    event.add_property("DTSTAMP", instant(now));
    event.add_property("DTSTART", instant(item.starts_at));
    event.add_property("DTEND", instant(item.ends_at.max(item.starts_at)));
    event.summary(&format!("{}, {}", title(item, language), content.organiser.name));
    let place: Vec<&str> = [item.text("venue_name"), item.text("venue_address")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    if !place.is_empty() {
        event.location(&place.join(", "));
    }
    event.description(&description(item, content, language));
    event.status(if item.cleared.is_some() {
        EventStatus::Cancelled
    } else {
        EventStatus::Confirmed
    });
    let mut organiser = Property::new("ORGANIZER", format!("mailto:{}", between.organiser_address));
    organiser.add_parameter("CN", &parameter(&content.organiser.name));
    event.append_property(organiser.done());
    let mut attendee = Property::new("ATTENDEE", format!("mailto:{}", between.attendee_address));
    attendee
        .add_parameter("CN", &parameter(between.attendee_name))
        .add_parameter("ROLE", "REQ-PARTICIPANT")
        .add_parameter("PARTSTAT", "NEEDS-ACTION")
        .add_parameter("RSVP", "FALSE");
    event.append_property(attendee.done());
    event.done()
}

/// The same for every message about this participation to this person. The subject, not the session, names the entry:
/// a recruiter who comes for two companies has two, and whoever withdrew and comes back has a new one, whose revisions
/// start again below those of the entry that was cancelled.
fn uid(item: &Item, between: Between<'_>) -> String {
    let digest = Sha256::digest(format!("{}|{}", item.subject, between.person_id));
    let half: String = digest.iter().take(16).fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        let _infallible = write!(text, "{byte:02x}");
        text
    });
    format!("{half}@{}", between.domain)
}

fn title(item: &Item, language: Language) -> &'static str {
    match (language, item.text("session_kind")) {
        (Language::French, "b2b") => "Rencontres entre professionnels",
        (Language::French, _) => "Rencontres employeurs",
        (Language::English, "b2b") => "Business meetings",
        (Language::English, _) => "Employer meetings",
    }
}

fn description(item: &Item, content: &Content, language: Language) -> String {
    let mut lines = Vec::new();
    if let Some(Fact::List(meetings)) = item.facts.get("meetings")
        && item.cleared.is_none()
    {
        for meeting in meetings {
            let field = |name: &str| meeting.get(name).map_or("", String::as_str);
            let starts = field("starts");
            let hour = starts
                .split_once('T')
                .map_or(starts, |(_, clock)| clock)
                .get(..5)
                .unwrap_or(starts);
            let table = field("table");
            let table = if table.is_empty() {
                String::new()
            } else {
                format!(", table {table}")
            };
            lines.push(format!("{hour}{table}, {}", field("with")));
        }
    }
    if !content.organiser.phone.is_empty() {
        lines.push(match language {
            Language::French => format!("Une question ? {}", content.organiser.phone),
            Language::English => format!("Any question? {}", content.organiser.phone),
        });
    }
    lines.join("\n")
}

/// Parameter values cannot hold double quotes or line breaks (RFC 5545 3.2).
fn parameter(value: &str) -> String {
    value
        .chars()
        .map(|character| {
            if character == '"' || character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect()
}

/// "20261125T130000Z"
fn instant(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests;
