use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fact, Times};

/// A way to reach a person.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// SMS.
    Sms,
    /// E-mail.
    Mail,
}

/// Channels in order of preference; written "sms,mail".
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Route(pub Vec<Channel>);

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, channel) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let name = match channel {
                Channel::Sms => "sms",
                Channel::Mail => "mail",
            };
            write!(f, "{comma}{name}")?;
        }
        Ok(())
    }
}

/// A route that is none.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a route is a list of mail and sms")]
pub struct NoRoute;

impl FromStr for Route {
    type Err = NoRoute;

    fn from_str(text: &str) -> Result<Self, NoRoute> {
        let channels = text.split(',').map(|name| match name {
            "sms" => Ok(Channel::Sms),
            "mail" => Ok(Channel::Mail),
            _ => Err(NoRoute),
        });
        channels.collect::<Result<_, NoRoute>>().map(Route)
    }
}

/// What makes a reminder the same reminder (DESIGN.md, promise 2); unique in the database.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Identity {
    /// Name of the policy.
    pub policy: String,
    /// Subject of the milestone.
    pub subject: String,
    /// Kind of the milestone.
    pub kind: String,
    /// The milestone's generation for which it was planned.
    pub generation: i64,
    /// Which one of the policy: "-P7D", "planned", "change-4".
    pub occurrence: String,
    /// The person.
    pub recipient: Uuid,
    /// Channels in order of preference.
    pub route: Route,
}

/// Where a reminder stands. Every reminder is in exactly one state.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ReminderState {
    /// Waits for its instant.
    Planned,
    /// Handed to the notifier, not settled yet.
    Queued,
    /// Told.
    Sent,
    /// Not told, for a reason.
    Suppressed,
    /// The provider would not.
    Failed,
}

/// What made it speak.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Occasion {
    /// It was planned.
    Planned,
    /// It comes.
    Before,
    /// It is over.
    After,
    /// Another start.
    Moved,
    /// Another fact.
    Changed,
    /// It is cancelled, or the person is not part of it any more.
    Cleared,
}

impl Occasion {
    /// The word that is stored, tested by conditions and told to the notifier.
    pub fn as_str(self) -> &'static str {
        match self {
            Occasion::Planned => "planned",
            Occasion::Before => "before",
            Occasion::After => "after",
            Occasion::Moved => "moved",
            Occasion::Changed => "changed",
            Occasion::Cleared => "cleared",
        }
    }

    /// A notice that something is not as it was told.
    pub fn is_change(self) -> bool {
        matches!(self, Occasion::Moved | Occasion::Changed | Occasion::Cleared)
    }
}

/// Why a reminder was not told. The words are stored and shown; add, never rename.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason {
    /// A newer time or a newer notice replaced it.
    Superseded,
    /// What it was about does not stand any more, or the person left it.
    Cancelled,
    /// Nobody would want it any more.
    TooLate,
    /// The policy's condition does not hold any more.
    Condition,
    /// The change was undone before it was told.
    Reverted,
    /// The policies changed.
    PolicyChanged,
    /// A later reminder of the same policy says the same.
    Duplicate,
    /// The person is erased.
    Erased,
    /// A person held it back until nobody would want it any more.
    Held,
}

impl Reason {
    /// Whether only the plan decided it: the plan may take it back when things are as before.
    pub fn is_of_the_plan(text: &str) -> bool {
        [
            Reason::Superseded,
            Reason::Cancelled,
            Reason::Condition,
            Reason::PolicyChanged,
        ]
        .into_iter()
        .any(|reason| reason.as_str() == text)
    }

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Superseded => "superseded",
            Reason::Cancelled => "cancelled",
            Reason::TooLate => "too_late",
            Reason::Condition => "condition",
            Reason::Reverted => "reverted",
            Reason::PolicyChanged => "policy_changed",
            Reason::Duplicate => "duplicate",
            Reason::Erased => "erased",
            Reason::Held => "held",
        }
    }
}

/// What a person had been told, as far as a policy watches it: the base line of a change notice.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Snapshot {
    /// Whether the milestone stood and the person was part of it.
    pub present: bool,
    /// When it was.
    pub times: Option<Times>,
    /// The watched facts.
    pub facts: BTreeMap<String, Fact>,
}

/// A reminder that exists: a row of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Reminder {
    /// Row id.
    pub id: Uuid,
    /// What makes it the same reminder.
    pub identity: Identity,
    /// The recipient's role.
    pub role: String,
    /// Template of the message.
    pub template: String,
    /// What made it speak.
    pub occasion: Occasion,
    /// Where it stands.
    pub state: ReminderState,
    /// Why, when there is something to explain; empty otherwise.
    pub reason: String,
    /// When the policy alone would send it.
    pub intended: Timestamp,
    /// When it is sent.
    pub due: Timestamp,
    /// After this instant nobody wants it any more.
    pub useful_until: Timestamp,
    /// Whether `Release` has let it go: it counts as told until it is settled otherwise.
    pub released: bool,
    /// Whether an attempt of it ended without anybody knowing: the person may have been told.
    pub uncertain: bool,
    /// The delivery that carries it.
    pub delivery: Option<Uuid>,
    /// Base line of a change notice.
    pub told_before: Option<Snapshot>,
    /// What people did to it by hand.
    pub by_hand: ByHand,
}

/// What people did to a reminder by hand.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ByHand {
    /// It waits until somebody lets it go.
    pub held: bool,
    /// It may go outside its window.
    pub any_hour: bool,
    /// The reminder that it repeats.
    pub resend_of: Option<Uuid>,
}

impl Reminder {
    /// Whether it can still be held back.
    pub fn is_live(&self) -> bool {
        match self.state {
            ReminderState::Planned => true,
            ReminderState::Queued => !self.released,
            ReminderState::Sent | ReminderState::Suppressed | ReminderState::Failed => false,
        }
    }

    /// Whether its recipient has been told, or may be any moment.
    pub fn is_told(&self) -> bool {
        self.state == ReminderState::Sent
            || self.uncertain
            || (self.state == ReminderState::Queued && self.released)
    }
}
