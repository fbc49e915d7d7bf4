//! A timetable under construction. Valid at every moment; every change can be taken back.

use super::Meeting;
use super::model::{Model, PairId, Person};

const NOWHERE: u8 = u8::MAX;
const NOBODY: u32 = u32::MAX;

#[derive(Clone)]
pub(super) struct Schedule {
    /// Sum of what the placed pairs are worth, bonuses included.
    pub(super) value: i64,
    /// Sum of the slot numbers of all meetings.
    pub(super) lateness: i64,
    slot_of: Vec<u8>,
    pub(super) employers: Seats,
    pub(super) candidates: Seats,
    /// Slots with a table left.
    pub(super) open: u128,
    /// Pairs placed in each slot, in no order that matters.
    pub(super) in_slot: Vec<Vec<u32>>,
    place_in_slot: Vec<u32>,
    /// What was done, for `undo`: the pair and where it was before.
    trail: Vec<(u32, u8)>,
}

/// Who sits where, of one side.
#[derive(Clone)]
pub(super) struct Seats {
    /// Slots at which the person is present with a seat left; the cap is not looked at.
    pub(super) free: Vec<u128>,
    pub(super) load: Vec<usize>,
    /// Slots with at least one meeting.
    pub(super) busy: Vec<u128>,
    /// `parallel` seats per slot and person, in one list.
    held_by: Vec<u32>,
    first_seat: Vec<usize>,
    parallel: Vec<usize>,
}

impl Schedule {
    /// Holds the fixed meetings and nothing else.
    pub(super) fn new(model: &Model) -> Self {
        let mut schedule = Self {
            value: 0,
            lateness: 0,
            slot_of: vec![NOWHERE; model.pairs.len()],
            employers: Seats::new(&model.employers, model.slots),
            candidates: Seats::new(&model.candidates, model.slots),
            open: if model.tables == 0 { 0 } else { u128::MAX },
            in_slot: vec![Vec::new(); model.slots],
            place_in_slot: vec![0; model.pairs.len()],
            trail: Vec::new(),
        };
        for &(pair, slot) in &model.fixed {
            schedule.place(model, pair, slot);
        }
        schedule.commit();
        schedule
    }

    pub(super) fn slot_of(&self, pair: PairId) -> Option<usize> {
        match self.slot_of[pair] {
            NOWHERE => None,
            slot => Some(usize::from(slot)),
        }
    }

    /// Slots where both have a seat and there is a table; caps are not looked at.
    pub(super) fn free_slots(&self, model: &Model, pair: PairId) -> u128 {
        let Pairing { e, c } = ends(model, pair);
        model.pairs[pair].mask & self.employers.free[e] & self.candidates.free[c] & self.open
    }

    /// Both want one more meeting.
    pub(super) fn caps_allow(&self, model: &Model, pair: PairId) -> bool {
        let Pairing { e, c } = ends(model, pair);
        self.employers.load[e] < model.employers[e].cap && self.candidates.load[c] < model.candidates[c].cap
    }

    /// The pair must be nowhere and the slot one of `free_slots`.
    pub(super) fn place(&mut self, model: &Model, pair: PairId, slot: usize) {
        debug_assert_eq!(self.slot_of[pair], NOWHERE);
        let id = short(pair);
        let Pairing { e, c } = ends(model, pair);
        self.trail.push((id, NOWHERE));
        self.employers.sit(e, slot, id);
        self.candidates.sit(c, slot, id);
        self.slot_of[pair] = u8::try_from(slot).unwrap_or(NOWHERE);
        self.place_in_slot[pair] = short(self.in_slot[slot].len());
        self.in_slot[slot].push(id);
        if self.in_slot[slot].len() >= model.tables {
            self.open &= !(1 << slot);
        }
        self.value += model.pairs[pair].gain(slot);
        self.lateness += i64::from(short(slot));
    }

