//! One person: how to reach them, what they were told, and what they will be.

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::{
    directory::v1::{Channel, GetPersonRequest, Person},
    notifier::v1::ListMessagesRequest,
    scheduler::v1::{ListRemindersRequest, Reminder, ReminderState},
};
use uuid::Uuid;

use super::{At, instant, messages, telling};
use crate::{
    Console,
    error::Error,
    peers::{self, Wanted},
    staff::Staff,
    texts::Texts,
    view::View,
};

/// Reminders and messages shown of one person.
const MOST: i32 = 100;

#[derive(Template)]
#[template(path = "person.html")]
struct Page {
    t: View,
    name: String,
    id: String,
    erased: bool,
    facts: Vec<(String, String)>,
    /// Those to come, the soonest first.
    coming: Vec<telling::Line>,
    /// Those settled, the latest first.
    past: Vec<telling::Line>,
    messages: Vec<messages::Line>,
    more_reminders: String,
    more_messages: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
) -> Result<Html<String>, Error> {
    let (view, staff) = (staff.t, &staff.clients);
    let t = view.texts();
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
    let (told, sent) = futures::try_join!(
        async { Ok(scheduler.list_reminders(of_reminders).await?.into_inner()) },
        async { Ok::<_, Error>(notifier.list_messages(of_messages).await?.into_inner()) },
    )?;
    let left = telling::messages(staff, &told.reminders).await?;
    let mut wanted = Wanted::default();
    wanted.person(&id);
    wanted.organisation(&person.organisation_id);
    let names = staff.names(t, wanted).await?;
    let zone = &console.0.zone;
    let (mut coming, mut past): (Vec<_>, Vec<_>) =
        told.reminders.iter().partition(|reminder| waits(reminder));
    coming.sort_by_key(|reminder| instant(reminder.due_at.as_ref()));
    past.sort_by_key(|reminder| std::cmp::Reverse(instant(reminder.due_at.as_ref())));
    let line =
        |reminder: &&Reminder| telling::line(t, reminder, &names, left.get(&reminder.delivery_id), zone);
    let more = |page: Option<contracts::common::v1::PageInfo>, path: &str| {
        if page.is_some_and(|page| !page.next_token.is_empty()) {
            super::address(path, &[("personne", &id)])
        } else {
            String::new()
        }
    };
    super::show(&Page {
        t: view,
        name: names.person(&id).to_owned(),
        id: id.clone(),
        erased: person.erased,
        coming: coming.iter().map(line).collect(),
        past: past.iter().map(line).collect(),
        messages: sent
            .messages
            .iter()
            .map(|message| messages::line(t, message, &names, zone))
            .collect(),
        more_reminders: more(told.page, "/rappels"),
        more_messages: more(sent.page, "/messages"),
        facts: facts(t, &person, names.organisation(&person.organisation_id)),
    })
}

fn waits(reminder: &Reminder) -> bool {
    matches!(reminder.state(), ReminderState::Planned | ReminderState::Queued)
}

fn facts(t: Texts, person: &Person, organisation: &str) -> Vec<(String, String)> {
    if person.erased {
        return Vec::new();
    }
    let channel = |channel: Channel| match channel {
        Channel::Mail => t.say("telling-mail"),
        Channel::Sms => t.say("telling-sms"),
        Channel::Unspecified => String::new(),
    };
    let refused: Vec<_> = person.refused().map(channel).collect();
    let mut facts = vec![
        (
            t.say("telling-person-organisation"),
            if person.organisation_id.is_empty() {
                String::new()
            } else {
                organisation.to_owned()
            },
        ),
        (t.say("telling-contact-mail"), masked_mail(&person.mail)),
        (
            t.say("telling-contact-phone"),
            masked_phone(t, &person.phone, person.mobile),
        ),
        (t.say("telling-person-language"), language(t, &person.language)),
        (t.say("telling-person-prefers"), channel(person.preferred())),
        (t.say("telling-person-refuses"), refused.join(", ")),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    if person.mail.is_empty() && !person.mobile {
        facts.push((t.say("telling-person-reach"), t.say("telling-person-by-voice")));
    }
    facts
}

fn language(t: Texts, code: &str) -> String {
    let key = match code {
        "fr" => "telling-language-fr",
        "en" => "telling-language-en",
        "es" => "telling-language-es",
        "ar" => "telling-language-ar",
        "pt" => "telling-language-pt",
        "ru" => "telling-language-ru",
        "uk" => "telling-language-uk",
        other => return other.to_owned(),
    };
    t.say(key)
}

/// Enough to recognise an address, not enough to write to it: "w•••@example.org".
fn masked_mail(mail: &str) -> String {
    match mail.split_once('@') {
        Some((local, domain)) => format!("{}•••@{domain}", local.chars().next().unwrap_or('•')),
        None => String::new(),
    }
}

/// The end of a number: "•• •• •• 01 02 (mobile)".
fn masked_phone(t: Texts, phone: &str, mobile: bool) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let Some((_, end)) = digits.split_at_checked(digits.len().wrapping_sub(4)) else {
        return String::new();
    };
    let (tens, ones) = end.split_at(2);
    let kind = t.say(if mobile {
        "telling-person-mobile"
    } else {
        "telling-person-landline"
    });
    format!("•• •• •• {tens} {ones} ({kind})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    const FRENCH: Texts = Texts(Language::French);

    #[test]
    fn contact_data_can_be_recognised_but_not_used() {
        assert_eq!(masked_mail("william.roux.1@example.org"), "w•••@example.org");
        assert_eq!(masked_mail(""), "");
        assert_eq!(
            masked_phone(FRENCH, "+33639980102", true),
            "•• •• •• 01 02 (mobile)"
        );
        assert_eq!(masked_phone(FRENCH, "", false), "");
    }
}
