//! The problem as the search sees it: usable pairs only, slot sets as masks, caps cut to what can be used at all.

use std::collections::{BTreeMap, BTreeSet};

use super::check::check;
use super::problem::{Problem, ProblemError, Side};
use crate::effort::Options;

/// Index of a usable pair.
pub(super) type PairId = usize;

pub(super) struct Model {
    pub(super) slots: usize,
    pub(super) tables: usize,
    pub(super) pairs: Vec<Pair>,
    pub(super) employers: Vec<Person>,
    pub(super) candidates: Vec<Person>,
    /// Fixed meetings; their pairs never move.
    pub(super) fixed: Vec<(PairId, usize)>,
}

/// A pair that may meet somewhere.
pub(super) struct Pair {
    pub(super) e: usize,
    pub(super) c: usize,
    pub(super) w: i64,
    /// Slots at which both are present, and new meetings may lie.
    pub(super) mask: u128,
    /// The published slot and what keeping it is worth.
    pub(super) kept: Option<(usize, i64)>,
    pub(super) fixed: bool,
    pub(super) first_wish: bool,
}

pub(super) struct Person {
    /// Slots of presence, as the problem says.
    pub(super) available: u128,
    /// Slots in which some pair of the person can meet.
    pub(super) present: u128,
    pub(super) cap: usize,
    pub(super) parallel: usize,
    pub(super) pairs: Vec<PairId>,
}

impl Pair {
    /// What the pair is worth at `slot`.
    pub(super) fn gain(&self, slot: usize) -> i64 {
        match self.kept {
            Some((kept, bonus)) if kept == slot => self.w + bonus,
            _ => self.w,
        }
    }

    /// The most the pair can be worth.
    pub(super) fn best(&self) -> i64 {
        self.w + self.kept.map_or(0, |(_, bonus)| bonus)
    }
}

impl Model {
    pub(super) fn new(problem: &Problem, options: &Options) -> Result<Self, ProblemError> {
        problem.validate()?;
        if let Some(violation) = check(problem, &options.fixed).into_iter().next() {
            return Err(ProblemError::Fixed(violation));
        }
        let mut model = Self {
            slots: problem.slots,
            tables: problem.tables,
            pairs: Vec::new(),
            employers: problem.employers.iter().map(person).collect(),
            candidates: problem.candidates.iter().map(person).collect(),
            fixed: Vec::new(),
        };
        model.add_pairs(problem, options)?;
        model.mark_first_wishes(problem, options)?;
        let pairs = &model.pairs;
        for people in [&mut model.employers, &mut model.candidates] {
            for person in people {
                // A slot in which no pair of the person can meet is as good as absence, and makes bounds tighter.
                person.present = person.pairs.iter().fold(0, |mask, &p| mask | pairs[p].mask);
                let seats = (person.present.count_ones() as usize).saturating_mul(person.parallel);
                person.cap = person.cap.min(seats).min(person.pairs.len());
            }
        }
        Ok(model)
    }

    fn add_pairs(&mut self, problem: &Problem, options: &Options) -> Result<(), ProblemError> {
        let forbidden: BTreeSet<_> = problem.must_not.iter().copied().collect();
        let fixed: BTreeMap<_, _> = options.fixed.iter().map(|m| ((m.e, m.c), m.slot)).collect();
        let kept = bonuses(problem, options)?;
        let later = if options.not_before >= 128 {
            0
        } else {
            u128::MAX << options.not_before
        };
        for edge in &problem.edges {
            let (e, c) = (edge.e, edge.c);
            let held = fixed.get(&(e, c)).copied();
            let together = self.employers[e].present & self.candidates[c].present & later;
            let mask = held.map_or(together, |slot| 1 << slot);
            let kept = kept
                .get(&(e, c))
                .copied()
                .filter(|&(slot, _)| mask & (1 << slot) != 0);
            let worth = edge.w + kept.map_or(0, |(_, bonus)| bonus);
            if held.is_none() && (forbidden.contains(&(e, c)) || mask == 0 || worth < 0) {
                continue;
            }
            let id = self.pairs.len();
            self.employers[e].pairs.push(id);
            self.candidates[c].pairs.push(id);
            self.fixed.extend(held.map(|slot| (id, slot)));
            self.pairs.push(Pair {
                e,
                c,
                w: edge.w,
                mask,
                kept,
                fixed: held.is_some(),
                first_wish: false,
            });
        }
        Ok(())
    }

    fn mark_first_wishes(&mut self, problem: &Problem, options: &Options) -> Result<(), ProblemError> {
        let mut given = BTreeSet::new();
        for (index, &(e, c)) in options.first_wishes.iter().enumerate() {
            problem.validate_pair("first_wishes", index, e, c)?;
            given.insert((e, c));
        }
        for candidate in &self.candidates {
            let heaviest = candidate.pairs.iter().map(|&p| self.pairs[p].w).max();
            for &p in &candidate.pairs {
                let pair = &mut self.pairs[p];
                pair.first_wish = if given.is_empty() {
                    Some(pair.w) == heaviest
                } else {
                    given.contains(&(pair.e, pair.c))
                };
            }
        }
        Ok(())
    }

    /// The most meetings that the presence of both sides and the tables allow, slot by slot.
    pub(super) fn most_meetings(&self) -> usize {
        let seats = |people: &[Person], slot: usize| -> usize {
            let there = people.iter().filter(|person| person.present & (1 << slot) != 0);
            there.map(|person| person.parallel.min(person.cap)).sum()
        };
        (0..self.slots)
            .map(|slot| {
                self.tables
                    .min(seats(&self.employers, slot))
                    .min(seats(&self.candidates, slot))
            })
            .sum()
    }
}

fn person(side: &Side) -> Person {
    let present = side
        .available
        .iter()
        .fold(0_u128, |mask, &slot| mask | (1 << slot));
    Person {
        available: present,
        present,
        cap: side.cap,
        parallel: side.parallel,
        pairs: Vec::new(),
    }
}

type Kept = BTreeMap<(usize, usize), (usize, i64)>;

fn bonuses(problem: &Problem, options: &Options) -> Result<Kept, ProblemError> {
    let mut kept = Kept::new();
    for (index, bonus) in options.bonuses.iter().enumerate() {
        let (e, c) = (bonus.e, bonus.c);
        problem.validate_pair("bonuses", index, e, c)?;
        ProblemError::bonus_in_range(index, bonus.bonus)?;
        if bonus.slot >= problem.slots {
            let last = problem.slots.saturating_sub(1);
            return Err(ProblemError::UnknownSlot {
                list: "bonuses",
                index,
                slot: bonus.slot,
                last,
            });
        }
        if kept.insert((e, c), (bonus.slot, bonus.bonus)).is_some() {
            return Err(ProblemError::PairTwice {
                list: "bonuses",
                index,
                e,
                c,
            });
        }
    }
    Ok(kept)
}
