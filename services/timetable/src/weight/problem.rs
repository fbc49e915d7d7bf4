//! The file format of problem W and what makes a problem faulty.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::check::Violation;

/// Slots in one problem; slot sets are 128-bit masks.
pub(super) const MAX_SLOTS: usize = 128;
const MAX_PEOPLE: usize = 20_000;
const MAX_EDGES: usize = 1_000_000;
const MAX_WEIGHT: i64 = 1_000_000_000;

/// Who may meet whom, when, and how much it is worth.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// Slots are numbered `0..slots`; at most 128.
    pub slots: usize,
    /// Meetings at a time, over all.
    pub tables: usize,
    /// In the order of their ids: `employers[i].id == i`.
    pub employers: Vec<Side>,
    pub candidates: Vec<Side>,
    /// Possible pairs, each at most once.
    pub edges: Vec<Edge>,
    /// Pairs (employer, candidate) that never meet, whatever `edges` says.
    #[serde(default)]
    pub must_not: Vec<(usize, usize)>,
}

/// An employer or a candidate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Side {
    /// The place in the list.
    pub id: usize,
    /// Slots of presence.
    pub available: Vec<usize>,
    /// Meetings in all; `usize::MAX` (or absent in the file) for no limit.
    #[serde(default = "no_limit")]
    pub cap: usize,
    /// Meetings at a time: the recruiters of an employer.
    #[serde(default = "one")]
    pub parallel: usize,
}

/// A possible pair.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Edge {
    pub e: usize,
    pub c: usize,
    /// What the meeting is worth. A pair of negative weight never meets.
    pub w: i64,
    /// A must-meet. Its weight carries the bonus already; the mark only makes the answer explain it when it is not met.
    #[serde(default)]
    pub must: bool,
}

/// Why a problem cannot be solved as it stands. Ids and slots are those of the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProblemError {
    #[error("{what}: {found}, but at most {limit} are supported")]
    TooLarge {
        what: &'static str,
        found: usize,
        limit: usize,
    },
    #[error("{list}[{index}] has id {id}: ids are places in the list, so it must be {index}")]
    WrongId {
        list: &'static str,
        index: usize,
        id: usize,
    },
    #[error("{list}[{index}]: slot {slot} does not exist, slots are 0 to {last}")]
    UnknownSlot {
        list: &'static str,
        index: usize,
        slot: usize,
        last: usize,
    },
    #[error("{list}[{index}]: parallel is 0; it is the number of meetings at a time, at least 1")]
    NoSeat { list: &'static str, index: usize },
    #[error("{list}[{index}]: there is no employer {e} or no candidate {c}")]
    UnknownPair {
        list: &'static str,
        index: usize,
        e: usize,
        c: usize,
    },
    #[error("{list}[{index}]: the pair of employer {e} and candidate {c} is there twice")]
    PairTwice {
        list: &'static str,
        index: usize,
        e: usize,
        c: usize,
    },
    #[error("edges[{index}]: weight {weight} is beyond {MAX_WEIGHT}")]
    WeightTooLarge { index: usize, weight: i64 },
    #[error("bonuses[{index}]: a bonus is between 0 and {MAX_WEIGHT}")]
    BadBonus { index: usize },
    #[error(
        "the fixed meetings break the problem: {0}; take the meeting out of the fixed ones or widen the limit it breaks"
    )]
    Fixed(Violation),
}

impl Problem {
    /// Everything that a file can get wrong, the first fault found.
    pub fn validate(&self) -> Result<(), ProblemError> {
        within("slots", self.slots, MAX_SLOTS)?;
        within("employers", self.employers.len(), MAX_PEOPLE)?;
        within("candidates", self.candidates.len(), MAX_PEOPLE)?;
        within("edges", self.edges.len(), MAX_EDGES)?;
        within("must_not", self.must_not.len(), MAX_EDGES)?;
        self.validate_side("employers", &self.employers)?;
        self.validate_side("candidates", &self.candidates)?;
        let mut seen = std::collections::BTreeSet::new();
        for (index, edge) in self.edges.iter().enumerate() {
            let (e, c) = (edge.e, edge.c);
            self.validate_pair("edges", index, e, c)?;
            if edge.w.checked_abs().is_none_or(|w| w > MAX_WEIGHT) {
                return Err(ProblemError::WeightTooLarge {
                    index,
                    weight: edge.w,
                });
            }
            if !seen.insert((e, c)) {
                return Err(ProblemError::PairTwice {
                    list: "edges",
                    index,
                    e,
                    c,
                });
            }
        }
        for (index, &(e, c)) in self.must_not.iter().enumerate() {
            self.validate_pair("must_not", index, e, c)?;
        }
        Ok(())
    }

    pub(super) fn validate_pair(
        &self,
        list: &'static str,
        index: usize,
        e: usize,
        c: usize,
    ) -> Result<(), ProblemError> {
        if e < self.employers.len() && c < self.candidates.len() {
            Ok(())
        } else {
            Err(ProblemError::UnknownPair { list, index, e, c })
        }
    }

    fn validate_side(&self, list: &'static str, people: &[Side]) -> Result<(), ProblemError> {
        for (index, person) in people.iter().enumerate() {
            if person.id != index {
                return Err(ProblemError::WrongId {
                    list,
                    index,
                    id: person.id,
                });
            }
            if person.parallel == 0 {
                return Err(ProblemError::NoSeat { list, index });
            }
            if let Some(&slot) = person.available.iter().find(|&&slot| slot >= self.slots) {
                let last = self.slots.saturating_sub(1);
                return Err(ProblemError::UnknownSlot {
                    list,
                    index,
                    slot,
                    last,
                });
            }
        }
        Ok(())
    }
}

impl ProblemError {
    pub(super) fn bonus_in_range(index: usize, bonus: i64) -> Result<(), Self> {
        if (0..=MAX_WEIGHT).contains(&bonus) {
            Ok(())
        } else {
            Err(Self::BadBonus { index })
        }
    }
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), ProblemError> {
    if found > limit {
        Err(ProblemError::TooLarge { what, found, limit })
    } else {
        Ok(())
    }
}

fn no_limit() -> usize {
    usize::MAX
}

fn one() -> usize {
    1
}