    /// Takes the pair out; nothing happens when it is nowhere.
    pub(super) fn remove(&mut self, model: &Model, pair: PairId) {
        let Some(slot) = self.slot_of(pair) else { return };
        let id = short(pair);
        let Pairing { e, c } = ends(model, pair);
        self.trail.push((id, self.slot_of[pair]));
        self.employers.stand(e, slot, id);
        self.candidates.stand(c, slot, id);
        self.slot_of[pair] = NOWHERE;
        let place = self.place_in_slot[pair] as usize;
        self.in_slot[slot].swap_remove(place);
        if let Some(&moved) = self.in_slot[slot].get(place) {
            self.place_in_slot[moved as usize] = short(place);
        }
        self.open |= 1 << slot;
        self.value -= model.pairs[pair].gain(slot);
        self.lateness -= i64::from(short(slot));
    }

    /// Takes back everything since the last `commit`.
    pub(super) fn undo(&mut self, model: &Model) {
        while let Some((id, before)) = self.trail.pop() {
            let done = self.trail.len();
            if before == NOWHERE {
                self.remove(model, id as usize);
            } else {
                self.place(model, id as usize, usize::from(before));
            }
            self.trail.truncate(done);
        }
    }

    /// Keeps everything done so far.
    pub(super) fn commit(&mut self) {
        self.trail.clear();
    }

    /// The pairs changed since the last `commit`, perhaps more than once.
    pub(super) fn touched(&self) -> impl Iterator<Item = PairId> + '_ {
        self.trail.iter().map(|&(id, _)| id as usize)
    }

    pub(super) fn meetings(&self, model: &Model) -> Vec<Meeting> {
        let mut meetings: Vec<Meeting> = (0..model.pairs.len())
            .filter_map(|pair| {
                let slot = self.slot_of(pair)?;
                Some(Meeting {
                    e: model.pairs[pair].e,
                    c: model.pairs[pair].c,
                    slot,
                })
            })
            .collect();
        meetings.sort_by_key(|m| (m.slot, m.e, m.c));
        meetings
    }
}

impl Seats {
    fn new(people: &[Person], slots: usize) -> Self {
        let mut first_seat = Vec::with_capacity(people.len());
        let mut total = 0;
        // More seats at a time than possible pairs are never used; fixed meetings are among the pairs.
        let parallel: Vec<usize> = people
            .iter()
            .map(|x| x.parallel.min(x.pairs.len().max(1)))
            .collect();
        for seats in &parallel {
            first_seat.push(total);
            total += seats * slots;
        }
        Self {
            free: people.iter().map(|person| person.present).collect(),
            load: vec![0; people.len()],
            busy: vec![0; people.len()],
            held_by: vec![NOBODY; total],
            first_seat,
            parallel,
        }
    }

    fn range(&self, person: usize, slot: usize) -> std::ops::Range<usize> {
        let parallel = self.parallel[person];
        let start = self.first_seat[person] + slot * parallel;
        start..start + parallel
    }

    /// The pairs that the person has in `slot`.
    pub(super) fn at(&self, person: usize, slot: usize) -> impl Iterator<Item = PairId> + '_ {
        self.held_by[self.range(person, slot)]
            .iter()
            .filter(|&&id| id != NOBODY)
            .map(|&id| id as usize)
    }

    fn sit(&mut self, person: usize, slot: usize, id: u32) {
        let range = self.range(person, slot);
        let seats = &mut self.held_by[range];
        if let Some(seat) = seats.iter_mut().find(|seat| **seat == NOBODY) {
            *seat = id;
        }
        if seats.iter().all(|&seat| seat != NOBODY) {
            self.free[person] &= !(1 << slot);
        }
        self.load[person] += 1;
        self.busy[person] |= 1 << slot;
    }

    fn stand(&mut self, person: usize, slot: usize, id: u32) {
        let range = self.range(person, slot);
        if let Some(seat) = self.held_by[range].iter_mut().find(|seat| **seat == id) {
            *seat = NOBODY;
        }
        self.free[person] |= 1 << slot;
        self.load[person] -= 1;
        if self.at(person, slot).next().is_none() {
            self.busy[person] &= !(1 << slot);
        }
    }
}

struct Pairing {
    e: usize,
    c: usize,
}

fn ends(model: &Model, pair: PairId) -> Pairing {
    let pair = &model.pairs[pair];
    Pairing { e: pair.e, c: pair.c }
}

fn short(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NOBODY)
}
