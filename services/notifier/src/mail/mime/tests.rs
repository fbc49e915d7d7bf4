use mail_parser::{MessageParser, MimeHeaders as _};
use platform::testing::moment;
use uuid::Uuid;

use super::*;
use crate::domain::Channel;

fn message(calendar: &str) -> domain::Message {
    domain::Message {
        id: Uuid::from_u128(1),
        delivery_id: Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001),
        channel: Channel::Mail,
        attempt: 1,
        person_id: Uuid::from_u128(2),
        organisation_id: None,
        recipient: "zoe.muller@example.org".to_owned(),
        subject: "Bientôt\u{a0}: rencontres employeurs du mercredi 25 novembre 2026".to_owned(),
        body: "Bonjour Zoé,\n\nVotre planning est prêt\u{202f}!\n.\n.. point seul\n".to_owned(),
        html: "<p>Bonjour Zoé,</p>\n".to_owned(),
        calendar: calendar.to_owned(),
        template: "speed_dating_week_before".to_owned(),
        policy: "p".to_owned(),
        language: "fr".to_owned(),
        provider: "smtp".to_owned(),
        reference: "7M3Q9RZ0KX4T1B8VW2CE".to_owned(),
        segments: 0,
        group: String::new(),
        state: "intent".to_owned(),
        created_at: moment("2026-11-18T09:00:00Z"),
        receipt: String::new(),
        receipt_at: None,
    }
}

fn letterhead() -> Letterhead {
    Letterhead {
        from: Mailbox::new(
            Some("L’équipe des rencontres".to_owned()),
            "jalon@exemple.fr".parse().unwrap(),
        ),
        domain: "exemple.fr".to_owned(),
    }
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n";

#[test]
fn an_independent_parser_reads_every_part() {
    let built = build(&message(CALENDAR), "Zoé Müller", &letterhead(), None)
        .unwrap()
        .formatted();
    assert!(built.is_ascii(), "servers without 8BITMIME must take it");
    assert!(built.split(|octet| *octet == b'\n').all(|line| line.len() <= 998));
    let parsed = MessageParser::default().parse(&built).unwrap();
    assert_eq!(
        parsed.subject(),
        Some("Bientôt\u{a0}: rencontres employeurs du mercredi 25 novembre 2026")
    );
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!(
        (to.name(), to.address()),
        (Some("Zoé Müller"), Some("zoe.muller@example.org"))
    );
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("L’équipe des rencontres"));
    assert_eq!(
        parsed.message_id(),
        Some("01980000-0000-7000-8000-000000000001.mail@exemple.fr")
    );
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2026-11-18T09:00:00Z");
    assert_eq!(
        parsed.body_text(0).unwrap().replace("\r\n", "\n"),
        message("").body
    );
    assert!(parsed.body_html(0).unwrap().contains("Bonjour Zoé"));
    let types: Vec<String> = parsed
        .parts
        .iter()
        .map(|part| {
            let content_type = part.content_type().unwrap();
            let method = content_type
                .attribute("method")
                .map(|method| format!(" {method}"))
                .unwrap_or_default();
            format!(
                "{}/{}{method}",
                content_type.ctype(),
                content_type.subtype().unwrap()
            )
        })
        .collect();
    assert_eq!(
        types,
        [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar CANCEL",
            "application/ics"
        ]
    );
    let file = parsed.attachment(1).or_else(|| parsed.attachment(0)).unwrap();
    assert_eq!(file.attachment_name(), Some("invitation.ics"));
    assert_eq!(std::str::from_utf8(file.contents()).unwrap(), CALENDAR);
}

#[test]
fn the_same_message_has_the_same_bytes() {
    let bytes = || {
        build(&message(CALENDAR), "Zoé Müller", &letterhead(), None)
            .unwrap()
            .formatted()
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn headers_are_as_mail_programs_and_vacation_replies_want_them() {
    let built = build(
        &message(""),
        "",
        &letterhead(),
        Some("https://rdv.exemple.fr/u/x"),
    )
    .unwrap()
    .formatted();
    let head = String::from_utf8(built).unwrap();
    let head = head.split("\r\n\r\n").next().unwrap().replace("\r\n", "\n");
    insta::assert_snapshot!(head, @r##"
    Date: Wed, 18 Nov 2026 09:00:00 +0000
    From: =?utf-8?b?TOKAmcOpcXVpcGUgZGVzIHJlbmNvbnRyZXM=?= <jalon@exemple.fr>
    To: zoe.muller@example.org
    Subject: =?utf-8?b?QmllbnTDtHTCoDo=?= rencontres employeurs du mercredi 25
     novembre 2026
    Message-ID: <01980000-0000-7000-8000-000000000001.mail@exemple.fr>
    Auto-Submitted: auto-generated
    Content-Language: fr
    List-Unsubscribe: <https://rdv.exemple.fr/u/x>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    MIME-Version: 1.0
    Content-Type: multipart/alternative;
     boundary="=_alternative_7M3Q9RZ0KX4T1B8VW2CE"
    "##);
}

#[test]
fn a_subject_or_a_name_cannot_smuggle_a_header() {
    let evil = domain::Message {
        subject: "a\r\nBcc: x@example.org".to_owned(),
        ..message("")
    };
    let built = build(&evil, "Zoé\r\nBcc: y@example.org", &letterhead(), None)
        .unwrap()
        .formatted();
    let parsed = MessageParser::default().parse(&built).unwrap();
    assert!(parsed.bcc().is_none());
}

#[test]
fn an_address_that_is_none_is_refused_without_being_shown() {
    let broken = domain::Message {
        recipient: "secret at example".to_owned(),
        ..message("")
    };
    let error = build(&broken, "", &letterhead(), None).unwrap_err();
    assert!(!error.to_string().contains("secret"));
}

proptest::proptest! {
    #[test]
    fn whatever_people_are_called_the_mail_can_be_read(name in "\\PC{0,60}", subject in ".{0,120}") {
        let message = domain::Message { subject: subject.clone(), ..message("") };
        let built = build(&message, &name, &letterhead(), None).unwrap().formatted();
        let parsed = MessageParser::default().parse(&built).unwrap();
        proptest::prop_assert_eq!(
            parsed.to().unwrap().first().unwrap().address(),
            Some("zoe.muller@example.org")
        );
    }
}
