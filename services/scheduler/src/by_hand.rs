//! What people may do to a reminder by hand, and why not. Pure. Consent is not looked at here: it is obeyed at hand-over,
//! as it is for every reminder.

use jiff::Timestamp;

use crate::calendar::BusinessCalendar;
use crate::domain::{Occasion, Reason, Recorded, Reminder, ReminderState};
use crate::plan::zone_of;
use crate::policy::{Policy, PolicySet};

/// Roles of staff: for them a person may waive the window.
const STAFF: [&str; 4] = ["coordinator", "referent", "facilitator", "staff"];

/// An act that people do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    /// Wait until somebody lets it go.
    Hold,
    /// Let it go.
    Resume,
    /// Now, or when the window opens.
    SendNow {
        /// Outside the window as well.
        any_hour: bool,
    },
    /// Once more, as a new occurrence.
    Resend,
}

impl Act {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Act::Hold => "hold",
            Act::Resume => "resume",
            Act::SendNow { .. } => "send_now",
            Act::Resend => "resend",
        }
    }
}

/// Why an act is not done. Each says what can be done instead.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// `Release` let it go: it is with the provider or was told.
    #[error("this reminder is being sent or was sent; nothing can hold it back any more")]
    HandedOver,
    /// It ended as suppressed or failed.
    #[error("this reminder has ended; send it again instead")]
    Ended,
    /// There is no hold to end.
    #[error("this reminder is not held; read the list again")]
    NotHeld,
    /// Nobody would want it any more, or the window opens only then.
    #[error("it is too late for this reminder: it could reach the person only when it is of no use any more")]
    TooLate,
    /// The date changed since.
    #[error("the date has changed since; the reminders of the new date take its place")]
    Superseded,
    /// What it is about does not stand, or the person is not part of it.
    #[error("what this reminder is about was cancelled, or the person is not part of it any more")]
    Cancelled,
    /// The person is erased.
    #[error("this person's data were erased; they cannot be written to")]
    Erased,
    /// Its policy is not in force.
    #[error("the policy of this reminder is not in force any more")]
    PolicyGone,
    /// It has not gone out yet.
    #[error("this reminder still waits; send it now instead of again")]
    StillWaiting,
    /// The window is waived for staff only.
    #[error(
        "only messages to staff may be sent outside the window; without it the message goes at the next opening"
    )]
    NotStaff,
}

impl Refusal {
    /// `ErrorInfo.reason`.
    pub fn reason(self) -> &'static str {
        match self {
            Refusal::HandedOver => "HANDED_OVER",
            Refusal::Ended => "ENDED",
            Refusal::NotHeld => "NOT_HELD",
            Refusal::TooLate => "TOO_LATE",
            Refusal::Superseded => "SUPERSEDED",
            Refusal::Cancelled => "CANCELLED",
            Refusal::Erased => "ERASED",
            Refusal::PolicyGone => "POLICY_GONE",
            Refusal::StillWaiting => "STILL_WAITING",
            Refusal::NotStaff => "NOT_STAFF",
        }
    }
}

/// Why a reminder cannot be held back or brought forward; none when it can.
pub fn check_live(reminder: &Reminder) -> Result<(), Refusal> {
    if reminder.is_live() {
        return Ok(());
    }
    Err(match reminder.state {
        ReminderState::Suppressed | ReminderState::Failed => Refusal::Ended,
        ReminderState::Planned | ReminderState::Queued | ReminderState::Sent => Refusal::HandedOver,
    })
}

/// When a reminder goes that is to go now: at once, or at the next opening of its window while it is still useful.
/// What is superseded, cancelled or too late stays so, whoever asks.
pub fn due_now(
    policies: &PolicySet,
    calendar: &BusinessCalendar,
    reminder: &Reminder,
    recorded: Option<&Recorded>,
    any_hour: bool,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    if reminder.reason == Reason::Erased.as_str() {
        return Err(Refusal::Erased);
    }
    let policy: &Policy = policies
        .get(&reminder.identity.policy)
        .ok_or(Refusal::PolicyGone)?;
    let recorded = recorded.ok_or(Refusal::Cancelled)?;
    let milestone = &recorded.milestone;
    let present = milestone.is_planned() && milestone.role_of(reminder.identity.recipient).is_some();
    match (reminder.occasion, present) {
        (Occasion::Cleared, true) => return Err(Refusal::Superseded),
        (Occasion::Cleared, false) => {}
        (_, false) => return Err(Refusal::Cancelled),
        (_, true) if reminder.identity.generation != recorded.generation => {
            return Err(Refusal::Superseded);
        }
        (_, true) => {}
    }
    if any_hour && !STAFF.contains(&reminder.role.as_str()) {
        return Err(Refusal::NotStaff);
    }
    let due = if any_hour {
        Some(now)
    } else {
        policy.window.next_opening(calendar, &zone_of(milestone), now)
    };
    due.filter(|at| *at < reminder.useful_until)
        .ok_or(Refusal::TooLate)
}

/// When a held reminder goes that is let go: when it would have gone, or now if that is over, as its window allows. What a
/// person held was not late meanwhile. `Release` says the rest: whether it stands, and whether somebody still wants it.
pub fn due_after_hold(
    policies: &PolicySet,
    calendar: &BusinessCalendar,
    reminder: &Reminder,
    recorded: Option<&Recorded>,
    now: Timestamp,
) -> Timestamp {
    if reminder.due >= now {
        return reminder.due;
    }
    let policy = policies
        .get(&reminder.identity.policy)
        .filter(|_| !reminder.by_hand.any_hour);
    let opening = policy.zip(recorded).and_then(|(policy, recorded)| {
        policy
            .window
            .next_opening(calendar, &zone_of(&recorded.milestone), now)
    });
    opening.filter(|at| *at < reminder.useful_until).unwrap_or(now)
}

/// Whether a reminder that ended may be sent again: one that a newer one replaced, or that was withdrawn, may not.
pub fn check_resend(reminder: &Reminder) -> Result<(), Refusal> {
    match reminder.state {
        ReminderState::Planned | ReminderState::Queued => Err(Refusal::StillWaiting),
        ReminderState::Sent | ReminderState::Failed => Ok(()),
        ReminderState::Suppressed => match reminder.reason.as_str() {
            "superseded" | "reverted" => Err(Refusal::Superseded),
            "cancelled" => Err(Refusal::Cancelled),
            "erased" => Err(Refusal::Erased),
            "policy_changed" => Err(Refusal::PolicyGone),
            _ => Ok(()),
        },
    }
}

/// What a resend of a reminder is called: "-48h", "-48h resend 1", "-48h resend 2".
pub fn resend_occurrence(reminder: &Reminder, existing: &[Reminder]) -> String {
    let (occurrence, _) = reminder
        .identity
        .occurrence
        .split_once(" resend ")
        .unwrap_or((&reminder.identity.occurrence, ""));
    let prefix = format!("{occurrence} resend ");
    let before = existing
        .iter()
        .filter(|other| {
            let (a, b) = (&other.identity, &reminder.identity);
            (&a.policy, &a.kind, a.recipient) == (&b.policy, &b.kind, b.recipient)
                && other.identity.occurrence.starts_with(&prefix)
        })
        .count();
    format!("{prefix}{}", before + 1)
}
