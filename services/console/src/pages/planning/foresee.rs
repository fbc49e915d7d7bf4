//! What milestones would set off: asked of the scheduler, and of the notifier by which way.

use std::collections::BTreeMap;

use contracts::{
    common::v1::Milestone,
    notifier::v1::Preview,
    scheduler::v1::{PreviewPlanRequest, Reminder, ReminderState},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::{Clients, beside::beside, error::Error, ways};

/// Milestones asked for together; the services take 500. Smaller parts are planned and costed beside each other, and
/// whoever waits for the preview of hundreds of people waits half as long.
const PART: usize = 100;
/// Parts under way.
const AT_ONCE: usize = 4;

/// All that would be told, or not.
#[derive(Default)]
pub(super) struct Foreseen {
    /// By their instant.
    pub(super) planned: Vec<Planned>,
    /// Too late to be told.
    pub(super) late: Vec<Reminder>,
    /// Reminders of the ledger that these replace.
    pub(super) replaced: usize,
    /// Of all SMS.
    pub(super) segments: i64,
    /// Of all, in millionths.
    pub(super) cost_micros: i64,
    /// Of a segment, in millionths; 0 when none is set.
    pub(super) price_micros: i64,
}

/// A reminder that would be sent, with the way that it would take.
pub(super) struct Planned {
    pub(super) reminder: Reminder,
    pub(super) way: Preview,
}

/// Asks scheduler and notifier what these milestones would set off.
pub(super) async fn foresee(clients: &Clients, milestones: &[Milestone]) -> Result<Foreseen, Error> {
    let mut parts = Vec::new();
    for part in milestones.chunks(PART) {
        parts.push(beside(of_part(clients.clone(), part.to_vec())));
    }
    let parts: Vec<Foreseen> = stream::iter(parts).buffered(AT_ONCE).try_collect().await?;
    let mut all = Foreseen::default();
    for part in parts {
        all.planned.extend(part.planned);
        all.late.extend(part.late);
        all.replaced += part.replaced;
        all.segments += part.segments;
        all.cost_micros += part.cost_micros;
        all.price_micros = all.price_micros.max(part.price_micros);
    }
    let instant = |reminder: &Reminder| reminder.due_at.as_ref().map(|at| (at.seconds, at.nanos));
    all.planned.sort_by_key(|one| instant(&one.reminder));
    all.late.sort_by_key(instant);
    Ok(all)
}

async fn of_part(clients: Clients, milestones: Vec<Milestone>) -> Result<Foreseen, Error> {
    let request = PreviewPlanRequest {
        milestones: milestones.clone(),
    };
    let plan = clients.scheduler().preview_plan(request).await?.into_inner();
    let (due, late): (Vec<Reminder>, Vec<Reminder>) = plan
        .reminders
        .into_iter()
        .partition(|draft| draft.state() == ReminderState::Planned);
    let of: BTreeMap<(&str, &str), &Milestone> = milestones
        .iter()
        .map(|one| ((one.subject.as_str(), one.kind.as_str()), one))
        .collect();
    let asked: Option<Vec<(&Reminder, &Milestone)>> = due
        .iter()
        .map(|draft| Some((draft, *of.get(&(draft.subject.as_str(), draft.kind.as_str()))?)))
        .collect();
    let asked = asked.ok_or_else(|| {
        tracing::error!("the scheduler planned for a milestone that was not asked for");
        Error::Internal
    })?;
    let ways = ways::of(&clients, &asked).await?;
    let planned = due.into_iter().zip(ways.previews);
    Ok(Foreseen {
        planned: planned.map(|(reminder, way)| Planned { reminder, way }).collect(),
        late,
        replaced: plan.withdrawn.len(),
        segments: ways.segments,
        cost_micros: ways.cost_micros,
        price_micros: ways.price_micros,
    })
}
