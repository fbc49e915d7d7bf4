use std::collections::BTreeMap;

use jiff::civil::datetime;

use super::*;
use crate::content::Organiser;

fn content(revision: i64, cleared: Option<&str>) -> Content {
    let meeting = BTreeMap::from([
        ("starts".to_owned(), "2026-11-25T14:00:00".to_owned()),
        ("table".to_owned(), "12".to_owned()),
        ("with".to_owned(), "Clair & Net; Logistique, Rhône".to_owned()),
    ]);
    Content {
        given_name: "Amina".to_owned(),
        link: "https://rdv.exemple.fr/r/secret".to_owned(),
        unsubscribe: String::new(),
        organiser: Organiser {
            name: "Maison \"Lyon\" pour l'Emploi".to_owned(),
            phone: "04 72 00 00 00".to_owned(),
        },
        items: vec![Item {
            kind: "speed_dating".to_owned(),
            subject: "speeddating.participation/1".to_owned(),
            group: "speeddating.session/1".to_owned(),
            revision,
            role: "candidate".to_owned(),
            occasion: "planned".to_owned(),
            cleared: cleared.map(str::to_owned),
            starts: datetime(2026, 11, 25, 14, 0, 0, 0),
            ends: datetime(2026, 11, 25, 16, 30, 0, 0),
            starts_at: "2026-11-25T13:00:00Z".parse().unwrap(),
            ends_at: "2026-11-25T15:30:00Z".parse().unwrap(),
            previous_starts: None,
            about: String::new(),
            facts: BTreeMap::from([
                (
                    "venue_name".to_owned(),
                    Fact::Text("Maison des associations, salle 2".to_owned()),
                ),
                (
                    "venue_address".to_owned(),
                    Fact::Text("4 rue Exemple; Lyon 8".to_owned()),
                ),
                ("meetings".to_owned(), Fact::List(vec![meeting.clone(), meeting])),
            ]),
        }],
    }
}

const BETWEEN: Between<'_> = Between {
    organiser_address: "jalon@exemple.fr",
    person_id: Uuid::from_u128(7),
    attendee_name: "Amina Diallo",
    attendee_address: "amina.diallo.1@example.org",
    domain: "exemple.fr",
};

fn rendered(content: &Content) -> String {
    render(
        content,
        BETWEEN,
        Language::French,
        "2026-11-18T09:00:00Z".parse().unwrap(),
    )
}

/// Lines as a reader sees them: folded ones joined (RFC 5545 3.1).
fn unfolded(text: &str) -> Vec<String> {
    text.replace("\r\n ", "")
        .split("\r\n")
        .map(str::to_owned)
        .filter(|line| !line.is_empty())
        .collect()
}

fn value(text: &str, name: &str) -> String {
    let lines = unfolded(text);
    lines
        .iter()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::to_owned))
        .unwrap()
}

#[test]
fn an_entry_has_what_calendars_need() {
    insta::assert_snapshot!(unfolded(&rendered(&content(4, None))).join("\n"), @r##"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Jalon//Notifier//FR
    CALSCALE:GREGORIAN
    METHOD:REQUEST
    BEGIN:VEVENT
    ATTENDEE;CN=Amina Diallo;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:amina.diallo.1@example.org
    DESCRIPTION:14:00\, table 12\, Clair & Net\; Logistique\, Rhône\n14:00\, table 12\, Clair & Net\; Logistique\, Rhône\nUne question ? 04 72 00 00 00
    DTEND:20261125T153000Z
    DTSTAMP:20261118T090000Z
    DTSTART:20261125T130000Z
    LOCATION:Maison des associations\, salle 2\, 4 rue Exemple\; Lyon 8
    ORGANIZER;CN=Maison  Lyon  pour l'Emploi:mailto:jalon@exemple.fr
    SEQUENCE:4
    STATUS:CONFIRMED
    SUMMARY:Rencontres employeurs\, Maison "Lyon" pour l'Emploi
    UID:985f3a63c6e8c18066b3f3844b82ba56@exemple.fr
    END:VEVENT
    END:VCALENDAR
    "##);
}

#[test]
fn lines_are_folded_at_75_octets_and_end_with_crlf() {
    let text = rendered(&content(1, None));
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains('\n') && !line.contains('\r'));
    }
}

#[test]
fn a_move_and_a_cancellation_are_about_the_same_entry_with_a_higher_sequence() {
    let (first, moved) = (rendered(&content(1, None)), rendered(&content(2, None)));
    let cancelled = rendered(&content(3, Some("SESSION_CANCELLED")));
    assert_eq!(value(&first, "UID"), value(&moved, "UID"));
    assert_eq!(value(&first, "UID"), value(&cancelled, "UID"));
    assert_eq!(
        [
            value(&first, "SEQUENCE"),
            value(&moved, "SEQUENCE"),
            value(&cancelled, "SEQUENCE")
        ],
        ["1", "2", "3"]
    );
    assert_eq!(
        [value(&moved, "METHOD"), value(&cancelled, "METHOD")],
        ["REQUEST", "CANCEL"]
    );
    assert_eq!(
        [value(&moved, "STATUS"), value(&cancelled, "STATUS")],
        ["CONFIRMED", "CANCELLED"]
    );
    let other = Between {
        person_id: Uuid::from_u128(8),
        ..BETWEEN
    };
    let other = render(&content(1, None), other, Language::French, Timestamp::UNIX_EPOCH);
    assert_ne!(value(&first, "UID"), value(&other, "UID"));
    let mut for_another_company = content(1, None);
    for_another_company.items[0].subject = "speeddating.participation/2".to_owned();
    assert_ne!(
        value(&first, "UID"),
        value(&rendered(&for_another_company), "UID")
    );
}

#[test]
fn a_link_with_its_secret_is_not_put_into_calendars() {
    assert!(
        !unfolded(&rendered(&content(1, None)))
            .join("\n")
            .contains("secret"),
        "calendars are shared with others"
    );
}
