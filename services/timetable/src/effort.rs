//! What a caller asks of a search, and what the search says on the way.

use std::ops::ControlFlow;

use crate::weight::{Bonus, Meeting};

/// How to search. `Options::default()` searches with seed 0 and a node budget that fits the size.
#[derive(Clone)]
pub struct Options<'a> {
    /// Same input, seed and node budget: same answer.
    pub seed: u64,
    /// Deterministic effort budget, in moves of the local search. `None` takes one that fits the size of the problem.
    pub nodes: Option<u64>,
    /// Asked often (at least every few milliseconds); `true` ends the search with the best answer so far. A deadline goes in here:
    /// an answer that was cut short by it depends on the speed of the machine.
    pub stop: &'a dyn Fn() -> bool,
    /// Problem W: meetings that the answer keeps (played, or pinned by hand). They must obey the problem themselves.
    pub fixed: Vec<Meeting>,
    /// Problem W: what it is worth to keep a published meeting at its slot. At most one per pair.
    pub bonuses: Vec<Bonus>,
    /// Problem W: no meeting but the fixed ones lies before this slot (the slots played so far).
    pub not_before: usize,
    /// Problem W: pairs that are somebody's first wish. Empty: the heaviest possible pairs of each candidate.
    pub first_wishes: Vec<(usize, usize)>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            seed: 0,
            nodes: None,
            stop: &|| false,
            fixed: Vec::new(),
            bonuses: Vec::new(),
            not_before: 0,
            first_wishes: Vec::new(),
        }
    }
}

/// What the search is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A first valid answer exists.
    Start,
    /// The main objective gets better (weight, or breaks).
    Improve,
    /// The upper (W) or lower (B) bound gets better.
    Bound,
    /// The main objective is settled; the levels below it get better.
    Levels,
}

/// Told to the caller now and then; the caller may break off, with the same effect as `Options::stop`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub phase: Phase,
    /// Moves tried so far.
    pub nodes: u64,
    /// Weight (W) or breaks (B) of the best answer so far.
    pub value: i64,
    /// Upper bound (W) or lower bound (B) so far.
    pub bound: i64,
}

/// The budget while it is being spent. Every loop that may take long asks `go`.
pub(crate) struct Effort<'a> {
    stop: &'a dyn Fn() -> bool,
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    pub(crate) spent: u64,
    limit: u64,
    next_poll: u64,
    stopped: bool,
}

const POLL_EVERY: u64 = 128;

impl<'a> Effort<'a> {
    pub(crate) fn new(
        stop: &'a dyn Fn() -> bool,
        limit: u64,
        progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Self {
        let stopped = stop();
        Self {
            stop,
            progress,
            spent: 0,
            limit,
            next_poll: POLL_EVERY,
            stopped,
        }
    }

    /// Spends `nodes`; false when the budget is spent or the caller wants an end.
    pub(crate) fn go(&mut self, nodes: u64) -> bool {
        self.spent += nodes;
        if self.spent >= self.next_poll {
            self.next_poll = self.spent + POLL_EVERY;
            self.poll();
        }
        !self.stopped && self.spent < self.limit
    }

    /// Asks the caller at once, whatever was spent; for steps that take milliseconds and cost no node.
    pub(crate) fn poll(&mut self) -> bool {
        if !self.stopped {
            self.stopped = (self.stop)();
        }
        !self.stopped
    }

    pub(crate) fn tell(&mut self, phase: Phase, value: i64, bound: i64) {
        let told = Progress {
            phase,
            nodes: self.spent,
            value,
            bound,
        };
        if (self.progress)(told).is_break() {
            self.stopped = true;
        }
    }

    /// The caller ended the search (as opposed to: the budget is spent).
    pub(crate) fn stopped(&self) -> bool {
        self.stopped
    }
}
