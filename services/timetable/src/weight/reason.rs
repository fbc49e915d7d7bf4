//! Why somebody has no meeting, and why a must-meet is not met: codes that the product puts into words.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Meeting;
use super::model::Model;
use super::problem::Problem;

/// A candidate without a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Without {
    pub candidate: usize,
    pub reason: Reason,
}

/// A must-meet that does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmet {
    pub e: usize,
    pub c: usize,
    pub reason: Reason,
}

/// The first of these, in this order, that explains all pairs concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No pair was asked for.
    NoWish,
    /// Every pair asked for must not meet (or has a negative weight).
    AllForbidden,
    /// The two sides of every pair asked for are never present together.
    NoCommonPresence,
    /// The person wants no meeting at all (cap 0).
    CapReached,
    /// Every employer who is present together with the person has as many meetings as it takes.
    EmployersFull,
    /// The two have a free slot in common, but every table is taken then.
    TablesFull,
    /// The employer has room, but only in slots in which the person (or the employer) is taken or away.
    NoCommonFreeSlot,
}

pub(super) fn without(problem: &Problem, model: &Model, meetings: &[Meeting]) -> Vec<Without> {
    let met: BTreeSet<usize> = meetings.iter().map(|m| m.c).collect();
    let facts = Facts::new(problem, model, meetings);
    let mut wishes: Vec<Vec<usize>> = vec![Vec::new(); problem.candidates.len()];
    for edge in &problem.edges {
        wishes[edge.c].push(edge.e);
    }
    (0..problem.candidates.len())
        .filter(|candidate| !met.contains(candidate))
        .map(|candidate| Without {
            candidate,
            reason: facts.reason(candidate, &wishes[candidate]),
        })
        .collect()
}

pub(super) fn unmet(problem: &Problem, model: &Model, meetings: &[Meeting]) -> Vec<Unmet> {
    let met: BTreeSet<(usize, usize)> = meetings.iter().map(|m| (m.e, m.c)).collect();
    let facts = Facts::new(problem, model, meetings);
    let musts = problem
        .edges
        .iter()
        .filter(|edge| edge.must && !met.contains(&(edge.e, edge.c)));
    musts
        .map(|edge| Unmet {
            e: edge.e,
            c: edge.c,
            reason: facts.reason(edge.c, &[edge.e]),
        })
        .collect()
}

/// What is taken in the finished timetable.
struct Facts<'a> {
    problem: &'a Problem,
    /// Usable pairs, with the slots at which both are present.
    usable: std::collections::BTreeMap<(usize, usize), u128>,
    forbidden: BTreeSet<(usize, usize)>,
    employer_load: Vec<usize>,
    candidate_load: Vec<usize>,
    /// Slots in which the person takes no further meeting.
    employer_taken: Vec<u128>,
    candidate_taken: Vec<u128>,
    full: u128,
}

impl<'a> Facts<'a> {
    fn new(problem: &'a Problem, model: &Model, meetings: &[Meeting]) -> Self {
        let mut facts = Self {
            problem,
            usable: model
                .pairs
                .iter()
                .map(|pair| ((pair.e, pair.c), pair.mask))
                .collect(),
            forbidden: problem.must_not.iter().copied().collect(),
            employer_load: vec![0; problem.employers.len()],
            candidate_load: vec![0; problem.candidates.len()],
            employer_taken: vec![0; problem.employers.len()],
            candidate_taken: vec![0; problem.candidates.len()],
            full: 0,
        };
        let mut at_employer = vec![0_usize; problem.employers.len() * problem.slots];
        let mut at_candidate = vec![0_usize; problem.candidates.len() * problem.slots];
        let mut in_slot = vec![0_usize; problem.slots];
        for meeting in meetings {
            facts.employer_load[meeting.e] += 1;
            facts.candidate_load[meeting.c] += 1;
            at_employer[meeting.e * problem.slots + meeting.slot] += 1;
            at_candidate[meeting.c * problem.slots + meeting.slot] += 1;
            in_slot[meeting.slot] += 1;
            if at_employer[meeting.e * problem.slots + meeting.slot] >= problem.employers[meeting.e].parallel
            {
                facts.employer_taken[meeting.e] |= 1 << meeting.slot;
            }
            if at_candidate[meeting.c * problem.slots + meeting.slot]
                >= problem.candidates[meeting.c].parallel
            {
                facts.candidate_taken[meeting.c] |= 1 << meeting.slot;
            }
        }
        for (slot, &meetings) in in_slot.iter().enumerate() {
            if meetings >= problem.tables {
                facts.full |= 1 << slot;
            }
        }
        facts
    }

    fn reason(&self, candidate: usize, employers: &[usize]) -> Reason {
        if employers.is_empty() {
            return Reason::NoWish;
        }
        let allowed: Vec<usize> = employers
            .iter()
            .copied()
            .filter(|&e| !self.forbidden.contains(&(e, candidate)))
            .collect();
        if allowed.is_empty() {
            return Reason::AllForbidden;
        }
        let together: Vec<(usize, u128)> = allowed
            .into_iter()
            .filter_map(|e| Some((e, *self.usable.get(&(e, candidate))?)))
            .collect();
        if together.is_empty() {
            return Reason::NoCommonPresence;
        }
        if self.candidate_load[candidate] >= self.problem.candidates[candidate].cap {
            return Reason::CapReached;
        }
        let room: Vec<(usize, u128)> = together
            .into_iter()
            .filter(|&(e, mask)| {
                self.employer_load[e] < self.problem.employers[e].cap && mask & !self.employer_taken[e] != 0
            })
            .collect();
        if room.is_empty() {
            return Reason::EmployersFull;
        }
        let taken = self.candidate_taken[candidate];
        let free = |&(e, mask): &(usize, u128)| mask & !self.employer_taken[e] & !taken != 0;
        if room.iter().any(free) {
            Reason::TablesFull
        } else {
            Reason::NoCommonFreeSlot
        }
    }
}
