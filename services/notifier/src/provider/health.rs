use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;
use platform::Moment;

use crate::domain::Answer;

/// So many failures in a row, and the provider is left alone for a while.
const FAILURES: u32 = 5;

/// How long at first; twice as long each time that it fails again.
const FIRST_REST: SignedDuration = SignedDuration::from_secs(5);

/// How long at most.
const LONGEST_REST: SignedDuration = SignedDuration::from_mins(5);

/// Whoever wants to be left alone for so long is out, not only busy.
const OUTAGE: SignedDuration = SignedDuration::from_mins(1);

/// After this an attempt that was to try it out is taken for lost.
const TRIAL: SignedDuration = SignedDuration::from_mins(1);

/// Messages are accepted for so long ahead, not more: what is decided about them would be old when their turn comes.
const AHEAD: SignedDuration = SignedDuration::from_secs(4);

/// How a provider does, as this process sees it: a circuit breaker, and its share of messages a second.
#[derive(Debug)]
pub struct Health {
    gap: SignedDuration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Rests so far in a row.
    rests: u32,
    /// Left alone until then; a first one may try it afterwards.
    resting_until: Option<Moment>,
    /// One tries it until then.
    trial_until: Option<Moment>,
    /// Since when nothing gets through.
    out_since: Option<Moment>,
    /// When the next message may go.
    next: Option<Moment>,
}

impl Health {
    /// In good health, at most so many messages a second; 0 for no limit.
    pub fn new(per_second: u32) -> Self {
        let gap = match per_second {
            0 => SignedDuration::ZERO,
            count => SignedDuration::from_micros(1_000_000 / i64::from(count)),
        };
        Self {
            gap,
            state: Mutex::default(),
        }
    }

    /// Whether one more message may be given to it; else when to ask again.
    pub fn admit(&self, now: Moment) -> Result<(), Moment> {
        let mut state = self.lock();
        if let Some(until) = state.resting_until {
            if now < until {
                return Err(until);
            }
            // The first to come tries it out; the others wait for what it finds.
            if let Some(trial) = state.trial_until.filter(|trial| now < *trial) {
                return Err(trial.min(now.plus(SignedDuration::from_secs(5))));
            }
            state.trial_until = Some(now.plus(TRIAL));
        }
        if !self.gap.is_zero() {
            let next = state.next.unwrap_or(now).max(now);
            if next > now.plus(AHEAD) {
                return Err(next.minus(AHEAD));
            }
            state.next = Some(next.plus(self.gap));
        }
        Ok(())
    }

    /// Whether a message could be given to it now, without giving one.
    pub fn is_well(&self, now: Moment) -> bool {
        self.lock().resting_until.is_none_or(|until| now >= until)
    }

    /// Since when nothing gets through.
    pub fn out_since(&self) -> Option<Moment> {
        self.lock().out_since
    }

