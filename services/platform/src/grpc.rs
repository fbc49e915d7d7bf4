//! gRPC, in this process or over the network, through the same layers.

mod calls;
mod guard;
mod retry;
mod serve;

use std::{convert::Infallible, time::Duration};

use tonic::{Request, Status, body::Body, metadata::MetadataValue, service::Routes, transport::Endpoint};
use tower::{
    BoxError, Service, ServiceExt as _,
    util::{BoxCloneSyncService, MapRequestLayer},
};

use crate::{
    auth::{Actor, TokenSource},
    error::{Failure, Kind},
};

use calls::Calls;
use retry::Retry;

pub use guard::{Guard, GuardLayer};
pub use retry::Patience;
pub use serve::{health, serve};

/// What a generated client speaks through: a service of this process, or a connection.
pub type Transport = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Unreachable>;

/// The peer could not be reached. A type of its own: with a boxed error the future of a generated client is not `Send`
/// in the eyes of the compiler, and no handler of axum or tonic could await it.
#[derive(Debug, thiserror::Error)]
#[error("the service cannot be reached")]
pub struct Unreachable(#[source] BoxError);

impl From<tonic::transport::Error> for Unreachable {
    fn from(error: tonic::transport::Error) -> Self {
        Self(error.into())
    }
}

/// A call between services may take so long, unless the caller says otherwise.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// The services of this process, called straight: same encoding, same deadline, same token check as over the network.
pub fn local(routes: Routes, guard: &GuardLayer, tokens: TokenSource) -> Transport {
    let routes = routes.prepare();
    let guarded = tower::Layer::layer(guard, routes);
    signed(
        guarded.map_err(|never: Infallible| -> Unreachable { match never {} }),
        tokens,
    )
}

/// A service elsewhere. Connects when first used, and again when the connection was lost. When it is away a read is asked
/// again, three times in all and within its deadline; then the call ends as `UNAVAILABLE`, with a sentence that names it.
pub fn remote(name: &'static str, endpoint: Endpoint, tokens: TokenSource, patience: Patience) -> Transport {
    let address = endpoint.uri().to_string();
    let channel = endpoint
        .connect_timeout(Duration::from_secs(3))
        .tcp_nodelay(true)
        // A peer whose machine is gone says nothing: it is asked.
        .http2_keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true)
        .connect_lazy();
    let answered = channel.map_result(
        move |answer: Result<http::Response<Body>, tonic::transport::Error>| -> Result<_, Unreachable> {
            Ok(answer.unwrap_or_else(|error| {
                tracing::debug!(peer = name, %error, "a peer does not answer");
                away(name, &address, &error).into_http()
            }))
        },
    );
    patience.expect(name);
    let patient = Retry {
        inner: answered,
        peer: name,
        patience,
    };
    signed(patient, tokens)
}

/// Marks an answer that was made on this side, in place of a peer's.
const AWAY: &str = "jalon-away";

fn away(name: &str, address: &str, error: &tonic::transport::Error) -> Status {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        // The deadline passed while it worked.
        if error.is::<tonic::TimeoutExpired>() {
            return Status::deadline_exceeded(format!("{name} did not answer in time"));
        }
        cause = error.source();
    }
    let mut away = Status::unavailable(format!(
        "{name} cannot be reached at {address}: is it running, and is peers.{name} right?"
    ));
    away.metadata_mut().insert(AWAY, MetadataValue::from_static("1"));
    away
}

/// Whether nobody answered: the words are this side's, not a service's.
pub fn is_away(status: &Status) -> bool {
    status.metadata().contains_key(AWAY)
}

/// The same peer, asked with the token of somebody else than this process: of whoever signed in to the pages. None when the
/// token cannot be sent, so that no call ever goes out with ours instead.
pub fn bearing(transport: &Transport, token: &str) -> Option<Transport> {
    let mut value = http::HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    let layer = MapRequestLayer::new(move |mut request: http::Request<Body>| {
        request
            .headers_mut()
            .insert(http::header::AUTHORIZATION, value.clone());
        request
    });
    Some(BoxCloneSyncService::new(tower::Layer::layer(
        &layer,
        transport.clone(),
    )))
}

/// Adds the caller's token and a deadline where the call brings none, and the trace that it belongs to.
fn signed<S>(service: S, tokens: TokenSource) -> Transport
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Unreachable>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let layer = MapRequestLayer::new(move |mut request: http::Request<Body>| {
        let headers = request.headers_mut();
        if !headers.contains_key(http::header::AUTHORIZATION)
            && let Some(value) = tokens
                .token()
                .and_then(|token| format!("Bearer {token}").parse().ok())
        {
            headers.insert(http::header::AUTHORIZATION, value);
        }
        if !headers.contains_key(guard::TIMEOUT) {
            headers.insert(guard::TIMEOUT, guard::timeout_value(DEADLINE));
        }
        request
    });
    BoxCloneSyncService::new(tower::Layer::layer(&layer, Calls(service)))
}

/// Who asks, as the guard found in the token.
pub fn actor<T>(request: &Request<T>) -> Result<Actor, Status> {
    request
        .extensions()
        .get::<Actor>()
        .cloned()
        .ok_or_else(|| unauthenticated().into())
}

pub(crate) fn unauthenticated() -> Failure {
    Failure::new(
        Kind::Unauthenticated,
        "TOKEN_REQUIRED",
        "a valid token is required: send it as `authorization: Bearer …`; `jalon token` prints one",
    )
}
