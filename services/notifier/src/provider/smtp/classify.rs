use jiff::SignedDuration;
use lettre::transport::smtp::{Error, response::Response};
use tokio::time::error::Elapsed;

use super::super::REFUSES_US;
use crate::domain::{Answer, blames_address, enhanced_code};

/// How far a transaction came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum At {
    /// No connection, no TLS, no account.
    Connect,
    /// The sender.
    Mail,
    /// The recipient.
    Rcpt,
    /// Before the message.
    Data,
    /// The message was written, at least in part.
    Body,
}

/// Why a transaction did not end well.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server answered no.
    Refused {
        at: At,
        permanent: bool,
        /// "550 5.1.1": codes only, because servers repeat addresses in their texts.
        code: String,
        enhanced: Option<String>,
    },
    /// No answer: the connection was lost, or it took too long.
    Lost { at: At, what: &'static str },
    /// The address needs SMTPUTF8 and the server has none.
    NoUnicode,
}

impl Trouble {
    /// Reads the result of a command.
    pub(super) fn check(at: At, result: Result<Result<Response, Error>, Elapsed>) -> Result<(), Self> {
        match result {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Self::of(at, &error)),
            Err(_) => Err(Self::Lost {
                at,
                what: "no answer in time",
            }),
        }
    }

    pub(super) fn of(at: At, error: &Error) -> Self {
        match error.status() {
            Some(code) => Self::Refused {
                at,
                permanent: error.is_permanent(),
                code: code.to_string(),
                enhanced: enhanced(&error.to_string()).or_else(|| enhanced(&cause(error))),
            },
            None => Self::Lost {
                at,
                what: "the connection was lost",
            },
        }
    }

    /// The server spoke, so the connection can go on.
    pub(super) fn is_answer(&self) -> bool {
        // 421: the server closes the connection.
        matches!(self, Self::Refused { at, code, .. } if *at != At::Connect && code != "421")
    }

    /// Nothing of the message can have arrived.
    pub(super) fn is_lost_before_data(&self) -> bool {
        match self {
            Self::Lost { at, .. } => *at == At::Mail,
            Self::Refused { at, code, .. } => *at == At::Mail && code == "421",
            Self::NoUnicode => false,
        }
    }

    /// What it means for the message.
    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::NoUnicode => Answer::RefusedPermanent {
                detail: "the server cannot deliver to addresses with letters outside ASCII".to_owned(),
                address: false,
            },
            Self::Lost { at: At::Body, what } => Answer::Unknown {
                detail: format!("{what} after the message"),
            },
            // Nothing of the message was said yet: the server's trouble with all mails, not with this one.
            Self::Lost { at, what } => Answer::Unavailable {
                detail: format!("{what} {}", at.name()),
                pause: SignedDuration::ZERO,
            },
            Self::Refused {
                at,
                permanent,
                code,
                enhanced,
            } => {
                let enhanced = enhanced.as_deref();
                let detail =
                    format!("{code} {} {}", enhanced.unwrap_or_default(), at.name()).replace("  ", " ");
                match at {
                    At::Connect => refuses_us(detail, *permanent),
                    At::Mail if !is_about_message(code, enhanced) => refuses_us(detail, *permanent),
                    // It hangs up, whatever was asked.
                    At::Rcpt | At::Data if code == "421" => refuses_us(detail, false),
                    At::Mail => Answer::RefusedTemporary { detail },
                    _ if !permanent => Answer::RefusedTemporary { detail },
                    At::Rcpt => Answer::RefusedPermanent {
                        detail,
                        address: is_bad_address(code, enhanced),
                    },
                    At::Data | At::Body => Answer::RefusedPermanent {
                        detail,
                        address: false,
                    },
                }
            }
        }
    }
}

/// The server wants nothing of us or of our sender, which says nothing of this recipient: an operator can repair it in
/// time. When it says so for good, it is left alone until somebody may have.
fn refuses_us(detail: String, permanent: bool) -> Answer {
    if permanent {
        tracing::error!(
            answer = detail,
            "the mail server refuses us: check the smtp settings"
        );
    }
    Answer::Unavailable {
        detail,
        pause: if permanent {
            REFUSES_US
        } else {
            SignedDuration::ZERO
        },
    }
}

/// At MAIL the sender is the same for all mails. What differs is how long a mail is, and whether its address needs
/// SMTPUTF8 (RFC 5321 4.1.1.11, RFC 6531 3.4, RFC 3463 3.7).
fn is_about_message(code: &str, enhanced: Option<&str>) -> bool {
    let subject = enhanced.and_then(|enhanced| enhanced.split_once('.'));
    match subject.map(|(_class, rest)| rest) {
        Some(rest) => rest == "3.4" || rest == "2.3" || rest.starts_with("6."),
        None => matches!(code, "552" | "555"),
    }
}