    /// Learns from an answer. Whether the provider is left alone from now on, or is well again: `Some(true)`, `Some(false)`.
    pub fn heard(&self, now: Moment, answer: &Answer) -> Option<bool> {
        let mut state = self.lock();
        let pause = match answer {
            // It spoke of the message: it works.
            Answer::Accepted
            | Answer::AcceptedAs { .. }
            | Answer::RefusedTemporary { .. }
            | Answer::RefusedPermanent { .. } => {
                let is_trial = state.trial_until.is_some_and(|trial| now < trial);
                if !is_trial && state.resting_until.is_some_and(|until| now < until) {
                    // It was under way when the provider was given its rest, and whoever asked for one has it.
                    (state.failures, state.rests) = (0, 0);
                    return None;
                }
                let was_out = state.out_since.is_some();
                *state = State {
                    next: state.next,
                    ..State::default()
                };
                return was_out.then_some(false);
            }
            Answer::Unavailable { pause, .. } => *pause,
            Answer::Unknown { .. } => SignedDuration::ZERO,
        };
        state.failures = state.failures.saturating_add(1);
        let tried_in_vain = state.trial_until.take().is_some();
        let broken = state.failures >= FAILURES || tried_in_vain;
        if !broken && pause.is_zero() {
            return None;
        }
        let mut rest = pause;
        if broken {
            rest = rest
                .max(FIRST_REST * 2_i32.pow(state.rests.min(6)))
                .min(LONGEST_REST.max(pause));
        }
        let until = now.plus(rest);
        // Answers to messages that were under way when it broke do not prolong it.
        if state
            .resting_until
            .is_none_or(|old| now >= old || !pause.is_zero() && until > old)
        {
            state.rests = state.rests.saturating_add(u32::from(broken));
            state.resting_until = Some(until);
        }
        // To be told to slow down is no outage.
        if (broken || pause >= OUTAGE) && state.out_since.is_none() {
            state.out_since = Some(now);
            return Some(true);
        }
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use platform::testing::moment;

    use super::*;

    fn at(seconds: i64) -> Moment {
        moment("2026-11-25T08:00:00Z").plus(SignedDuration::from_secs(seconds))
    }

    fn away(pause: i64) -> Answer {
        Answer::Unavailable {
            detail: String::new(),
            pause: SignedDuration::from_secs(pause),
        }
    }

    #[test]
    fn five_failures_in_a_row_give_it_a_rest_and_one_message_tries_it_out() {
        let health = Health::new(0);
        for _ in 0..4 {
            assert_eq!(health.heard(at(0), &away(0)), None);
            assert_eq!(health.admit(at(0)), Ok(()));
        }
        assert_eq!(health.heard(at(1), &away(0)), Some(true));
        assert_eq!(health.out_since(), Some(at(1)));
        assert_eq!(health.admit(at(2)), Err(at(6)));
        // One that was under way.
        assert_eq!(health.heard(at(5), &away(0)), None);
        assert_eq!(health.admit(at(5)), Err(at(6)));
        assert_eq!(health.admit(at(6)), Ok(()));
        assert_eq!(health.admit(at(6)), Err(at(11)));
        assert_eq!(health.heard(at(7), &away(0)), None);
        assert_eq!(health.admit(at(8)), Err(at(17)), "twice as long");
        assert_eq!(health.admit(at(17)), Ok(()));
        assert_eq!(health.heard(at(18), &Answer::Accepted), Some(false));
        assert_eq!(health.admit(at(18)), Ok(()));
        assert_eq!(health.out_since(), None);
    }

    #[test]
    fn a_failure_now_and_then_is_no_outage() {
        let health = Health::new(0);
        for round in 0..20 {
            for _ in 0..4 {
                assert_eq!(health.heard(at(round), &away(0)), None);
            }
            assert_eq!(health.heard(at(round), &Answer::Accepted), None);
        }
        assert_eq!(health.admit(at(20)), Ok(()));
    }

    #[test]
    fn whoever_says_how_long_is_left_alone_for_so_long() {
        let health = Health::new(0);
        assert_eq!(health.heard(at(0), &away(2)), None);
        assert_eq!(health.admit(at(1)), Err(at(2)));
        assert_eq!(health.admit(at(2)), Ok(()));
        assert_eq!(health.out_since(), None);
        let health = Health::new(0);
        assert_eq!(health.heard(at(0), &away(300)), Some(true), "it refuses us");
        assert_eq!(health.admit(at(299)), Err(at(300)));
    }

    #[test]
    fn what_was_under_way_does_not_shorten_a_rest() {
        let taken = Answer::Accepted;
        let health = Health::new(0);
        assert_eq!(health.heard(at(0), &away(30)), None);
        assert_eq!(health.heard(at(1), &taken), None);
        assert_eq!(health.admit(at(29)), Err(at(30)), "it asked for half a minute");
        assert_eq!(health.admit(at(30)), Ok(()));
        assert_eq!(health.heard(at(31), &taken), None);
        assert_eq!(health.admit(at(31)), Ok(()));
        assert_eq!(health.admit(at(31)), Ok(()), "it was tried out, and is well");

        let health = Health::new(0);
        assert_eq!(health.heard(at(0), &away(300)), Some(true));
        assert_eq!(health.heard(at(1), &taken), None);
        assert_eq!(
            (health.admit(at(299)), health.out_since()),
            (Err(at(300)), Some(at(0)))
        );
        assert_eq!(health.admit(at(300)), Ok(()));
        assert_eq!(health.heard(at(301), &taken), Some(false));
    }

    #[test]
    fn no_more_are_taken_on_than_can_go_within_seconds() {
        let health = Health::new(2);
        let taken = (0..100).filter(|_| health.admit(at(0)).is_ok()).count();
        assert_eq!(taken, 9);
        assert!(health.admit(at(0)).unwrap_err() > at(0));
        assert_eq!(health.admit(at(1)), Ok(()));
    }
}
