//! Who was told what, when, by which channel: what the oracles of the journeys are compared with.

use anyhow::{Context as _, Result};
use contracts::{
    common::v1::PageRequest,
    notifier::v1::{GetMessageRequest, ListMessagesRequest, Message},
    scheduler::v1::{ListRemindersRequest, Reminder, ReminderState},
};
use jalon::client::Clients;
use jiff::{Timestamp, tz::TimeZone};

/// All messages of a person, oldest first.
pub async fn messages(clients: &Clients, person: &str) -> Result<Vec<Message>> {
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let request = ListMessagesRequest {
            page: Some(PageRequest { size: 500, token }),
            person_id: person.to_owned(),
            ..Default::default()
        };
        let reply = clients
            .notifier
            .clone()
            .list_messages(request)
            .await?
            .into_inner();
        all.extend(reply.messages);
        token = reply.page.map(|page| page.next_token).unwrap_or_default();
        if token.is_empty() {
            all.reverse();
            return Ok(all);
        }
    }
}

/// All reminders of a person (of everybody when empty), earliest due first.
pub async fn reminders(clients: &Clients, person: &str) -> Result<Vec<Reminder>> {
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let request = ListRemindersRequest {
            page: Some(PageRequest { size: 500, token }),
            person_id: person.to_owned(),
            ..Default::default()
        };
        let reply = clients
            .scheduler
            .clone()
            .list_reminders(request)
            .await?
            .into_inner();
        all.extend(reply.reminders);
        token = reply.page.map(|page| page.next_token).unwrap_or_default();
        if token.is_empty() {
            all.sort_by_key(|reminder| reminder.due_at.map(|at| (at.seconds, at.nanos)));
            return Ok(all);
        }
    }
}

/// One line per message: "Mon 09/11 10:00 mail speed_dating_published_candidate".
pub fn lines(messages: &[Message]) -> Vec<String> {
    messages
        .iter()
        .map(|message| {
            format!(
                "{} {} {}",
                paris(message.created_at.as_ref()),
                message.channel,
                message.template
            )
        })
        .collect()
}

/// One line per reminder that was suppressed, with its reason.
pub fn suppressed(reminders: &[Reminder]) -> Vec<String> {
    reminders
        .iter()
        .filter(|reminder| reminder.state() == ReminderState::Suppressed)
        .map(|reminder| {
            format!(
                "{} {} {}",
                paris(reminder.due_at.as_ref()),
                reminder.template,
                reminder.reason
            )
        })
        .collect()
}

/// The wall clock of Paris, to the minute.
pub fn paris(at: Option<&prost_types::Timestamp>) -> String {
    let at = at
        .and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH);
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%a %d/%m %H:%M").to_string()
}

/// The link that starts with `start` (`/r/`, `/d/`, `/compte/`) in the newest message to this address that has one.
pub async fn link(clients: &Clients, to: &str, start: &str) -> Result<String> {
    let mut notifier = clients.notifier.clone();
    let all = ListMessagesRequest {
        page: Some(PageRequest {
            size: 500,
            ..PageRequest::default()
        }),
        ..ListMessagesRequest::default()
    };
    let listed = notifier.list_messages(all).await?;
    for message in listed.into_inner().messages {
        if message.to != to {
            continue;
        }
        let request = GetMessageRequest {
            message_id: message.message_id,
        };
        let whole = notifier.get_message(request).await?.into_inner().message;
        let text = whole.context("the message")?.text;
        if let Some((_, rest)) = text.split_once(start) {
            let token = rest.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-' && sign != '_');
            return Ok(format!("{start}{}", token.into_iter().next().unwrap_or_default()));
        }
    }
    anyhow::bail!("no message to {to} has a link {start}")
}
