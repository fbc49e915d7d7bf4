//! Traces: one cause, followed across calls, events and days.
//!
//! Spans are those of `tracing`, with the target [`TARGET`] and the level TRACE, so that they are disabled at their call
//! site while nobody traces. A context travels as the W3C `traceparent`: in the metadata of a call, with an event through
//! outbox, bus and inbox, and in rows that wait for their day. It is empty while nobody traces.
//!
//! What a span may say: names of ours, counts, outcomes, ids of messages. Never a person, an address or a text.

mod export;

use std::collections::BTreeMap;

use opentelemetry::{
    Context,
    propagation::{Extractor, Injector, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

pub(crate) use export::spans;
pub use export::{Exporter, Settings, TraceError};

/// The target of every span of ours: what is exported, and nothing else.
pub const TARGET: &str = "jalon::trace";

/// The header of a call and of a message.
pub(crate) const HEADER: &str = "traceparent";

/// A `traceparent` has 55 characters; later versions of it may have more.
const LONGEST: usize = 128;

/// A span has so many links at most; the SDK drops what is above.
const LINKS: usize = 128;

/// The context of the span that we are in; empty when nobody traces.
pub fn current() -> String {
    of(&Span::current())
}

/// The context of a span, for what it causes elsewhere or later; empty when nobody traces.
pub fn of(span: &Span) -> String {
    if span.is_disabled() {
        return String::new();
    }
    let mut header = Header::default();
    TraceContextPropagator::new().inject_context(&span.context(), &mut header);
    header.0
}

/// Makes a new span the child of one elsewhere. A context that is none changes nothing: the span stays a root.
pub fn continues(span: &Span, traceparent: &str) {
    if traceparent.is_empty() || span.is_disabled() {
        return;
    }
    let context = read(traceparent);
    if context.span().span_context().is_valid()
        && let Err(error) = span.set_parent(context)
    {
        tracing::debug!(%error, "a span lost its parent");
    }
}

/// Links a span that does work for many with what caused it.
pub fn links<'a>(span: &Span, traceparents: impl IntoIterator<Item = &'a str>) {
    if span.is_disabled() {
        return;
    }
    let mut seen = std::collections::BTreeSet::new();
    for traceparent in traceparents.into_iter().filter(|one| !one.is_empty()) {
        if seen.len() < LINKS && seen.insert(traceparent) {
            span.add_link(read(traceparent).span().span_context().clone());
        }
    }
}

/// Spans of a batch: one for each cause and kind of work, however many things it has to do.
#[derive(Default)]
pub(crate) struct Causes(BTreeMap<(String, String), Span>);

impl Causes {
    /// The span for work of this name that `traceparent` caused, made when first asked for.
    pub(crate) fn span(&mut self, traceparent: &str, name: &str, make: impl FnOnce() -> Span) -> Span {
        if !is_on() {
            return Span::none();
        }
        let make = || {
            let span = make();
            continues(&span, traceparent);
            span
        };
        let of = (traceparent.to_owned(), name.to_owned());
        self.0.entry(of).or_insert_with(make).clone()
    }

    /// The work of all of them failed.
    pub(crate) fn failed(&self) {
        for span in self.0.values() {
            span.record("otel.status_code", "error");
        }
    }
}

/// Whether anybody traces.
pub(crate) fn is_on() -> bool {
    tracing::enabled!(target: TARGET, tracing::Level::TRACE)
}

/// Whether a text from outside is a context.
pub(crate) fn is_context(text: &str) -> bool {
    text.len() <= LONGEST && read(text).span().span_context().is_valid()
}

fn read(traceparent: &str) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Header(traceparent.to_owned()))
}

/// The one header that we carry.
#[derive(Default)]
struct Header(String);

impl Injector for Header {
    fn set(&mut self, key: &str, value: String) {
        if key == HEADER {
            self.0 = value;
        }
    }
}

impl Extractor for Header {
    fn get(&self, key: &str) -> Option<&str> {
        (key == HEADER).then_some(self.0.as_str())
    }

    fn keys(&self) -> Vec<&str> {
        vec![HEADER]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELSEWHERE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn span() -> Span {
        tracing::trace_span!(target: TARGET, parent: None, "work")
    }

    #[test]
    fn without_an_exporter_nothing_is_traced_and_nothing_carried() {
        let span = span();
        continues(&span, ELSEWHERE);
        assert!(span.is_disabled());
        assert_eq!(of(&span), "");
        assert_eq!(current(), "");
    }

    #[test]
    fn a_context_from_elsewhere_goes_on_and_one_that_is_none_begins_anew() {
        use opentelemetry::trace::TracerProvider as _;
        use tracing_subscriber::layer::SubscriberExt as _;
        let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().build();
        let subscriber = tracing_subscriber::registry().with(spans(provider.tracer("test")));
        tracing::subscriber::with_default(subscriber, || {
            let child = span();
            continues(&child, ELSEWHERE);
            let carried = of(&child);
            assert_eq!(carried[..36], ELSEWHERE[..36], "the same trace");
            assert_ne!(carried[36..], ELSEWHERE[36..], "another span");
            for wrong in [
                "",
                "nonsense",
                "00-00000000000000000000000000000000-0000000000000000-01",
            ] {
                let root = span();
                continues(&root, wrong);
                let carried = of(&root);
                assert_eq!(carried.len(), ELSEWHERE.len());
                assert_ne!(carried[..36], ELSEWHERE[..36]);
            }
            // Spans of libraries are not ours to send.
            let foreign = tracing::trace_span!(target: "hyper", "foreign");
            assert!(foreign.is_disabled());
        });
    }
}
