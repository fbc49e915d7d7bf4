//! What mail servers send back: delivery status notifications (RFC 3464, RFC 6533) and complaints (ARF, RFC 5965).
//!
//! Read leniently: many servers write them, none quite as the other. Which message is meant is told by its Message-ID in
//! what is returned of it. Texts for people are not read: they differ by server and language, and repeat addresses.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use uuid::Uuid;

use super::mime;
use crate::domain::{Action, Recipient, Report, Says, enhanced_code};

/// A report is a few kilobytes, and what it returns of a message at most some hundred.
pub const LONGEST: usize = 1024 * 1024;

/// Every level of nested messages needs such a header, and they are taken apart by recursion: a mail of nothing but them
/// would end the process.
const MOST_TYPES: usize = 100;

/// Recipients of one report; a message of ours has one.
const MOST_RECIPIENTS: usize = 100;

/// What cannot be used, and is not an error of ours. No text holds anything of the mail.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unusable {
    /// Longer, or of more parts, than any report.
    #[error("the mail is too long or has too many parts")]
    Excessive,
    /// An answer of a person or of their machine, an advertisement …
    #[error("the mail is no report")]
    NoReport,
    /// It returns nothing by which a message of ours is known.
    #[error("the report is about no message of ours")]
    NotOurs,
}

/// Reads a mail (RFC 5322) that came back.
pub fn read(bytes: &[u8]) -> Result<Report, Unusable> {
    if bytes.len() > LONGEST || count(bytes, b"content-type") > MOST_TYPES {
        return Err(Unusable::Excessive);
    }
    let mail = MessageParser::default().parse(bytes).ok_or(Unusable::NoReport)?;
    let says = says(&mail).ok_or(Unusable::NoReport)?;
    let delivery_id = returned(&mail)
        .or_else(|| answered(&mail))
        .ok_or(Unusable::NotOurs)?;
    Ok(Report { delivery_id, says })
}

fn count(bytes: &[u8], word: &[u8]) -> usize {
    bytes
        .windows(word.len())
        .filter(|window| window.eq_ignore_ascii_case(word))
        .count()
}

fn says(mail: &Message<'_>) -> Option<Says> {
    mail.parts.iter().find_map(|part| match kind(part).as_str() {
        "message/delivery-status" | "message/global-delivery-status" => {
            let recipients = recipients(&text(part));
            (!recipients.is_empty()).then_some(Says::Status(recipients))
        }
        "message/feedback-report" => Some(feedback(&text(part))),
        _ => None,
    })
}

/// "message/delivery-status".
fn kind(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else {
        return String::new();
    };
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
}

/// A part as text with plain line ends, whatever it was encoded with.
fn text(part: &MessagePart<'_>) -> String {
    String::from_utf8_lossy(part.contents()).replace("\r\n", "\n")
}

/// The groups of a delivery status that are about recipients.
fn recipients(status: &str) -> Vec<Recipient> {
    let mut groups = vec![String::new()];
    for line in status.lines() {
        if line.trim().is_empty() {
            groups.push(String::new());
        } else if let Some(group) = groups.last_mut() {
            group.push_str(line);
            group.push('\n');
        }
    }
    let groups = groups.iter().map(|group| Fields::of(group));
    groups
        .filter_map(|fields| recipient(&fields))
        .take(MOST_RECIPIENTS)
        .collect()
}

fn recipient(fields: &Fields) -> Option<Recipient> {
    let action = first_word(fields.get("action")?);
    let mut addresses: Vec<String> = ["final-recipient", "original-recipient"]
        .iter()
        .filter_map(|name| fields.get(name))
        .flat_map(addresses_of)
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    Some(Recipient {
        addresses,
        action: Action::of(action),
        code: code(fields),
    })
}

/// The enhanced code. Exim and qmail write 5.0.0 whatever happened; what the other server said has more.
fn code(fields: &Fields) -> String {
    let classes = ["2", "4", "5"];
    let status = fields
        .get("status")
        .and_then(|status| enhanced_code(status, &classes));
    let vague = status.as_deref().is_none_or(|status| status.ends_with(".0.0"));
    let said = || {
        let class = status.as_deref().map(|status| &status[..1]);
        let classes = class.as_ref().map_or(&classes[..], std::slice::from_ref);
        enhanced_code(fields.get("diagnostic-code")?, classes)
    };
    let more = if vague { said() } else { None };
    more.or(status).unwrap_or_default()
}

/// "rfc822; Amina@Example.org" (RFC 3464 2.3.1) as "amina@example.org", as it stands and read as xtext (RFC 3461 4), which
/// has "+2B" for "+": some servers give the one and some the other, and "amina+69@example.org" may be either.
fn addresses_of(field: &str) -> Vec<String> {
    let (_kind, address) = field.split_once(';').unwrap_or(("", field));
    let address = address.trim().trim_start_matches('<').trim_end_matches('>');
    if address.is_empty() {
        return Vec::new();
    }
    vec![address.to_lowercase(), plain(address).to_lowercase()]
}

fn plain(xtext: &str) -> String {
    let mut plain = String::with_capacity(xtext.len());
    let mut rest = xtext;
    while let Some((before, after)) = rest.split_once('+') {
        plain.push_str(before);
        let hex = after
            .get(..2)
            .filter(|hex| !hex.bytes().any(|byte| byte.is_ascii_lowercase()));
        let byte = hex
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .filter(u8::is_ascii_graphic);
        if let Some(byte) = byte {
            plain.push(char::from(byte));
            rest = &after[2..];
        } else {
            plain.push('+');
            rest = after;
        }
    }
    plain + rest
}

fn first_word(field: &str) -> &str {
    field.split([' ', '\t', '(', ';']).next().unwrap_or_default()
}

/// RFC 5965 3.1, and the registry that it opens. What is no person's wish stops nothing.
fn feedback(report: &str) -> Says {
    let fields = Fields::of(report.trim_start());
    match fields
        .get("feedback-type")
        .map(first_word)
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("abuse" | "fraud" | "opt-out" | "opt-out-list") => Says::Complaint,
        _ => Says::OtherFeedback,
    }
}

/// The message of ours that a part returns, whole or its header alone.
fn returned(mail: &Message<'_>) -> Option<Uuid> {
    mail.parts
        .iter()
        .find_map(|part| match (&part.body, kind(part).as_str()) {
            (PartType::Message(message), _) => ours(message.message_id()?),
            (_, "text/rfc822-headers" | "message/global-headers" | "message/rfc822" | "message/global") => {
                let fields = Fields::of(&text(part));
                fields.get("message-id").and_then(ours)
            }
            _ => None,
        })
}

/// Some return nothing, and answer our message instead.
fn answered(mail: &Message<'_>) -> Option<Uuid> {
    [mail.in_reply_to(), mail.references()]
        .into_iter()
        .flat_map(|ids| ids.as_text_list().unwrap_or_default())
        .find_map(|id| ours(id))
}

fn ours(message_id: &str) -> Option<Uuid> {
    mime::delivery_of(message_id)
}

/// The fields of a header, unfolded; the first of a name counts.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn of(header: &str) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in header.lines().take_while(|line| !line.trim().is_empty()) {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests;
