use contracts::scheduler::v1 as proto;
use platform::Moment;
use proto::release_answer::Verdict as VerdictProto;
use uuid::Uuid;

use crate::actions::{Count, Preview, Row, Status};
use crate::domain::{Item, Milestone, Reason, Reminder, ReminderState, Verdict};
use crate::events::{milestone, stamp};
use crate::plan::{Change, Draft};
use crate::policy::{Policy, Problem};

pub(super) fn answer(delivery: Uuid, verdict: Verdict) -> proto::ReleaseAnswer {
    let verdict = match verdict {
        Verdict::Granted(items) => VerdictProto::Granted(proto::Granted {
            items: items.into_iter().map(item).collect(),
        }),
        Verdict::Refused(reason) => VerdictProto::Refused(proto::Refused { reason }),
        Verdict::Deferred(until) => VerdictProto::Deferred(proto::Deferred {
            until: Some(stamp(until)),
        }),
    };
    proto::ReleaseAnswer {
        delivery_id: delivery.to_string(),
        verdict: Some(verdict),
    }
}

fn item(item: Item) -> proto::ReleasedItem {
    proto::ReleasedItem {
        reminder_id: item.reminder.to_string(),
        milestone: Some(milestone::print(&item.milestone)),
        role: item.role,
        occasion: item.occasion.as_str().to_owned(),
        previous_starts_local: item.previous_starts.map(|at| at.to_string()).unwrap_or_default(),
    }
}

pub(super) fn reminder(row: Row) -> proto::Reminder {
    proto::Reminder {
        reminder_id: row.id.to_string(),
        policy: row.policy,
        subject: row.subject,
        kind: row.kind,
        generation: row.generation,
        occurrence: row.occurrence,
        recipient_person_id: row.recipient.to_string(),
        role: row.role,
        route: row.route,
        template: row.template,
        state: state(row.state).into(),
        reason: row.reason,
        due_at: Some(at(row.due_at)),
        intended_at: Some(at(row.intended_at)),
        settled_at: row.settled_at.map(at),
        channel: row.channel,
        delivery_id: row.delivery_id.map(|id| id.to_string()).unwrap_or_default(),
        created_at: Some(at(row.created_at)),
        group: row.grouping,
        held: row.held_at.is_some(),
        occasion: row.occasion.as_str().to_owned(),
        uncertain: row.uncertain,
        useful_until: Some(at(row.useful_until)),
        resend_of: row.resend_of.map(|id| id.to_string()).unwrap_or_default(),
    }
}

/// What milestones would change in the ledger.
pub(super) fn previews(previews: &[Preview]) -> proto::PreviewPlanResponse {
    let mut response = proto::PreviewPlanResponse::default();
    for preview in previews {
        let milestone = &preview.milestone;
        let drafts = preview.drafts.iter().map(|one| draft(milestone, one));
        response.reminders.extend(drafts);
        for (row, change) in &preview.changes {
            let mut printed = existing(milestone, row);
            match change {
                Change::Suppress { reason, .. } => {
                    printed.set_state(proto::ReminderState::Suppressed);
                    reason.as_str().clone_into(&mut printed.reason);
                    response.withdrawn.push(printed);
                }
                Change::Plan {
                    intended,
                    due,
                    template,
                    ..
                } => {
                    printed.set_state(proto::ReminderState::Planned);
                    printed.reason.clear();
                    printed.template.clone_from(template);
                    printed.due_at = Some(stamp(*due));
                    printed.intended_at = Some(stamp(*intended));
                    response.rescheduled.push(printed);
                }
            }
        }
    }
    response
}

/// A row of the ledger.
fn existing(milestone: &Milestone, row: &Reminder) -> proto::Reminder {
    let identity = &row.identity;
    proto::Reminder {
        reminder_id: row.id.to_string(),
        policy: identity.policy.clone(),
        subject: identity.subject.clone(),
        kind: identity.kind.clone(),
        generation: identity.generation,
        occurrence: identity.occurrence.clone(),
        recipient_person_id: identity.recipient.to_string(),
        role: row.role.clone(),
        route: identity.route.to_string(),
        template: row.template.clone(),
        state: state(row.state).into(),
        reason: row.reason.clone(),
        due_at: Some(stamp(row.due)),
        intended_at: Some(stamp(row.intended)),
        delivery_id: row.delivery.map(|id| id.to_string()).unwrap_or_default(),
        group: milestone.group.clone(),
        occasion: row.occasion.as_str().to_owned(),
        ..proto::Reminder::default()
    }
}

