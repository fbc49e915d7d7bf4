//! Slots under construction. Nobody is ever double booked and no slot has too many meetings; a meeting may be without a slot,
//! and precedences and fairness may be broken at a price.

mod chain;
mod spread;

use super::model::{MeetingId, Model, breaks};
pub(super) use chain::Chain;
use spread::Spread;

const NOWHERE: u8 = u8::MAX;
const NONE: u32 = u32::MAX;

#[derive(Clone)]
pub(super) struct Plan {
    slot_of: Vec<u8>,
    /// The meeting of each participant in each slot.
    at: Vec<u32>,
    pub(super) busy: Vec<u128>,
    pub(super) in_slot: Vec<Vec<u32>>,
    /// Where a meeting stands in `in_slot`, or in `unplaced`.
    place: Vec<u32>,
    pub(super) unplaced: Vec<u32>,
    pub(super) breaks: i64,
    /// How many participants have so many breaks.
    spread: Spread,
    /// Breaks above what fairness allows, over all participants.
    pub(super) unfair: i64,
    pub(super) disorder: i64,
    slots: usize,
}

/// Change of the three counts.
#[derive(Clone, Copy, Default)]
pub(super) struct Delta {
    pub(super) breaks: i64,
    pub(super) unfair: i64,
    pub(super) disorder: i64,
}

impl Plan {
    pub(super) fn new(model: &Model) -> Self {
        let meetings = model.meetings.len();
        Self {
            slot_of: vec![NOWHERE; meetings],
            at: vec![NONE; model.participants.len() * model.slots],
            busy: vec![0; model.participants.len()],
            in_slot: vec![Vec::new(); model.slots],
            place: (0..meetings).map(short).collect(),
            unplaced: (0..meetings).map(short).collect(),
            breaks: 0,
            spread: Spread::new(model),
            unfair: 0,
            disorder: 0,
            slots: model.slots,
        }
    }

    pub(super) fn slot_of(&self, meeting: MeetingId) -> Option<usize> {
        match self.slot_of[meeting] {
            NOWHERE => None,
            slot => Some(usize::from(slot)),
        }
    }

    pub(super) fn at(&self, participant: usize, slot: usize) -> Option<MeetingId> {
        match self.at[participant * self.slots + slot] {
            NONE => None,
            meeting => Some(meeting as usize),
        }
    }

    pub(super) fn is_valid(&self) -> bool {
        self.unplaced.is_empty() && self.disorder == 0 && self.unfair == 0
    }

    /// The slots, when every meeting has one.
    pub(super) fn slots(&self) -> Option<Vec<usize>> {
        (0..self.slot_of.len())
            .map(|meeting| self.slot_of(meeting))
            .collect()
    }

    /// Both participants and a table must be free.
    pub(super) fn place(&mut self, model: &Model, meeting: MeetingId, slot: usize) {
        let place = self.place[meeting] as usize;
        self.unplaced.swap_remove(place);
        if let Some(&moved) = self.unplaced.get(place) {
            self.place[moved as usize] = short(place);
        }
        self.set(model, meeting, slot);
        self.place[meeting] = short(self.in_slot[slot].len());
        self.in_slot[slot].push(short(meeting));
    }

    pub(super) fn remove(&mut self, model: &Model, meeting: MeetingId) {
        let Some(slot) = self.slot_of(meeting) else { return };
        let place = self.place[meeting] as usize;
        self.in_slot[slot].swap_remove(place);
        if let Some(&moved) = self.in_slot[slot].get(place) {
            self.place[moved as usize] = short(place);
        }
        self.disorder -= self.disorder_of(model, meeting);
        self.slot_of[meeting] = NOWHERE;
        for person in model.meetings[meeting].people {
            self.at[person * self.slots + slot] = NONE;
            self.rebusy(model, person, self.busy[person] & !(1 << slot));
        }
        self.place[meeting] = short(self.unplaced.len());
        self.unplaced.push(short(meeting));
    }

    fn set(&mut self, model: &Model, meeting: MeetingId, slot: usize) {
        self.slot_of[meeting] = u8::try_from(slot).unwrap_or(NOWHERE);
        for person in model.meetings[meeting].people {
            self.at[person * self.slots + slot] = short(meeting);
            self.rebusy(model, person, self.busy[person] | (1 << slot));
        }
        self.disorder += self.disorder_of(model, meeting);
    }

    fn rebusy(&mut self, model: &Model, person: usize, busy: u128) {
        let (before, after) = (breaks(self.busy[person]), breaks(busy));
        self.busy[person] = busy;
        if before != after {
            self.breaks += after - before;
            self.spread.turn(before, after);
            self.unfair = self.spread.unfair(model);
        }
    }

    fn disorder_of(&self, model: &Model, meeting: MeetingId) -> i64 {
        let broken = |&&index: &&usize| {
            let (before, after) = model.precedences[index];
            let (first, second) = (self.slot_of[before], self.slot_of[after]);
            first != NOWHERE && second != NOWHERE && first >= second
        };
        whole(model.meetings[meeting].orders.iter().filter(broken).count())
    }

