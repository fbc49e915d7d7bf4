//! What is traced of the hand-over. A batch holds deliveries of many traces: it has a trace of its own, with links to theirs,
//! and each delivery goes on in the trace that planned it.

use platform::trace::{self, TARGET};
use tracing::{Span, field::Empty};

use crate::{
    domain::{Answer, Delivery, Message},
    provider::Prepared,
};

/// Of a batch: what is asked of the directory and the scheduler is asked for all of it.
pub(super) fn batch(deliveries: &[Delivery]) -> Span {
    let span =
        tracing::trace_span!(target: TARGET, parent: None, "hand over batch", deliveries = deliveries.len());
    trace::links(&span, deliveries.iter().map(|one| one.traceparent.as_str()));
    span
}

/// Of each delivery, until the batch is done. From here on the delivery's trace is that of its span.
pub(super) fn of_each(batch: &Span, deliveries: &mut [Delivery]) -> Vec<Span> {
    let batch = trace::of(batch);
    let span = |delivery: &mut Delivery| {
        let span =
            tracing::trace_span!(target: TARGET, parent: None, "hand over", delivery.id = %delivery.id);
        trace::continues(&span, &delivery.traceparent);
        trace::links(&span, [batch.as_str()]);
        delivery.traceparent = trace::of(&span);
        span
    };
    deliveries.iter_mut().map(span).collect()
}

/// Of a call of a provider, from the recorded intent to the answer.
pub(super) fn attempt(delivery: &Delivery, prepared: &Prepared) -> Span {
    let Message {
        channel,
        provider,
        attempt,
        ..
    } = &prepared.message;
    let span = tracing::trace_span!(
        target: TARGET,
        parent: None,
        "attempt",
        otel.kind = "client",
        otel.status_code = Empty,
        delivery.id = %delivery.id,
        delivery.channel = channel.name(),
        delivery.provider = provider,
        delivery.attempt = attempt,
        delivery.outcome = Empty,
    );
    trace::continues(&span, &delivery.traceparent);
    span
}

/// The answer came: the span of the attempt ends.
pub(super) fn answered(span: &Span, answer: &Answer) {
    span.record("delivery.outcome", answer.state());
    if !matches!(answer, Answer::Accepted | Answer::AcceptedAs { .. }) {
        span.record("otel.status_code", "error");
    }
}
