//! What comes back by mail about a mail: a delivery status (RFC 3464) or a complaint (RFC 5965), read and decided on.

use uuid::Uuid;

use super::{Fate, blames_address};

/// The reason of a suppression after a mail that came back; its code follows.
pub const BOUNCED: &str = "bounced";

/// The reason of a suppression after somebody marked a mail as unwanted.
pub const COMPLAINT: &str = "complaint";

/// A report about one message of ours.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// Which, by its Message-ID.
    pub delivery_id: Uuid,
    /// What it says.
    pub says: Says,
}

/// What a report says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Says {
    /// What became of it, for each recipient that is named.
    Status(Vec<Recipient>),
    /// Who got it does not want it.
    Complaint,
    /// Another kind of feedback: `not-spam`, an authentication that failed, a virus.
    OtherFeedback,
}

/// One group of a delivery status.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recipient {
    /// Final and original recipient, in lower case, without their types.
    pub addresses: Vec<String>,
    /// What was done.
    pub action: Action,
    /// The enhanced code, "5.1.1"; empty when there is none.
    pub code: String,
}

/// RFC 3464, 2.3.3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// Given up.
    Failed,
    /// Still tried.
    Delayed,
    /// In the mailbox.
    Delivered,
    /// Handed to a server that tells no more.
    Relayed,
    /// Handed to several others.
    Expanded,
    /// A word that the standard does not have.
    Other,
}

impl Action {
    /// Of its word.
    pub fn of(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "failed" => Self::Failed,
            "delayed" => Self::Delayed,
            "delivered" => Self::Delivered,
            "relayed" => Self::Relayed,
            "expanded" => Self::Expanded,
            _ => Self::Other,
        }
    }
}

impl Recipient {
    /// `ours`: whether it is the address that we wrote to.
    fn fate(&self, ours: bool) -> Fate {
        match self.action {
            // Another day it might have arrived, as with an SMS that expired.
            Action::Failed if self.code.starts_with('4') => Fate::FailedTemporary,
            // Whoever forwards has an address that works; what is behind it is not ours to judge.
            Action::Failed => Fate::FailedPermanent {
                address: ours && blames_address(&self.code),
            },
            Action::Delayed => Fate::Pending,
            Action::Delivered => Fate::Delivered,
            Action::Relayed | Action::Expanded => Fate::Accepted,
            Action::Other => Fate::Unrecognised,
        }
    }
}

impl Says {
    /// What it means for a message to `recipient`, and the code to keep.
    pub fn decide(&self, recipient: &str) -> (Fate, String) {
        match self {
            Self::Complaint => (Fate::Complained, COMPLAINT.to_owned()),
            Self::OtherFeedback => (Fate::Pending, String::new()),
            Self::Status(groups) => {
                let recipient = recipient.trim().to_lowercase();
                let is_ours = |group: &&Recipient| group.addresses.contains(&recipient);
                let named = !recipient.is_empty() && groups.iter().any(|group| is_ours(&group));
                groups
                    .iter()
                    .filter(|group| !named || is_ours(group))
                    .map(|group| (group.fate(named), group))
                    .min_by_key(|(fate, _)| order(*fate))
                    .map_or((Fate::Unrecognised, String::new()), |(fate, group)| {
                        (fate, kept(fate, &group.code))
                    })
            }
        }
    }
}

/// Of several recipients behind one address, the best end is that of the message.
fn order(fate: Fate) -> u8 {
    match fate {
        Fate::Delivered => 0,
        Fate::Accepted => 1,
        Fate::Pending => 2,
        Fate::FailedTemporary => 3,
        Fate::FailedPermanent { address: false } => 4,
        Fate::FailedPermanent { address: true } => 5,
        Fate::Complained | Fate::Unknown | Fate::Unrecognised => 6,
    }
}

fn kept(fate: Fate, code: &str) -> String {
    let word = match fate {
        Fate::FailedPermanent { .. } => BOUNCED,
        Fate::FailedTemporary => "given up",
        Fate::Delivered => "delivered",
        _ => "on its way",
    };
    format!("{word} {code}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMINA: &str = "amina@example.org";

    fn group(address: &str, action: &str, code: &str) -> Recipient {
        Recipient {
            addresses: vec![address.to_owned()],
            action: Action::of(action),
            code: code.to_owned(),
        }
    }

    fn decided(groups: &[Recipient]) -> (Fate, String) {
        Says::Status(groups.to_vec()).decide("Amina@Example.org")
    }

    #[test]
    fn an_action_and_a_code_make_a_fate() {
        let permanent = |address| Fate::FailedPermanent { address };
        for (action, code, fate, kept) in [
            ("failed", "5.1.1", permanent(true), "bounced 5.1.1"),
            ("Failed", "5.2.1", permanent(true), "bounced 5.2.1"),
            ("failed", "5.2.2", permanent(false), "bounced 5.2.2"),
            ("failed", "5.7.1", permanent(false), "bounced 5.7.1"),
            ("failed", "", permanent(false), "bounced"),
            ("failed", "4.4.7", Fate::FailedTemporary, "given up 4.4.7"),
            ("delayed", "4.4.1", Fate::Pending, "on its way 4.4.1"),
            ("delivered", "2.1.5", Fate::Delivered, "delivered 2.1.5"),
            ("relayed", "2.1.9", Fate::Accepted, "on its way 2.1.9"),
            ("expanded", "2.0.0", Fate::Accepted, "on its way 2.0.0"),
            ("teleported", "2.0.0", Fate::Unrecognised, "on its way 2.0.0"),
        ] {
            assert_eq!(
                decided(&[group(AMINA, action, code)]),
                (fate, kept.to_owned()),
                "{action} {code}"
            );
        }
    }

    #[test]
    fn only_what_is_said_of_our_address_counts_when_it_is_named() {
        let fails = Fate::FailedPermanent { address: true };
        let others = [
            group("b@example.org", "delivered", "2.0.0"),
            group(AMINA, "failed", "5.1.1"),
        ];
        assert_eq!(decided(&others).0, fails);
        let others = [
            group("b@example.org", "failed", "5.1.1"),
            group(AMINA, "delivered", "2.0.0"),
        ];
        assert_eq!(decided(&others).0, Fate::Delivered);
    }

    #[test]
    fn where_our_address_forwards_to_fails_the_message_and_not_the_address() {
        let elsewhere = [group("amina@elsewhere.example", "failed", "5.1.1")];
        assert_eq!(decided(&elsewhere).0, Fate::FailedPermanent { address: false });
        // One of those behind it has it.
        let some = [
            elsewhere[0].clone(),
            group("b@elsewhere.example", "relayed", "2.0.0"),
        ];
        assert_eq!(decided(&some).0, Fate::Accepted);
        assert_eq!(decided(&[]).0, Fate::Unrecognised);
        // A person who was forgotten: nothing is left to compare with.
        let (fate, _) = Says::Status(vec![group("", "failed", "5.1.1")]).decide("");
        assert_eq!(fate, Fate::FailedPermanent { address: false });
    }
}
