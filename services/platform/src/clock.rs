//! The one source of time, and the one way to wait for it.

mod moment;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

pub use moment::Moment;

/// Gives the time and waits for it. A clone shows the same time.
///
/// Three behaviours: the system's time; the system's time shifted (the demo, which plays weeks in seconds); a time
/// that stands still until a test moves it.
#[derive(Clone, Debug)]
pub struct Clock(Arc<watch::Sender<State>>);

#[derive(Clone, Copy, Debug)]
enum State {
    Running { shift: SignedDuration },
    Standing { at: Moment },
}

/// Waiting tasks look again at least this often, in case the system's clock was set.
const LONGEST_NAP: Duration = Duration::from_mins(1);

impl Clock {
    /// The system's time.
    pub fn system() -> Self {
        Self::shifted(SignedDuration::ZERO)
    }

    /// The system's time plus `shift`.
    pub fn shifted(shift: SignedDuration) -> Self {
        Self(Arc::new(watch::Sender::new(State::Running { shift })))
    }

    /// Stands at `at` until it is moved.
    pub fn manual(at: Moment) -> Self {
        Self(Arc::new(watch::Sender::new(State::Standing { at })))
    }

    /// This instant.
    pub fn now(&self) -> Moment {
        self.0.borrow().now()
    }

    /// How far ahead of the system's time this clock runs; zero for one that stands.
    pub fn shift(&self) -> SignedDuration {
        match *self.0.borrow() {
            State::Running { shift } => shift,
            State::Standing { .. } => SignedDuration::ZERO,
        }
    }

    /// Moves the clock forward to `at`; does nothing when `at` is past. Whoever waits is woken.
    pub fn advance_to(&self, at: Moment) {
        self.0.send_modify(|state| {
            let ahead = at.timestamp().duration_since(state.now().timestamp());
            if ahead.is_positive() {
                match state {
                    State::Running { shift } => *shift = shift.saturating_add(ahead),
                    State::Standing { at: standing } => *standing = at,
                }
            }
        });
    }

    /// Moves the clock forward by `by`.
    pub fn advance(&self, by: SignedDuration) {
        self.advance_to(self.now().plus(by));
    }

    /// Returns when it is `at` or later.
    pub async fn sleep_until(&self, at: Moment) {
        let mut changes = self.0.subscribe();
        loop {
            let state = *changes.borrow_and_update();
            let left = at.timestamp().duration_since(state.now().timestamp());
            if !left.is_positive() {
                return;
            }
            let nap = match state {
                State::Running { .. } => left.unsigned_abs().min(LONGEST_NAP),
                State::Standing { .. } => LONGEST_NAP,
            };
            // Either the time has passed or somebody moved the clock: look again.
            let _elapsed = tokio::time::timeout(nap, changes.changed()).await;
        }
    }

    /// Waits for `by` of this clock's time.
    pub async fn sleep(&self, by: SignedDuration) {
        self.sleep_until(self.now().plus(by)).await;
    }
}

impl State {
    fn now(&self) -> Moment {
        match self {
            Self::Running { shift } => system_now().plus(*shift),
            Self::Standing { at } => *at,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's clock"
)]
fn system_now() -> Moment {
    Moment::from(Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_a_standing_clock_is_moved_past_its_instant() {
        let clock = Clock::manual(Moment::UNIX_EPOCH);
        let waiter = clock.clone();
        let sleeper = async { waiter.sleep(SignedDuration::from_hours(48)).await };
        let mover = async {
            tokio::task::yield_now().await;
            clock.advance(SignedDuration::from_hours(47));
            tokio::task::yield_now().await;
            clock.advance(SignedDuration::from_hours(1));
        };
        tokio::time::timeout(Duration::from_secs(5), async { tokio::join!(sleeper, mover) })
            .await
            .unwrap();
    }

    #[test]
    fn a_clock_never_goes_back() {
        let clock = Clock::manual(Moment::UNIX_EPOCH.plus(SignedDuration::from_hours(1)));
        clock.advance_to(Moment::UNIX_EPOCH);
        assert_eq!(
            clock.now(),
            Moment::UNIX_EPOCH.plus(SignedDuration::from_hours(1))
        );
    }
}
