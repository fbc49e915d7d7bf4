//! A point of the primal-dual gradient method: a number per variable, a price per row.

use super::program::{Program, ROWS_EACH};
use crate::rng::real;

#[derive(Clone)]
pub(super) struct Point {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    /// What each variable is worth, and between what it may lie.
    pub(super) worth: Vec<f64>,
    pub(super) least: Vec<f64>,
    pub(super) most: Vec<f64>,
    /// Dual price per primal unit, adapted at restarts.
    pub(super) balance: f64,
    activity: Vec<f64>,
}

impl Point {
    pub(super) fn new(program: &Program, x: Vec<f64>, balance: f64) -> Self {
        let worths = program.pairs.iter().enumerate().flat_map(|(at, &pair)| {
            let slots = &program.slots[program.first[at]..program.first[at + 1]];
            slots
                .iter()
                .map(move |&slot| real(program.model.pairs[pair].gain(slot)))
        });
        Self {
            worth: worths.collect(),
            least: vec![0.0; x.len()],
            most: vec![1.0; x.len()],
            x,
            y: vec![0.0; program.limits.len()],
            balance,
            activity: vec![0.0; program.limits.len()],
        }
    }

    /// One step of Chambolle and Pock, with steps scaled per row and variable.
    pub(super) fn step(&mut self, program: &Program) {
        self.activity.fill(0.0);
        let primal = 1.0 / (ROWS_EACH * self.balance);
        for at in 0..program.pairs.len() {
            let [own, e, c, e_seat, c_seat, tables] = program.rows_of(at, 0);
            let base = self.y[own] + self.y[e] + self.y[c];
            let mut total = 0.0;
            for variable in program.first[at]..program.first[at + 1] {
                let slot = program.slots[variable];
                let price = base + self.y[e_seat + slot] + self.y[c_seat + slot] + self.y[tables + slot];
                let before = self.x[variable];
                let after = (before + primal * (self.worth[variable] - price))
                    .clamp(self.least[variable], self.most[variable]);
                self.x[variable] = after;
                let ahead = 2.0 * after - before;
                total += ahead;
                self.activity[e_seat + slot] += ahead;
                self.activity[c_seat + slot] += ahead;
                self.activity[tables + slot] += ahead;
            }
            self.activity[own] += total;
            self.activity[e] += total;
            self.activity[c] += total;
        }
        let rows = self
            .y
            .iter_mut()
            .zip(&program.shares)
            .zip(&program.limits)
            .zip(&self.activity);
        for (((y, share), limit), activity) in rows {
            *y = (*y + self.balance * share * (activity - limit)).max(0.0);
        }
    }
}

/// Sums since the last restart, and where that was.
pub(super) struct Mean {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    start_x: Vec<f64>,
    start_y: Vec<f64>,
    pub(super) count: u32,
}

impl Mean {
    pub(super) fn new(point: &Point) -> Self {
        Self {
            x: vec![0.0; point.x.len()],
            y: vec![0.0; point.y.len()],
            start_x: point.x.clone(),
            start_y: point.y.clone(),
            count: 0,
        }
    }

    pub(super) fn add(&mut self, point: &Point) {
        self.x.iter_mut().zip(&point.x).for_each(|(sum, x)| *sum += x);
        self.y.iter_mut().zip(&point.y).for_each(|(sum, y)| *sum += y);
        self.count += 1;
    }

    pub(super) fn of(&self, sums: &[f64]) -> Vec<f64> {
        sums.iter()
            .map(|sum| sum / f64::from(self.count.max(1)))
            .collect()
    }

    /// Starts again from where the steps are now; how far both sides came says how to balance them.
    pub(super) fn restart(&mut self, point: &mut Point) {
        let moved_x = distance(&point.x, &self.start_x);
        let moved_y = distance(&point.y, &self.start_y);
        if moved_x > 1e-9 && moved_y > 1e-9 {
            point.balance = (point.balance * moved_y / moved_x).sqrt();
        }
        *self = Self::new(point);
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b) * (a - b))
        .sum::<f64>()
        .sqrt()
}
