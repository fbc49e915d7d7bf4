//! One message as the person sees it.

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::notifier::v1::{GetDeliveryRequest, GetMessageRequest, Message, PreviewSmsRequest};
use tonic::Code;
use uuid::Uuid;

use super::{At, instant, messages, telling};
use crate::{
    Clients, Console,
    calendar::{self, Invitation},
    error::Error,
    peers::{self, Wanted},
    staff::Staff,
    texts::Texts,
    view::View,
    words::{self, Badge},
};

#[derive(Template)]
#[template(path = "message.html")]
struct Page {
    t: View,
    id: String,
    mail: bool,
    html: bool,
    title: String,
    /// The language of the message's own words.
    language: String,
    person: String,
    person_id: String,
    session: String,
    facts: Vec<(String, String)>,
    state: Badge,
    text: String,
    forgotten: bool,
    parts: Vec<String>,
    sms: String,
    invitations: Vec<Invitation>,
    attempts: Vec<Attempt>,
}

struct Attempt {
    number: i32,
    channel: String,
    state: Badge,
    when: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
) -> Result<Html<String>, Error> {
    let (view, staff) = (staff.t, &staff.clients);
    let t = view.texts();
    let zone = &console.0.zone;
    let message = read(staff, id).await?;
    let mut wanted = Wanted::default();
    wanted.person(&message.person_id);
    let ((parts, sms), names, attempts) = futures::try_join!(
        segments(t, staff, &message),
        staff.names(t, wanted),
        attempts(t, &console, staff, &message.delivery_id)
    )?;
    let mail = message.channel == "mail";
    let at = instant(message.created_at.as_ref());
    let mut facts = vec![
        (t.say("telling-message-to"), message.to.clone()),
        (t.say("telling-message-subject"), message.subject.clone()),
        (
            t.say("telling-message-date"),
            at.map(|at| t.moment(at, zone)).unwrap_or_default(),
        ),
        (
            t.say("telling-message-about"),
            telling::title(t, &message.template).into_owned(),
        ),
        (t.say("telling-message-reference"), message.reference.clone()),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    super::show(&Page {
        t: view,
        id: id.to_string(),
        mail,
        html: !message.html.is_empty(),
        title: if mail {
            messages::subject(t, &message)
        } else {
            t.with(
                "telling-message-sms-for",
                "name",
                names.person(&message.person_id),
            )
            .into()
        },
        language: messages::language(t, &message),
        person: names.person(&message.person_id).to_owned(),
        session: peers::session_of(&message.group)
            .map(|id| id.to_string())
            .unwrap_or_default(),
        facts,
        state: words::message_state(&message.state, &message.provider),
        forgotten: message.text.is_empty() && message.html.is_empty(),
        parts,
        sms,
        invitations: calendar::read(&message.calendar, t, zone),
        attempts,
        text: message.text,
        person_id: message.person_id,
    })
}

/// The whole message.
pub(super) async fn read(staff: &Clients, id: Uuid) -> Result<Message, Error> {
    let request = GetMessageRequest {
        message_id: id.to_string(),
    };
    let reply = staff.notifier().get_message(request).await?.into_inner();
    reply.message.ok_or(Error::NotFound)
}

/// The parts of an SMS as a telephone receives them, and what they amount to.
async fn segments(t: Texts, staff: &Clients, message: &Message) -> Result<(Vec<String>, String), Error> {
    if message.channel != "sms" || message.text.is_empty() {
        return Ok((Vec::new(), String::new()));
    }
    let request = PreviewSmsRequest {
        text: message.text.clone(),
        // It is shown as it left: what was to be replaced has been.
        keep_unicode: true,
    };
    let preview = staff.notifier().preview_sms(request).await?.into_inner();
    let alphabet = match preview.encoding.as_str() {
        "" => String::new(),
        encoding => format!(", {}", encoding.to_uppercase()),
    };
    let segments = t.with("telling-segments", "n", preview.segments);
    let units = t.with("telling-units", "n", preview.units);
    Ok((preview.parts, format!("{segments}, {units}{alphabet}")))
}

/// The attempts of the delivery that this message belongs to; none once the notifier has forgotten it.
async fn attempts(
    t: Texts,
    console: &Console,
    staff: &Clients,
    delivery: &str,
) -> Result<Vec<Attempt>, Error> {
    if delivery.is_empty() {
        return Ok(Vec::new());
    }
    let request = GetDeliveryRequest {
        delivery_id: delivery.to_owned(),
    };
    let attempts = match staff.notifier().get_delivery(request).await {
        Ok(reply) => reply.into_inner().attempts,
        Err(status) if status.code() == Code::NotFound => Vec::new(),
        Err(status) => return Err(status.into()),
    };
    Ok(attempts
        .into_iter()
        .map(|attempt| Attempt {
            number: attempt.number,
            channel: telling::channel(t, &attempt.channel),
            state: words::message_state(&attempt.state, &attempt.provider),
            when: instant(attempt.at.as_ref())
                .map(|at| t.moment(at, &console.0.zone))
                .unwrap_or_default(),
        })
        .collect())
}
