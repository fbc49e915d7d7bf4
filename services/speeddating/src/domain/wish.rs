//! What each side says of a pair, and what that weighs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Flaw;

/// What an employer says of a candidate.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Opinion {
    /// Would like to meet.
    Yes,
    /// Wants to meet before others.
    Priority,
    /// Does not want to meet: the pair is forbidden.
    No,
}

/// A candidate and an employer, by registration.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Pair {
    /// Registration of the candidate.
    pub candidate: Uuid,
    /// Registration of the employer.
    pub employer: Uuid,
}

/// What is known of a pair.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Wish {
    /// Who.
    pub pair: Pair,
    /// 1 is the candidate's first wish; 0: none expressed.
    pub rank: i64,
    /// The employer's, when said.
    pub opinion: Option<Opinion>,
    /// The pathway referent recommends the pair.
    pub recommended: bool,
    /// The coordinator wants the pair whatever it costs.
    pub must: bool,
    /// The coordinator forbids the pair.
    pub must_not: bool,
}

/// What wishes weigh, set per session.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Weights {
    /// First wish, second …; the last value serves all later ranks.
    pub ranks: Vec<i64>,
    /// Added for an employer's priority.
    pub priority: i64,
    /// Added for an employer's yes.
    pub yes: i64,
    /// Added for a referent's recommendation.
    pub recommended: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            ranks: vec![5, 4, 3, 2, 1],
            priority: 5,
            yes: 3,
            recommended: 2,
        }
    }
}

impl Weights {
    /// What is wrong with them.
    pub fn flaws(&self) -> Vec<Flaw> {
        let all = self
            .ranks
            .iter()
            .chain([&self.priority, &self.yes, &self.recommended]);
        let bounded = all.clone().all(|weight| (0..=1000).contains(weight));
        if self.ranks.is_empty() || self.ranks.len() > 100 || !bounded {
            return vec![Flaw::new(
                "weights",
                (
                    "de 1 à 100 rangs, chaque poids de 0 à 1000",
                    "1 to 100 ranks, each weight from 0 to 1000",
                ),
            )];
        }
        Vec::new()
    }
}

impl Wish {
    /// Nothing is known of the pair.
    pub fn silence(pair: Pair) -> Self {
        Self {
            pair,
            rank: 0,
            opinion: None,
            recommended: false,
            must: false,
            must_not: false,
        }
    }

    /// Whether the pair may never meet.
    pub fn forbidden(&self) -> bool {
        self.must_not || self.opinion == Some(Opinion::No)
    }

    /// What the pair weighs without the bonus of a must-meet. A pair that nobody asked for weighs 0.
    pub fn weight(&self, weights: &Weights) -> i64 {
        let rank = match usize::try_from(self.rank) {
            Ok(rank) if rank > 0 => weights
                .ranks
                .get(rank - 1)
                .or(weights.ranks.last())
                .copied()
                .unwrap_or_default(),
            _ => 0,
        };
        let opinion = match self.opinion {
            Some(Opinion::Priority) => weights.priority,
            Some(Opinion::Yes) => weights.yes,
            Some(Opinion::No) | None => 0,
        };
        rank + opinion + if self.recommended { weights.recommended } else { 0 }
    }

    /// Whether it says nothing at all, so that nothing needs to be kept.
    pub fn silent(&self) -> bool {
        self.rank == 0 && self.opinion.is_none() && !self.recommended && !self.must && !self.must_not
    }

    /// What is wrong with it.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if !(0..=99).contains(&self.rank) {
            flaws.push(Flaw::new(
                "wish.rank",
                (
                    "le rang va de 0 (pas de souhait) à 99",
                    "the rank goes from 0 (no wish) to 99",
                ),
            ));
        }
        if self.must && self.forbidden() {
            flaws.push(Flaw::new(
                "wish.must",
                (
                    "un rendez-vous imposé ne peut pas être interdit",
                    "a meeting cannot be both required and forbidden",
                ),
            ));
        }
        flaws
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(rank: i64, opinion: Option<Opinion>, recommended: bool) -> Wish {
        let pair = Pair {
            candidate: Uuid::nil(),
            employer: Uuid::nil(),
        };
        Wish {
            pair,
            rank,
            opinion,
            recommended,
            must: false,
            must_not: false,
        }
    }

    #[test]
    fn weights_are_those_of_the_papers_unless_set() {
        let weights = Weights::default();
        assert_eq!(wish(1, None, false).weight(&weights), 5);
        assert_eq!(wish(4, None, false).weight(&weights), 2);
        assert_eq!(wish(9, None, false).weight(&weights), 1);
        assert_eq!(wish(2, Some(Opinion::Priority), true).weight(&weights), 4 + 5 + 2);
        assert_eq!(wish(0, Some(Opinion::Yes), false).weight(&weights), 3);
        assert_eq!(wish(0, None, false).weight(&weights), 0);
        assert!(wish(1, Some(Opinion::No), true).forbidden());
    }
}
