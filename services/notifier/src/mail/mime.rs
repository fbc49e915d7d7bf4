//! The MIME message (RFC 5322, 2045): text, HTML and calendar as alternatives, the calendar also as a file, because some
//! programs show only the one and some only the other.

use std::time::SystemTime;

use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::calendar::Method;
use crate::domain;

/// From whom and for what domain.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The From.
    pub from: Mailbox,
    /// Makes Message-IDs ours.
    pub domain: String,
}

/// A message that cannot be written. The text names no address.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The recipient's address is none.
    #[error("the address cannot be used in a mail")]
    Address(#[source] lettre::address::AddressError),
    /// A part is refused by the MIME library.
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    /// A content type is refused by the MIME library.
    #[error("the mail cannot be written: {0}")]
    ContentType(#[from] lettre::message::header::ContentTypeErr),
}

/// Writes the message. Its Message-ID is that of every attempt of the delivery by mail, so that a copy is known as one.
/// `unsubscribe` is the address of one-click refusal (RFC 8058).
pub fn build(
    message: &domain::Message,
    display_name: &str,
    letterhead: &Letterhead,
    unsubscribe: Option<&str>,
) -> Result<Message, BuildError> {
    let address: Address = message.recipient.parse().map_err(BuildError::Address)?;
    let name = one_line(display_name);
    let name = (!name.is_empty()).then_some(name);
    let mut builder = Message::builder()
        .date(SystemTime::from(message.created_at.timestamp()))
        .from(letterhead.from.clone())
        .to(Mailbox::new(name, address))
        .subject(one_line(&message.subject))
        .message_id(Some(message_id(message, &letterhead.domain)))
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("Content-Language", &message.language));
    if let Some(unsubscribe) = unsubscribe {
        builder = builder
            .raw_header(header("List-Unsubscribe", &format!("<{unsubscribe}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    // Boundaries of our own: the same message has the same bytes.
    let boundary = |part: &str| format!("=_{part}_{}", message.reference);
    let mut alternative = MultiPart::alternative()
        .boundary(boundary("alternative"))
        .singlepart(SinglePart::plain(message.body.clone()))
        .singlepart(SinglePart::html(message.html.clone()));
    if message.calendar.is_empty() {
        return Ok(builder.multipart(alternative)?);
    }
    let method = Method::of(&message.calendar).name();
    let invitation = ContentType::parse(&format!("text/calendar; charset=utf-8; method={method}"))?;
    alternative = alternative.singlepart(
        SinglePart::builder()
            .content_type(invitation)
            .body(message.calendar.clone()),
    );
    let file = Attachment::new("invitation.ics".to_owned()).body(
        message.calendar.clone(),
        ContentType::parse("application/ics; charset=utf-8")?,
    );
    let mixed = MultiPart::mixed()
        .boundary(boundary("mixed"))
        .multipart(alternative)
        .singlepart(file);
    Ok(builder.multipart(mixed)?)
}

fn message_id(message: &domain::Message, domain: &str) -> String {
    format!("<{}{OF_MAIL}@{domain}>", message.delivery_id)
}

/// After the delivery's id.
const OF_MAIL: &str = ".mail";

/// The delivery of a Message-ID of ours, with or without its brackets. The domain does not count: the sender's may have
/// been set to another one since.
pub fn delivery_of(message_id: &str) -> Option<Uuid> {
    let id = message_id.trim().trim_start_matches('<');
    let (id, _domain) = id.split_once('@')?;
    let id = id.strip_suffix(OF_MAIL).filter(|id| id.len() == 36)?;
    id.parse().ok()
}

/// Control characters would end a header; lettre panics on them in names.
fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    plain.trim().to_owned()
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests;
