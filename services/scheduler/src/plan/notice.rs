//! Notices of change: one per person and policy, told after a short wait, so that changes in a row are told once.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Change, Draft, Pass, Plan, recipients};
use crate::domain::{Identity, Milestone, Occasion, Reason, Recorded, Reminder, Snapshot, Times};
use crate::policy::{Audience, Policy, Trigger, Urgent};

/// Compares `before` with what is recorded now for everybody who is or was part of it.
pub(super) fn reconcile(pass: &Pass<'_>, before: &Recorded, plan: &mut Plan) {
    let kind = &pass.after.milestone.kind;
    for policy in pass
        .rules
        .policies
        .of_kind(kind)
        .filter(|policy| is_of_changes(policy))
    {
        for (person, audience) in concerned(policy, &before.milestone, &pass.after.milestone) {
            one(pass, before, policy, person, audience, plan);
        }
    }
    let orphaned = |reminder: &&Reminder| {
        let policy = pass.rules.policies.get(&reminder.identity.policy);
        is_pending(reminder, kind) && !policy.is_some_and(is_of_changes)
    };
    for reminder in pass.existing.iter().filter(orphaned) {
        plan.change.push(Change::Suppress {
            id: reminder.id,
            reason: Reason::PolicyChanged,
        });
    }
}

fn one(
    pass: &Pass<'_>,
    before: &Recorded,
    policy: &Policy,
    person: Uuid,
    audience: &Audience,
    plan: &mut Plan,
) {
    let Trigger::Changed { watch, debounce, .. } = &policy.trigger else {
        return;
    };
    let pending: Vec<&Reminder> = pass
        .existing
        .iter()
        .filter(|reminder| is_pending(reminder, &pass.after.milestone.kind))
        .filter(|reminder| reminder.identity.policy == policy.name && reminder.identity.recipient == person)
        .collect();
    let was = snapshot(&before.milestone, policy, person, watch);
    let is = snapshot(&pass.after.milestone, policy, person, watch);
    if was == is && pending.is_empty() {
        return;
    }
    // What only repeats what the person has heard says nothing of what they know: its base line is that of the first
    // telling. It stands by itself as long as nothing changes.
    let earliest = |repeated: bool| {
        let waiting = pending.iter().copied();
        waiting
            .filter(|reminder| repeats_what_was_told(reminder, &pass.existing) == repeated)
            .min_by_key(|reminder| reminder.due)
    };
    let first = earliest(false).or_else(|| earliest(true).filter(|_| was == is));
    let told_before = first
        .and_then(|reminder| reminder.told_before.clone())
        .unwrap_or_else(|| was.clone());
    let occasion = classify(&policy.trigger, &told_before, &is);
    let holds = occasion.is_some_and(|occasion| pass.holds(policy, &audience.role, occasion, person));
    if was == is && holds {
        return;
    }
    // Something changed, or there is nothing to tell any more: what waits is replaced, in its place in time.
    let reason = match occasion {
        None => Reason::Reverted,
        Some(_) if !holds => Reason::Condition,
        Some(_) => Reason::Superseded,
    };
    plan.change
        .extend(pending.iter().map(|reminder| Change::Suppress {
            id: reminder.id,
            reason,
        }));
    let (true, Some(occasion), Some((route, template))) = (holds, occasion, audience.message(None)) else {
        return;
    };
    let milestone = &pass.after.milestone;
    let times = milestone.times.as_ref();
    let intended = first.map_or_else(
        || pass.now.checked_add(*debounce).unwrap_or(pass.now),
        |reminder| reminder.intended,
    );
    let end = times.map_or(Timestamp::MAX, Times::ends_at);
    let useful_until = policy
        .useful_for
        .and_then(|duration| intended.checked_add(duration).ok())
        .map_or(end, |until| until.min(end));
    let due = match first {
        Some(reminder) => Some(reminder.due).filter(|due| *due < useful_until),
        None => policy.window.place(
            pass.rules.calendar,
            &super::zone_of(milestone),
            intended,
            pass.now,
            useful_until,
        ),
    };
    let starts = [told_before.times.as_ref(), times];
    let route = match &audience.urgent {
        Some(urgent) if is_urgent(urgent, &starts, due.unwrap_or(intended)) => urgent.route.clone(),
        _ => route,
    };
    plan.insert.push(Draft {
        identity: Identity {
            policy: policy.name.clone(),
            subject: milestone.subject.clone(),
            kind: milestone.kind.clone(),
            generation: pass.after.generation,
            occurrence: format!("change-{}", milestone.revision),
            recipient: person,
            route,
        },
        role: audience.role.clone(),
        template,
        occasion,
        suppressed: due.is_none().then_some(Reason::TooLate),
        intended,
        due: due.unwrap_or(intended),
        useful_until,
        digest: false,
        told_before: Some(told_before),
        // One notice takes the place of those that wait, and waits like them.
        held_from: pending
            .iter()
            .find(|reminder| reminder.by_hand.held)
            .map(|reminder| reminder.id),
    });
}

