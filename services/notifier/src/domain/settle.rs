use jiff::SignedDuration;
use platform::Moment;

use super::{Channel, Delivery, OnUnknown, Outcome};

/// What a provider said to an attempt, or what is known of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// It took the message.
    Accepted,
    /// Not now; the detail holds no address.
    RefusedTemporary {
        /// For people who look into it.
        detail: String,
    },
    /// Never on this channel.
    RefusedPermanent {
        /// For people who look into it.
        detail: String,
        /// Whether it is the address that is refused, for every other message too.
        address: bool,
    },
    /// Nobody knows: the answer was lost after the message was handed over.
    Unknown {
        /// For people who look into it.
        detail: String,
    },
}

impl Answer {
    /// The attempt's state.
    pub const fn state(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::RefusedTemporary { .. } => "refused_temporary",
            Self::RefusedPermanent { .. } => "refused_permanent",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The message's state.
    pub const fn message_state(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::RefusedTemporary { .. } | Self::RefusedPermanent { .. } => "refused",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// What to show of it.
    pub fn detail(&self) -> &str {
        match self {
            Self::Accepted => "",
            Self::RefusedTemporary { detail }
            | Self::RefusedPermanent { detail, .. }
            | Self::Unknown { detail } => detail,
        }
    }
}

/// What becomes of a delivery.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Next {
    /// It ended.
    Settle(Outcome),
    /// Everything again from the start, at this instant.
    Again(Moment),
    /// The same, without this channel.
    Elsewhere(Channel),
}

/// Decides after attempt number `delivery.attempts` on `channel`. `chance` is from 0 to 1,000 for the jitter.
pub fn after(delivery: &Delivery, channel: Channel, answer: &Answer, now: Moment, chance: u64) -> Next {
    match answer {
        Answer::Accepted => Next::Settle(Outcome::Sent(channel)),
        Answer::RefusedPermanent { .. } => Next::Elsewhere(channel),
        Answer::RefusedTemporary { .. } => {
            let at = now.plus(back_off(delivery.attempts, chance));
            if at < delivery.useful_until {
                Next::Again(at)
            } else {
                Next::Settle(Outcome::Failed("refused_until_too_late".to_owned()))
            }
        }
        Answer::Unknown { .. } => match delivery.on_unknown {
            // Once more and no further: a provider that keeps silent would be given the same message for ever.
            OnUnknown::AtLeastOnce if !delivery.uncertain => {
                Next::Again(now.plus(back_off(delivery.attempts, chance)))
            }
            OnUnknown::AtLeastOnce | OnUnknown::AtMostOnce => {
                Next::Settle(Outcome::Failed("unknown".to_owned()))
            }
        },
    }
}

/// 5 s, 10 s, 20 s … at most 15 minutes after attempt 1, 2, 3 …, a fifth more or less by chance.
pub(super) fn back_off(attempts: i64, chance: u64) -> SignedDuration {
    pause(5_000, 15 * 60_000, attempts, chance)
}

/// How long to wait for a peer that is away: 0.5 s, 1 s … at most 30 s, a fifth more or less by chance.
pub fn peer_pause(setbacks: i64, chance: u64) -> SignedDuration {
    pause(500, 30_000, setbacks, chance)
}

fn pause(first: i64, longest: i64, times: i64, chance: u64) -> SignedDuration {
    let doubled = first << times.saturating_sub(1).clamp(0, 20);
    let millis = doubled.min(longest);
    let share = i64::try_from(chance.min(1_000)).unwrap_or(500);
    SignedDuration::from_millis(millis * (800 + share * 400 / 1_000) / 1_000)
}

#[cfg(test)]
mod tests {
    use platform::testing::moment;
    use uuid::Uuid;

    use super::*;

    fn delivery(on_unknown: OnUnknown, attempts: i64, uncertain: bool) -> Delivery {
        Delivery {
            id: Uuid::nil(),
            person_id: Uuid::nil(),
            policy: String::new(),
            template: String::new(),
            route: vec![Channel::Mail],
            useful_until: moment("2026-11-25T09:00:00Z"),
            on_unknown,
            due_at: moment("2026-11-24T09:00:00Z"),
            group: String::new(),
            subject: String::new(),
            attempts,
            setbacks: 0,
            refused: Vec::new(),
            uncertain,
        }
    }

    fn temporary() -> Answer {
        Answer::RefusedTemporary {
            detail: String::new(),
        }
    }

    fn unknown() -> Answer {
        Answer::Unknown {
            detail: String::new(),
        }
    }

    #[test]
    fn a_temporary_refusal_waits_longer_each_time_and_ends_with_usefulness() {
        let now = moment("2026-11-25T08:00:00Z");
        let wait = |attempts| match after(
            &delivery(OnUnknown::AtLeastOnce, attempts, false),
            Channel::Mail,
            &temporary(),
            now,
            500,
        ) {
            Next::Again(at) => at.timestamp().duration_since(now.timestamp()).as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            [wait(1), wait(2), wait(3), wait(20), wait(63)],
            [5, 10, 20, 900, 900]
        );
        let late = moment("2026-11-25T08:59:58Z");
        let next = after(
            &delivery(OnUnknown::AtLeastOnce, 1, false),
            Channel::Mail,
            &temporary(),
            late,
            500,
        );
        assert_eq!(
            next,
            Next::Settle(Outcome::Failed("refused_until_too_late".to_owned()))
        );
    }

    #[test]
    fn an_unknown_end_is_tried_once_more_only_if_the_policy_wants_it() {
        let now = moment("2026-11-25T08:00:00Z");
        let next = |on_unknown, uncertain| {
            after(
                &delivery(on_unknown, 1, uncertain),
                Channel::Mail,
                &unknown(),
                now,
                0,
            )
        };
        assert!(matches!(next(OnUnknown::AtLeastOnce, false), Next::Again(_)));
        let failed = Next::Settle(Outcome::Failed("unknown".to_owned()));
        assert_eq!(next(OnUnknown::AtLeastOnce, true), failed);
        assert_eq!(next(OnUnknown::AtMostOnce, false), failed);
    }

    #[test]
    fn chance_spreads_pauses_by_a_fifth_at_most() {
        assert_eq!(back_off(1, 0).as_millis(), 4_000);
        assert_eq!(back_off(1, 1_000).as_millis(), 6_000);
        assert_eq!(peer_pause(0, 500).as_millis(), 500);
        assert_eq!(peer_pause(40, 500).as_millis(), 30_000);
    }
}
