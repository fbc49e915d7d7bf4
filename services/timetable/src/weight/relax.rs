//! A tighter bound: the linear programme over (pair, slot), approached by a primal-dual gradient method (Chambolle and Pock,
//! restarted from averages). Its prices say what a seat of each person *in each slot* is worth. They are rounded, and the bound
//! is then computed in whole numbers: it holds whatever the floating point did.

mod program;

use super::flow::Prices;
use super::model::{Model, PairId};
use super::schedule::Schedule;
use crate::rng::real;
use program::{Program, ROWS_EACH, Rows, ones};

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
    x: Vec<f64>,
    y: Vec<f64>,
    /// Dual price per primal unit, adapted at restarts.
    balance: f64,
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
            x: program.variables_of(start),
            y: vec![0.0; program.limits.len()],
            balance: BALANCE * unit,
            best: i128::MAX,
            best_y: Vec::new(),
            still: false,
            program,
        };
        relax.set_prices(prices);
        relax.best = relax.bound(&relax.y);
        relax.best_y.clone_from(&relax.y);
        relax
    }

    fn set_prices(&mut self, prices: &Prices) {
        let Rows { e, c, tables, .. } = self.program.rows;
        for (row, &price) in self.y[e..].iter_mut().zip(&prices.employers) {
            *row = real(price);
        }
        for (row, &price) in self.y[c..].iter_mut().zip(&prices.candidates) {
            *row = real(price);
        }
        self.y[tables..].fill(real(prices.meeting));
        for (row, &pair) in self.y.iter_mut().zip(&self.program.pairs) {
            *row = real(prices.reduced(self.program.model, pair).max(0));
        }
    }

    /// Up to `steps` gradient steps; stops when the bound reaches `goal` or `go` says so. The best bound found.
    pub(super) fn run(&mut self, steps: u32, goal: i64, go: &mut dyn FnMut() -> bool) -> i64 {
        let known = self.best;
        let mut last = self.best;
        let mut mean = Mean::new(self);
        let mut activity = vec![0.0; self.y.len()];
        for step in 1..=steps {
            self.step(&mut activity);
            mean.add(&self.x, &self.y);
            if step % LOOK != 0 {
                continue;
            }
            let mean_y = mean.of(&mean.y);
            let (middle, now) = (self.bound(&mean_y), self.bound(&self.y));
            if middle.min(now) < self.best {
                self.best = middle.min(now);
                self.best_y
                    .clone_from(if middle < now { &mean_y } else { &self.y });
            }
            if self.whole() <= goal || !go() {
                break;
            }
            if middle.min(now) < last || mean.count >= step / 2 {
                last = last.min(middle).min(now);
                if middle < now {
                    self.y = mean_y;
                    self.x = mean.of(&mean.x);
                }
                mean.restart(self);
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

    /// What `LOOK` steps cost, in moves of the local search.
    pub(super) fn cost(&self) -> u64 {
        u64::from(LOOK) * self.x.len() as u64 / VARIABLES_PER_MOVE
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

    /// Pairs and slots, the surest first.
    pub(super) fn surest(&self) -> Vec<(PairId, usize)> {
        let mut sure: Vec<(f64, PairId, usize)> = Vec::new();
        for (at, &pair) in self.program.pairs.iter().enumerate() {
            for variable in self.program.first[at]..self.program.first[at + 1] {
                if self.x[variable] > 0.01 {
                    sure.push((self.x[variable], pair, self.program.slots[variable]));
                }
            }
        }
        sure.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        sure.into_iter().map(|(_, pair, slot)| (pair, slot)).collect()
    }

    fn step(&mut self, activity: &mut [f64]) {
        activity.fill(0.0);
        let program = &self.program;
        let primal = 1.0 / (ROWS_EACH * self.balance);
        for at in 0..program.pairs.len() {
            let [own, e, c, e_seat, c_seat, tables] = program.rows_of(at, 0);
            let pair = &program.model.pairs[program.pairs[at]];
            let base = self.y[own] + self.y[e] + self.y[c];
            let mut total = 0.0;
            for variable in program.first[at]..program.first[at + 1] {
                let slot = program.slots[variable];
                let price = base + self.y[e_seat + slot] + self.y[c_seat + slot] + self.y[tables + slot];
                let before = self.x[variable];
                let after = (before + primal * (real(pair.gain(slot)) - price)).clamp(0.0, 1.0);
                self.x[variable] = after;
                let ahead = 2.0 * after - before;
                total += ahead;
                activity[e_seat + slot] += ahead;
                activity[c_seat + slot] += ahead;
                activity[tables + slot] += ahead;
            }
            activity[own] += total;
            activity[e] += total;
            activity[c] += total;
        }
        let rows = self
            .y
            .iter_mut()
            .zip(&program.shares)
            .zip(&program.limits)
            .zip(activity.iter());
        for (((y, share), limit), activity) in rows {
            *y = (*y + self.balance * share * (activity - limit)).max(0.0);
        }
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

/// Sums since the last restart, and where that was.
struct Mean {
    x: Vec<f64>,
    y: Vec<f64>,
    start_x: Vec<f64>,
    start_y: Vec<f64>,
    count: u32,
}

impl Mean {
    fn new(relax: &Relax) -> Self {
        Self {
            x: vec![0.0; relax.x.len()],
            y: vec![0.0; relax.y.len()],
            start_x: relax.x.clone(),
            start_y: relax.y.clone(),
            count: 0,
        }
    }

    fn add(&mut self, x: &[f64], y: &[f64]) {
        self.x.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
        self.y.iter_mut().zip(y).for_each(|(sum, y)| *sum += y);
        self.count += 1;
    }

    fn of(&self, sums: &[f64]) -> Vec<f64> {
        sums.iter()
            .map(|sum| sum / f64::from(self.count.max(1)))
            .collect()
    }

    /// Starts again from where the steps are now; how far both sides came says how to balance them.
    fn restart(&mut self, relax: &mut Relax) {
        let moved_x = distance(&relax.x, &self.start_x);
        let moved_y = distance(&relax.y, &self.start_y);
        if moved_x > 1e-9 && moved_y > 1e-9 {
            relax.balance = (relax.balance * moved_y / moved_x).sqrt();
        }
        *self = Self::new(relax);
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b) * (a - b))
        .sum::<f64>()
        .sqrt()
}

/// A price, none negative, as a multiple of 1 / SCALE.
#[expect(
    clippy::cast_possible_truncation,
    reason = "prices and limits are far below 2^47; anything else is cut, which only weakens the bound"
)]
fn scaled(price: f64) -> i64 {
    (price.max(0.0) * 65_536.0).round() as i64
}
