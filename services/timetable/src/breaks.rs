//! Problem B: all meetings are given. Give each a slot, with the fewest breaks.

mod bound;
mod check;
mod model;
mod plan;
mod problem;
mod propagate;
mod refute;
mod search;

use std::ops::ControlFlow;

use serde::Serialize;

pub use check::{Checked, Violation, check};
pub use problem::{Meeting, Problem, ProblemError};

use crate::effort::{Effort, Options, Progress};
use model::Model;
use search::Search;

/// What the search found, and how far from the best it can be at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Solution {
    #[serde(flatten)]
    pub answer: Answer,
    /// Breaks of all participants; absent without slots.
    pub breaks: Option<i64>,
    /// No valid answer has fewer breaks.
    pub bound: i64,
    /// The answer has as few breaks as the bound, or is known to be infeasible.
    pub proven: bool,
    /// Effort spent, in the unit of `Options::nodes`.
    pub nodes: u64,
    /// The caller's `stop` ended the search.
    pub stopped: bool,
}

/// An answer to problem B.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The slot of each meeting: valid.
    Slots(Vec<usize>),
    /// No valid answer exists, and a set of demands that cannot hold together, in words.
    Infeasible { because: Vec<String> },
    /// Neither found nor refuted within the budget; what the nearest try still breaks, in words.
    Open { because: Vec<String> },
}

/// `{"slots": […]}`, `{"infeasible": true, "because": […]}` or `{"open": true, "because": […]}`.
impl Serialize for Answer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Slots(slots) => map.serialize_entry("slots", slots)?,
            Self::Infeasible { because } => {
                map.serialize_entry("infeasible", &true)?;
                map.serialize_entry("because", because)?;
            }
            Self::Open { because } => {
                map.serialize_entry("open", &true)?;
                map.serialize_entry("because", because)?;
            }
        }
        map.end()
    }
}

/// Moves of one cooling, per meeting.
const MOVES_PER_MEETING: u64 = 10_000;
/// Heat while nothing valid is known, beside 1 for the search for fewer breaks.
const SEEKING: f64 = 3.0;
/// Coolings when the caller sets no budget.
const COOLINGS: u64 = 12;

/// Searches until the answer is proven best or infeasible, the node budget is spent or `options.stop` says so.
///
/// # Errors
/// A problem that contradicts itself (unknown ids, slots out of range …); an infeasible one is an answer, no error.
pub fn solve(
    problem: &Problem,
    options: &Options,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Solution, ProblemError> {
    problem.validate()?;
    let mut model = Model::new(problem);
    let cooling = MOVES_PER_MEETING * (model.meetings.len() as u64).max(16);
    let nodes = options.nodes.unwrap_or(COOLINGS * cooling);
    let mut effort = Effort::new(options.stop, nodes, progress);
    if let Some(because) = refute::refute(problem, &mut model) {
        return Ok(finished(Answer::Infeasible { because }, None, 0, &effort));
    }
    let bound = bound::total(&model);
    let mut search = Search::new(&model, options.seed);
    let mut heat = SEEKING;
    while effort.go(0) && search.best_value().is_none_or(|value| value > bound) {
        search.anneal(cooling, heat, bound, &mut effort);
        if let Some(best) = &search.best {
            search.plan = best.clone();
            heat = 1.0;
        }
    }
    let answer = match search.best.as_ref().and_then(plan::Plan::slots) {
        Some(slots) => Answer::Slots(slots),
        None => Answer::Open {
            because: refute::shortcomings(&model, &search.nearest),
        },
    };
    Ok(finished(answer, search.best_value(), bound, &effort))
}

/// A lower bound of the breaks of any valid answer. 0 for a faulty problem.
pub fn bound(problem: &Problem) -> i64 {
    if problem.validate().is_err() {
        return 0;
    }
    let mut model = Model::new(problem);
    // An infeasible problem has no answer: any bound holds, and 0 says nothing more than that.
    if refute::refute(problem, &mut model).is_some() {
        0
    } else {
        bound::total(&model)
    }
}

fn finished(answer: Answer, breaks: Option<i64>, bound: i64, effort: &Effort) -> Solution {
    let proven = matches!(answer, Answer::Infeasible { .. }) || breaks == Some(bound);
    Solution {
        answer,
        breaks,
        bound,
        proven,
        nodes: effort.spent,
        stopped: effort.stopped(),
    }
}