impl At {
    const fn name(self) -> &'static str {
        match self {
            Self::Connect => "at the connection",
            Self::Mail => "at MAIL",
            Self::Rcpt => "at RCPT",
            Self::Data => "at DATA",
            Self::Body => "after the message",
        }
    }
}

/// At RCPT a server without enhanced codes speaks of the recipient.
fn is_bad_address(code: &str, enhanced: Option<&str>) -> bool {
    match enhanced {
        Some(enhanced) => blames_address(enhanced),
        None => matches!(code, "550" | "551" | "553"),
    }
}

fn enhanced(text: &str) -> Option<String> {
    enhanced_code(text, &["4", "5"])
}

fn cause(error: &Error) -> String {
    std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(at: At, permanent: bool, code: &str, text: &str) -> Answer {
        Trouble::Refused {
            at,
            permanent,
            code: code.to_owned(),
            enhanced: enhanced(text),
        }
        .answer()
    }

    /// How long a server is left alone; none when the answer is about the message.
    fn pause(answer: &Answer) -> Option<SignedDuration> {
        match answer {
            Answer::Unavailable { pause, .. } => Some(*pause),
            _ => None,
        }
    }

    #[test]
    fn a_server_that_wants_nothing_of_us_is_out_and_the_message_is_not_to_blame() {
        for (at, code, text) in [
            (At::Connect, "554", "no SMTP service here"),
            (At::Connect, "535", "5.7.8 the password expired"),
            (At::Mail, "550", ""),
            (At::Mail, "530", "5.7.0 authentication required"),
            (At::Mail, "553", "5.7.1 sender not owned"),
        ] {
            assert_eq!(
                pause(&refused(at, true, code, text)),
                Some(REFUSES_US),
                "{at:?} {code}"
            );
        }
        for (at, code, text) in [
            (At::Connect, "421", "too many connections"),
            (At::Connect, "454", "4.7.0 temporary authentication failure"),
            (At::Mail, "450", "4.3.0 busy"),
            (At::Mail, "452", "4.3.1 no space"),
            (At::Rcpt, "421", "4.3.2 shutting down"),
        ] {
            let zero = Some(SignedDuration::ZERO);
            assert_eq!(pause(&refused(at, false, code, text)), zero, "{at:?} {code}");
        }
        for at in [At::Connect, At::Mail, At::Rcpt, At::Data] {
            let what = "no answer in time";
            let lost = Trouble::Lost { at, what }.answer();
            assert_eq!(pause(&lost), Some(SignedDuration::ZERO), "{at:?}");
        }
        // One mail's own: its length, its letters.
        for (code, text) in [
            ("552", "5.3.4 too big"),
            ("555", ""),
            ("550", "5.6.7 no SMTPUTF8"),
        ] {
            let answer = refused(At::Mail, true, code, text);
            assert!(matches!(answer, Answer::RefusedTemporary { .. }), "{code} {text}");
        }
    }

    #[test]
    fn what_a_refusal_means_depends_on_where_it_came() {
        assert!(matches!(
            refused(At::Rcpt, false, "450", ""),
            Answer::RefusedTemporary { .. }
        ));
        assert!(matches!(
            refused(At::Rcpt, true, "550", ""),
            Answer::RefusedPermanent { address: true, .. }
        ));
        assert!(matches!(
            refused(At::Rcpt, true, "554", ""),
            Answer::RefusedPermanent { address: false, .. }
        ));
        assert!(matches!(
            refused(At::Rcpt, true, "550", "5.7.1 spam"),
            Answer::RefusedPermanent { address: false, .. }
        ));
        assert!(matches!(
            refused(At::Rcpt, true, "554", "5.1.1 <a@b.c>"),
            Answer::RefusedPermanent { address: true, .. }
        ));
        assert!(matches!(
            refused(At::Body, true, "554", ""),
            Answer::RefusedPermanent { address: false, .. }
        ));
        assert!(matches!(
            Trouble::Lost {
                at: At::Body,
                what: ""
            }
            .answer(),
            Answer::Unknown { .. }
        ));
        assert!(matches!(
            refused(At::Data, false, "452", ""),
            Answer::RefusedTemporary { .. }
        ));
    }

    #[test]
    fn details_hold_codes_and_never_the_servers_words() {
        assert_eq!(
            refused(At::Rcpt, true, "550", "5.1.1 <amina@example.org>").detail(),
            "550 5.1.1 at RCPT"
        );
        assert_eq!(
            refused(At::Rcpt, true, "550", "192.168.100.200 no").detail(),
            "550 at RCPT"
        );
    }
}
