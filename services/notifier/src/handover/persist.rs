use std::time::Duration;

use platform::Clock;

use super::Outage;
use crate::error::Error;

/// Before the second try; twice as long before each further one.
const FIRST: Duration = Duration::from_millis(100);

/// At most.
const LONGEST: Duration = Duration::from_secs(5);

/// Writes down what providers said, through every failure of the database that passes: a fail-over, a deadlock, a disk that is
/// full. Nobody else knows it: dropped, what was taken would be unknown, and given to a provider once more. The lease is
/// renewed meanwhile, and the hard stop ends it.
pub(super) async fn persistently<F>(
    outage: (&Outage, &Clock),
    what: &'static str,
    work: impl Fn() -> F,
) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    let mut pause = FIRST;
    loop {
        match work().await {
            Err(Error::Database(error)) if error.is_transient() || error.is_full() => {
                outage.0.note(outage.1.now());
                tracing::warn!(%error, what, "the database does not take what providers said: it is kept, and tried again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use platform::db;

    use super::*;

    #[tokio::test]
    async fn what_passes_is_waited_for_and_what_does_not_is_said_at_once() {
        let (outage, clock) = (Outage::default(), Clock::system());
        let tries = Cell::new(0);
        let done = persistently((&outage, &clock), "a test", async || {
            tries.set(tries.get() + 1);
            match tries.get() {
                1 | 2 => Err(Error::Database(db::Error::Sql(sqlx::Error::PoolTimedOut))),
                _ => Ok(()),
            }
        });
        assert!(done.await.is_ok());
        assert_eq!(tries.get(), 3);
        assert!(outage.is_recent(clock.now()), "nobody is taken over meanwhile");

        let tries = Cell::new(0);
        let done = persistently((&outage, &clock), "a test", async || {
            tries.set(tries.get() + 1);
            Err(Error::Database(db::Error::Sql(sqlx::Error::RowNotFound)))
        });
        assert!(done.await.is_err());
        assert_eq!(tries.get(), 1);
    }
}
