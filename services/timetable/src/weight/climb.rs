//! The order of work: flow and first timetable, then rounds of annealing, bound and levels until nothing better can be.

use super::flow::{self, Prices};
use super::greedy;
use super::improve::{Heat, Improve};
use super::levels;
use super::model::{Model, Pair, PairId};
use super::relax::{Relax, Start};
use super::schedule::Schedule;
use crate::effort::{Effort, Phase};

/// Most ordinary problems are settled by a cold walk over plateaus; crowded ones need heat. In units of weight (`unit`).
const COLD: Heat = Heat { from: 0.3, to: 0.01 };
const HOT: Heat = Heat { from: 0.7, to: 0.2 };
/// Dives of one hot round, and the shares of the timetable that one of them plans anew.
const DIVES: u32 = 12;
const ANEW: [f64; 3] = [0.3, 0.5, 0.7];
/// A gap wider than one in so many units of the bound asks for heat.
const WIDE_GAP: i64 = 500;
/// Moves per pair in the first round; each round doubles them.
const FIRST_ROUND: u64 = 50;
/// Gradient steps for the bound in the first round; each round doubles them, up to a limit.
const FIRST_STEPS: u32 = 400;
const MOST_DOUBLINGS: u32 = 12;
/// Moves per pair for the levels once the weight is settled.
const LEVEL_MOVES: u64 = 150;

pub(super) struct Climb<'m> {
    model: &'m Model,
    prices: Prices,
    /// Upper bound, from the flow and then from the linear programme.
    pub(super) bound: i64,
    flow_bound: i64,
    search: Improve<'m>,
    relax: Option<Relax<'m>>,
    unit: f64,
    /// The whole linear programme was dived into once.
    dived: bool,
}

impl<'m> Climb<'m> {
    /// A first timetable and a first bound.
    pub(super) fn new(model: &'m Model, seed: u64, effort: &mut Effort) -> Self {
        let flow = flow::pairs(model, &mut || effort.poll());
        let mut schedule = Schedule::new(model);
        greedy::fill(model, &mut schedule, &flow.chosen);
        effort.tell(Phase::Start, schedule.value, flow.bound);
        Self {
            model,
            prices: flow.prices,
            bound: flow.bound,
            flow_bound: flow.bound,
            search: Improve::new(model, schedule, seed),
            relax: None,
            unit: unit(model),
            dived: false,
        }
    }

    pub(super) fn best(&self) -> &Schedule {
        &self.search.best
    }

    /// Rounds until the weight is proven best or the budget is spent; then the levels.
    pub(super) fn run(&mut self, effort: &mut Effort) {
        let pairs = (self.model.pairs.len() as u64).max(64);
        let (mut heat, mut round) = (COLD, 0);
        while self.search.best.value < self.bound && effort.go(0) {
            let (doublings, known) = (round.min(MOST_DOUBLINGS), self.search.best.value);
            let nodes = (FIRST_ROUND << doublings) * pairs;
            self.anneal(nodes, heat, effort);
            if heat == HOT {
                self.dive(DIVES << doublings.min(6), effort);
            }
            self.tighten(FIRST_STEPS << doublings.min(3), effort);
            // Without a proof the levels get their share in every round, since the end may come at any time.
            self.levels(nodes / 4, effort);
            let gap = self.bound - self.search.best.value;
            let wide = gap > self.bound / WIDE_GAP;
            let idle = self.search.best.value == known;
            heat = if wide || (idle && heat == COLD) { HOT } else { COLD };
            round += 1;
        }
        self.levels(LEVEL_MOVES * pairs, effort);
    }

    fn anneal(&mut self, nodes: u64, heat: Heat, effort: &mut Effort) {
        self.search.active = self.reachable(self.search.best.value + 1);
        self.search.restart_from_best();
        self.search
            .anneal(nodes, heat.times(self.unit), self.bound, effort);
    }

