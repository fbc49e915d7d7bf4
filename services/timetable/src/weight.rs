//! Problem W: employers x candidates. Choose pairs and give each a slot, so that the total weight is largest.

mod chain;
mod check;
mod climb;
mod flow;
mod greedy;
mod improve;
mod levels;
mod model;
mod problem;
mod reason;
mod relax;
mod schedule;

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

pub use check::{Violation, check, total_weight};
pub use problem::{Edge, Problem, ProblemError, Side};
pub use reason::{Reason, Unmet, Without};

use crate::effort::{Effort, Options, Progress};
use climb::Climb;
use model::Model;

/// One pair at one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Meeting {
    pub e: usize,
    pub c: usize,
    pub slot: usize,
}

/// What it is worth to keep a meeting where it was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bonus {
    pub e: usize,
    pub c: usize,
    pub slot: usize,
    /// In units of weight, not negative.
    pub bonus: i64,
}

/// A timetable, what it is worth and how far from the best it can be at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Sorted by slot, employer, candidate.
    pub meetings: Vec<Meeting>,
    /// Sum of the weights of the pairs that meet.
    pub weight: i64,
    /// Sum of the bonuses of published meetings that stay; what was maximised is `weight + bonus`.
    pub bonus: i64,
    /// No timetable has a larger `weight + bonus`.
    pub bound: i64,
    /// `weight + bonus == bound`: nothing better exists.
    pub proven: bool,
    /// What was improved at unchanged weight, most important first.
    pub levels: Vec<Level>,
    /// Each candidate without a meeting, and why.
    pub without: Vec<Without>,
    /// Must-meets that do not meet, and why.
    pub unmet: Vec<Unmet>,
    /// Effort spent, in the unit of `Options::nodes`.
    pub nodes: u64,
    /// The caller's `stop` ended the search.
    pub stopped: bool,
}

/// One quality level below the weight; smaller is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    pub quality: Quality,
    pub value: i64,
    /// No timetable has less; absent where nothing is known.
    pub bound: Option<i64>,
}

/// What a level counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Candidates and employers who have a possible pair and no meeting.
    PeopleWithoutMeeting,
    /// Candidates of whom no first wish is met.
    FirstWishesUnmet,
    /// Slots in which a candidate is present and waits between two of their meetings.
    CandidateIdle,
    /// The same of employers; one with several recruiters waits when none of them has a meeting.
    EmployerIdle,
    /// Sum of the slot numbers of all meetings.
    Lateness,
}

/// Effort when the caller sets no budget: so many moves, and so many per pair.
const NODES: u64 = 2_000_000;
const NODES_PER_PAIR: u64 = 300;

/// Searches until the answer is proven best, the node budget is spent or `options.stop` says so; always gives a valid answer.
///
/// # Errors
/// A problem that contradicts itself (unknown ids, slots out of range …) or fixed meetings that break it.
pub fn solve(
    problem: &Problem,
    options: &Options,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Answer, ProblemError> {
    let model = Model::new(problem, options)?;
    let nodes = options
        .nodes
        .unwrap_or(NODES + NODES_PER_PAIR * model.pairs.len() as u64);
    let mut effort = Effort::new(options.stop, nodes, progress);
    let mut climb = Climb::new(&model, options.seed, &mut effort);
    climb.run(&mut effort);
    Ok(answer(problem, &model, &climb, &effort))
}

/// An upper bound of the weight of any timetable: pairs chosen under the caps alone (a min-cost flow). 0 for a faulty problem.
pub fn bound(problem: &Problem) -> i64 {
    Model::new(problem, &Options::default()).map_or(0, |model| flow::pairs(&model, &mut || true).bound)
}

fn answer(problem: &Problem, model: &Model, climb: &Climb, effort: &Effort) -> Answer {
    let (schedule, may_meet) = (climb.best(), climb.may_meet());
    let meetings = schedule.meetings(model);
    let weight = total_weight(problem, &meetings);
    Answer {
        weight,
        bonus: schedule.value - weight,
        bound: climb.bound,
        proven: schedule.value == climb.bound,
        levels: levels::explain(model, schedule, |pair| may_meet[pair]),
        without: reason::without(problem, model, &meetings),
        unmet: reason::unmet(problem, model, &meetings),
        nodes: effort.spent,
        stopped: effort.stopped(),
        meetings,
    }
}
