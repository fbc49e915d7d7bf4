//! Swapping two slots along a chain: one meeting moves, those in its way move to the slot it leaves, and so on.

use super::model::{Model, PairId};
use super::schedule::{Schedule, Seats};
use crate::rng::Rng;

/// Longer chains are given up; they mix two whole slots and seldom fit.
const LONGEST: usize = 64;
/// Meetings that are tried to make room in a slot whose tables are all taken.
const BALANCING: usize = 3;

/// Scratch space, kept between moves.
#[derive(Default)]
pub(super) struct Chain {
    /// Who moves where.
    members: Vec<(PairId, usize)>,
}

/// The slot that is left and the one that is gone to.
#[derive(Clone, Copy)]
struct Ways {
    from: usize,
    to: usize,
}

impl Chain {
    /// Moves a placed pair to `slot`, swapping along the chain. False when it does not fit; then the caller undoes.
    pub(super) fn swap(
        &mut self,
        model: &Model,
        schedule: &mut Schedule,
        rng: &mut Rng,
        pair: PairId,
        to: usize,
    ) -> bool {
        let Some(from) = schedule.slot_of(pair) else {
            return false;
        };
        let ways = Ways { from, to };
        self.members.clear();
        let fits = from != to
            && self.collect(model, schedule, rng, (pair, to), ways)
            && self.balance(model, schedule, rng, ways);
        fits && self.go(model, schedule)
    }

    fn go(&self, model: &Model, schedule: &mut Schedule) -> bool {
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

    /// Takes a move and all that it drags along.
    fn collect(
        &mut self,
        model: &Model,
        schedule: &Schedule,
        rng: &mut Rng,
        first: (PairId, usize),
        ways: Ways,
    ) -> bool {
        let mut next = self.members.len();
        self.members.push(first);
        while let Some(&(member, target)) = self.members.get(next) {
            next += 1;
            if model.pairs[member].mask & (1 << target) == 0 || self.members.len() > LONGEST {
                return false;
            }
            let back = if target == ways.to { ways.from } else { ways.to };
            let pair = &model.pairs[member];
            for (seats, person) in [(&schedule.employers, pair.e), (&schedule.candidates, pair.c)] {
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

    /// While a slot has too few tables for all who come, another meeting of it goes the other way.
    fn balance(&mut self, model: &Model, schedule: &Schedule, rng: &mut Rng, ways: Ways) -> bool {
        for _ in 0..BALANCING {
            let come = self.members.iter().filter(|member| member.1 == ways.to).count();
            let there = &schedule.in_slot[ways.to];
            if there.len() + 2 * come <= model.tables + self.members.len() {
                return true;
            }
            let other = there[rng.below(there.len())] as usize;
            let known = self.members.iter().any(|member| member.0 == other);
            if !known && !self.collect(model, schedule, rng, (other, ways.from), ways) {
                return false;
            }
        }
        true
    }

    /// One of the person's meetings in the slot that does not move already; `None` when one does, so that a seat comes free.
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
