use platform::Moment;

use super::NAME;
use crate::domain::{Channel, Fate, Receipt};

/// Reads a call of Kannel: `%d`, `%A` and `%T` of its delivery report.
pub(crate) fn read(reference: &str, kind: &str, answer: &str, at: &str) -> Receipt {
    let (fate, code) = fate(kind, answer);
    Receipt {
        channel: Channel::Sms,
        provider: NAME,
        reference: reference.to_owned(),
        fate,
        code,
        at: at.parse().ok().and_then(|seconds| Moment::from_parts(seconds, 0)),
    }
}

/// SMS.md 1 and 4. The code is what a table has a name for: texts of receipts repeat the message.
fn fate(kind: &str, answer: &str) -> (Fate, String) {
    let state = word(answer, "stat:");
    let error = word(answer, "err:").filter(|code| code.len() <= 8);
    let code = match (state, error) {
        (Some(state), Some(error)) => format!("{} {error}", known(state)),
        (Some(state), None) => known(state).to_owned(),
        _ => String::new(),
    };
    match kind {
        "1" => (Fate::Delivered, code),
        "2" => (
            // Kannel says 2 for states that it does not know, too.
            match state {
                Some("UNDELIV" | "REJECTD" | "DELETED") => Fate::FailedPermanent { address: false },
                Some("EXPIRED") => Fate::FailedTemporary,
                Some("ENROUTE" | "ACCEPTD") => Fate::Pending,
                Some("DELIVRD") => Fate::Delivered,
                Some("UNKNOWN") | None => Fate::Unknown,
                Some(_) => Fate::Unrecognised,
            },
            code,
        ),
        "4" | "32" => (Fate::Pending, code),
        "8" => (Fate::Accepted, "ACK".to_owned()),
        "16" => refused(answer),
        _ => (Fate::Unrecognised, "kind".to_owned()),
    }
}

/// `NACK/0x0000000b/Invalid Destination Address`: the network's status.
fn refused(answer: &str) -> (Fate, String) {
    let status = answer
        .strip_prefix("NACK/0x")
        .and_then(|rest| u32::from_str_radix(rest.split('/').next()?, 16).ok());
    let Some(status) = status else {
        // Simple gateways give no code; it was refused all the same.
        return (Fate::FailedPermanent { address: false }, "NACK".to_owned());
    };
    let fate = match status {
        0x0b => Fate::FailedPermanent { address: true },
        // Throttled, full, a fault of the network's own: another day it might work.
        0x08 | 0x14 | 0x45 | 0x58 | 0x64 | 0xff | 0x400 => Fate::FailedTemporary,
        0x01 | 0x0a | 0x43 | 0x50 | 0x51 | 0x61 | 0x62 | 0x65 | 0x66 | 0x401 | 0x402 => {
            Fate::FailedPermanent { address: false }
        }
        _ => Fate::Unrecognised,
    };
    (fate, format!("NACK 0x{status:x}"))
}

/// The word after a label: "DELIVRD" after "stat:".
fn word<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let rest = text.split_once(label)?.1;
    rest.split_whitespace().next()
}

/// Only names of the protocol are kept.
fn known(state: &str) -> &str {
    const STATES: [&str; 8] = [
        "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD",
    ];
    STATES
        .into_iter()
        .find(|known| *known == state)
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_states_and_codes_are_read_together() {
        let text = |state: &str| format!("id:3E9 sub:001 dlvrd:001 stat:{state} err:000 text:Bonjour Amina");
        let of = |kind: &str, answer: &str| fate(kind, answer).0;
        assert_eq!(of("8", "ACK/"), Fate::Accepted);
        assert_eq!(of("1", &text("DELIVRD")), Fate::Delivered);
        // As Kannel's own fake network says it.
        assert_eq!(of("1", ""), Fate::Delivered);
        assert_eq!(
            of("2", &text("UNDELIV")),
            Fate::FailedPermanent { address: false }
        );
        assert_eq!(of("2", &text("EXPIRED")), Fate::FailedTemporary);
        assert_eq!(of("2", &text("UNKNOWN")), Fate::Unknown);
        assert_eq!(of("2", &text("WHATEVER")), Fate::Unrecognised);
        assert_eq!(of("4", ""), Fate::Pending);
        assert_eq!(of("32", ""), Fate::Pending);
        assert_eq!(of("64", ""), Fate::Unrecognised);
        assert_eq!(
            fate("16", "NACK/0x0000000b/Invalid Destination Address"),
            (Fate::FailedPermanent { address: true }, "NACK 0xb".to_owned())
        );
        assert_eq!(of("16", "NACK/0x00000058/Throttled"), Fate::FailedTemporary);
        assert_eq!(of("16", "NACK/0x00000499/?"), Fate::Unrecognised);
        assert_eq!(of("16", "NACK/"), Fate::FailedPermanent { address: false });
    }

    #[test]
    fn a_code_never_holds_the_text() {
        let (_, code) = fate("2", "stat:UNDELIV err:011 text:Bonjour Amina");
        assert_eq!(code, "UNDELIV 011");
        assert_eq!(fate("2", "stat:Amina err:Bonjour-Amina text:").1, "other");
    }
}
