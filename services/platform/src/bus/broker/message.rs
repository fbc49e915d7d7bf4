use lapin::{
    BasicProperties,
    message::Delivery,
    types::{AMQPValue, FieldTable},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::topology::DELIVERY_LIMIT;
use crate::{Clock, Moment, bus::Envelope, trace};

/// The property `timestamp` has whole seconds; this header has microseconds.
const OCCURRED_AT: &str = "x-jalon-occurred-at";

/// Why the queue gave a message up first; set by the broker.
const FIRST_REASON: &str = "x-first-death-reason";

/// Longer routing keys are not ours.
const LONGEST_KEY: usize = 200;

/// Persistent, with the id by which copies are known.
pub(super) fn properties(event: &Envelope) -> BasicProperties {
    let mut headers = FieldTable::default();
    let at = AMQPValue::LongString(event.occurred_at.to_string().into());
    headers.insert(OCCURRED_AT.into(), at);
    if !event.traceparent.is_empty() {
        let cause = AMQPValue::LongString(event.traceparent.as_str().into());
        headers.insert(trace::HEADER.into(), cause);
    }
    let (seconds, _) = event.occurred_at.parts();
    BasicProperties::default()
        .with_delivery_mode(2)
        .with_content_type("application/protobuf".into())
        .with_message_id(event.id.to_string().into())
        .with_timestamp(u64::try_from(seconds).unwrap_or_default())
        .with_headers(headers)
}

pub(super) fn id(properties: &BasicProperties) -> Option<Uuid> {
    Uuid::parse_str(properties.message_id().as_ref()?.as_str()).ok()
}

/// The event of a message. One that somebody else published may be none: the reason, and the event as far as it can be
/// kept, for the dead letters.
pub(super) fn envelope(delivery: &Delivery, clock: &Clock) -> Result<Envelope, (Envelope, &'static str)> {
    let properties = &delivery.properties;
    let key = delivery.routing_key.as_str();
    let occurred_at = occurred_at(properties);
    let known = id(properties);
    let event = Envelope {
        id: known.unwrap_or_else(|| derived(delivery)),
        routing_key: key.to_owned(),
        body: delivery.data.clone(),
        occurred_at: occurred_at.unwrap_or_else(|| clock.now()),
        traceparent: traceparent(properties),
    };
    let wrong = if known.is_none() {
        "the message has no id: a UUID in the property message_id"
    } else if key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        "the routing key of the message is none of ours"
    } else if occurred_at.is_none() {
        "the message does not say when it was made"
    } else {
        return Ok(event);
    };
    let routing_key = key
        .chars()
        .filter(char::is_ascii_graphic)
        .take(LONGEST_KEY)
        .collect();
    Err((Envelope { routing_key, ..event }, wrong))
}

/// Why the broker gave a message up, for the person who reads the dead letters. The topology sends the dead on with the
/// service's name as routing key; `x-death` knows the first one.
pub(super) fn given_up(delivery: &Delivery, clock: &Clock) -> (Envelope, String) {
    let original = first_routing_key(&delivery.properties);
    let (event, wrong) = match envelope(delivery, clock) {
        Ok(event) => (event, None),
        Err((event, wrong)) => (event, Some(wrong)),
    };
    let event = Envelope {
        routing_key: original.unwrap_or_else(|| event.routing_key.clone()),
        ..event
    };
    let reason = match (wrong, header(&delivery.properties, FIRST_REASON).as_deref()) {
        (Some(wrong), _) => wrong.to_owned(),
        (None, Some("delivery_limit")) => {
            format!("delivered {DELIVERY_LIMIT} times and never acknowledged: its consumer may die of it")
        }
        (None, _) => "the broker gave it up".to_owned(),
    };
    (event, reason)
}

fn occurred_at(properties: &BasicProperties) -> Option<Moment> {
    header(properties, OCCURRED_AT)?
        .parse::<jiff::Timestamp>()
        .ok()
        .map(Moment::from)
}

/// A stranger may write anything there: what is none is left out.
fn traceparent(properties: &BasicProperties) -> String {
    header(properties, trace::HEADER)
        .filter(|text| trace::is_context(text))
        .unwrap_or_default()
}

fn header(properties: &BasicProperties, name: &str) -> Option<String> {
    plain(properties.headers().as_ref()?.inner().get(name)?)
}

fn first_routing_key(properties: &BasicProperties) -> Option<String> {
    let AMQPValue::FieldArray(deaths) = properties.headers().as_ref()?.inner().get("x-death")? else {
        return None;
    };
    let AMQPValue::FieldTable(death) = deaths.as_slice().last()? else {
        return None;
    };
    let AMQPValue::FieldArray(keys) = death.inner().get("routing-keys")? else {
        return None;
    };
    let key = plain(keys.as_slice().first()?)?;
    Some(
        key.chars()
            .filter(char::is_ascii_graphic)
            .take(LONGEST_KEY)
            .collect(),
    )
}

fn plain(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The same for each copy.
fn derived(delivery: &Delivery) -> Uuid {
    let hash = Sha256::digest(&delivery.data);
    Uuid::from_slice(&hash[..16]).unwrap_or_default()
}
