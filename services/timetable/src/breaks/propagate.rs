//! What follows from a set of demands without trying: slots that a meeting cannot take, until nothing changes or some meeting has
//! none left. Complete for one participant at a time (the meetings of one person need different slots: a matching).

use super::model::{Model, mask};
use super::problem::Problem;

/// The demands that hold; leaving some out asks what the rest implies.
#[derive(Clone)]
pub(super) struct Demands {
    /// Per meeting: its fixed slot.
    pub(super) fixed: Vec<bool>,
    /// Per participant: the forbidden slots.
    pub(super) forbidden: Vec<bool>,
    /// Per participant: one meeting at a time.
    pub(super) clash: Vec<bool>,
    /// Per precedence.
    pub(super) order: Vec<bool>,
    pub(super) tables: bool,
}

impl Demands {
    pub(super) fn all(problem: &Problem) -> Self {
        Self {
            fixed: problem
                .meetings
                .iter()
                .map(|meeting| meeting.fixed_slot.is_some())
                .collect(),
            forbidden: (0..problem.participants)
                .map(|p| problem.forbidden.get(p).is_some_and(|slots| !slots.is_empty()))
                .collect(),
            clash: vec![true; problem.participants],
            order: vec![true; problem.precedences.len()],
            tables: true,
        }
    }
}

/// The slots that remain for each meeting; `None` when the demands contradict each other.
pub(super) fn propagate(problem: &Problem, model: &Model, demands: &Demands) -> Option<Vec<u128>> {
    let domains = problem.meetings.iter().map(|meeting| {
        let mut domain = mask(&problem.session_slots(meeting));
        if let Some(fixed) = meeting.fixed_slot.filter(|_| demands.fixed[meeting.id]) {
            domain &= 1 << fixed;
        }
        for participant in [meeting.a, meeting.b] {
            if demands.forbidden[participant] {
                domain &= !model.participants[participant].forbidden;
            }
        }
        domain
    });
    settle(model, demands, domains.collect())
}

/// Narrows until nothing changes.
pub(super) fn settle(model: &Model, demands: &Demands, mut domains: Vec<u128>) -> Option<Vec<u128>> {
    // Participants whose meetings changed since they were looked at.
    let mut stale = demands.clash.clone();
    loop {
        let before = domains.clone();
        order(model, demands, &mut domains)?;
        tables(model, demands, &mut domains)?;
        touch(model, demands, &before, &domains, &mut stale);
        for participant in 0..stale.len() {
            if !std::mem::take(&mut stale[participant]) {
                continue;
            }
            let meetings = &model.participants[participant].meetings;
            let mut own: Vec<u128> = meetings.iter().map(|&m| domains[m]).collect();
            different(&mut own)?;
            let earlier = domains.clone();
            for (&meeting, domain) in meetings.iter().zip(own) {
                domains[meeting] = domain;
            }
            touch(model, demands, &earlier, &domains, &mut stale);
            stale[participant] = false;
        }
        if domains.contains(&0) {
            return None;
        }
        if domains == before {
            return Some(domains);
        }
    }
}

fn touch(model: &Model, demands: &Demands, before: &[u128], after: &[u128], stale: &mut [bool]) {
    for (meeting, _) in before
        .iter()
        .zip(after)
        .enumerate()
        .filter(|(_, (before, after))| before != after)
    {
        for person in model.meetings[meeting].people {
            stale[person] = demands.clash[person];
        }
    }
}

fn order(model: &Model, demands: &Demands, domains: &mut [u128]) -> Option<()> {
    for (&(before, after), _) in model
        .precedences
        .iter()
        .zip(&demands.order)
        .filter(|(_, holds)| **holds)
    {
        let (first, second) = (domains[before], domains[after]);
        if first == 0 || second == 0 {
            return None;
        }
        let (earliest, latest) = (first.trailing_zeros(), second.ilog2());
        domains[after] &= if earliest >= 127 {
            0
        } else {
            u128::MAX << (earliest + 1)
        };
        domains[before] &= (1 << latest) - 1;
    }
    Some(())
}

/// A slot whose tables are taken by meetings that have no other slot is closed for the rest.
fn tables(model: &Model, demands: &Demands, domains: &mut [u128]) -> Option<()> {
    if !demands.tables {
        return Some(());
    }
    let mut seats = 0;
    for slot in 0..model.slots {
        let bit = 1 << slot;
        let bound = domains.iter().filter(|domain| **domain == bit).count();
        let wanted = domains.iter().filter(|domain| **domain & bit != 0).count();
        seats += wanted.min(model.tables);
        if bound > model.tables {
            return None;
        }
        if bound == model.tables && wanted > bound {
            for domain in domains.iter_mut().filter(|domain| **domain != bit) {
                *domain &= !bit;
            }
        }
    }
    (seats >= domains.len()).then_some(())
}

/// Leaves each element only slots that it can have while all elements have different slots.
fn different(domains: &mut [u128]) -> Option<()> {
    let mut holder = [None; 128];
    for element in 0..domains.len() {
        if !rehouse(domains, &mut holder, element, 0) {
            return None;
        }
    }
    for element in 0..domains.len() {
        let mut rest = domains[element];
        while rest != 0 {
            let bit = rest & rest.wrapping_neg();
            rest &= rest - 1;
            let slot = bit.trailing_zeros() as usize;
            let Some(other) = holder[slot].filter(|&other| other != element) else {
                continue;
            };
            // The element takes the slot: can the one who has it go elsewhere, with the element's old slot free?
            let mut trial = holder;
            for held in &mut trial {
                if *held == Some(element) {
                    *held = None;
                }
            }
            trial[slot] = Some(element);
            if rehouse(domains, &mut trial, other, bit) {
                holder = trial;
            } else {
                domains[element] &= !bit;
            }
        }
    }
    Some(())
}

/// Finds a slot for the element, others moving on where they must; slots of `closed` stay as they are.
fn rehouse(domains: &[u128], holder: &mut [Option<usize>; 128], element: usize, closed: u128) -> bool {
    let mut came_from = [usize::MAX; 128];
    let (mut seen, mut queue, mut next) = (closed, vec![element], 0);
    while let Some(&mover) = queue.get(next) {
        next += 1;
        let mut fresh = domains[mover] & !seen;
        seen |= fresh;
        while fresh != 0 {
            let slot = fresh.trailing_zeros() as usize;
            fresh &= fresh - 1;
            came_from[slot] = mover;
            if let Some(other) = holder[slot] {
                queue.push(other);
                continue;
            }
            // Walk back: each takes the slot found for it, up to the one who started.
            let (mut free, mut mover) = (slot, mover);
            loop {
                let left = (0..128).find(|&at| at != free && holder[at] == Some(mover));
                holder[free] = Some(mover);
                match left {
                    Some(left) if mover != element => {
                        free = left;
                        mover = came_from[left];
                    }
                    _ => return true,
                }
            }
        }
    }
    false
}
