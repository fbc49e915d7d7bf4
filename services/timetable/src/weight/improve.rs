//! Local search for the weight: simulated annealing over insertions that throw out what is in the way. What is thrown out finds
//! another slot where it can, and the seats that come free are filled again.

use super::chain::Chain;
use super::model::{Model, PairId};
use super::schedule::{Schedule, Seats};
use crate::effort::{Effort, Phase};
use crate::rng::{Rng, real, share};

/// A cooling from one temperature to another, in units of weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Heat {
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Heat {
    pub(super) fn times(self, unit: f64) -> Self {
        Self {
            from: self.from * unit,
            to: self.to * unit,
        }
    }
}

pub(super) struct Improve<'m> {
    pub(super) model: &'m Model,
    pub(super) rng: Rng,
    pub(super) schedule: Schedule,
    pub(super) best: Schedule,
    /// Pairs that a better timetable may hold, by the dual prices.
    pub(super) active: Vec<PairId>,
    dropped: Vec<PairId>,
    chain: Chain,
}

impl<'m> Improve<'m> {
    pub(super) fn new(model: &'m Model, schedule: Schedule, seed: u64) -> Self {
        Self {
            model,
            rng: Rng::new(seed),
            best: schedule.clone(),
            schedule,
            active: (0..model.pairs.len())
                .filter(|&p| !model.pairs[p].fixed)
                .collect(),
            dropped: Vec::new(),
            chain: Chain::default(),
        }
    }

    /// One cooling of `nodes` moves between two temperatures, in units of weight. Ends early at the bound.
    pub(super) fn anneal(&mut self, nodes: u64, heat: Heat, bound: i64, effort: &mut Effort) {
        let start = effort.spent;
        let cooling = (heat.to / heat.from).ln();
        while !self.active.is_empty() && effort.spent - start < nodes && self.best.value < bound {
            let temperature = heat.from * (cooling * share(effort.spent - start, nodes)).exp();
            let before = self.best.value;
            for _ in 0..32 {
                self.step(temperature);
            }
            if self.best.value > before {
                effort.tell(Phase::Improve, self.best.value, bound);
            }
            if !effort.go(32) {
                return;
            }
        }
    }

    pub(super) fn restart_from_best(&mut self) {
        self.schedule.clone_from(&self.best);
    }

    fn step(&mut self, temperature: f64) {
        let pair = self.active[self.rng.below(self.active.len())];
        let before = self.schedule.value;
        self.schedule.commit();
        if self.schedule.slot_of(pair).is_some() {
            self.relocate(pair);
        } else {
            self.insert(pair);
        }
        let worse = before - self.schedule.value;
        if worse > 0 && self.rng.unit() >= (-real(worse) / temperature).exp() {
            self.schedule.undo(self.model);
        } else if self.schedule.value > self.best.value {
            self.schedule.commit();
            self.best.clone_from(&self.schedule);
        }
    }

    /// Another slot, at no price; others swap slots along a chain where they must.
    fn relocate(&mut self, pair: PairId) {
        let (model, schedule) = (self.model, &mut self.schedule);
        let slot = self.rng.bit(model.pairs[pair].mask);
        if !self.chain.swap(model, schedule, &mut self.rng, pair, slot) {
            schedule.undo(model);
        }
    }

    /// Places the pair at the cheapest slot, whatever must go for it, and repairs what it can.
    pub(super) fn insert(&mut self, pair: PairId) {
        let (e, c) = (self.model.pairs[pair].e, self.model.pairs[pair].c);
        self.dropped.clear();
        if self.schedule.employers.load[e] >= self.model.employers[e].cap && !self.drop_one(e, true) {
            return;
        }
        if self.schedule.candidates.load[c] >= self.model.candidates[c].cap && !self.drop_one(c, false) {
            return;
        }
        let Some(slot) = self.cheapest_slot(pair) else {
            return;
        };
        let (model, first) = (self.model, self.dropped.len());
        if self.schedule.employers.free[e] & (1 << slot) == 0 {
            let Some(other) = lightest(model, &self.schedule.employers, e, slot) else {
                return;
            };
            self.schedule.remove(model, other);
            self.dropped.push(other);
        }
        if self.schedule.candidates.free[c] & (1 << slot) == 0 {
            let Some(other) = lightest(model, &self.schedule.candidates, c, slot) else {
                return;
            };
            self.schedule.remove(model, other);
            self.dropped.push(other);
        }
        if self.schedule.open & (1 << slot) == 0 {
            let Some(other) = self.some_in(slot) else { return };
            self.schedule.remove(model, other);
            self.dropped.push(other);
        }
        self.schedule.place(model, pair, slot);
        let (mut kept, mut at) = (0, first);
        while at < self.dropped.len() {
            let other = self.dropped[at];
            at += 1;
            let free = self.schedule.free_slots(model, other);
            if free != 0 && self.schedule.caps_allow(model, other) {
                let slot = self.rng.bit(free);
                self.schedule.place(model, other, slot);
            } else {
                self.dropped[first + kept] = other;
                kept += 1;
            }
        }
        self.dropped.truncate(first + kept);
        self.refill(e, c);
    }

