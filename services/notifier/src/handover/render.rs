use jiff::SignedDuration;
use platform::Moment;
use uuid::Uuid;

use crate::{
    content::{Content, Item},
    context::Context,
    domain::{self, Channel, Delivery, Link, Message, Reachable},
    mail::calendar::{self, Between},
    provider::Prepared,
    templates::{Language, RenderError},
};

/// A delivery that may go out, and what to say.
pub(super) struct Released {
    pub(super) delivery: Delivery,
    pub(super) channel: Channel,
    pub(super) address: String,
    pub(super) person: Reachable,
    pub(super) items: Vec<Item>,
    /// Others whose names it will hold.
    pub(super) named: Vec<Uuid>,
    pub(super) organisation_id: Option<Uuid>,
    /// For the provider; that of the earlier attempts on the channel when there were any.
    pub(super) reference: String,
}

/// Writes the message of attempt number `attempts + 1` and mints its link.
pub(super) fn render(
    context: &Context,
    released: Released,
    now: Moment,
) -> Result<(Prepared, Link), RenderError> {
    let Released {
        delivery,
        channel,
        address,
        person,
        items,
        organisation_id,
        reference,
        ..
    } = released;
    let language = Language::of(&person.language);
    let token = context.ids.token();
    let link = Link {
        token_hash: domain::token_hash(&token),
        delivery_id: delivery.id,
        person_id: delivery.person_id,
        subject: delivery.subject.clone(),
        group: delivery.group.clone(),
        expires_at: expiry(context, &items, now),
    };
    let display_name = format!("{} {}", person.given_name, person.family_name)
        .trim()
        .to_owned();
    let content = Content {
        given_name: person.given_name,
        link: context.settings.link(&token),
        organiser: context.settings.organiser(),
        items,
    };
    let mut message = Message {
        id: context.ids.id(),
        delivery_id: delivery.id,
        channel,
        attempt: delivery.attempts + 1,
        person_id: delivery.person_id,
        organisation_id,
        recipient: address,
        subject: String::new(),
        body: String::new(),
        html: String::new(),
        calendar: String::new(),
        template: delivery.template,
        policy: delivery.policy,
        language: language.code().to_owned(),
        provider: context.providers.of(channel).name().to_owned(),
        reference,
        segments: 0,
        group: delivery.group,
        state: "intent".to_owned(),
        created_at: now,
    };
    match channel {
        Channel::Mail => {
            let mail = context.templates.mail(&message.template, language, &content)?;
            if context.templates.has_calendar(&message.template) {
                let between = Between {
                    organiser_address: &context.settings.sender.address,
                    person_id: delivery.person_id,
                    attendee_name: &display_name,
                    attendee_address: &message.recipient,
                    domain: context.settings.domain(),
                };
                message.calendar = calendar::render(&content, between, language, now.timestamp());
            }
            (message.subject, message.body, message.html) = (mail.subject, mail.text, mail.html);
        }
        Channel::Sms => {
            let sms = context.templates.sms(&message.template, language, &content)?;
            message.segments = i64::try_from(sms.parts.len()).unwrap_or(i64::MAX);
            message.body = sms.text;
        }
    }
    // PostgreSQL refuses this one character, and with it the whole batch.
    for text in [
        &mut message.subject,
        &mut message.body,
        &mut message.html,
        &mut message.calendar,
    ] {
        text.retain(|character| character != '\0');
    }
    Ok((
        Prepared {
            message,
            display_name,
        },
        link,
    ))
}

/// Some weeks after the last of what it is about.
fn expiry(context: &Context, items: &[Item], now: Moment) -> Moment {
    let last = items
        .iter()
        .map(|item| Moment::from(item.ends_at))
        .max()
        .unwrap_or(now)
        .max(now);
    last.plus(SignedDuration::from_hours(
        24 * context.settings.link_days.clamp(1, 3_660),
    ))
}
