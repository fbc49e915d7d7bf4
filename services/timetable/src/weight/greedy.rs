//! A first timetable: the chosen pairs, the hardest to place first, then any other pair that still fits, best first.

use super::model::{Model, PairId};
use super::schedule::Schedule;

/// Fills what is empty; what is placed already stays.
pub(super) fn fill(model: &Model, schedule: &mut Schedule, chosen: &[PairId]) {
    let mut first: Vec<PairId> = chosen.to_vec();
    first.sort_by_key(|&p| {
        (
            std::cmp::Reverse(model.pairs[p].best()),
            model.pairs[p].mask.count_ones(),
            p,
        )
    });
    let mut all: Vec<PairId> = (0..model.pairs.len()).collect();
    all.sort_by_key(|&p| {
        (
            std::cmp::Reverse(model.pairs[p].best()),
            model.pairs[p].mask.count_ones(),
            p,
        )
    });
    for pair in first.into_iter().chain(all) {
        if schedule.slot_of(pair).is_some() || !schedule.caps_allow(model, pair) {
            continue;
        }
        if let Some(slot) = best_slot(model, schedule, pair) {
            schedule.place(model, pair, slot);
        }
    }
    schedule.commit();
}

/// The published slot when it is free; else the one that the others of both people need least, tables left deciding ties.
pub(super) fn best_slot(model: &Model, schedule: &Schedule, pair: PairId) -> Option<usize> {
    let mut free = schedule.free_slots(model, pair);
    if let Some((kept, _)) = model.pairs[pair].kept
        && free & (1 << kept) != 0
    {
        return Some(kept);
    }
    let mut best = None;
    while free != 0 {
        let slot = free.trailing_zeros() as usize;
        free &= free - 1;
        let full = schedule.in_slot[slot].len() * 1024 / model.tables.max(1);
        if best.is_none_or(|(least, _)| full < least) {
            best = Some((full, slot));
        }
    }
    best.map(|(_, slot)| slot)
}
