//! SMS gateways over HTTP.

pub(crate) mod brevo;
mod http;
pub(crate) mod kannel;
pub(crate) mod ovh;

use jiff::SignedDuration;

use super::REFUSES_US;
use crate::domain::Answer;
pub use brevo::Brevo;
use http::Heard;
pub use kannel::Kannel;
pub use ovh::Ovh;

/// Answers are handed on in groups of at most so many.
const GROUP: usize = 16;

/// What is the same for all gateways: everything but an answer to the request itself.
fn common(heard: &Heard) -> Option<Answer> {
    let away = |detail: String| Answer::Unavailable {
        detail,
        pause: SignedDuration::ZERO,
    };
    Some(match heard {
        Heard::NotSent(what) => away((*what).to_owned()),
        Heard::Cut(what) => Answer::Unknown {
            detail: (*what).to_owned(),
        },
        Heard::Answer { status, pause, .. } => match status {
            429 => Answer::Unavailable {
                detail: "429 too many requests".to_owned(),
                pause: pause.unwrap_or(SignedDuration::from_secs(1)),
            },
            // Somebody in between does not know what became of the request.
            502 | 504 => Answer::Unknown {
                detail: format!("{status} from between us and the gateway"),
            },
            500.. => away(format!("{status} from the gateway")),
            _ => return None,
        },
    })
}

/// The gateway refuses us, not the message: an alarm, and a rest.
fn refuses_us(gateway: &'static str, detail: String) -> Answer {
    tracing::error!(
        gateway,
        answer = detail,
        "the SMS gateway refuses us: check its address, its account and its credit"
    );
    Answer::Unavailable {
        detail,
        pause: REFUSES_US,
    }
}

/// It took the request, and what it says of it is not what it is documented to say.
fn unreadable() -> Answer {
    Answer::Unknown {
        detail: "an answer that cannot be read".to_owned(),
    }
}
