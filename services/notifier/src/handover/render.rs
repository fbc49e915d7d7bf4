use jiff::SignedDuration;
use platform::Moment;
use uuid::Uuid;

use crate::{
    content::{Content, Item},
    context::Context,
    domain::{self, Channel, Delivery, Link, Message, Reachable, Unsubscribe},
    provider::Prepared,
    templates::{Language, RenderError},
    writing::{self, Letter},
};

/// A delivery that may go out, and what to say.
pub(super) struct Released {
    pub(super) delivery: Delivery,
    pub(super) channel: Channel,
    pub(super) provider: &'static str,
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
        provider,
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
    let optional = channel == Channel::Mail && context.templates.optional(&delivery.template);
    let unsubscribe = optional.then(|| unsubscribe(context, &link, language));
    let display_name = format!("{} {}", person.given_name, person.family_name)
        .trim()
        .to_owned();
    let content = Content {
        given_name: person.given_name,
        link: if context.templates.opens_account(&delivery.template) {
            context.settings.account_link(&token)
        } else {
            context.settings.link(&token)
        },
        unsubscribe: unsubscribe
            .as_ref()
            .map(|unsubscribe| unsubscribe.address.clone())
            .unwrap_or_default(),
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
        provider: provider.to_owned(),
        reference,
        segments: 0,
        group: delivery.group,
        state: "intent".to_owned(),
        created_at: now,
        receipt: String::new(),
        receipt_at: None,
    };
    let letter = Letter {
        template: &message.template,
        channel,
        language,
        content: &content,
        person_id: delivery.person_id,
        display_name: &display_name,
        address: &message.recipient,
    };
    let written = writing::write(context, &letter, now)?;
    message.segments = written
        .sms
        .map_or(0, |sms| i64::try_from(sms.parts.len()).unwrap_or(i64::MAX));
    (message.subject, message.body) = (written.subject, written.body);
    (message.html, message.calendar) = (written.html, written.calendar);
    Ok((
        Prepared {
            message,
            display_name,
            unsubscribe,
        },
        link,
    ))
}

/// The address that stops such messages: a token of its own, for as long as the link.
fn unsubscribe(context: &Context, link: &Link, language: Language) -> Unsubscribe {
    let token = context.ids.token();
    Unsubscribe {
        address: context.settings.unsubscribe(&token),
        token_hash: domain::token_hash(&token),
        person_id: link.person_id,
        language: language.code().to_owned(),
        expires_at: link.expires_at,
    }
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
