use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use crate::texts::Texts;

/// What a calendar part asks of the person's calendar, in words.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Invitation {
    /// What makes it the same entry after a change.
    pub(crate) uid: String,
    /// It takes the entry away rather than adding it.
    pub(crate) cancels: bool,
    pub(crate) summary: String,
    pub(crate) when: String,
    pub(crate) place: String,
    pub(crate) description: String,
    /// 0 for the first, higher for each change.
    pub(crate) sequence: String,
}

/// The events of a calendar, shown in `zone` in the words of `t`.
pub(crate) fn read(calendar: &str, t: Texts, zone: &TimeZone) -> Vec<Invitation> {
    let lines = unfolded(calendar);
    // A message may carry two calendars, one that adds and one that takes away.
    let mut cancels = false;
    let mut events = Vec::new();
    let mut current: Option<Vec<Property<'_>>> = None;
    // Alarms within an event have a description and times of their own.
    let mut inner = 0_u32;
    for line in &lines {
        if line.eq_ignore_ascii_case("BEGIN:VCALENDAR") {
            cancels = false;
        } else if line.eq_ignore_ascii_case("METHOD:CANCEL") {
            cancels = true;
        } else if line.eq_ignore_ascii_case("BEGIN:VEVENT") {
            current = Some(Vec::new());
        } else if line.eq_ignore_ascii_case("END:VEVENT") {
            events.extend(
                current
                    .take()
                    .map(|properties| invitation(&properties, cancels, t, zone)),
            );
        } else if let Some(properties) = &mut current {
            if line.starts_with("BEGIN:") {
                inner += 1;
            } else if line.starts_with("END:") {
                inner = inner.saturating_sub(1);
            } else if inner == 0 {
                properties.extend(property(line));
            }
        }
    }
    events
}

/// `NAME;PARAMETER=…:value`.
struct Property<'a> {
    name: &'a str,
    parameters: &'a str,
    value: &'a str,
}

/// Long lines are broken, and go on after a space.
fn unfolded(calendar: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in calendar.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn property(line: &str) -> Option<Property<'_>> {
    let mut quoted = false;
    let colon = line.find(|sign| {
        quoted ^= sign == '"';
        sign == ':' && !quoted
    })?;
    let (head, value) = (&line[..colon], &line[colon + 1..]);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Some(Property {
        name,
        parameters,
        value,
    })
}

fn invitation(properties: &[Property<'_>], cancels: bool, t: Texts, zone: &TimeZone) -> Invitation {
    let find = |name: &str| {
        properties
            .iter()
            .find(|property| property.name.eq_ignore_ascii_case(name))
    };
    let text = |name: &str| {
        find(name)
            .map(|property| unescaped(property.value))
            .unwrap_or_default()
    };
    Invitation {
        uid: text("UID"),
        cancels: cancels || text("STATUS").eq_ignore_ascii_case("CANCELLED"),
        summary: text("SUMMARY"),
        when: when(find("DTSTART"), find("DTEND"), t, zone),
        place: text("LOCATION"),
        description: text("DESCRIPTION"),
        sequence: text("SEQUENCE"),
    }
}

fn when(start: Option<&Property<'_>>, end: Option<&Property<'_>>, t: Texts, zone: &TimeZone) -> String {
    let local = |property: Option<&Property<'_>>| property.and_then(|property| local(property, zone));
    match (local(start), local(end)) {
        (Some(start), Some(end)) if start.date() == end.date() => t
            .with("telling-calendar-span", "day", t.day(start.date()))
            .and("from", t.clock(start.time()))
            .and("to", t.clock(end.time()))
            .into(),
        (Some(start), _) => t
            .with("telling-calendar-from", "day", t.day(start.date()))
            .and("from", t.clock(start.time()))
            .into(),
        (None, _) => String::new(),
    }
}

/// An instant on the clock of `zone`; a wall clock with a zone of its own is shown as it stands.
fn local(property: &Property<'_>, zone: &TimeZone) -> Option<DateTime> {
    let value = property.value;
    if let Some(utc) = value.strip_suffix('Z') {
        let at = DateTime::strptime("%Y%m%dT%H%M%S", utc).ok()?;
        let at: Timestamp = at.to_zoned(TimeZone::UTC).ok()?.timestamp();
        return Some(at.to_zoned(zone.clone()).datetime());
    }
    if property.parameters.to_ascii_uppercase().contains("VALUE=DATE") && value.len() == 8 {
        return Date::strptime("%Y%m%d", value)
            .ok()
            .map(|date| date.at(0, 0, 0, 0));
    }
    DateTime::strptime("%Y%m%dT%H%M%S", value).ok()
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    const FRENCH: Texts = Texts(Language::French);

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    #[test]
    fn an_invitation_reads_as_words() {
        let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1@jalon\r\nSEQUENCE:2\r\nSUMMARY:Speed dating\\, employe\r\n urs\r\nDTSTART;TZID=\"Europe/Paris\":20261125T091500\r\nDTEND:20261125T111500Z\r\nLOCATION:4 rue Exemple\\, Lyon\r\nBEGIN:VALARM\r\nDESCRIPTION:non\r\nEND:VALARM\r\nDESCRIPTION:un\\ndeux\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(
            read(calendar, FRENCH, &paris()),
            [Invitation {
                uid: "1@jalon".to_owned(),
                cancels: false,
                summary: "Speed dating, employeurs".to_owned(),
                when: "mercredi 25\u{a0}novembre 2026, de 9\u{a0}h\u{a0}15 à 12\u{a0}h\u{a0}15".to_owned(),
                place: "4 rue Exemple, Lyon".to_owned(),
                description: "un\ndeux".to_owned(),
                sequence: "2".to_owned(),
            }]
        );
    }

    #[test]
    fn a_message_may_add_one_entry_and_take_away_another() {
        let one = |method: &str| {
            format!("BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n")
        };
        let both = format!("{}{}", one("CANCEL"), one("REQUEST"));
        let cancel: Vec<_> = read(&both, FRENCH, &paris())
            .iter()
            .map(|found| found.cancels)
            .collect();
        assert_eq!(cancel, [true, false]);
    }

    #[test]
    fn a_cancellation_and_nonsense_are_told_apart() {
        let calendar = "METHOD:CANCEL\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:bientôt\nEND:VEVENT";
        let read_back = read(calendar, FRENCH, &paris());
        assert_eq!((read_back[0].cancels, read_back[0].when.as_str()), (true, ""));
        assert!(read("BEGIN:VEVENT\nSUMMARY", FRENCH, &paris()).is_empty());
        assert!(read("", FRENCH, &paris()).is_empty());
    }
}
