use contracts::notifier::v1::{
    Attempt as ProtoAttempt, GetDeliveryResponse, GetStatusResponse, Message as ProtoMessage,
    OpenLinkResponse, PreviewSmsResponse,
};
use platform::Moment;
use prost_types::Timestamp;

use crate::{
    actions::{Found, Opened, Status},
    domain::{Attempt, Message},
    sms::Sms,
};

pub(super) fn message(message: Message) -> ProtoMessage {
    ProtoMessage {
        message_id: message.id.to_string(),
        delivery_id: message.delivery_id.to_string(),
        person_id: message.person_id.to_string(),
        channel: message.channel.name().to_owned(),
        to: message.recipient,
        subject: message.subject,
        text: message.body,
        html: message.html,
        calendar: message.calendar,
        template: message.template,
        language: message.language,
        provider: message.provider,
        reference: message.reference,
        created_at: Some(timestamp(message.created_at)),
        segments: small(message.segments),
        group: message.group,
        state: message.state,
        policy: message.policy,
        receipt: message.receipt,
        receipt_at: message.receipt_at.map(timestamp),
    }
}

pub(super) fn delivery(found: Found) -> GetDeliveryResponse {
    GetDeliveryResponse {
        delivery_id: found.id.to_string(),
        person_id: found.person_id.to_string(),
        state: found.state,
        reason: found.reason,
        attempts: found.attempts.into_iter().map(attempt).collect(),
    }
}

fn attempt(attempt: Attempt) -> ProtoAttempt {
    ProtoAttempt {
        number: small(attempt.number),
        channel: attempt.channel.name().to_owned(),
        provider: attempt.provider,
        reference: attempt.reference,
        state: attempt.state,
        detail: attempt.detail,
        at: Some(timestamp(attempt.started_at)),
    }
}

pub(super) fn preview(sms: Sms) -> PreviewSmsResponse {
    PreviewSmsResponse {
        encoding: sms.encoding.name().to_owned(),
        segments: i32::try_from(sms.parts.len()).unwrap_or(i32::MAX),
        units: i32::try_from(sms.units).unwrap_or(i32::MAX),
        text: sms.text,
        parts: sms.parts,
        replaced: sms.replaced,
    }
}

/// Without the second factor nothing is told but that the link stands.
pub(super) fn link(opened: Opened) -> OpenLinkResponse {
    if !opened.verified {
        return OpenLinkResponse::default();
    }
    OpenLinkResponse {
        verified: true,
        person_id: opened.link.person_id.to_string(),
        subject: opened.link.subject,
        group: opened.link.group,
        expires_at: Some(timestamp(opened.link.expires_at)),
    }
}

pub(super) fn status(status: Status) -> GetStatusResponse {
    GetStatusResponse {
        ready: status.counts.ready,
        waiting: status.counts.waiting,
        next_at: status.next_at.map(timestamp),
        messages: status.counts.messages,
        unknown: status.counts.unknown,
    }
}

pub(super) fn timestamp(moment: Moment) -> Timestamp {
    let (seconds, nanos) = moment.parts();
    Timestamp { seconds, nanos }
}

pub(super) fn small(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
