//! A session as a problem of the solver, and the solver's answer as places.

use std::{collections::BTreeMap, ops::ControlFlow};

use timetable::weight::{self, Edge, Problem, Side as SolverSide};
use uuid::Uuid;

use super::{Board, Pair, Progress, Refusal, Registration, Side, Weights, Wish};

/// What the solver is given, with the names of its numbers.
#[derive(Clone, Debug)]
pub struct Puzzle {
    problem: Problem,
    first_wishes: Vec<(usize, usize)>,
    employers: Vec<Uuid>,
    candidates: Vec<Uuid>,
    /// What a must-meet weighs more than all other pairs together.
    bonus: i64,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Solution {
    /// Pairs with their slot.
    pub placed: Vec<(Pair, i64)>,
    /// No timetable of this session weighs more (bonuses of must-meets aside).
    pub bound: i64,
    /// Whether nothing better exists.
    pub proven: bool,
}

impl Puzzle {
    /// The problem of a session. Employers and candidates are numbered in the order of their codes, so that the same
    /// session and seed give the same timetable.
    pub fn new(board: &Board, wishes: &[Wish], weights: &Weights) -> Result<Self, Refusal> {
        let employers = in_order(board, Side::Employer);
        // A candidate who withdrew is not looked at; an employer who did stays, present never, so that its candidates
        // are told why they have no meeting.
        let mut candidates = in_order(board, Side::Candidate);
        candidates.retain(|candidate| candidate.expected());
        let employer_numbers = numbers(&employers);
        let candidate_numbers = numbers(&candidates);
        let total: i64 = wishes.iter().map(|wish| wish.weight(weights)).sum();
        let bonus = total + 1;
        let mut edges = Vec::new();
        let (mut must_not, mut first_wishes) = (Vec::new(), Vec::new());
        for wish in wishes {
            let numbered = (
                employer_numbers.get(&wish.pair.employer),
                candidate_numbers.get(&wish.pair.candidate),
            );
            let (Some(&e), Some(&c)) = numbered else { continue };
            let weight = wish.weight(weights);
            if wish.forbidden() {
                must_not.push((e, c));
            } else if wish.rank == 1 {
                first_wishes.push((e, c));
            }
            if weight > 0 || wish.must {
                let w = weight + if wish.must { bonus } else { 0 };
                edges.push(Edge {
                    e,
                    c,
                    w,
                    must: wish.must,
                });
            }
        }
        if edges.len() == must_not.len() && edges.iter().all(|edge| must_not.contains(&(edge.e, edge.c))) {
            return Err(Refusal::NothingToPlan);
        }
        let problem = Problem {
            slots: board.slots().len(),
            tables: usize::try_from(board.tables()).unwrap_or(usize::MAX),
            employers: sides(board, &employers),
            candidates: sides(board, &candidates),
            edges,
            must_not,
        };
        let ids = |people: Vec<&Registration>| people.into_iter().map(|person| person.id).collect();
        Ok(Self {
            problem,
            first_wishes,
            employers: ids(employers),
            candidates: ids(candidates),
            bonus,
        })
    }

    /// Solves it; `stop` ends the search with the best answer so far, `tell` hears of better values and bounds and
    /// changes nothing. Slow: not for an async task.
    pub fn solve(
        &self,
        seed: u64,
        stop: &dyn Fn() -> bool,
        tell: &dyn Fn(Progress),
    ) -> Result<Solution, weight::ProblemError> {
        let options = timetable::Options {
            seed,
            stop,
            first_wishes: self.first_wishes.clone(),
            ..timetable::Options::default()
        };
        let ordinary: i64 = self.problem.edges.iter().map(|edge| edge.w % self.bonus).sum();
        let answer = weight::solve(&self.problem, &options, &mut |told| {
            tell(self.without_bonuses(told.value, told.bound, ordinary));
            ControlFlow::Continue(())
        })?;
        let found = self.without_bonuses(answer.weight, answer.bound, ordinary);
        tell(found);
        let placed = answer
            .meetings
            .iter()
            .filter_map(|meeting| {
                let candidate = *self.candidates.get(meeting.c)?;
                let employer = *self.employers.get(meeting.e)?;
                Some((Pair { candidate, employer }, i64::try_from(meeting.slot).ok()?))
            })
            .collect();
        Ok(Solution {
            placed,
            bound: found.bound,
            proven: answer.proven,
        })
    }

    /// A value and a bound as coordinators read them. All ordinary pairs together weigh less than one bonus, so that the
    /// value says how many must-meets meet. A must-meet that cannot be leaves its bonus in the bound: all ordinary pairs
    /// together bound it then.
    fn without_bonuses(&self, value: i64, bound: i64, ordinary: i64) -> Progress {
        let bonuses = (value / self.bonus).saturating_mul(self.bonus);
        Progress {
            answered: true,
            value: value % self.bonus,
            bound: (bound - bonuses).min(ordinary),
        }
    }
}

fn in_order(board: &Board, side: Side) -> Vec<&Registration> {
    let mut people: Vec<&Registration> = board.people().filter(|person| person.side == side).collect();
    people.sort_by(|left, right| left.code.cmp(&right.code));
    people
}

fn numbers(people: &[&Registration]) -> BTreeMap<Uuid, usize> {
    people
        .iter()
        .enumerate()
        .map(|(number, person)| (person.id, number))
        .collect()
}

fn sides(board: &Board, people: &[&Registration]) -> Vec<SolverSide> {
    let side = |(id, person): (usize, &&Registration)| {
        let slots = board.slots().iter().enumerate();
        let present = slots.filter(|(_, slot)| person.expected() && person.present(**slot));
        SolverSide {
            id,
            available: present.map(|(number, _)| number).collect(),
            cap: person
                .meetings_max
                .and_then(|cap| usize::try_from(cap).ok())
                .unwrap_or(usize::MAX),
            parallel: usize::try_from(person.parallel).unwrap_or(1),
        }
    };
    people.iter().enumerate().map(side).collect()
}
