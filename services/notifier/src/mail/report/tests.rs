use proptest::prelude::*;

use super::*;
use crate::domain::{BOUNCED, COMPLAINT, Fate};

const DELIVERY: &str = "0198c0de-0000-7000-8000-00000000000a";

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../tests/reports/", $name, ".eml"))
    };
}

const PERMANENT: Fate = Fate::FailedPermanent { address: false };
const BAD_ADDRESS: Fate = Fate::FailedPermanent { address: true };

/// What each says of a message to amina@example.org.
const SAMPLES: [(&str, &str, Fate, &str); 16] = [
    (
        "postfix: unknown",
        sample!("postfix-unknown"),
        BAD_ADDRESS,
        "bounced 5.1.1",
    ),
    (
        "postfix: full",
        sample!("postfix-full"),
        PERMANENT,
        "bounced 5.2.2",
    ),
    (
        "postfix: policy",
        sample!("postfix-policy"),
        PERMANENT,
        "bounced 5.7.1",
    ),
    (
        "postfix: given up",
        sample!("postfix-expired"),
        Fate::FailedTemporary,
        "given up 4.4.1",
    ),
    (
        "postfix: delayed",
        sample!("postfix-delayed"),
        Fate::Pending,
        "on its way 4.4.1",
    ),
    (
        "postfix: relayed",
        sample!("postfix-relayed"),
        Fate::Accepted,
        "on its way 2.0.0",
    ),
    (
        "exim: unknown behind 5.0.0",
        sample!("exim-unknown"),
        BAD_ADDRESS,
        "bounced 5.1.1",
    ),
    (
        "exim: nothing but 550",
        sample!("exim-bare"),
        PERMANENT,
        "bounced 5.0.0",
    ),
    ("exchange", sample!("exchange"), BAD_ADDRESS, "bounced 5.1.10"),
    (
        "gmail, header alone",
        sample!("gmail"),
        BAD_ADDRESS,
        "bounced 5.1.1",
    ),
    (
        "base64, but another's address",
        sample!("base64"),
        PERMANENT,
        "bounced 5.2.1",
    ),
    ("several", sample!("several"), BAD_ADDRESS, "bounced 5.1.6"),
    ("forwarded", sample!("forwarded"), PERMANENT, "bounced 5.1.1"),
    ("malformed", sample!("malformed"), BAD_ADDRESS, "bounced 5.1.2"),
    ("complaint", sample!("arf-abuse"), Fate::Complained, COMPLAINT),
    ("no complaint", sample!("arf-not-spam"), Fate::Pending, ""),
];

#[test]
fn each_server_is_understood_with_either_line_end() {
    for (name, text, fate, code) in SAMPLES {
        // Postfix begins what it pipes as a mailbox file does.
        let piped = format!("From MAILER-DAEMON  Fri Nov 27 11:56:36 2026\n{text}");
        for text in [text.to_owned(), text.replace('\n', "\r\n"), piped] {
            let report = read(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(report.delivery_id.to_string(), DELIVERY, "{name}");
            assert_eq!(
                report.says.decide("amina@example.org"),
                (fate, code.to_owned()),
                "{name}"
            );
        }
    }
}

#[test]
fn a_success_is_one() {
    let text = sample!("postfix-relayed").replace("Action: relayed", "Action: delivered");
    let report = read(text.as_bytes()).unwrap();
    assert_eq!(report.says.decide("amina@example.org").0, Fate::Delivered);
}

#[test]
fn addresses_outside_ascii_and_encoded_ones_are_the_same() {
    let report = read(sample!("base64").as_bytes()).unwrap();
    assert_eq!(report.says.decide("AMÏNA@société.example").0, BAD_ADDRESS);
    for (field, ours) in [
        ("rfc822;a+2Bb@example.org", "a+b@example.org"),
        ("rfc822; <a+b@example.org>", "a+b@example.org"),
        ("rfc822;a+c3@é.example", "a+c3@é.example"),
    ] {
        assert!(addresses_of(field).contains(&ours.to_owned()), "{field}");
    }
    assert!(addresses_of("rfc822;").is_empty());
}

#[test]
fn a_number_behind_a_plus_is_part_of_the_address() {
    let text = sample!("postfix-unknown").replace("amina@example.org", "amina+69@example.org");
    let report = read(text.as_bytes()).unwrap();
    assert_eq!(report.says.decide("amina+69@example.org").0, BAD_ADDRESS);
}

#[test]
fn what_returns_nothing_is_known_by_what_it_answers() {
    let (head, _) = sample!("exim-unknown")
        .split_once("Content-type: message/rfc822")
        .unwrap();
    let report = read(format!("{head}Content-type: text/plain\n\n(not returned)\n").as_bytes()).unwrap();
    assert_eq!(report.delivery_id.to_string(), DELIVERY);
}

#[test]
fn what_is_no_report_or_about_others_is_not_taken() {
    assert_eq!(read(sample!("away").as_bytes()), Err(Unusable::NoReport));
    assert_eq!(read(b""), Err(Unusable::NoReport));
    assert_eq!(read(b"\xff\xfe\x00 nonsense"), Err(Unusable::NoReport));
    for other in ["x", "0198c0de-0000-7000-8000-00000000000a.sms", "0198c0de.mail"] {
        let text = sample!("postfix-unknown").replace(&format!("{DELIVERY}.mail"), other);
        assert_eq!(read(text.as_bytes()), Err(Unusable::NotOurs), "{other}");
    }
    // A status without any recipient says nothing.
    let text = sample!("postfix-unknown").replace("Action: failed\n", "");
    assert_eq!(read(text.as_bytes()), Err(Unusable::NoReport));
}

#[test]
fn a_mail_made_to_break_readers_is_turned_away() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(30_000);
    assert_eq!(read(nested.as_bytes()), Err(Unusable::Excessive));
    let digest = "Content-Type: multipart/digest; boundary=a\n\n--a\n\n".repeat(20_000);
    assert_eq!(read(digest.as_bytes()), Err(Unusable::Excessive));
    let long = format!("{}{}", sample!("postfix-unknown"), "x".repeat(LONGEST));
    assert_eq!(read(long.as_bytes()), Err(Unusable::Excessive));
    // As deep as it may be.
    let deep = "Content-Type: message/rfc822\n\n".repeat(MOST_TYPES);
    assert_eq!(read(deep.as_bytes()), Err(Unusable::NoReport));
    let groups = "Final-Recipient: rfc822; b@example.org\nAction: failed\n\n".repeat(5_000);
    assert_eq!(recipients(&groups).len(), MOST_RECIPIENTS);
}

#[test]
fn reasons_begin_with_their_word() {
    for (_, _, fate, code) in SAMPLES {
        let word = match fate {
            Fate::FailedPermanent { .. } => BOUNCED,
            Fate::Complained => COMPLAINT,
            _ => continue,
        };
        assert!(code.starts_with(word), "{code}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nonsense_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _read = read(&bytes);
    }

    /// Reports with a hole, a piece twice, or wrong bytes.
    #[test]
    fn damaged_reports_never_panic_and_never_name_another_message(
        which in 0..SAMPLES.len(),
        at in 0.0..1.0_f64,
        length in 0..400_usize,
        filling in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let text = SAMPLES[which].1.as_bytes();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (text.len() as f64 * at) as usize;
        let mut damaged = text[..at].to_vec();
        damaged.extend(&filling);
        damaged.extend(&text[(at + length).min(text.len())..]);
        if let Ok(report) = read(&damaged) {
            let _decided = report.says.decide("amina@example.org");
        }
    }
}
