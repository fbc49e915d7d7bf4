//! gRPC, in this process or over the network, through the same layers.

mod guard;
mod serve;

use std::{convert::Infallible, time::Duration};

use tonic::{Request, Status, body::Body, service::Routes, transport::Endpoint};
use tower::{
    BoxError, Service, ServiceExt as _,
    util::{BoxCloneSyncService, MapRequestLayer},
};

use crate::{
    auth::{Actor, TokenSource},
    error::{Failure, Kind},
};

pub use guard::{Guard, GuardLayer};
pub use serve::{health, serve};

/// What a generated client speaks through: a service of this process, or a connection.
pub type Transport = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Unreachable>;

/// The peer could not be reached. A type of its own: with a boxed error the future of a generated client is not `Send`
/// in the eyes of the compiler, and no handler of axum or tonic could await it.
#[derive(Debug, thiserror::Error)]
#[error("the service cannot be reached")]
pub struct Unreachable(#[source] BoxError);

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

/// A service elsewhere. Connects when first used, and again when the connection was lost.
pub fn remote(endpoint: Endpoint, tokens: TokenSource) -> Transport {
    let channel = endpoint.connect_timeout(Duration::from_secs(3)).connect_lazy();
    signed(channel.map_err(|error| Unreachable(error.into())), tokens)
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

/// Adds the caller's token and a deadline where the call brings none.
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
    BoxCloneSyncService::new(tower::Layer::layer(&layer, service))
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
