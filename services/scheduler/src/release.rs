//! The point of no return for moves and cancellations (NOTIFY.md 2.2): may this message go out now?

use jiff::Timestamp;
use uuid::Uuid;

use crate::calendar::BusinessCalendar;
use crate::domain::{
    Delivery, Item, Milestone, Occasion, Reason, Recorded, Reminder, ReminderState, Snapshot, State, Verdict,
};
use crate::plan::{Told, change_since, holds, repeats_what_was_told, zone_of};
use crate::policy::{Policy, PolicySet};

/// The reason in a milestone as a person sees it who is not part of it any more.
pub const PARTY_REMOVED: &str = "PARTY_REMOVED";

/// The verdict, and the reminders that it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// For the notifier.
    pub verdict: Verdict,
    /// Reminders that are not told, each with its reason.
    pub suppress: Vec<(Uuid, Reason)>,
    /// Newer notices of change, each with the base line of one that is refused: the person still knows what that says.
    pub hand_down: Vec<(Uuid, Snapshot)>,
}

/// A delivery that asks to go out.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Which.
    pub delivery: &'a Delivery,
    /// Whether what was settled as sent has not arrived: then it may go once more.
    pub undelivered: bool,
    /// Whether nobody knows how an earlier attempt ended.
    pub uncertain: bool,
}

/// Decides on one delivery. `reminders` are all of the subjects it is about, its own among them; `milestones` those of these
/// subjects as recorded now.
pub fn decide(
    policies: &PolicySet,
    calendar: &BusinessCalendar,
    asked: Asked<'_>,
    reminders: &[&Reminder],
    milestones: &[&Recorded],
    now: Timestamp,
) -> Decision {
    let Asked {
        delivery,
        undelivered,
        uncertain,
    } = asked;
    let own: Vec<&Reminder> = reminders
        .iter()
        .copied()
        .filter(|reminder| reminder.delivery == Some(delivery.id))
        .collect();
    let waiting: Vec<&Reminder> = own
        .iter()
        .copied()
        .filter(|reminder| {
            reminder.state == ReminderState::Queued || (undelivered && reminder.state == ReminderState::Sent)
        })
        .collect();
    if waiting.is_empty() {
        let reason = own
            .iter()
            .map(|reminder| reminder.reason.as_str())
            .find(|reason| !reason.is_empty());
        return Decision {
            verdict: Verdict::Refused(reason.unwrap_or("settled").to_owned()),
            suppress: Vec::new(),
            hand_down: Vec::new(),
        };
    }
    let (mut suppress, mut hand_down) = (Vec::new(), Vec::new());
    let mut granted = Vec::new();
    let mut replaced = Vec::new();
    for reminder in waiting {
        // Whoever may have read it knows what it said, and newer ones were planned for that.
        let unread = !uncertain && !reminder.uncertain;
        let newer = newer_notices(reminder, reminders);
        let next = newer.iter().min_by_key(|other| other.id);
        let passed_on =
            next.filter(|_| unread && !repeats_what_was_told(reminder, &reminders.iter().copied()));
        let passed_on = passed_on.and_then(|next| Some((next.id, reminder.told_before.clone()?)));
        if next.is_some() && !(unread && speaks_for(reminder, &newer, reminders)) {
            suppress.push((reminder.id, Reason::Superseded));
            hand_down.extend(passed_on);
            continue;
        }
        match check(
            policies.get(&delivery.policy),
            delivery,
            reminder,
            reminders,
            milestones,
            now,
        ) {
            Ok(item) => {
                granted.push((reminder, item));
                replaced.extend(newer.iter().map(|other| (other.id, Reason::Superseded)));
            }
            Err(reason) => {
                suppress.push((reminder.id, reason));
                hand_down.extend(passed_on);
            }
        }
    }
    let policy = policies.get(&delivery.policy);
    if let (Some(policy), Some((_, item))) = (policy, granted.first()) {
        let zone = zone_of(&item.milestone);
        let any_hour = granted.iter().all(|(reminder, _)| reminder.by_hand.any_hour);
        if !any_hour && !policy.window.contains(calendar, &zone, now) {
            let opening = policy.window.next_opening(calendar, &zone, now);
            let useful = |at: &Timestamp| granted.iter().any(|(reminder, _)| *at < reminder.useful_until);
            if let Some(opening) = opening.filter(useful) {
                return Decision {
                    verdict: Verdict::Deferred(opening),
                    suppress,
                    hand_down,
                };
            }
            suppress.extend(
                granted
                    .drain(..)
                    .map(|(reminder, _)| (reminder.id, Reason::TooLate)),
            );
            replaced.clear();
        }
    }
    let verdict = match suppress.first() {
        Some((_, reason)) if granted.is_empty() => Verdict::Refused(reason.as_str().to_owned()),
        _ => Verdict::Granted(granted.into_iter().map(|(_, item)| item).collect()),
    };
    suppress.extend(replaced);
    Decision {
        verdict,
        suppress,
        hand_down,
    }
}

