//! Diving: fix what the linear programme is surest of, let the rest settle again, and so on down to a timetable.

use super::Relax;
use super::point::{Mean, Point};
use crate::rng::Rng;
use crate::weight::schedule::Schedule;

/// Steps between two rounds of fixing.
const SETTLE: u32 = 100;
/// Fixed at once when it is above this; else the surest alone.
const SURE: f64 = 0.85;
/// Below this a variable is given up.
const GONE: f64 = 0.02;
/// Noise on the weights, in units of weight: equal choices are decided, each dive differently.
const NOISE: f64 = 0.1;

/// Where a dive starts from: a timetable, and which of its pairs stay as they are.
pub(in crate::weight) struct Start<'a> {
    pub(in crate::weight) schedule: &'a Schedule,
    pub(in crate::weight) kept: &'a [bool],
}

impl Relax<'_> {
    /// A timetable near the optimum of the programme, or of what is left of it beside the pairs kept. `go` is asked before each
    /// step; when it says no the timetable is what was fixed so far.
    pub(in crate::weight) fn dive(
        &self,
        start: Option<&Start>,
        unit: f64,
        rng: &mut Rng,
        go: &mut dyn FnMut() -> bool,
    ) -> Schedule {
        let mut schedule = Schedule::new(self.program.model);
        let mut point = self.point.clone();
        for worth in &mut point.worth {
            *worth += (rng.unit() - 0.5) * 2.0 * NOISE * unit;
        }
        let pairs = 0..self.program.pairs.len();
        let all = |at: usize| {
            let variables = self.program.first[at]..self.program.first[at + 1];
            variables.map(move |variable| (at, variable))
        };
        let mut open: Vec<(usize, usize)> = pairs.flat_map(all).collect();
        if let Some(start) = start {
            self.keep(start, &mut schedule, &mut point, &open);
        }
        open.retain(|&(at, variable)| self.fits(&schedule, at, variable));
        while !open.is_empty() {
            let Some(x) = self.settle(&mut point, go) else {
                break;
            };
            open.sort_by(|a, b| x[b.1].total_cmp(&x[a.1]).then(a.cmp(b)));
            if open.first().is_none_or(|&(_, variable)| x[variable] < GONE) {
                break;
            }
            let sure = open
                .iter()
                .take_while(|&&(_, variable)| x[variable] > SURE)
                .count()
                .max(1);
            for (at, variable) in open.drain(..sure) {
                self.fix(&mut schedule, &mut point, at, variable);
            }
        }
        schedule
    }

    fn keep(&self, start: &Start, schedule: &mut Schedule, point: &mut Point, open: &[(usize, usize)]) {
        for &(at, variable) in open {
            let pair = self.program.pairs[at];
            let held = start.schedule.slot_of(pair) == Some(self.program.slots[variable]);
            point.x[variable] = if held { 1.0 } else { 0.0 };
            if held && start.kept[pair] {
                self.fix(schedule, point, at, variable);
            }
        }
    }

    /// Where the variables settle, on average; nothing when `go` ended it.
    fn settle(&self, point: &mut Point, go: &mut dyn FnMut() -> bool) -> Option<Vec<f64>> {
        let mut mean = Mean::new(point);
        for _ in 0..SETTLE {
            if !go() {
                return None;
            }
            point.step(&self.program);
            mean.add(point);
        }
        Some(mean.of(&mean.x))
    }

    fn fits(&self, schedule: &Schedule, at: usize, variable: usize) -> bool {
        let (model, pair) = (self.program.model, self.program.pairs[at]);
        schedule.slot_of(pair).is_none()
            && schedule.caps_allow(model, pair)
            && schedule.free_slots(model, pair) & (1 << self.program.slots[variable]) != 0
    }

    /// Takes the variable into the timetable if it still fits.
    fn fix(&self, schedule: &mut Schedule, point: &mut Point, at: usize, variable: usize) {
        if self.fits(schedule, at, variable) {
            schedule.place(
                self.program.model,
                self.program.pairs[at],
                self.program.slots[variable],
            );
            point.least[variable] = 1.0;
        } else {
            point.most[variable] = 0.0;
        }
    }
}
