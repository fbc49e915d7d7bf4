//! Fairness: how the breaks are spread over the participants.

use crate::breaks::model::Model;

/// How many participants have 0, 1, 2 … breaks; 128 slots hold at most 63.
#[derive(Clone)]
pub(super) struct Spread([usize; 64]);

impl Spread {
    pub(super) fn new(model: &Model) -> Self {
        let mut counts = [0; 64];
        counts[0] = model.participants.len();
        Self(counts)
    }

    /// Participants without a break.
    pub(super) fn without(&self) -> usize {
        self.0[0]
    }

    pub(super) fn turn(&mut self, before: i64, after: i64) {
        self.0[index(before)] -= 1;
        self.0[index(after)] += 1;
    }

    /// Breaks of all participants above the least one's plus the difference allowed.
    pub(super) fn unfair(&self, model: &Model) -> i64 {
        let Some(difference) = model.fairness else {
            return 0;
        };
        let least = self.0.iter().position(|&count| count > 0).unwrap_or(0);
        let counts = (0_i64..).zip(self.0).skip(least);
        let limit = whole(least) + difference;
        counts
            .map(|(breaks, count)| (breaks - limit).max(0) * whole(count))
            .sum()
    }
}

fn index(breaks: i64) -> usize {
    usize::try_from(breaks).unwrap_or(0)
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