fn check(
    policy: Option<&Policy>,
    delivery: &Delivery,
    reminder: &Reminder,
    reminders: &[&Reminder],
    milestones: &[&Recorded],
    now: Timestamp,
) -> Result<Item, Reason> {
    let policy = policy.ok_or(Reason::PolicyChanged)?;
    let identity = &reminder.identity;
    let recorded = milestones
        .iter()
        .find(|recorded| {
            recorded.milestone.subject == identity.subject && recorded.milestone.kind == identity.kind
        })
        .ok_or(Reason::Cancelled)?;
    let milestone = &recorded.milestone;
    let present = milestone.is_planned() && milestone.role_of(identity.recipient).is_some();
    if reminder.occasion == Occasion::Cleared {
        if present {
            return Err(Reason::Superseded);
        }
    } else if !present {
        return Err(Reason::Cancelled);
    } else if !reminder.occasion.is_change() && identity.generation != recorded.generation {
        return Err(Reason::Superseded);
    }
    let occasion = occasion_now(policy, reminder, milestone, present).ok_or(Reason::Reverted)?;
    if now >= reminder.useful_until {
        return Err(Reason::TooLate);
    }
    if is_repeated(reminder, reminders) {
        return Err(Reason::Duplicate);
    }
    let others = reminders
        .iter()
        .copied()
        .filter(|other| other.delivery != Some(delivery.id));
    let told = Told::of(others, milestone, identity.recipient);
    let holds = |told| holds(policy, milestone, &reminder.role, occasion, told, now);
    // Who sends again by hand knows that it was told.
    let again = reminder.by_hand.resend_of.is_some();
    let otherwise = Told {
        here: !told.here,
        ..told
    };
    let fits = holds(told) || (again && holds(otherwise));
    if !fits {
        return Err(Reason::Condition);
    }
    let known = reminder.told_before.as_ref().and_then(|told| told.times.as_ref());
    let previous = known.map(|times| times.starts);
    let mut seen = as_seen(milestone, present);
    if reminder.occasion == Occasion::Cleared && known.is_some() {
        // Moved, then cancelled before the move was told: the person waits at the old date, not at one never heard of.
        seen.times = known.cloned();
    }
    Ok(Item {
        reminder: reminder.id,
        milestone: seen,
        role: reminder.role.clone(),
        occasion,
        previous_starts: previous.filter(|_| occasion == Occasion::Moved),
    })
}

/// What a notice of change is about now; none when what the person knows is true again. What they know may be another thing
/// than when it was planned: what an earlier notice was to say, and did not.
fn occasion_now(
    policy: &Policy,
    reminder: &Reminder,
    milestone: &Milestone,
    present: bool,
) -> Option<Occasion> {
    let told = reminder.told_before.as_ref();
    let Some(told) = told.filter(|_| reminder.occasion.is_change()) else {
        return Some(reminder.occasion);
    };
    let now = change_since(policy, told, milestone, reminder.identity.recipient);
    // Somebody may be part of it in a role that the policy does not tell.
    now.filter(|now| (*now == Occasion::Cleared) != present)
}

/// The later notices of change to the same person that wait, are on their way or were told: each says what this one was to say,
/// and more. Comes about when a provider puts a message off: it counted as told when the next change was planned for.
fn newer_notices<'a>(reminder: &Reminder, reminders: &[&'a Reminder]) -> Vec<&'a Reminder> {
    let stands = |other: &&Reminder| {
        matches!(
            other.state,
            ReminderState::Planned | ReminderState::Queued | ReminderState::Sent
        )
    };
    let newer = notices_beside(reminder, reminders).filter(|other| other.id > reminder.id);
    newer.filter(stands).collect()
}

/// Whether it goes in the place of the newer ones, which only wait: it tells what is true now, knows what the person knows, and
/// was to be there first, by a channel that is quick enough for it. Not in the place of one that somebody holds, and not while an
/// older one is on its way, whose base line is the right one.
fn speaks_for(reminder: &Reminder, newer: &[&Reminder], reminders: &[&Reminder]) -> bool {
    let waits = |other: &&Reminder| other.state == ReminderState::Planned && !other.by_hand.held;
    let mut older = notices_beside(reminder, reminders).filter(|other| other.id < reminder.id);
    reminder.by_hand.resend_of.is_none()
        && newer.iter().all(waits)
        && !older.any(|other| other.state == ReminderState::Queued)
}

/// The other notices of the same change policy to the same person, without those that were asked for by hand; none beside what
/// is no notice of change.
fn notices_beside<'a>(reminder: &Reminder, reminders: &[&'a Reminder]) -> impl Iterator<Item = &'a Reminder> {
    let (identity, is_change) = (reminder.identity.clone(), reminder.occasion.is_change());
    reminders.iter().copied().filter(move |other| {
        let (a, b) = (&other.identity, &identity);
        is_change
            && (&a.policy, &a.subject, &a.kind, a.recipient) == (&b.policy, &b.subject, &b.kind, b.recipient)
            && other.occasion.is_change()
            && other.by_hand.resend_of.is_none()
    })
}

/// A later reminder of the same policy is on its way or was told: this one would only repeat it. Comes about when
/// several became due while nobody was there to send them.
fn is_repeated(reminder: &Reminder, reminders: &[&Reminder]) -> bool {
    reminder.occasion == Occasion::Before
        && reminder.by_hand.resend_of.is_none()
        && reminders.iter().any(|other| {
            let (a, b) = (&other.identity, &reminder.identity);
            (&a.policy, &a.subject, &a.kind, a.generation, a.recipient)
                == (&b.policy, &b.subject, &b.kind, b.generation, b.recipient)
                && other.by_hand.resend_of.is_none()
                && other.intended > reminder.intended
                && matches!(other.state, ReminderState::Queued | ReminderState::Sent)
        })
}

/// For who is not part of it any more it is cancelled, whatever it is for others.
fn as_seen(milestone: &Milestone, present: bool) -> Milestone {
    let mut seen = milestone.clone();
    if !present && seen.is_planned() {
        seen.state = State::Cleared(PARTY_REMOVED.to_owned());
    }
    seen
}