/// A reminder that would be there.
pub(super) fn draft(milestone: &Milestone, draft: &Draft) -> proto::Reminder {
    let identity = &draft.identity;
    let (state, reason) = match draft.suppressed {
        None => (proto::ReminderState::Planned, ""),
        Some(reason) => (proto::ReminderState::Suppressed, Reason::as_str(reason)),
    };
    proto::Reminder {
        policy: identity.policy.clone(),
        subject: identity.subject.clone(),
        kind: identity.kind.clone(),
        generation: identity.generation,
        occurrence: identity.occurrence.clone(),
        recipient_person_id: identity.recipient.to_string(),
        role: draft.role.clone(),
        route: identity.route.to_string(),
        template: draft.template.clone(),
        state: state.into(),
        reason: reason.to_owned(),
        due_at: Some(stamp(draft.due)),
        intended_at: Some(stamp(draft.intended)),
        useful_until: Some(stamp(draft.useful_until)),
        group: milestone.group.clone(),
        occasion: draft.occasion.as_str().to_owned(),
        ..proto::Reminder::default()
    }
}

pub(super) fn policy(policy: &Policy) -> proto::Policy {
    proto::Policy {
        name: policy.name.clone(),
        document: policy.document.clone(),
        reading: policy.reading(),
        built_in: policy.built_in,
        reading_en: policy.reading_in_english(),
        enabled: policy.enabled,
    }
}

pub(super) fn problem(problem: Problem) -> proto::PolicyProblem {
    proto::PolicyProblem {
        document: i32::try_from(problem.document).unwrap_or(i32::MAX),
        path: problem.path,
        message: problem.message.french,
        message_en: problem.message.english,
    }
}

pub(super) fn status(status: &Status) -> proto::GetStatusResponse {
    proto::GetStatusResponse {
        planned: status.in_state(ReminderState::Planned),
        queued: status.in_state(ReminderState::Queued),
        sent: status.in_state(ReminderState::Sent),
        suppressed: status.in_state(ReminderState::Suppressed),
        failed: status.in_state(ReminderState::Failed),
        next_due: status.next_due.map(at),
        milestones: status.milestones,
        policies: by_policy(&status.counts),
    }
}

/// One for each policy and channel; the counts come in their order.
fn by_policy(counts: &[Count]) -> Vec<proto::PolicyCount> {
    let alike = |one: &Count, other: &Count| one.policy == other.policy && one.channel == other.channel;
    let one = |counts: &[Count]| {
        let of = |state| {
            let found = counts.iter().find(|count| count.state == state);
            found.map_or(0, |count| count.reminders)
        };
        proto::PolicyCount {
            policy: counts
                .first()
                .map(|count| count.policy.clone())
                .unwrap_or_default(),
            channel: counts
                .first()
                .map(|count| count.channel.clone())
                .unwrap_or_default(),
            planned: of(ReminderState::Planned),
            queued: of(ReminderState::Queued),
            sent: of(ReminderState::Sent),
            suppressed: of(ReminderState::Suppressed),
            failed: of(ReminderState::Failed),
        }
    };
    counts.chunk_by(alike).map(one).collect()
}

fn state(state: ReminderState) -> proto::ReminderState {
    match state {
        ReminderState::Planned => proto::ReminderState::Planned,
        ReminderState::Queued => proto::ReminderState::Queued,
        ReminderState::Sent => proto::ReminderState::Sent,
        ReminderState::Suppressed => proto::ReminderState::Suppressed,
        ReminderState::Failed => proto::ReminderState::Failed,
    }
}

fn at(moment: Moment) -> prost_types::Timestamp {
    stamp(moment.timestamp())
}
