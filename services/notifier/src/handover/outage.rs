use std::sync::{Mutex, PoisonError};

use platform::Moment;

use super::LEASE;

/// When the database was last away, as this process knows it. While it is away nobody can renew a lease: once it is back, those
/// who live have as long as a lease to do so and to record what they know. Taken over at once, it would be unknown.
#[derive(Debug, Default)]
pub(crate) struct Outage(Mutex<Option<Moment>>);

impl Outage {
    /// It is away; or it may have been until now, for a process that begins.
    pub(super) fn note(&self, now: Moment) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Whether it was less than a lease ago.
    pub(super) fn is_recent(&self, now: Moment) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| now < last.plus(LEASE))
    }
}
