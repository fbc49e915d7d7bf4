//! Reminders that follow from a milestone as it stands: at once, before its start, after its end.

use jiff::{SignedDuration, Timestamp};

use super::{Change, Draft, Pass, Plan, recipients};
use crate::domain::{Identity, Occasion, Reason, Recorded, Reminder, ReminderState, Times};
use crate::policy::{Late, Policy, Trigger};

/// How long a reminder after the end is useful, when the policy does not say.
const USEFUL_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One reminder that should exist. `at`: the instant that the policy names, none for "at once".
struct Wanted<'a> {
    policy: &'a Policy,
    times: &'a Times,
    identity: Identity,
    role: &'a str,
    template: String,
    occasion: Occasion,
    at: Option<Timestamp>,
}

pub(super) fn reconcile(pass: &Pass<'_>, plan: &mut Plan) {
    let wanted = wanted(pass);
    for one in &wanted {
        let holds = pass.holds(one.policy, one.role, one.occasion, one.identity.recipient);
        match pass
            .existing
            .iter()
            .find(|reminder| reminder.identity == one.identity)
        {
            Some(reminder) => keep(pass, one, holds, reminder, plan),
            None if holds && !is_done(pass.existing, &one.identity) => plan.insert.push(Draft {
                held_from: held_before(pass.existing, &one.identity),
                ..draft(pass, one)
            }),
            None => {}
        }
    }
    let here = |reminder: &&Reminder| {
        reminder.is_live()
            && reminder.identity.kind == pass.after.milestone.kind
            && !reminder.occasion.is_change()
    };
    for reminder in pass.existing.iter().filter(here) {
        let is_wanted = wanted.iter().any(|one| one.identity == reminder.identity);
        if !is_wanted && !is_wanted_by_hand(pass, reminder) {
            let reason = reason_to_drop(pass.after, reminder);
            plan.change.push(Change::Suppress {
                id: reminder.id,
                reason,
            });
        }
    }
}

/// Sent again by hand: no policy names it, but it stands as long as what it repeats.
fn is_wanted_by_hand(pass: &Pass<'_>, reminder: &Reminder) -> bool {
    let milestone = &pass.after.milestone;
    reminder.by_hand.resend_of.is_some()
        && milestone.is_planned()
        && milestone.role_of(reminder.identity.recipient).is_some()
        && reminder.identity.generation == pass.after.generation
        && pass.rules.policies.get(&reminder.identity.policy).is_some()
}

fn wanted<'a>(pass: &Pass<'a>) -> Vec<Wanted<'a>> {
    let milestone = &pass.after.milestone;
    let (true, Some(times)) = (milestone.is_planned(), &milestone.times) else {
        return Vec::new();
    };
    let zone = times.time_zone();
    let mut all = Vec::new();
    for policy in pass.rules.policies.of_kind(&milestone.kind) {
        for (person, audience) in recipients(policy, milestone) {
            let mut push = |step, occurrence: String, occasion, at| {
                let Some((route, template)) = audience.message(step) else {
                    return;
                };
                let identity = Identity {
                    policy: policy.name.clone(),
                    subject: milestone.subject.clone(),
                    kind: milestone.kind.clone(),
                    generation: pass.after.generation,
                    occurrence,
                    recipient: person,
                    route,
                };
                all.push(Wanted {
                    policy,
                    times,
                    identity,
                    role: &audience.role,
                    template,
                    occasion,
                    at,
                });
            };
            match &policy.trigger {
                Trigger::Planned => push(None, "planned".to_owned(), Occasion::Planned, None),
                Trigger::Relative { after, steps } => {
                    let (reference, occasion) = if *after {
                        (times.ends, Occasion::After)
                    } else {
                        (times.starts, Occasion::Before)
                    };
                    for step in steps {
                        // Beyond the years of the calendar there is nothing to remind of.
                        if let Some(at) = step.offset.apply(pass.rules.calendar, &zone, reference) {
                            push(Some(step), step.offset.to_string(), occasion, Some(at));
                        }
                    }
                }
                Trigger::Changed { .. } => {}
            }
        }
    }
    all
}

