use std::fmt::Write as _;

use jiff::Timestamp;

/// Octets of a line before it is broken.
const LINE: usize = 75;

/// One entry of a calendar.
pub(crate) struct Event<'a> {
    /// Always the same for the same thing, so that a later file replaces an earlier one.
    pub(crate) uid: &'a str,
    /// Rises with each change.
    pub(crate) sequence: &'a str,
    pub(crate) made: Timestamp,
    pub(crate) starts: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) summary: &'a str,
    pub(crate) place: &'a str,
    pub(crate) description: &'a str,
    /// It does not take place any more.
    pub(crate) cancelled: bool,
}

/// A calendar file with one event.
pub(crate) fn write(event: &Event<'_>) -> String {
    whole(&[], std::slice::from_ref(event))
}

/// A calendar that programs fetch again and again: its name, and all that is in it.
pub(crate) fn feed(name: &str, events: &[Event<'_>]) -> String {
    let head = [
        ("X-WR-CALNAME", escaped(name)),
        ("REFRESH-INTERVAL;VALUE=DURATION", "PT2H".to_owned()),
        ("X-PUBLISHED-TTL", "PT2H".to_owned()),
    ];
    whole(&head, events)
}

fn whole(head: &[(&str, String)], events: &[Event<'_>]) -> String {
    let mut out = String::new();
    for (name, value) in [
        ("BEGIN", "VCALENDAR".to_owned()),
        ("VERSION", "2.0".to_owned()),
        ("PRODID", "-//Jalon//console//FR".to_owned()),
        ("METHOD", "PUBLISH".to_owned()),
    ]
    .iter()
    .chain(head)
    {
        folded(&mut out, &format!("{name}:{value}"));
    }
    for event in events {
        entry(&mut out, event);
    }
    folded(&mut out, "END:VCALENDAR");
    out
}

fn entry(out: &mut String, event: &Event<'_>) {
    let utc = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let status = if event.cancelled { "CANCELLED" } else { "" };
    for (name, value) in [
        ("BEGIN", "VEVENT".to_owned()),
        ("UID", escaped(event.uid)),
        ("SEQUENCE", escaped(event.sequence)),
        ("DTSTAMP", utc(event.made)),
        ("DTSTART", utc(event.starts)),
        ("DTEND", utc(event.ends)),
        ("SUMMARY", escaped(event.summary)),
        ("LOCATION", escaped(event.place)),
        ("DESCRIPTION", escaped(event.description)),
        ("STATUS", status.to_owned()),
        ("END", "VEVENT".to_owned()),
    ] {
        if !value.is_empty() {
            folded(out, &format!("{name}:{value}"));
        }
    }
}

/// Breaks between characters, never within one.
fn folded(out: &mut String, line: &str) {
    let mut width = 0;
    for sign in line.chars() {
        if width + sign.len_utf8() > LINE {
            out.push_str("\r\n ");
            width = 1;
        }
        // Writing to a string cannot fail.
        let _ = write!(out, "{sign}");
        width += sign.len_utf8();
    }
    out.push_str("\r\n");
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(sign);
            }
            '\n' => out.push_str("\\n"),
            // No other control character may reach a calendar: a name could close the entry with it.
            control if control.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        calendar::read,
        texts::{Language, Texts},
    };

    #[test]
    fn what_is_written_can_be_read_and_no_line_is_too_long() {
        let description = "9 h 15 : Ateliers du Rhône, table 3 ; à l’étage\n".repeat(6);
        let calendar = write(&Event {
            uid: "a@jalon",
            sequence: "3",
            made: Timestamp::UNIX_EPOCH,
            starts: "2026-11-25T08:15:00Z".parse().unwrap(),
            ends: "2026-11-25T10:00:00Z".parse().unwrap(),
            summary: "Mes rencontres\r\nEND:VEVENT",
            place: "4 rue Exemple, Lyon",
            description: &description,
            cancelled: false,
        });
        assert!(calendar.split("\r\n").all(|line| line.len() <= LINE));
        assert!(calendar.lines().filter(|line| *line == "END:VEVENT").count() == 1);
        let read = read(
            &calendar,
            Texts(Language::French),
            &TimeZone::get("Europe/Paris").unwrap(),
        );
        assert_eq!(read[0].description, description);
        assert_eq!(read[0].place, "4 rue Exemple, Lyon");
        assert_eq!(
            read[0].when,
            "mercredi 25\u{a0}novembre 2026, de 9\u{a0}h\u{a0}15 à 11\u{a0}h"
        );
    }
}
