//! A whole plan, every unreadable field named at once: a form shows all of them.

use contracts::speeddating::v1 as proto;
use platform::error::{Failure, Kind, Violation};

use super::{date, optional_id, pause, text, time, venue, weights};
use crate::domain::{Plan, Venue};

pub(in crate::grpc) fn plan(plan: Option<proto::Plan>) -> Result<Plan, Failure> {
    let plan = plan.ok_or_else(|| Failure::field("plan", "must be given"))?;
    let mut wrong = Vec::new();
    let title = keep(&mut wrong, text("title", &plan.title, 120));
    let day = keep(&mut wrong, date("date", &plan.date));
    let starts = keep(&mut wrong, time("starts", &plan.starts));
    let ends = keep(&mut wrong, time("ends", &plan.ends));
    let breaks = keep(&mut wrong, plan.breaks.iter().map(pause).collect());
    let place = keep(
        &mut wrong,
        plan.venue.as_ref().map_or_else(|| Ok(Venue::default()), venue),
    );
    let coordinator = keep(
        &mut wrong,
        optional_id("coordinator_person_id", &plan.coordinator_person_id),
    );
    let all = (title, day, starts, ends, breaks, place, coordinator);
    let (Some(title), Some(date), Some(starts), Some(ends), Some(breaks), Some(venue), Some(coordinator)) =
        all
    else {
        return Err(Failure::invalid(wrong));
    };
    Ok(Plan {
        title,
        date,
        starts,
        ends,
        time_zone: Some(plan.time_zone)
            .filter(|zone| !zone.is_empty())
            .unwrap_or_else(|| "Europe/Paris".to_owned()),
        slot_minutes: i64::from(plan.slot_minutes),
        breaks,
        venue,
        weights: weights(plan.weights),
        arrival_minutes: i64::from(plan.arrival_minutes),
        coordinator_person_id: coordinator,
    })
}

/// The value, or its violations among the others.
fn keep<T>(wrong: &mut Vec<Violation>, parsed: Result<T, Failure>) -> Option<T> {
    match parsed {
        Ok(value) => Some(value),
        Err(failure) => {
            if let Kind::Invalid(violations) = failure.kind {
                wrong.extend(violations);
            }
            None
        }
    }
}
