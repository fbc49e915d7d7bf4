//! One person: how to reach them, what they were told, and what they will be.

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::{
    directory::v1::{Channel, GetPersonRequest, Person},
    notifier::v1::ListMessagesRequest,
    scheduler::v1::{ListRemindersRequest, Reminder, ReminderState},
};
use uuid::Uuid;

use super::{At, instant, messages, reminders};
use crate::{
    Console,
    error::Error,
    peers::{self, Wanted},
    staff::Staff,
    view::View,
};

/// Reminders and messages shown of one person.
const MOST: i32 = 100;

#[derive(Template)]
#[template(path = "person.html")]
struct Page {
    t: View,
    name: String,
    erased: bool,
    facts: Vec<(&'static str, String)>,
    /// Those to come, the soonest first.
    coming: Vec<reminders::Line>,
    /// Those settled, the latest first.
    past: Vec<reminders::Line>,
    policies: Vec<String>,
    messages: Vec<messages::Line>,
    more_reminders: String,
    more_messages: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
) -> Result<Html<String>, Error> {
    let (t, staff) = (staff.t, &staff.clients);
    let id = id.to_string();
    let request = GetPersonRequest {
        person_id: id.clone(),
    };
    let person = staff.directory().get_person(request).await?.into_inner();
    let person = person.person.ok_or(Error::NotFound)?;
    let (mut scheduler, mut notifier) = (staff.scheduler(), staff.notifier());
    let of_reminders = ListRemindersRequest {
        page: Some(peers::page(MOST, String::new())),
        person_id: id.clone(),
        ..ListRemindersRequest::default()
    };
    let of_messages = ListMessagesRequest {
        page: Some(peers::page(MOST, String::new())),
        person_id: id.clone(),
        ..ListMessagesRequest::default()
    };
    let (told, sent, policies) = futures::try_join!(
        async { Ok(scheduler.list_reminders(of_reminders).await?.into_inner()) },
        async { Ok(notifier.list_messages(of_messages).await?.into_inner()) },
        staff.policies()
    )?;
    let mut wanted = Wanted::default();
    wanted.person(&id);
    wanted.organisation(&person.organisation_id);
    let names = staff.names(wanted).await?;
    let zone = &console.0.zone;
    let (mut coming, mut past): (Vec<_>, Vec<_>) =
        told.reminders.iter().partition(|reminder| waits(reminder));
    coming.sort_by_key(|reminder| instant(reminder.due_at.as_ref()));
    past.sort_by_key(|reminder| std::cmp::Reverse(instant(reminder.due_at.as_ref())));
    let line = |reminder: &&Reminder| reminders::line(reminder, &names, zone);
    let more = |page: Option<contracts::common::v1::PageInfo>, path: &str| {
        if page.is_some_and(|page| !page.next_token.is_empty()) {
            super::address(path, &[("personne", &id)])
        } else {
            String::new()
        }
    };
    super::show(&Page {
        t,
        name: names.person(&id).to_owned(),
        erased: person.erased,
        coming: coming.iter().map(line).collect(),
        past: past.iter().map(line).collect(),
        policies: reminders::readings(&told.reminders, &policies),
        messages: sent
            .messages
            .iter()
            .map(|message| messages::line(message, &names, zone))
            .collect(),
        more_reminders: more(told.page, "/rappels"),
        more_messages: more(sent.page, "/messages"),
        facts: facts(&person, names.organisation(&person.organisation_id)),
    })
}

fn waits(reminder: &Reminder) -> bool {
    matches!(reminder.state(), ReminderState::Planned | ReminderState::Queued)
}

fn facts(person: &Person, organisation: &str) -> Vec<(&'static str, String)> {
    if person.erased {
        return Vec::new();
    }
    let channel = |channel: Channel| match channel {
        Channel::Mail => "e-mail",
        Channel::Sms => "SMS",
        Channel::Unspecified => "",
    };
    let refused: Vec<_> = person.refused().map(channel).collect();
    let mut facts = vec![
        (
            "Organisation",
            if person.organisation_id.is_empty() {
                String::new()
            } else {
                organisation.to_owned()
            },
        ),
        ("E-mail", masked_mail(&person.mail)),
        ("Téléphone", masked_phone(&person.phone, person.mobile)),
        ("Langue", language(&person.language).to_owned()),
        ("Préfère", channel(person.preferred()).to_owned()),
        ("A refusé", refused.join(", ")),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    if person.mail.is_empty() && !person.mobile {
        facts.push((
            "Joignable",
            "ni e-mail ni mobile\u{a0}: par téléphone ou de vive voix".to_owned(),
        ));
    }
    facts
}

fn language(code: &str) -> &str {
    match code {
        "fr" => "français",
        "en" => "anglais",
        "es" => "espagnol",
        "ar" => "arabe",
        "pt" => "portugais",
        "ru" => "russe",
        "uk" => "ukrainien",
        other => other,
    }
}

/// Enough to recognise an address, not enough to write to it: "w•••@example.org".
fn masked_mail(mail: &str) -> String {
    match mail.split_once('@') {
        Some((local, domain)) => format!("{}•••@{domain}", local.chars().next().unwrap_or('•')),
        None => String::new(),
    }
}

/// The end of a number: "•• •• •• 01 02 (mobile)".
fn masked_phone(phone: &str, mobile: bool) -> String {
    let digits: Vec<_> = phone.chars().filter(char::is_ascii_digit).collect();
    let Some(end) = digits.last_chunk::<4>() else {
        return String::new();
    };
    let [a, b, c, d] = end;
    let kind = if mobile { "mobile" } else { "fixe" };
    format!("•• •• •• {a}{b} {c}{d} ({kind})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contact_data_can_be_recognised_but_not_used() {
        assert_eq!(masked_mail("william.roux.1@example.org"), "w•••@example.org");
        assert_eq!(masked_mail(""), "");
        assert_eq!(masked_phone("+33639980102", true), "•• •• •• 01 02 (mobile)");
        assert_eq!(masked_phone("", false), "");
    }
}