/// Whether a reminder was asked for by hand and repeats one that its recipient has heard, or may have heard.
pub fn repeats_what_was_told<'a>(
    reminder: &Reminder,
    existing: &(impl IntoIterator<Item = &'a Reminder> + Clone),
) -> bool {
    let original = |reminder: &Reminder| {
        let id = reminder.by_hand.resend_of?;
        existing.clone().into_iter().find(|other| other.id == id)
    };
    std::iter::successors(original(reminder), |again| original(again)).any(Reminder::is_told)
}

/// Whether little is left until what the person expects or what is now true, whichever comes first: who must not come
/// tomorrow has to hear of it as soon as who must.
fn is_urgent(urgent: &Urgent, starts: &[Option<&Times>], told_at: Timestamp) -> bool {
    let soon = |starts_at: Timestamp| starts_at.duration_since(told_at) < urgent.within;
    starts.iter().flatten().any(|times| soon(times.starts_at()))
}

/// What a policy watches of a milestone, as one person sees it.
fn snapshot(milestone: &Milestone, policy: &Policy, person: Uuid, watch: &[String]) -> Snapshot {
    let present = milestone.is_planned()
        && recipients(policy, milestone)
            .iter()
            .any(|(known, _)| *known == person);
    if !present {
        return Snapshot::default();
    }
    let watched = |name: &String| milestone.facts.get(name).map(|fact| (name.clone(), fact.clone()));
    Snapshot {
        present,
        times: milestone.times.clone(),
        facts: watch.iter().filter_map(watched).collect(),
    }
}

/// What happened since a person knew as much as a base line says, when the policy tells it.
pub fn change_since(
    policy: &Policy,
    told_before: &Snapshot,
    milestone: &Milestone,
    person: Uuid,
) -> Option<Occasion> {
    let Trigger::Changed { watch, .. } = &policy.trigger else {
        return None;
    };
    let is = snapshot(milestone, policy, person, watch);
    classify(&policy.trigger, told_before, &is)
}

/// What happened to the person between two snapshots, when the policy tells it.
fn classify(trigger: &Trigger, was: &Snapshot, is: &Snapshot) -> Option<Occasion> {
    let Trigger::Changed { moved, cleared, .. } = trigger else {
        return None;
    };
    match (was.present, is.present) {
        (true, false) => cleared.then_some(Occasion::Cleared),
        // Called off, then on again: what the person was told is wrong once more.
        (false, true) => cleared.then_some(Occasion::Changed),
        (false, false) => None,
        (true, true) => {
            let start = |snapshot: &Snapshot| {
                snapshot
                    .times
                    .as_ref()
                    .map(|times| (times.starts, times.zone.clone()))
            };
            if *moved && start(was) != start(is) {
                return Some(Occasion::Moved);
            }
            let ends_elsewhere = *moved && was.times != is.times;
            (ends_elsewhere || was.facts != is.facts).then_some(Occasion::Changed)
        }
    }
}

/// Everybody the policy tells who is part of it, or was until now.
fn concerned<'a>(
    policy: &'a Policy,
    before: &'a Milestone,
    after: &'a Milestone,
) -> Vec<(Uuid, &'a Audience)> {
    let mut all = recipients(policy, after);
    for (person, audience) in recipients(policy, before) {
        if !all.iter().any(|(known, _)| *known == person) {
            all.push((person, audience));
        }
    }
    all
}

fn is_of_changes(policy: &Policy) -> bool {
    matches!(policy.trigger, Trigger::Changed { .. })
}

fn is_pending(reminder: &Reminder, kind: &str) -> bool {
    reminder.is_live() && reminder.identity.kind == kind && reminder.occasion.is_change()
}
