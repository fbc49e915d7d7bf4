use jiff::SignedDuration;
use platform::Moment;

use super::{Channel, Delivery, OnUnknown, Outcome};

/// What a provider said to an attempt, or what is known of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// It took the message.
    Accepted,
    /// The same, and its receipts will name the message so.
    AcceptedAs {
        /// The provider's own id.
        id: String,
    },
    /// Not now; the detail holds no address.
    RefusedTemporary {
        /// For people who look into it.
        detail: String,
    },
    /// Not now, and that is the provider's trouble with all messages: away, too busy, or it refuses us.
    Unavailable {
        /// For people who look into it.
        detail: String,
        /// How long to leave it alone at least.
        pause: SignedDuration,
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
            Self::Accepted | Self::AcceptedAs { .. } => "accepted",
            Self::RefusedTemporary { .. } | Self::Unavailable { .. } => "refused_temporary",
            Self::RefusedPermanent { .. } => "refused_permanent",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The message's state.
    pub const fn message_state(&self) -> &'static str {
        match self {
            Self::Accepted | Self::AcceptedAs { .. } => "accepted",
            Self::RefusedTemporary { .. } | Self::Unavailable { .. } | Self::RefusedPermanent { .. } => {
                "refused"
            }
            Self::Unknown { .. } => "unknown",
        }
    }

    /// What to show of it.
    pub fn detail(&self) -> &str {
        match self {
            Self::Accepted | Self::AcceptedAs { .. } => "",
            Self::RefusedTemporary { detail }
            | Self::Unavailable { detail, .. }
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

/// What there is besides the provider that answered.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ways {
    /// Another provider of the channel can take the message at once, or the channel has been out for so long that another
    /// is looked for.
    pub another: bool,
    /// The provider may tell later what became of a message whose end is unknown.
    pub told_later: bool,
}

/// Decides after attempt number `delivery.attempts` on `channel`. `chance` is from 0 to 1,000 for the jitter.
pub fn after(
    delivery: &Delivery,
    channel: Channel,
    answer: &Answer,
    ways: Ways,
    now: Moment,
    chance: u64,
) -> Next {
    match answer {
        Answer::Accepted | Answer::AcceptedAs { .. } => Next::Settle(Outcome::Sent(channel)),
        // Nothing was accepted, so another may have it at once; a refusal is this provider's, unless it is the address that
        // is wrong.
        Answer::RefusedPermanent { address: false, .. }
        | Answer::RefusedTemporary { .. }
        | Answer::Unavailable { .. }
            if ways.another =>
        {
            Next::Again(now)
        }
        Answer::RefusedPermanent { .. } => Next::Elsewhere(channel),
        // How long to leave a provider alone is its health's matter: another way may be free before.
        Answer::RefusedTemporary { .. } | Answer::Unavailable { .. } => later(delivery, now, chance),
        Answer::Unknown { .. } if ways.told_later && !delivery.uncertain => {
            Next::Again(now.plus(grace(delivery, now)))
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

fn later(delivery: &Delivery, now: Moment, chance: u64) -> Next {
    let at = now.plus(back_off(delivery.attempts, chance));
    if at < delivery.useful_until {
        Next::Again(at)
    } else {
        Next::Settle(Outcome::Failed("refused_until_too_late".to_owned()))
    }
}

/// How long to wait for word of what is unknown: ten minutes, and never more than half of the time that is left.
fn grace(delivery: &Delivery, now: Moment) -> SignedDuration {
    let left = delivery.useful_until.timestamp().duration_since(now.timestamp());
    (left / 2).clamp(SignedDuration::ZERO, SignedDuration::from_mins(10))
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

    use super::*;

    fn delivery(on_unknown: OnUnknown, attempts: i64, uncertain: bool) -> Delivery {
        Delivery {
            on_unknown,
            attempts,
            uncertain,
            ..crate::domain::a_delivery("2026-11-25T09:00:00Z")
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
            Ways::default(),
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
            Ways::default(),
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
                Ways::default(),
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
    fn another_provider_takes_over_at_once_unless_the_address_is_wrong_or_nobody_knows() {
        let now = moment("2026-11-25T08:00:00Z");
        let ways = Ways {
            another: true,
            told_later: true,
        };
        let next = |answer: &Answer, uncertain| {
            let delivery = delivery(OnUnknown::AtMostOnce, 1, uncertain);
            after(&delivery, Channel::Sms, answer, ways, now, 0)
        };
        let away = Answer::Unavailable {
            detail: String::new(),
            pause: SignedDuration::from_mins(5),
        };
        let permanent = |address| Answer::RefusedPermanent {
            detail: String::new(),
            address,
        };
        assert_eq!(next(&away, false), Next::Again(now));
        assert_eq!(next(&permanent(false), false), Next::Again(now));
        assert_eq!(next(&permanent(true), false), Next::Elsewhere(Channel::Sms));
        // Half an hour is left of the hour's usefulness: ten minutes are less.
        assert_eq!(
            next(&unknown(), false),
            Next::Again(moment("2026-11-25T08:10:00Z"))
        );
        assert_eq!(
            next(&unknown(), true),
            Next::Settle(Outcome::Failed("unknown".to_owned()))
        );
        let alone = after(
            &delivery(OnUnknown::AtLeastOnce, 1, false),
            Channel::Sms,
            &away,
            Ways::default(),
            now,
            0,
        );
        assert_eq!(alone, Next::Again(moment("2026-11-25T08:00:04Z")));
    }

    #[test]
    fn chance_spreads_pauses_by_a_fifth_at_most() {
        assert_eq!(back_off(1, 0).as_millis(), 4_000);
        assert_eq!(back_off(1, 1_000).as_millis(), 6_000);
        assert_eq!(peer_pause(0, 500).as_millis(), 500);
        assert_eq!(peer_pause(40, 500).as_millis(), 30_000);
    }
}