    /// The chain that moves `meeting` to `slot`; false when some meeting of it may not go where it would have to.
    pub(super) fn chain(&self, model: &Model, meeting: MeetingId, slot: usize, chain: &mut Chain) -> bool {
        let Some(from) = self.slot_of(meeting) else {
            return false;
        };
        chain.start(model, (from, slot));
        self.extend(model, meeting, chain)
    }

    /// Takes one more meeting of either slot into the chain, and all that it drags along.
    pub(super) fn extend(&self, model: &Model, meeting: MeetingId, chain: &mut Chain) -> bool {
        let (from, slot) = chain.slots;
        let mut next = chain.meetings.len();
        chain.take(meeting);
        while let Some(&member) = chain.meetings.get(next) {
            next += 1;
            let goes = usize::from(self.slot_of[member]) == from;
            let target = if goes { slot } else { from };
            if model.meetings[member].domain & (1 << target) == 0 {
                return false;
            }
            chain.shift += if goes { 1 } else { -1 };
            for person in model.meetings[member].people {
                match self.at(person, target) {
                    Some(other) => chain.take(other),
                    None => chain.ends.push(person),
                }
            }
        }
        true
    }

    /// The slot that would hold too many meetings after the chain.
    pub(super) fn overfull(&self, model: &Model, chain: &Chain) -> Option<usize> {
        let (from, to) = chain.slots;
        let tables = whole(model.tables);
        if whole(self.in_slot[to].len()) + chain.shift > tables {
            Some(to)
        } else {
            (whole(self.in_slot[from].len()) - chain.shift > tables).then_some(from)
        }
    }

    /// What the chain would change.
    pub(super) fn delta(&self, model: &Model, chain: &Chain) -> Delta {
        let mut delta = Delta::default();
        let (from, to) = chain.slots;
        let mut calm = self.unfair == 0 && self.spread.without() > chain.ends.len();
        for &person in &chain.ends {
            let (before, after) = self.ends_breaks(person, from, to);
            delta.breaks += after - before;
            calm &= model.fairness.is_none_or(|limit| after <= limit);
        }
        // Most chains leave somebody without a break and nobody above the limit: nothing to count.
        if !calm && model.fairness.is_some() {
            let mut spread = self.spread.clone();
            for &person in &chain.ends {
                let (before, after) = self.ends_breaks(person, from, to);
                spread.turn(before, after);
            }
            delta.unfair = spread.unfair(model) - self.unfair;
        }
        if !model.precedences.is_empty() {
            delta.disorder = self.disorder_delta(model, chain);
        }
        delta
    }

    fn ends_breaks(&self, person: usize, from: usize, to: usize) -> (i64, i64) {
        let busy = self.busy[person];
        (breaks(busy), breaks(busy ^ (1 << from) ^ (1 << to)))
    }

    fn disorder_delta(&self, model: &Model, chain: &Chain) -> i64 {
        let mut delta = 0;
        let turned = |meeting: MeetingId| {
            let slot = self.slot_of[meeting];
            match usize::from(slot) {
                _ if !chain.has(meeting) => slot,
                at if at == chain.slots.0 => u8::try_from(chain.slots.1).unwrap_or(NOWHERE),
                _ => u8::try_from(chain.slots.0).unwrap_or(NOWHERE),
            }
        };
        let broken =
            |first: u8, second: u8| i64::from(first != NOWHERE && second != NOWHERE && first >= second);
        for &member in &chain.meetings {
            for &index in &model.meetings[member].orders {
                let (before, after) = model.precedences[index];
                // A pair inside the chain is counted at its first meeting only.
                if after == member && chain.has(before) {
                    continue;
                }
                delta += broken(turned(before), turned(after));
                delta -= broken(self.slot_of[before], self.slot_of[after]);
            }
        }
        delta
    }

    /// Does it.
    pub(super) fn turn(&mut self, model: &Model, chain: &Chain, delta: Delta) {
        let (from, to) = chain.slots;
        self.breaks += delta.breaks;
        self.unfair += delta.unfair;
        self.disorder += delta.disorder;
        for &member in &chain.meetings {
            let slot = usize::from(self.slot_of[member]);
            let place = self.place[member] as usize;
            self.in_slot[slot].swap_remove(place);
            if let Some(&moved) = self.in_slot[slot].get(place) {
                self.place[moved as usize] = short(place);
            }
            for person in model.meetings[member].people {
                self.at[person * self.slots + slot] = NONE;
            }
        }
        for &member in &chain.meetings {
            let slot = if usize::from(self.slot_of[member]) == from {
                to
            } else {
                from
            };
            self.slot_of[member] = u8::try_from(slot).unwrap_or(NOWHERE);
            self.place[member] = short(self.in_slot[slot].len());
            self.in_slot[slot].push(short(member));
            for person in model.meetings[member].people {
                self.at[person * self.slots + slot] = short(member);
            }
        }
        for &person in &chain.ends {
            let (before, after) = self.ends_breaks(person, from, to);
            self.spread.turn(before, after);
            self.busy[person] ^= (1 << from) ^ (1 << to);
        }
    }
}

fn short(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
