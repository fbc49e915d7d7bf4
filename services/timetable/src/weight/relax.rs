//! A tighter bound: the linear programme over (pair, slot), approached by a primal-dual gradient method (Chambolle and Pock,
//! restarted from averages). Its prices say what a seat of each person *in each slot* is worth. They are rounded, and the bound
//! is then computed in whole numbers: it holds whatever the floating point did.

mod dive;
mod point;
mod program;

use super::flow::Prices;
use super::model::{Model, PairId};
use super::schedule::Schedule;
use crate::rng::real;
pub(super) use dive::Start;
use point::{Mean, Point};
use program::{Program, Rows, ones};

/// Rounded prices are multiples of 1 / SCALE.
const SCALE: i64 = 1 << 16;
/// Steps between two looks at the bound.
const LOOK: u32 = 40;
/// Variables that one step handles in the time of one move of the local search, about.
const VARIABLES_PER_MOVE: u64 = 400;
/// A run that gains less than this share of a unit has converged.
const STILL: i64 = SCALE / 20;
/// Dual price per primal unit at the start, for weights about 8.
const BALANCE: f64 = 4.0;

pub(super) struct Relax<'m> {
    program: Program<'m>,
    point: Point,
    /// The best bound so far, times SCALE, and its prices.
    best: i128,
    best_y: Vec<f64>,
    still: bool,
}

impl<'m> Relax<'m> {
    /// Starts from a timetable and from the prices of the flow. Only the given pairs count: the bound holds for timetables
    /// of these.
    pub(super) fn new(
        model: &'m Model,
        pairs: Vec<PairId>,
        start: &Schedule,
        prices: &Prices,
        unit: f64,
    ) -> Self {
        let program = Program::new(model, pairs);
        let mut relax = Self {
            point: Point::new(&program, program.variables_of(start), BALANCE * unit),
            best: i128::MAX,
            best_y: Vec::new(),
            still: false,
            program,
        };
        relax.set_prices(prices);
        relax.best = relax.bound(&relax.point.y);
        relax.best_y.clone_from(&relax.point.y);
        relax
    }

    fn set_prices(&mut self, prices: &Prices) {
        let Rows { e, c, tables, .. } = self.program.rows;
        for (row, &price) in self.point.y[e..].iter_mut().zip(&prices.employers) {
            *row = real(price);
        }
        for (row, &price) in self.point.y[c..].iter_mut().zip(&prices.candidates) {
            *row = real(price);
        }
        self.point.y[tables..].fill(real(prices.meeting));
        for (row, &pair) in self.point.y.iter_mut().zip(&self.program.pairs) {
            *row = real(prices.reduced(self.program.model, pair).max(0));
        }
    }

    /// Up to `steps` gradient steps; stops when the bound reaches `goal`, or when `go`, asked before each, says no. The best bound found.
    pub(super) fn run(&mut self, steps: u32, goal: i64, go: &mut dyn FnMut() -> bool) -> i64 {
        let known = self.best;
        let mut last = self.best;
        let mut mean = Mean::new(&self.point);
        for step in 1..=steps {
            if !go() {
                break;
            }
            self.point.step(&self.program);
            mean.add(&self.point);
            if step % LOOK != 0 {
                continue;
            }
            let mean_y = mean.of(&mean.y);
            let (middle, now) = (self.bound(&mean_y), self.bound(&self.point.y));
            if middle.min(now) < self.best {
                self.best = middle.min(now);
                self.best_y
                    .clone_from(if middle < now { &mean_y } else { &self.point.y });
            }
            if self.whole() <= goal {
                break;
            }
            if middle.min(now) < last || mean.count >= step / 2 {
                last = last.min(middle).min(now);
                if middle < now {
                    self.point.y = mean_y;
                    self.point.x = mean.of(&mean.x);
                }
                mean.restart(&mut self.point);
            }
        }
        self.still = known - self.best < i128::from(STILL);
        self.whole()
    }

    /// The best bound in units of weight, rounded down: weights are whole.
    fn whole(&self) -> i64 {
        i64::try_from(self.best.div_euclid(i128::from(SCALE))).unwrap_or(i64::MAX)
    }

    /// The last run brought the bound down by next to nothing.
    pub(super) fn converged(&self) -> bool {
        self.still
    }

    /// What a step costs, in moves of the local search.
    pub(super) fn cost(&self) -> u64 {
        (self.point.x.len() as u64 / VARIABLES_PER_MOVE).max(1)
    }

    /// The pairs that a timetable of at least `value` may hold.
    pub(super) fn reachable(&self, value: i64) -> Vec<PairId> {
        let slack = self.best - i128::from(value) * i128::from(SCALE);
        let worth = |at: usize| self.worths(at, &self.best_y).max().unwrap_or(0);
        let near = |at: &usize| slack + i128::from(worth(*at).min(0)) >= 0;
        (0..self.program.pairs.len())
            .filter(near)
            .map(|at| self.program.pairs[at])
            .collect()
    }

    /// The bound that these prices prove, times SCALE.
    fn bound(&self, y: &[f64]) -> i128 {
        let mut total = 0;
        for (price, limit) in y.iter().zip(&self.program.limits).skip(self.program.rows.e) {
            // Limits are whole numbers below 2^32, exact as floating point.
            total += i128::from(scaled(*price)) * i128::from(scaled(*limit)) / i128::from(SCALE);
        }
        for at in 0..self.program.pairs.len() {
            total += i128::from(self.worths(at, y).max().unwrap_or(0).max(0));
        }
        total
    }

    /// What the pair is worth beyond all its prices, slot by slot, times SCALE.
    fn worths<'a>(&'a self, at: usize, y: &'a [f64]) -> impl Iterator<Item = i64> + 'a {
        let pair = &self.program.model.pairs[self.program.pairs[at]];
        ones(pair.mask).map(move |slot| {
            let [_, e, c, e_seat, c_seat, tables] = self.program.rows_of(at, slot);
            let prices = [e, c, e_seat, c_seat, tables]
                .into_iter()
                .map(|row| scaled(y[row]));
            pair.gain(slot) * SCALE - prices.sum::<i64>()
        })
    }
}

/// A price, none negative, as a multiple of 1 / SCALE.
#[expect(
    clippy::cast_possible_truncation,
    reason = "prices and limits are far below 2^47; anything else is cut, which only weakens the bound"
)]
fn scaled(price: f64) -> i64 {
    (price.max(0.0) * 65_536.0).round() as i64
}
