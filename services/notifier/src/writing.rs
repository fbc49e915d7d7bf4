//! Writes a message for a person on a channel. Records nothing.

use platform::Moment;
use uuid::Uuid;

use crate::{
    content::Content,
    context::Context,
    domain::Channel,
    mail::calendar::{self, Between},
    sms::Sms,
    templates::{Language, RenderError},
};

/// Whom it is for, and what it is to say.
pub(crate) struct Letter<'a> {
    pub(crate) template: &'a str,
    pub(crate) channel: Channel,
    pub(crate) language: Language,
    pub(crate) content: &'a Content,
    pub(crate) person_id: Uuid,
    /// For the calendar entry.
    pub(crate) display_name: &'a str,
    /// For the calendar entry.
    pub(crate) address: &'a str,
}

/// A message as it is read.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Of a mail.
    pub subject: String,
    /// The text of a mail, or the SMS.
    pub body: String,
    /// Of a mail.
    pub html: String,
    /// text/calendar, or empty.
    pub calendar: String,
    /// How an SMS travels.
    pub sms: Option<Sms>,
}

pub(crate) fn write(context: &Context, letter: &Letter<'_>, now: Moment) -> Result<Written, RenderError> {
    let mut written = Written::default();
    match letter.channel {
        Channel::Mail => {
            let mail = context
                .templates
                .mail(letter.template, letter.language, letter.content)?;
            if context.templates.has_calendar(letter.template) {
                let between = Between {
                    organiser_address: &context.settings.sender.address,
                    person_id: letter.person_id,
                    attendee_name: letter.display_name,
                    attendee_address: letter.address,
                    domain: context.settings.domain(),
                };
                written.calendar =
                    calendar::render(letter.content, between, letter.language, now.timestamp());
            }
            (written.subject, written.body, written.html) = (mail.subject, mail.text, mail.html);
        }
        Channel::Sms => {
            let sms = context
                .templates
                .sms(letter.template, letter.language, letter.content)?;
            written.body.clone_from(&sms.text);
            written.sms = Some(sms);
        }
    }
    // PostgreSQL refuses this one character, and with it the whole batch.
    for text in [
        &mut written.subject,
        &mut written.body,
        &mut written.html,
        &mut written.calendar,
    ] {
        text.retain(|character| character != '\0');
    }
    Ok(written)
}
