//! Simulated annealing over Kempe chains, with insertion of meetings that have no slot yet.

use super::model::{MeetingId, Model};
use super::plan::{Chain, Delta, Plan};
use crate::effort::{Effort, Phase};
use crate::rng::Rng;

/// Prices of what must be gone in the end, in breaks. High enough to be worth several breaks, low enough to be crossed.
const UNPLACED: i64 = 6;
const DISORDER: i64 = 3;
const UNFAIR: i64 = 2;

/// Temperatures, in breaks: a cold walk over plateaus finds more than a hot one.
const HOT: f64 = 0.4;
const COLD: f64 = 0.1;
/// People looked at for a break to close, and how often a move is aimed at one.
const LOOKS: usize = 4;
const AIMED: f64 = 0.7;
/// Meetings that are tried to make room in a slot whose tables are all taken.
const BALANCING: u32 = 4;

pub(super) struct Search<'m> {
    model: &'m Model,
    rng: Rng,
    pub(super) plan: Plan,
    /// The best valid plan so far.
    pub(super) best: Option<Plan>,
    /// The plan with the fewest meetings left out, while none is valid.
    pub(super) nearest: Plan,
    chain: Chain,
    temperature: f64,
}

impl<'m> Search<'m> {
    pub(super) fn new(model: &'m Model, seed: u64) -> Self {
        let plan = Plan::new(model);
        let mut search = Self {
            model,
            rng: Rng::new(seed),
            nearest: plan.clone(),
            plan,
            best: None,
            chain: Chain::default(),
            temperature: HOT,
        };
        search.construct();
        search.remember();
        search
    }

    /// Places the meetings with the fewest slots first, each where both are free and most tables are left.
    fn construct(&mut self) {
        let mut order: Vec<MeetingId> = (0..self.model.meetings.len()).collect();
        let load = |m: MeetingId| -> usize {
            self.model.meetings[m]
                .people
                .iter()
                .map(|&p| self.model.participants[p].meetings.len())
                .sum()
        };
        order.sort_by_key(|&m| {
            (
                self.model.meetings[m].domain.count_ones(),
                usize::MAX - load(m),
                m,
            )
        });
        for meeting in order {
            let [a, b] = self.model.meetings[meeting].people;
            let free = self.model.meetings[meeting].domain & !self.plan.busy[a] & !self.plan.busy[b];
            let slots = (0..self.model.slots).filter(|slot| free & (1 << slot) != 0);
            let open = slots.filter(|&slot| self.plan.in_slot[slot].len() < self.model.tables);
            if let Some(slot) = open.min_by_key(|&slot| self.plan.in_slot[slot].len()) {
                self.plan.place(self.model, meeting, slot);
            }
        }
    }

    /// One cooling of `nodes` moves, from hot (or warm) to cold. Ends early when nothing better than `bound` exists,
    /// and when a first valid plan is found.
    pub(super) fn anneal(&mut self, nodes: u64, heat: f64, bound: i64, effort: &mut Effort) {
        let start = effort.spent;
        let cooling = (COLD / (HOT * heat)).ln();
        while effort.spent - start < nodes {
            let done = crate::rng::share(effort.spent - start, nodes);
            self.temperature = HOT * heat * (cooling * done).exp();
            let known = self.best_value();
            for _ in 0..64 {
                self.step();
            }
            if let Some(value) = self.best_value().filter(|_| self.best_value() != known) {
                effort.tell(
                    if known.is_none() {
                        Phase::Start
                    } else {
                        Phase::Improve
                    },
                    value,
                    bound,
                );
                if known.is_none() {
                    // The search for fewer breaks has its own heat.
                    return;
                }
            }
            if self.best_value().is_some_and(|value| value <= bound) || !effort.go(64) {
                return;
            }
        }
    }

    pub(super) fn best_value(&self) -> Option<i64> {
        self.best.as_ref().map(|plan| plan.breaks)
    }

    fn step(&mut self) {
        if !self.plan.unplaced.is_empty() && self.rng.below(4) == 0 {
            self.insert();
        } else {
            self.swap();
        }
    }

