//! The linear programme itself: a variable per pair and slot, and the rows that limit them.

use crate::weight::model::{Model, PairId};
use crate::weight::schedule::Schedule;

/// Rows that each variable lies in: its pair, two caps, two seats, one slot's tables.
pub(super) const ROWS_EACH: f64 = 6.0;

pub(super) struct Program<'m> {
    pub(super) model: &'m Model,
    pub(super) pairs: Vec<PairId>,
    /// First variable of each pair in `pairs`, and the end of all.
    pub(super) first: Vec<usize>,
    /// The slot of each variable.
    pub(super) slots: Vec<usize>,
    pub(super) rows: Rows,
    pub(super) limits: Vec<f64>,
    /// 1 / (variables in the row).
    pub(super) shares: Vec<f64>,
}

/// Where each kind of row starts in the vectors over rows; pairs come first.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) e: usize,
    pub(super) c: usize,
    pub(super) e_seats: usize,
    pub(super) c_seats: usize,
    pub(super) tables: usize,
    pub(super) slots: usize,
}

impl<'m> Program<'m> {
    pub(super) fn new(model: &'m Model, pairs: Vec<PairId>) -> Self {
        let e = pairs.len();
        let c = e + model.employers.len();
        let e_seats = c + model.candidates.len();
        let c_seats = e_seats + model.employers.len() * model.slots;
        let tables = c_seats + model.candidates.len() * model.slots;
        let rows = Rows {
            e,
            c,
            e_seats,
            c_seats,
            tables,
            slots: model.slots,
        };
        let mut program = Self {
            model,
            first: Vec::with_capacity(pairs.len() + 1),
            slots: Vec::new(),
            rows,
            limits: vec![1.0; tables + model.slots],
            shares: vec![0.0; tables + model.slots],
            pairs,
        };
        program.set_limits();
        program.set_variables();
        program
    }

    fn set_limits(&mut self) {
        let Rows {
            e,
            c,
            e_seats,
            c_seats,
            tables,
            slots,
        } = self.rows;
        for (people, caps, seats) in [
            (&self.model.employers, e, e_seats),
            (&self.model.candidates, c, c_seats),
        ] {
            for (i, person) in people.iter().enumerate() {
                self.limits[caps + i] = count(person.cap);
                self.limits[seats + i * slots..seats + (i + 1) * slots].fill(count(person.parallel));
            }
        }
        self.limits[tables..].fill(count(self.model.tables));
    }

    fn set_variables(&mut self) {
        for at in 0..self.pairs.len() {
            self.first.push(self.slots.len());
            for slot in ones(self.model.pairs[self.pairs[at]].mask) {
                self.slots.push(slot);
                for row in self.rows_of(at, slot) {
                    self.shares[row] += 1.0;
                }
            }
        }
        self.first.push(self.slots.len());
        for share in &mut self.shares {
            *share = 1.0 / share.max(1.0);
        }
    }

    /// 1 for each variable that the timetable holds.
    pub(super) fn variables_of(&self, schedule: &Schedule) -> Vec<f64> {
        let slots_of = |at: usize| &self.slots[self.first[at]..self.first[at + 1]];
        let held = |(at, &pair): (usize, &PairId)| {
            let held = schedule.slot_of(pair);
            slots_of(at)
                .iter()
                .map(move |&slot| if held == Some(slot) { 1.0 } else { 0.0 })
        };
        self.pairs.iter().enumerate().flat_map(held).collect()
    }

    /// The rows of a variable; those of seats and tables for the slot given.
    pub(super) fn rows_of(&self, at: usize, slot: usize) -> [usize; 6] {
        let Rows {
            e,
            c,
            e_seats,
            c_seats,
            tables,
            slots,
        } = self.rows;
        let pair = &self.model.pairs[self.pairs[at]];
        [
            at,
            e + pair.e,
            c + pair.c,
            e_seats + pair.e * slots + slot,
            c_seats + pair.c * slots + slot,
            tables + slot,
        ]
    }
}

pub(super) fn ones(mut mask: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let slot = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        slot
    })
}

fn count(n: usize) -> f64 {
    // A limit beyond 32 bits never binds.
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
