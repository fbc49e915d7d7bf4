//! Demands that cannot hold together, found before any search, each said in words for who must repair them.

mod core;

use super::model::{Model, mask};
use super::plan::Plan;
use super::problem::Problem;
use super::propagate::{Demands, propagate};

/// Narrows the slots of the meetings to what the demands imply; says why when some cannot hold together.
pub(super) fn refute(problem: &Problem, model: &mut Model) -> Option<Vec<String>> {
    let counted = no_slot(model)
        .or_else(|| too_few_tables(model))
        .or_else(|| cycle(model))
        .or_else(|| crowded(model));
    if counted.is_some() {
        return counted;
    }
    let demands = Demands::all(problem);
    let Some(domains) = propagate(problem, model, &demands) else {
        return Some(core::words(problem, model, demands));
    };
    for (meeting, domain) in model.meetings.iter_mut().zip(domains) {
        meeting.domain = domain;
    }
    None
}

/// What the nearest plan still breaks.
pub(super) fn shortcomings(model: &Model, plan: &Plan) -> Vec<String> {
    let mut because: Vec<String> = plan
        .unplaced
        .iter()
        .map(|&m| format!("meeting {m} has found no slot"))
        .collect();
    because.sort();
    if plan.disorder > 0 {
        because.push(format!("{} precedences are broken", plan.disorder));
    }
    if plan.unfair > 0 {
        let limit = model.fairness.unwrap_or(0);
        because.push(format!(
            "participants have {} breaks more than {limit} each",
            plan.unfair
        ));
    }
    because
}

fn no_slot(model: &Model) -> Option<Vec<String>> {
    let meeting = model.meetings.iter().position(|meeting| meeting.domain == 0)?;
    let [a, b] = model.meetings[meeting].people;
    Some(vec![format!(
        "meeting {meeting} has no slot: its session or fixed slot and the forbidden slots of participants {a} and {b} leave none"
    )])
}

fn too_few_tables(model: &Model) -> Option<Vec<String>> {
    let mut sets: Vec<u128> = model.meetings.iter().map(|meeting| meeting.domain).collect();
    sets.push(mask(&(0..model.slots).collect::<Vec<_>>()));
    sets.sort_unstable();
    sets.dedup();
    for set in sets {
        let inside = model
            .meetings
            .iter()
            .filter(|meeting| meeting.domain & !set == 0)
            .count();
        let seats = model.tables.saturating_mul(set.count_ones() as usize);
        if inside > seats {
            return Some(vec![format!(
                "{inside} meetings must lie in slots {}, where {} tables hold {seats}",
                list(set),
                model.tables
            )]);
        }
    }
    None
}

/// Precedences that go round in a circle, from Kahn's algorithm: what is left over holds a cycle.
fn cycle(model: &Model) -> Option<Vec<String>> {
    let mut waits = vec![0_usize; model.meetings.len()];
    for &(_, after) in &model.precedences {
        waits[after] += 1;
    }
    let mut ready: Vec<usize> = (0..waits.len()).filter(|&m| waits[m] == 0).collect();
    while let Some(meeting) = ready.pop() {
        for &index in &model.meetings[meeting].orders {
            let (before, after) = model.precedences[index];
            if before == meeting {
                waits[after] -= 1;
                if waits[after] == 0 {
                    ready.push(after);
                }
            }
        }
    }
    let mut at = waits.iter().position(|&count| count > 0)?;
    // Every meeting left waits for another one left: going back must come round.
    let mut walk: Vec<usize> = Vec::new();
    while !walk.contains(&at) {
        walk.push(at);
        let orders = model.meetings[at]
            .orders
            .iter()
            .map(|&index| model.precedences[index]);
        at = orders
            .filter(|&(before, after)| after == at && waits[before] > 0)
            .map(|(before, _)| before)
            .next()?;
    }
    let start = walk.iter().position(|&m| m == at).unwrap_or(0);
    let mut ring: Vec<String> = walk[start..].iter().rev().map(ToString::to_string).collect();
    ring.push(ring.first().cloned().unwrap_or_default());
    Some(vec![format!(
        "the precedences go round in a circle: meetings {}",
        ring.join(" before ")
    )])
}

/// Somebody has more meetings in some slots than there are slots: a set that violates Hall's condition.
fn crowded(model: &Model) -> Option<Vec<String>> {
    for (person, participant) in model.participants.iter().enumerate() {
        let meetings = &participant.meetings;
        let domains: Vec<u128> = meetings.iter().map(|&m| model.meetings[m].domain).collect();
        if let Some((members, slots)) = hall(&domains, model.slots) {
            let mut names: Vec<usize> = members.into_iter().map(|i| meetings[i]).collect();
            names.sort_unstable();
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            return Some(vec![format!(
                "participant {person} has {} meetings ({}) for the {} slots {}",
                names.len(),
                names.join(", "),
                slots.count_ones(),
                list(slots)
            )]);
        }
    }
    None
}

/// Kuhn's matching; when one element cannot be matched, all that its alternating tree reaches are too many for their slots.
fn hall(domains: &[u128], slots: usize) -> Option<(Vec<usize>, u128)> {
    let mut holder: Vec<Option<usize>> = vec![None; slots];
    for start in 0..domains.len() {
        let mut came_from: Vec<Option<usize>> = vec![None; slots];
        let (mut reached, mut tree, mut next) = (0_u128, vec![start], 0);
        let mut end = None;
        while end.is_none() && next < tree.len() {
            let element = tree[next];
            next += 1;
            let mut fresh = domains[element] & !reached;
            reached |= fresh;
            while fresh != 0 && end.is_none() {
                let slot = fresh.trailing_zeros() as usize;
                fresh &= fresh - 1;
                came_from[slot] = Some(element);
                match holder[slot] {
                    Some(other) => tree.push(other),
                    None => end = Some(slot),
                }
            }
        }
        let Some(mut slot) = end else {
            return Some((tree, reached));
        };
        while let Some(element) = came_from[slot] {
            let left = holder.iter().position(|&held| held == Some(element));
            holder[slot] = Some(element);
            match left {
                Some(left) => slot = left,
                None => break,
            }
        }
    }
    None
}

fn list(mut set: u128) -> String {
    let mut names = Vec::new();
    while set != 0 {
        names.push(set.trailing_zeros().to_string());
        set &= set - 1;
    }
    names.join(", ")
}