    /// Fills the seats of those who lost a meeting.
    fn refill(&mut self, e: usize, c: usize) {
        for i in 0..self.dropped.len() {
            let pair = &self.model.pairs[self.dropped[i]];
            let (other_e, other_c) = (pair.e, pair.c);
            if other_e != e {
                self.fill_one(other_e, true);
            }
            if other_c != c {
                self.fill_one(other_c, false);
            }
        }
    }

    /// The heaviest pair of the person that fits as things are.
    fn fill_one(&mut self, person: usize, employer: bool) {
        let (people, seats) = if employer {
            (&self.model.employers, &self.schedule.employers)
        } else {
            (&self.model.candidates, &self.schedule.candidates)
        };
        if seats.load[person] >= people[person].cap || seats.free[person] == 0 {
            return;
        }
        let mut best: Option<(i64, PairId)> = None;
        for &pair in &people[person].pairs {
            let worth = self.model.pairs[pair].best();
            if best.is_none_or(|(known, _)| worth > known)
                && self.schedule.slot_of(pair).is_none()
                && self.schedule.caps_allow(self.model, pair)
                && self.schedule.free_slots(self.model, pair) != 0
            {
                best = Some((worth, pair));
            }
        }
        if let Some((_, pair)) = best {
            let slot = self.rng.bit(self.schedule.free_slots(self.model, pair));
            self.schedule.place(self.model, pair, slot);
        }
    }

    /// Takes one meeting from somebody at their cap: of two at random, the lighter one.
    fn drop_one(&mut self, person: usize, employer: bool) -> bool {
        let pairs = if employer {
            &self.model.employers[person].pairs
        } else {
            &self.model.candidates[person].pairs
        };
        let mut chosen: Option<PairId> = None;
        for _ in 0..8 {
            let pair = pairs[self.rng.below(pairs.len())];
            if self.schedule.slot_of(pair).is_none() || self.model.pairs[pair].fixed {
                continue;
            }
            match chosen {
                None => chosen = Some(pair),
                Some(known) => {
                    if self.model.pairs[pair].w < self.model.pairs[known].w {
                        chosen = Some(pair);
                    }
                    break;
                }
            }
        }
        let Some(pair) = chosen else { return false };
        self.schedule.remove(self.model, pair);
        self.dropped.push(pair);
        true
    }

    /// The slot where placing the pair costs least; a meeting that can go elsewhere costs nothing.
    fn cheapest_slot(&mut self, pair: PairId) -> Option<usize> {
        let (model, schedule) = (self.model, &self.schedule);
        let (e, c) = (model.pairs[pair].e, model.pairs[pair].c);
        let mask = model.pairs[pair].mask;
        let free = schedule.free_slots(model, pair);
        if free != 0 {
            return Some(self.rng.bit(free));
        }
        let mut best: Option<(i64, u128)> = None;
        let mut rest = mask;
        while rest != 0 {
            let slot = rest.trailing_zeros() as usize;
            let bit = 1_u128 << slot;
            rest &= rest - 1;
            let mut price = 0;
            let mut blocked = false;
            for (seats, person) in [(&schedule.employers, e), (&schedule.candidates, c)] {
                if seats.free[person] & bit == 0 {
                    match lightest(model, seats, person, slot) {
                        None => blocked = true,
                        Some(other) => {
                            if schedule.free_slots(model, other) & !bit == 0 {
                                price += model.pairs[other].gain(slot);
                            }
                        }
                    }
                }
            }
            if schedule.open & bit == 0 && schedule.employers.free[e] & schedule.candidates.free[c] & bit != 0
            {
                price += 1;
            }
            if blocked {
                continue;
            }
            match &mut best {
                Some((least, slots)) if *least == price => *slots |= bit,
                Some((least, _)) if *least < price => {}
                _ => best = Some((price, bit)),
            }
        }
        best.map(|(_, slots)| self.rng.bit(slots))
    }

    /// A meeting of the slot that may go; a few tries.
    fn some_in(&mut self, slot: usize) -> Option<PairId> {
        let there = &self.schedule.in_slot[slot];
        for _ in 0..4 {
            let pair = *there.get(self.rng.below(there.len()))? as usize;
            if !self.model.pairs[pair].fixed {
                return Some(pair);
            }
        }
        None
    }
}

/// The lightest meeting of the person in the slot that may go.
fn lightest(model: &Model, seats: &Seats, person: usize, slot: usize) -> Option<PairId> {
    let there = seats.at(person, slot).filter(|&pair| !model.pairs[pair].fixed);
    there.min_by_key(|&pair| model.pairs[pair].w)
}