    fn swap(&mut self) {
        if self.model.meetings.is_empty() {
            return;
        }
        let (meeting, slot) = match self.aimed() {
            Some(aimed) if self.rng.unit() < AIMED => aimed,
            _ => {
                let meeting = self.rng.below(self.model.meetings.len());
                (meeting, self.any_slot(meeting))
            }
        };
        let Some(from) = self.plan.slot_of(meeting) else {
            return;
        };
        if from == slot || !self.plan.chain(self.model, meeting, slot, &mut self.chain) {
            return;
        }
        if !self.balance() {
            return;
        }
        let delta = self.plan.delta(self.model, &self.chain);
        if self.accept(price(delta)) {
            self.plan.turn(self.model, &self.chain, delta);
            if price(delta) < 0 {
                self.remember();
            }
        }
    }

    /// While a slot would be too full, another meeting of it goes the other way, with all that it drags along.
    fn balance(&mut self) -> bool {
        let mut tries = BALANCING;
        while let Some(full) = self.plan.overfull(self.model, &self.chain) {
            let there = &self.plan.in_slot[full];
            if tries == 0 || there.is_empty() {
                return false;
            }
            tries -= 1;
            let other = there[self.rng.below(there.len())] as usize;
            if self.chain.has(other) {
                continue;
            }
            let mark = self.chain.mark();
            let fits = self.plan.extend(self.model, other, &mut self.chain);
            // Only what brings the two slots nearer to each other helps.
            if !fits || self.chain.shift.abs() >= mark.2.abs() {
                self.chain.undo(mark);
            }
        }
        true
    }

    /// A meeting beside a break, and a slot inside the break.
    fn aimed(&mut self) -> Option<(MeetingId, usize)> {
        if self.plan.breaks == 0 {
            return None;
        }
        for _ in 0..LOOKS {
            let person = self.rng.below(self.plan.busy.len());
            let busy = self.plan.busy[person];
            if busy == 0 {
                continue;
            }
            let span = (u128::MAX << busy.trailing_zeros()) & (u128::MAX >> busy.leading_zeros());
            let idle = span & !busy & !self.model.participants[person].forbidden;
            if idle == 0 {
                continue;
            }
            let slot = self.rng.bit(idle);
            let meeting = self.plan.at(person, self.rng.bit(busy))?;
            return Some((meeting, slot));
        }
        None
    }

    fn any_slot(&mut self, meeting: MeetingId) -> usize {
        let domain = self.model.meetings[meeting].domain;
        if domain == 0 { 0 } else { self.rng.bit(domain) }
    }

    /// Gives a meeting without a slot one, taking it from those in the way.
    fn insert(&mut self) {
        let meeting = self.plan.unplaced[self.rng.below(self.plan.unplaced.len())] as usize;
        if self.model.meetings[meeting].domain == 0 {
            return;
        }
        let slot = self.any_slot(meeting);
        let [a, b] = self.model.meetings[meeting].people;
        let mut out: Vec<MeetingId> = [a, b].iter().filter_map(|&p| self.plan.at(p, slot)).collect();
        // The two may meet more than once: the same meeting is in the way of both.
        out.dedup();
        if out.is_empty() && self.plan.in_slot[slot].len() >= self.model.tables {
            if self.plan.in_slot[slot].is_empty() {
                return;
            }
            let some = self.rng.below(self.plan.in_slot[slot].len());
            out.push(self.plan.in_slot[slot][some] as usize);
        }
        let before = self.cost();
        for &other in &out {
            self.plan.remove(self.model, other);
        }
        self.plan.place(self.model, meeting, slot);
        if self.accept(self.cost() - before) {
            self.remember();
            return;
        }
        self.plan.remove(self.model, meeting);
        for other in out {
            self.plan.place(self.model, other, slot);
        }
    }

    fn cost(&self) -> i64 {
        let left_out = i64::try_from(self.plan.unplaced.len()).unwrap_or(i64::MAX / UNPLACED);
        UNPLACED * left_out + DISORDER * self.plan.disorder + UNFAIR * self.plan.unfair + self.plan.breaks
    }

    fn accept(&mut self, worse: i64) -> bool {
        worse <= 0 || self.rng.unit() < (-crate::rng::real(worse) / self.temperature).exp()
    }

    fn remember(&mut self) {
        if self.plan.is_valid() && self.best_value().is_none_or(|value| self.plan.breaks < value) {
            self.best = Some(self.plan.clone());
        }
        let left = |plan: &Plan| (plan.unplaced.len(), plan.disorder + plan.unfair);
        if self.best.is_none() && left(&self.plan) < left(&self.nearest) {
            self.nearest = self.plan.clone();
        }
    }
}

fn price(delta: Delta) -> i64 {
    delta.breaks + UNFAIR * delta.unfair + DISORDER * delta.disorder
}