    /// Plans parts of the timetable anew by the linear programme: employers or slots drawn at random, the rest as it is.
    fn dive(&mut self, dives: u32, effort: &mut Effort) {
        for dive in 0..dives {
            if self.search.best.value >= self.bound || !effort.go(0) {
                return;
            }
            let kept = self.kept();
            let Some(relax) = &self.relax else { return };
            let start = Start {
                schedule: &self.search.best,
                kept: &kept,
            };
            // The first dive of all plans everything.
            let start = if self.dived || dive > 0 {
                Some(&start)
            } else {
                None
            };
            self.dived = true;
            let cost = relax.cost();
            let mut schedule = relax.dive(start, self.unit, &mut self.search.rng, &mut || effort.go(cost));
            greedy::fill(self.model, &mut schedule, &[]);
            if schedule.value >= self.search.best.value {
                self.search.best = schedule;
            }
        }
    }

    /// Pairs of the best timetable that a dive leaves where they are.
    fn kept(&mut self) -> Vec<bool> {
        let (rng, best) = (&mut self.search.rng, &self.search.best);
        let (share, by_slot) = (ANEW[rng.below(ANEW.len())], rng.below(3) == 0);
        let parts = self.model.employers.len().max(self.model.slots);
        let anew: Vec<bool> = (0..parts).map(|_| rng.unit() < share).collect();
        let stays = |(pair, at): (usize, &Pair)| {
            best.slot_of(pair)
                .is_some_and(|slot| !anew[if by_slot { slot } else { at.e }])
        };
        self.model.pairs.iter().enumerate().map(stays).collect()
    }

    /// Brings the bound down by gradient steps, as long as it still moves.
    fn tighten(&mut self, steps: u32, effort: &mut Effort) {
        if self.search.best.value >= self.bound || !effort.go(0) {
            return;
        }
        if self.relax.is_none() {
            let pairs = self.reachable(self.search.best.value);
            self.relax = Some(Relax::new(
                self.model,
                pairs,
                &self.search.best,
                &self.prices,
                self.unit,
            ));
        }
        let Some(relax) = &mut self.relax else { return };
        if relax.converged() {
            return;
        }
        let cost = relax.cost();
        let bound = relax.run(steps, self.search.best.value, &mut || effort.go(cost));
        // The programme holds the pairs of all timetables at least as good as the one it started from.
        let bound = bound.max(self.search.best.value);
        if bound < self.bound {
            self.bound = bound;
            effort.tell(Phase::Bound, self.search.best.value, bound);
        }
    }

    fn levels(&mut self, nodes: u64, effort: &mut Effort) {
        let active = self.reachable(self.search.best.value);
        levels::improve(&mut self.search, &active, nodes, self.bound, effort);
    }

    /// Pairs that a timetable of at least this value may hold, as far as the prices tell; fixed ones are left out.
    fn reachable(&self, value: i64) -> Vec<PairId> {
        let slack = self.flow_bound - value;
        let free = |pair: &PairId| {
            !self.model.pairs[*pair].fixed && self.prices.reduced(self.model, *pair) >= -slack
        };
        match &self.relax {
            Some(relax) => relax.reachable(value).into_iter().filter(free).collect(),
            None => (0..self.model.pairs.len()).filter(free).collect(),
        }
    }

    /// Whether a timetable of the best weight may hold the pair.
    pub(super) fn may_meet(&self) -> Vec<bool> {
        let mut may = vec![false; self.model.pairs.len()];
        for pair in self.reachable(self.search.best.value) {
            may[pair] = true;
        }
        for &(pair, _) in &self.model.fixed {
            may[pair] = true;
        }
        may
    }
}

/// The scale of the weights: 1 for weights about 8, as wishes of both sides usually are.
fn unit(model: &Model) -> f64 {
    let mut weights: Vec<i64> = model.pairs.iter().map(|pair| pair.w).filter(|&w| w > 0).collect();
    weights.sort_unstable();
    weights
        .get(weights.len() / 2)
        .map_or(1.0, |&median| crate::rng::real(median) / 8.0)
}
