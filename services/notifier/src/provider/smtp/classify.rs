use lettre::transport::smtp::{Error, response::Response};
use tokio::time::error::Elapsed;

use crate::domain::Answer;

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
            Self::Lost { at, what } => Answer::RefusedTemporary {
                detail: format!("{what} {}", at.name()),
            },
            Self::Refused {
                at,
                permanent,
                code,
                enhanced,
            } => {
                let enhanced_code = enhanced.as_deref().unwrap_or_default();
                let detail = format!("{code} {enhanced_code} {}", at.name()).replace("  ", " ");
                match at {
                    // Refusing us or the sender says nothing of this recipient: an operator can repair it in time.
                    At::Connect | At::Mail => {
                        tracing::error!(
                            answer = detail,
                            "the mail server refuses us: check the smtp settings"
                        );
                        Answer::RefusedTemporary { detail }
                    }
                    _ if !permanent => Answer::RefusedTemporary { detail },
                    At::Rcpt => Answer::RefusedPermanent {
                        detail,
                        address: is_bad_address(code, enhanced.as_deref()),
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

/// RFC 3463: X.1.Y is about addresses, X.2.1 a closed mailbox, X.7.Y a policy, which is no fault of the address.
fn is_bad_address(code: &str, enhanced: Option<&str>) -> bool {
    match enhanced {
        Some(enhanced) => enhanced.starts_with("5.1.") || enhanced == "5.2.1",
        None => matches!(code, "550" | "551" | "553"),
    }
}

/// "5.1.1" in "550 5.1.1 <a@example.org>: unknown".
fn enhanced(text: &str) -> Option<String> {
    text.split(|separator: char| !(separator.is_ascii_digit() || separator == '.'))
        .find_map(|word| {
            let parts: Vec<&str> = word.split('.').collect();
            let digits = |part: &&str| {
                !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit())
            };
            (parts.len() == 3 && matches!(parts[0], "4" | "5") && parts.iter().all(digits))
                .then(|| word.to_owned())
        })
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

    #[test]
    fn what_a_refusal_means_depends_on_where_it_came() {
        assert!(matches!(
            refused(At::Mail, true, "550", ""),
            Answer::RefusedTemporary { .. }
        ));
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
            Trouble::Lost {
                at: At::Data,
                what: ""
            }
            .answer(),
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
