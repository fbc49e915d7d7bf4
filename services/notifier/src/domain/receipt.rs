use jiff::SignedDuration;
use platform::Moment;

use super::{COMPLAINT, Channel, Delivery};

/// An SMS of which nothing was heard for so long is shown as unconfirmed: networks give up before.
pub const UNCONFIRMED: SignedDuration = SignedDuration::from_hours(72);

/// What a provider says of a message that it took, some time later.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Receipt {
    /// How the message went.
    pub channel: Channel,
    /// Which provider says so.
    pub provider: &'static str,
    /// Our reference, of the address that it called or of what it returned.
    pub reference: String,
    /// What became of the message.
    pub fate: Fate,
    /// The provider's code, for people who look into it; never a text or an address.
    pub code: String,
    /// When, by the provider's clock; none when it does not say.
    pub at: Option<Moment>,
}

/// The providers' many words, in few.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// On its way.
    Pending,
    /// The network took it.
    Accepted,
    /// It is on the telephone, or in the mailbox.
    Delivered,
    /// It did not arrive; another day it might.
    FailedTemporary,
    /// It does not arrive.
    FailedPermanent {
        /// Whether the address cannot be reached by any other message either.
        address: bool,
    },
    /// It arrived, and who got it does not want such messages.
    Complained,
    /// The provider does not know.
    Unknown,
    /// A code that no table has: somebody has to look.
    Unrecognised,
}

impl Fate {
    /// The message's state; none when the receipt changes nothing.
    pub const fn state(self) -> Option<&'static str> {
        match self {
            Self::Pending | Self::Unrecognised => None,
            Self::Accepted => Some("accepted"),
            Self::Delivered | Self::Complained => Some("delivered"),
            Self::FailedTemporary => Some("failed_temporary"),
            Self::FailedPermanent { .. } => Some("failed_permanent"),
            Self::Unknown => Some("unknown"),
        }
    }

    /// Whether nothing more is to be sent to the address.
    pub const fn ends_the_address(self) -> bool {
        matches!(self, Self::Complained | Self::FailedPermanent { address: true })
    }

    /// Whether the provider can only say so of a message that it took.
    pub const fn was_taken(self) -> bool {
        !matches!(self, Self::Unrecognised | Self::Unknown)
    }
}

/// Where a message stands when a receipt comes.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The message's state.
    pub state: &'a str,
    /// The code of the last receipt.
    pub code: &'a str,
    /// When that was.
    pub last: Option<Moment>,
}

/// Whether a receipt says something new.
pub fn applies(standing: Standing<'_>, receipt: &Receipt) -> bool {
    let Standing { state, code, last } = standing;
    // Comes after the end, and counts once: or a copy would undo what a person lifted.
    if receipt.fate == Fate::Complained {
        return !code.starts_with(COMPLAINT);
    }
    let Some(next) = receipt.fate.state() else {
        return false;
    };
    // Providers send again, late and in any order: an end stays, and nothing steps back to "accepted".
    if matches!(state, "delivered" | "failed_permanent") {
        return false;
    }
    if next == "accepted" && matches!(state, "accepted" | "failed_temporary") {
        return false;
    }
    match (last, receipt.at) {
        // Clocks of gateways count in seconds: what is of the same second is not older.
        (Some(last), Some(at)) => at >= last || rank(next) > rank(state),
        _ => true,
    }
}

/// The channels that are out when a message that was sent by `channel` and did not arrive is to go by another one; none
/// when that is of no use or possible, or somebody may have it already.
pub fn instead(delivery: &Delivery, channel: Channel, now: Moment) -> Option<Vec<Channel>> {
    if delivery.uncertain || now >= delivery.useful_until {
        return None;
    }
    let mut out = delivery.refused.clone();
    out.push(channel);
    delivery
        .route
        .iter()
        .any(|other| !out.contains(other))
        .then_some(out)
}

fn rank(state: &str) -> u8 {
    match state {
        "delivered" | "failed_permanent" => 2,
        "failed_temporary" | "unknown" => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use platform::testing::moment;

    use super::*;

    fn applies(state: &str, last: Option<Moment>, receipt: &Receipt) -> bool {
        let code = "";
        super::applies(Standing { state, code, last }, receipt)
    }

    fn receipt(fate: Fate, at: &str) -> Receipt {
        Receipt {
            channel: Channel::Sms,
            provider: "kannel",
            reference: "r".to_owned(),
            fate,
            code: String::new(),
            at: Some(moment(at)),
        }
    }

    #[test]
    fn an_end_stays_and_an_older_receipt_is_dropped() {
        const EARLY: &str = "2026-11-18T09:00:00Z";
        const LATE: &str = "2026-11-18T09:05:00Z";
        let permanent = Fate::FailedPermanent { address: false };
        assert!(applies("accepted", None, &receipt(Fate::Delivered, EARLY)));
        assert!(applies("intent", None, &receipt(Fate::Delivered, EARLY)));
        for end in ["delivered", "failed_permanent"] {
            for fate in [
                Fate::Delivered,
                permanent,
                Fate::FailedTemporary,
                Fate::Accepted,
                Fate::Unknown,
            ] {
                assert!(!applies(end, Some(moment(EARLY)), &receipt(fate, LATE)));
            }
        }
        let last = Some(moment(LATE));
        assert!(!applies("failed_temporary", last, &receipt(Fate::Unknown, EARLY)));
        assert!(applies("failed_temporary", last, &receipt(Fate::Unknown, LATE)));
        assert!(!applies("failed_temporary", last, &receipt(Fate::Accepted, LATE)));
        // An end that the provider dates earlier is still the end.
        assert!(applies(
            "failed_temporary",
            last,
            &receipt(Fate::Delivered, EARLY)
        ));
    }

    #[test]
    fn a_complaint_counts_once_also_after_the_end() {
        let complaint = receipt(Fate::Complained, "2026-11-18T09:00:00Z");
        for (state, code, counts) in [
            ("accepted", "", true),
            ("delivered", "delivered 2.0.0", true),
            ("failed_permanent", "bounced 5.7.1", true),
            ("delivered", "complaint", false),
        ] {
            let last = complaint.at;
            assert_eq!(
                super::applies(Standing { state, code, last }, &complaint),
                counts,
                "{state} {code}"
            );
        }
    }

    #[test]
    fn another_channel_is_taken_while_it_helps_and_nobody_can_have_been_told() {
        use Channel::{Mail, Sms};
        let delivery = |route: &[Channel], refused: &[Channel], uncertain| Delivery {
            route: route.to_vec(),
            refused: refused.to_vec(),
            uncertain,
            ..crate::domain::a_delivery("2026-11-25T09:00:00Z")
        };
        let early = moment("2026-11-25T08:59:59Z");
        let both = delivery(&[Mail, Sms], &[], false);
        assert_eq!(instead(&both, Mail, early), Some(vec![Mail]));
        assert_eq!(instead(&both, Sms, early), Some(vec![Sms]));
        assert_eq!(instead(&both, Mail, moment("2026-11-25T09:00:00Z")), None);
        assert_eq!(instead(&delivery(&[Mail], &[], false), Mail, early), None);
        assert_eq!(
            instead(&delivery(&[Mail, Sms], &[Mail], false), Sms, early),
            None,
            "once"
        );
        assert_eq!(instead(&delivery(&[Mail, Sms], &[], true), Mail, early), None);
    }

    #[test]
    fn what_says_nothing_changes_nothing() {
        for fate in [Fate::Pending, Fate::Unrecognised] {
            assert!(!applies("accepted", None, &receipt(fate, "2026-11-18T09:00:00Z")));
        }
    }
}