/// An existing row that is still wanted: re-evaluated, moved when the policies say another time, revived when
/// only the plan had dropped it.
fn keep(pass: &Pass<'_>, one: &Wanted<'_>, holds: bool, reminder: &Reminder, plan: &mut Plan) {
    let id = reminder.id;
    if reminder.is_live() {
        if !holds {
            plan.change.push(Change::Suppress {
                id,
                reason: Reason::Condition,
            });
        } else if reminder.state == ReminderState::Planned && is_outdated(pass, one, reminder) {
            plan.change.push(replanned(id, draft(pass, one)));
        }
    } else if holds
        && reminder.state == ReminderState::Suppressed
        && Reason::is_of_the_plan(&reminder.reason)
        && !is_done(pass.existing, &one.identity)
    {
        let draft = draft(pass, one);
        if draft.suppressed.is_none() {
            plan.change.push(replanned(id, draft));
        }
    }
}

/// Whether the policies or the calendar give another answer than when the row was planned. What `Release`
/// deferred within its window stays as it is.
fn is_outdated(pass: &Pass<'_>, one: &Wanted<'_>, reminder: &Reminder) -> bool {
    let zone = one.times.time_zone();
    let intended = one.at.unwrap_or(reminder.intended);
    reminder.intended != intended
        || reminder.template != one.template
        || reminder.useful_until != useful_until(one, intended)
        || !(reminder.by_hand.any_hour
            || one
                .policy
                .window
                .contains(pass.rules.calendar, &zone, reminder.due))
}

fn replanned(id: uuid::Uuid, draft: Draft) -> Change {
    match draft.suppressed {
        Some(reason) => Change::Suppress { id, reason },
        None => Change::Plan {
            id,
            intended: draft.intended,
            due: draft.due,
            useful_until: draft.useful_until,
            template: draft.template,
        },
    }
}

fn draft(pass: &Pass<'_>, one: &Wanted<'_>) -> Draft {
    let (policy, calendar, now) = (one.policy, pass.rules.calendar, pass.now);
    let zone = one.times.time_zone();
    let intended = one.at.unwrap_or(now);
    let useful_until = useful_until(one, intended);
    let skipped = intended < now && policy.late == Late::Skip;
    let due = match &policy.digest {
        _ if skipped => None,
        Some(digest) => digest
            .next(calendar, &zone, policy.window, intended.max(now))
            .filter(|at| *at < useful_until),
        None => policy.window.place(calendar, &zone, intended, now, useful_until),
    };
    Draft {
        identity: one.identity.clone(),
        role: one.role.to_owned(),
        template: one.template.clone(),
        occasion: one.occasion,
        suppressed: due.is_none().then_some(Reason::TooLate),
        intended,
        due: due.unwrap_or(intended),
        useful_until,
        digest: policy.digest.is_some(),
        told_before: None,
        held_from: None,
    }
}

/// The held reminder that this one takes the place of, since its milestone moved or its route changed: whoever said "not
/// now" meant what is told, not the hour of it.
fn held_before(existing: &[Reminder], identity: &Identity) -> Option<uuid::Uuid> {
    let same = |reminder: &&Reminder| {
        let known = &reminder.identity;
        (&known.policy, &known.subject, &known.kind) == (&identity.policy, &identity.subject, &identity.kind)
            && (&known.occurrence, known.recipient) == (&identity.occurrence, identity.recipient)
    };
    let mut held = existing
        .iter()
        .filter(|reminder| reminder.is_live() && reminder.by_hand.held);
    held.find(same).map(|reminder| reminder.id)
}

/// A reminder before the start or of the plan is useless once it starts.
fn useful_until(one: &Wanted<'_>, intended: Timestamp) -> Timestamp {
    let lasting = |duration| intended.checked_add(duration).unwrap_or(Timestamp::MAX);
    if one.occasion == Occasion::After {
        return lasting(one.policy.useful_for.unwrap_or(USEFUL_AFTER));
    }
    let start = one.times.starts_at();
    one.policy
        .useful_for
        .map_or(start, |duration| lasting(duration).min(start))
}

/// The same occurrence was told, or is being told, by another route: after a change of policy it is not told again.
fn is_done(existing: &[Reminder], identity: &Identity) -> bool {
    existing.iter().any(|reminder| {
        let by_any_route = Identity {
            route: identity.route.clone(),
            ..reminder.identity.clone()
        };
        by_any_route == *identity && reminder.identity.route != identity.route && reminder.is_told()
    })
}

fn reason_to_drop(after: &Recorded, reminder: &Reminder) -> Reason {
    if !after.milestone.is_planned() || after.milestone.role_of(reminder.identity.recipient).is_none() {
        Reason::Cancelled
    } else if reminder.identity.generation != after.generation {
        Reason::Superseded
    } else {
        Reason::PolicyChanged
    }
}
