//! Work beside work: a service in this process answers on its caller's thread, so two calls of one page take turns unless
//! they are told apart.

use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use crate::error::Error;

/// Runs it on another core when one is free; it ends with its caller.
#[expect(
    clippy::disallowed_methods,
    reason = "its caller waits for it, and a stop waits for its caller"
)]
pub(crate) async fn beside<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    let task = AbortOnDropHandle::new(tokio::spawn(work.in_current_span()));
    task.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a part of a page ended before its time");
        Err(Error::Internal)
    })
}
