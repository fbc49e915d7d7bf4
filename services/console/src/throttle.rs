//! How often somebody may answer the question behind one link.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use jiff::SignedDuration;
use platform::Moment;

/// Answers for one link within the window. The services behind throttle as well; this keeps a flood away from them.
const ANSWERS: usize = 20;
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Answers that are remembered for all links together; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;

/// Counts answers by link. Lives as long as the process.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<VecDeque<(String, Moment)>>);

impl Throttle {
    /// Whether one more answer for this link is allowed now; counts it when it is.
    pub(crate) fn allows(&self, link: &str, now: Moment) -> bool {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while answers.front().is_some_and(|(_, at)| at.plus(WINDOW) <= now) {
            answers.pop_front();
        }
        if answers.iter().filter(|(known, _)| known == link).count() >= ANSWERS {
            return false;
        }
        if answers.len() == REMEMBERED {
            answers.pop_front();
        }
        answers.push_back((link.to_owned(), now));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_link_is_held_back_for_a_while_and_others_are_not() {
        let throttle = Throttle::default();
        let start = Moment::UNIX_EPOCH;
        for _ in 0..ANSWERS {
            assert!(throttle.allows("a", start));
        }
        assert!(!throttle.allows("a", start));
        assert!(throttle.allows("b", start));
        assert!(!throttle.allows("a", start.plus(SignedDuration::from_mins(14))));
        assert!(throttle.allows("a", start.plus(WINDOW)));
    }
}
