//! Planning is one pure function (DESIGN.md 5.3): a milestone, what was known of it, the policies, the calendar,
//! the reminders that exist, and now; out come the changes of the ledger. It runs on each revision, on each
//! policy change, and for "who would be told what".

use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::calendar::BusinessCalendar;
use crate::domain::{Identity, Milestone, Occasion, Reason, Recorded, Reminder, ReminderState, Snapshot};
use crate::policy::{Circumstances, Policy, PolicySet};

mod notice;
mod wanted;

pub use notice::{change_since, repeats_what_was_told};

/// What planning goes by, besides the milestone.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Policies in force.
    pub policies: &'a PolicySet,
    /// Open and closed days.
    pub calendar: &'a BusinessCalendar,
}

/// Changes of the ledger. Nothing is deleted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Rows to add.
    pub insert: Vec<Draft>,
    /// Rows that change.
    pub change: Vec<Change>,
}

/// A reminder to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What makes it the same reminder.
    pub identity: Identity,
    /// The recipient's role.
    pub role: String,
    /// Template of the message.
    pub template: String,
    /// What made it speak.
    pub occasion: Occasion,
    /// Suppressed from the start, for this reason.
    pub suppressed: Option<Reason>,
    /// When the policy alone would send it.
    pub intended: Timestamp,
    /// When it is sent.
    pub due: Timestamp,
    /// After this instant nobody wants it any more.
    pub useful_until: Timestamp,
    /// Whether it waits for others of its person and policy.
    pub digest: bool,
    /// Base line of a change notice.
    pub told_before: Option<Snapshot>,
    /// The reminder that a person held and whose place it takes: it is held as well.
    pub held_from: Option<Uuid>,
}

/// A change of an existing reminder that can still be held back.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Not told, for a reason.
    Suppress {
        /// The row.
        id: Uuid,
        /// Why.
        reason: Reason,
    },
    /// Planned (again) with these values.
    Plan {
        /// The row.
        id: Uuid,
        /// When the policy alone would send it.
        intended: Timestamp,
        /// When it is sent.
        due: Timestamp,
        /// After this instant nobody wants it any more.
        useful_until: Timestamp,
        /// Template of the message.
        template: String,
    },
}

/// Takes a milestone in: `None` when it is not newer than what is recorded (late and repeated events do
/// nothing, and a cleared milestone stays as a tombstone). Time, zone or existence make a new generation.
pub fn take_in(before: Option<&Recorded>, mut incoming: Milestone) -> Option<Recorded> {
    let Some(before) = before else {
        let generation = incoming.revision;
        return Some(Recorded {
            milestone: incoming,
            generation,
        });
    };
    if incoming.revision <= before.milestone.revision {
        return None;
    }
    if incoming.times.is_none() {
        incoming.times.clone_from(&before.milestone.times);
    }
    let same =
        incoming.times == before.milestone.times && incoming.is_planned() == before.milestone.is_planned();
    let generation = if same {
        before.generation
    } else {
        incoming.revision
    };
    Some(Recorded {
        milestone: incoming,
        generation,
    })
}

/// What changes in the ledger because `after` is now recorded in place of `before`.
///
/// `existing` are all reminders of the subject: they say who was already told. With `before` equal
/// to `after` it plans anew for other policies, and tells no change.
pub fn plan(
    rules: Rules<'_>,
    before: Option<&Recorded>,
    after: &Recorded,
    existing: &[Reminder],
    now: Timestamp,
) -> Plan {
    let pass = Pass {
        rules,
        after,
        existing,
        now,
    };
    let mut plan = Plan::default();
    wanted::reconcile(&pass, &mut plan);
    if let Some(before) = before {
        notice::reconcile(&pass, before, &mut plan);
    }
    plan
}

/// One run of `plan`.
struct Pass<'a> {
    rules: Rules<'a>,
    after: &'a Recorded,
    existing: &'a [Reminder],
    now: Timestamp,
}

impl Pass<'_> {
    fn holds(&self, policy: &Policy, role: &str, occasion: Occasion, person: Uuid) -> bool {
        holds(
            policy,
            &self.after.milestone,
            role,
            occasion,
            Told::so_far(self.existing, &self.after.milestone, person),
            self.now,
        )
    }
}

/// What a person has been told, or may be told any moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Told {
    /// Anything of the milestone.
    pub here: bool,
    /// Anything of another kind of the same subject. That is another matter: who was asked to confirm has not been told
    /// the plan.
    pub elsewhere: bool,
}

impl Told {
    /// Of a milestone, by the reminders that exist.
    pub fn of<'a>(
        existing: impl IntoIterator<Item = &'a Reminder>,
        milestone: &Milestone,
        person: Uuid,
    ) -> Self {
        Self::by(existing, milestone, person, Reminder::is_told)
    }

    /// The same for planning: what is on its way of another kind may end untold, when this milestone can no longer be planned for.
    /// `Release` knows.
    fn so_far<'a>(
        existing: impl IntoIterator<Item = &'a Reminder>,
        milestone: &Milestone,
        person: Uuid,
    ) -> Self {
        let arrived = |reminder: &Reminder| reminder.state == ReminderState::Sent || reminder.uncertain;
        Self::by(existing, milestone, person, arrived)
    }

    fn by<'a>(
        existing: impl IntoIterator<Item = &'a Reminder>,
        milestone: &Milestone,
        person: Uuid,
        elsewhere: impl Fn(&Reminder) -> bool,
    ) -> Self {
        let mut told = Self::default();
        for reminder in existing {
            let identity = &reminder.identity;
            if identity.recipient != person || identity.subject != milestone.subject {
                continue;
            }
            if identity.kind == milestone.kind {
                told.here |= reminder.is_told();
            } else {
                told.elsewhere |= elsewhere(reminder);
            }
        }
        told
    }
}

/// Whether the policy's condition holds for a person as things stand.
pub fn holds(
    policy: &Policy,
    milestone: &Milestone,
    role: &str,
    occasion: Occasion,
    told: Told,
    now: Timestamp,
) -> bool {
    let hours_left = milestone
        .times
        .as_ref()
        .map_or(0, |times| times.starts_at().duration_since(now).as_hours());
    policy.condition.holds(
        milestone,
        &Circumstances {
            role,
            told: told.here,
            told_elsewhere: told.elsewhere,
            occasion,
            hours_left,
        },
    )
}

/// The zone that a milestone's windows are in.
pub fn zone_of(milestone: &Milestone) -> TimeZone {
    milestone
        .times
        .as_ref()
        .map_or(TimeZone::UTC, crate::domain::Times::time_zone)
}

/// Persons among the parties that a policy tells, each once, in the first of its roles.
fn recipients<'a>(policy: &'a Policy, milestone: &'a Milestone) -> Vec<(Uuid, &'a crate::policy::Audience)> {
    let mut found: Vec<(Uuid, &crate::policy::Audience)> = Vec::new();
    for audience in &policy.audience {
        for party in milestone
            .parties
            .iter()
            .filter(|party| party.role == audience.role)
        {
            if let Some(person) = party.person
                && !found.iter().any(|(known, _)| *known == person)
            {
                found.push((person, audience));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
