//! Swapping two slots along a chain: one meeting moves, those in its way move to the slot it leaves, and so on.

use super::model::{Model, PairId};
use super::schedule::{Schedule, Seats};
use crate::rng::Rng;

/// Longer chains are given up; they mix two whole slots and seldom fit.
const LONGEST: usize = 64;

/// Scratch space, kept between moves.
#[derive(Default)]
pub(super) struct Chain {
    members: Vec<(PairId, usize)>,
}

impl Chain {
    /// Moves a placed pair to `slot`, swapping along the chain. False when it does not fit; then the caller undoes.
    pub(super) fn swap(
        &mut self,
        model: &Model,
        schedule: &mut Schedule,
        rng: &mut Rng,
        pair: PairId,
        slot: usize,
    ) -> bool {
        let Some(from) = schedule.slot_of(pair) else {
            return false;
        };
        if from == slot || !self.collect(model, schedule, rng, pair, from, slot) {
            return false;
        }
        for &(member, _) in &self.members {
            schedule.remove(model, member);
        }
        for &(member, target) in &self.members {
            if schedule.free_slots(model, member) & (1 << target) == 0 {
                return false;
            }
            schedule.place(model, member, target);
        }
        true
    }

    fn collect(
        &mut self,
        model: &Model,
        schedule: &Schedule,
        rng: &mut Rng,
        pair: PairId,
        from: usize,
        slot: usize,
    ) -> bool {
        self.members.clear();
        self.members.push((pair, slot));
        let mut next = 0;
        while let Some(&(member, target)) = self.members.get(next) {
            next += 1;
            if model.pairs[member].mask & (1 << target) == 0 || self.members.len() > LONGEST {
                return false;
            }
            let back = if target == slot { from } else { slot };
            let ends = [
                (&schedule.employers, model.pairs[member].e),
                (&schedule.candidates, model.pairs[member].c),
            ];
            for (seats, person) in ends {
                if seats.free[person] & (1 << target) != 0 {
                    continue;
                }
                match self.in_the_way(seats, rng, person, target) {
                    Some(other) => self.members.push((other, back)),
                    None if seats.at(person, target).next().is_none() => return false,
                    None => {}
                }
            }
        }
        true
    }

    /// One of the person's meetings in the slot that does not move already; `None` when all do, so that a seat comes free.
    fn in_the_way(&self, seats: &Seats, rng: &mut Rng, person: usize, slot: usize) -> Option<PairId> {
        let stays = |pair: &PairId| self.members.iter().all(|(member, _)| member != pair);
        let count = seats.at(person, slot).filter(stays).count();
        let leaving = seats.at(person, slot).count() - count;
        if leaving > 0 {
            return None;
        }
        seats.at(person, slot).filter(stays).nth(rng.below(count))
    }
}
