//! A lower bound of the breaks of each participant, from their own slots and sessions alone.

use super::model::{MeetingId, Model};

/// Sum over participants; no valid answer has fewer breaks. 0 for a participant whose demands cannot hold together.
pub(super) fn total(model: &Model) -> i64 {
    (0..model.participants.len())
        .map(|person| least(model, person).unwrap_or(0))
        .sum()
}

/// The fewest breaks of a participant over all sets of slots that have the right size, hold their fixed slots, and have enough
/// slots in each group of meetings with the same slots. `None` when there is no such set.
pub(super) fn least(model: &Model, person: usize) -> Option<i64> {
    let meetings = &model.participants[person].meetings;
    let groups = groups(model, meetings);
    let allowed = groups.iter().fold(0, |mask, group| mask | group.0);
    let forced = groups
        .iter()
        .filter(|group| group.0.is_power_of_two())
        .fold(0, |mask, group| mask | group.0);
    let mut best: Option<i64> = None;
    // One demand at a time beside the size and the forced slots: each is a relaxation, the largest counts.
    for &(domain, _) in &groups {
        let inside: usize = groups
            .iter()
            .filter(|other| other.0 & !domain == 0)
            .map(|other| other.1)
            .sum();
        let fewest = fewest_breaks(model.slots, allowed, forced, meetings.len(), domain, inside)?;
        best = best.max(Some(fewest));
    }
    if meetings.is_empty() { Some(0) } else { best }
}

/// Meetings with the same slots: the slots and how many.
fn groups(model: &Model, meetings: &[MeetingId]) -> Vec<(u128, usize)> {
    let mut groups: Vec<(u128, usize)> = Vec::new();
    for &meeting in meetings {
        let domain = model.meetings[meeting].domain;
        match groups.iter_mut().find(|group| group.0 == domain) {
            Some(group) => group.1 += 1,
            None => groups.push((domain, 1)),
        }
    }
    groups
}

const NEVER: i64 = i64::MAX / 2;

/// Fewest breaks of a set of `size` slots within `allowed`, holding `forced`, with at least `inside` of them in `domain`.
/// Walks the slots; a state is (slots taken, of these in the domain, last slot taken) and keeps the runs begun.
fn fewest_breaks(
    slots: usize,
    allowed: u128,
    forced: u128,
    size: usize,
    domain: u128,
    inside: usize,
) -> Option<i64> {
    let width = inside + 1;
    let index = |taken: usize, within: usize, last: usize| (taken * width + within) * 2 + last;
    let mut runs = vec![NEVER; (size + 1) * width * 2];
    runs[index(0, 0, 0)] = 0;
    for slot in 0..slots {
        let bit = 1_u128 << slot;
        let mut next = vec![NEVER; runs.len()];
        for taken in 0..=size {
            for within in 0..width {
                for last in 0..2 {
                    let so_far = runs[index(taken, within, last)];
                    if so_far == NEVER {
                        continue;
                    }
                    if forced & bit == 0 {
                        let idle = &mut next[index(taken, within, 0)];
                        *idle = (*idle).min(so_far);
                    }
                    if allowed & bit != 0 && taken < size {
                        let within = (within + usize::from(domain & bit != 0)).min(inside);
                        let busy = &mut next[index(taken + 1, within, 1)];
                        *busy = (*busy).min(so_far + i64::from(last == 0));
                    }
                }
            }
        }
        runs = next;
    }
    let fewest = runs[index(size, inside, 0)].min(runs[index(size, inside, 1)]);
    (fewest < NEVER).then(|| (fewest - 1).max(0))
}
