//! The levels below the weight: what they count, and a local search that improves them while the weight stays.

use super::chain::Chain;
use super::improve::Improve;
use super::model::{Model, PairId, Person};
use super::schedule::{Schedule, Seats};
use super::{Level, Quality};
use crate::effort::{Effort, Phase};
use crate::rng::{real, share};

/// People without a meeting, first wishes unmet, candidates' and employers' idle slots, lateness; compared in this order.
pub(super) type Counts = [i64; 5];

const QUALITIES: [Quality; 5] = [
    Quality::PeopleWithoutMeeting,
    Quality::FirstWishesUnmet,
    Quality::CandidateIdle,
    Quality::EmployerIdle,
    Quality::Lateness,
];

/// What the walk pays for each; the best timetable is still chosen level by level.
const PRICES: Counts = [4_000, 600, 160, 30, 1];
const HOT: f64 = 200.0;
const COLD: f64 = 3.0;

/// Counts all levels of a timetable.
pub(super) fn count(model: &Model, schedule: &Schedule) -> Counts {
    let mut counts = [0; 5];
    for e in 0..model.employers.len() {
        add(&mut counts, employer(model, schedule, e));
    }
    for c in 0..model.candidates.len() {
        add(&mut counts, candidate(model, schedule, c));
    }
    counts[4] = schedule.lateness;
    counts
}

/// The levels with their bounds. `reachable` says which pairs a timetable of this weight may hold.
pub(super) fn explain(model: &Model, schedule: &Schedule, reachable: impl Fn(PairId) -> bool) -> Vec<Level> {
    let mut bounds = [0; 5];
    for people in [&model.employers, &model.candidates] {
        let never = |person: &&Person| wanted(person) && !person.pairs.iter().any(|&pair| reachable(pair));
        bounds[0] += whole(people.iter().filter(never).count());
    }
    let never = |person: &&Person| {
        let mut wishes = person
            .pairs
            .iter()
            .filter(|&&pair| model.pairs[pair].first_wish)
            .peekable();
        wanted(person) && wishes.peek().is_some() && !wishes.any(|&pair| reachable(pair))
    };
    bounds[1] = whole(model.candidates.iter().filter(never).count());
    let counts = count(model, schedule);
    let levels = QUALITIES.into_iter().zip(counts).zip(bounds);
    levels
        .map(|((quality, value), bound)| Level {
            quality,
            value,
            bound: Some(bound),
        })
        .collect()
}

/// Improves the levels from the best timetable known, at its weight. `active` are the pairs to move.
pub(super) fn improve(search: &mut Improve, active: &[PairId], nodes: u64, bound: i64, effort: &mut Effort) {
    if active.is_empty() {
        return;
    }
    search.restart_from_best();
    let mut walk = Walk {
        best: count(search.model, &search.best),
        employers: (0..search.model.employers.len())
            .map(|e| employer(search.model, &search.schedule, e))
            .collect(),
        candidates: (0..search.model.candidates.len())
            .map(|c| candidate(search.model, &search.schedule, c))
            .collect(),
        counts: count(search.model, &search.schedule),
        chain: Chain::default(),
        before: Vec::new(),
    };
    let (start, cooling) = (effort.spent, (COLD / HOT).ln());
    while effort.spent - start < nodes {
        let temperature = HOT * (cooling * share(effort.spent - start, nodes)).exp();
        let known = search.best.value;
        for _ in 0..32 {
            walk.step(search, active, temperature);
        }
        if search.best.value > known {
            effort.tell(Phase::Levels, search.best.value, bound);
        }
        if !effort.go(32) {
            return;
        }
    }
}

/// The part of each person in the counts, kept up to date.
struct Walk {
    employers: Vec<Counts>,
    candidates: Vec<Counts>,
    counts: Counts,
    best: Counts,
    chain: Chain,
    /// People touched by the move, with their part before it.
    before: Vec<(bool, usize, Counts)>,
}

impl Walk {
    fn step(&mut self, search: &mut Improve, active: &[PairId], temperature: f64) {
        let value = search.schedule.value;
        search.schedule.commit();
        if !self.change(search, active) || search.schedule.value < value {
            search.schedule.undo(search.model);
            return;
        }
        let before = self.counts;
        self.recount(search.model, &search.schedule);
        let worse = price(&self.counts) - price(&before);
        let heavier = search.schedule.value > value;
        if !heavier && worse > 0 && search.rng.unit() >= (-real(worse) / temperature).exp() {
            search.schedule.undo(search.model);
            self.counts = before;
            while let Some((employer, person, part)) = self.before.pop() {
                let parts = if employer {
                    &mut self.employers
                } else {
                    &mut self.candidates
                };
                parts[person] = part;
            }
            return;
        }
        if heavier || self.counts < self.best {
            search.schedule.commit();
            search.best.clone_from(&search.schedule);
            self.best = self.counts;
        }
    }

    /// Some change; false when it came to nothing.
    fn change(&mut self, search: &mut Improve, active: &[PairId]) -> bool {
        let aimed = if search.rng.below(2) == 0 {
            aim(search)
        } else {
            None
        };
        let pair = active[search.rng.below(active.len())];
        let (pair, slot) = match aimed {
            Some(aimed) => aimed,
            None if search.schedule.slot_of(pair).is_none() => {
                search.insert(pair);
                return true;
            }
            None => (pair, search.rng.bit(search.model.pairs[pair].mask)),
        };
        let (model, schedule) = (search.model, &mut search.schedule);
        self.chain.swap(model, schedule, &mut search.rng, pair, slot)
    }

    /// Brings the parts of all people in the trail up to date.
    fn recount(&mut self, model: &Model, schedule: &Schedule) {
        self.before.clear();
        for pair in schedule.touched() {
            let (e, c) = (model.pairs[pair].e, model.pairs[pair].c);
            self.replace(true, e, employer(model, schedule, e));
            self.replace(false, c, candidate(model, schedule, c));
        }
        self.counts[4] = schedule.lateness;
    }

    fn replace(&mut self, employer: bool, person: usize, part: Counts) {
        let parts = if employer {
            &mut self.employers
        } else {
            &mut self.candidates
        };
        let old = parts[person];
        if old != part {
            self.before.push((employer, person, old));
            parts[person] = part;
            for ((count, new), old) in self.counts.iter_mut().zip(part).zip(old) {
                *count += new - old;
            }
        }
    }
}

/// A meeting of somebody who waits, and a slot in which they wait.
fn aim(search: &mut Improve) -> Option<(PairId, usize)> {
    let model = search.model;
    let employer = search.rng.below(4) == 0;
    let (people, seats) = if employer {
        (&model.employers, &search.schedule.employers)
    } else {
        (&model.candidates, &search.schedule.candidates)
    };
    let person = search.rng.below(people.len());
    let busy = seats.busy[person];
    let waits = waiting(busy, people[person].present);
    if waits == 0 {
        return None;
    }
    let (slot, from) = (search.rng.bit(waits), search.rng.bit(busy));
    let pair = seats.at(person, from).next()?;
    (model.pairs[pair].mask & (1 << slot) != 0).then_some((pair, slot))
}

fn employer(model: &Model, schedule: &Schedule, e: usize) -> Counts {
    let person = &model.employers[e];
    let idle = idle(&schedule.employers, e, person);
    [
        i64::from(wanted(person) && schedule.employers.load[e] == 0),
        0,
        0,
        idle,
        0,
    ]
}

fn candidate(model: &Model, schedule: &Schedule, c: usize) -> Counts {
    let person = &model.candidates[c];
    let mut wishes = person
        .pairs
        .iter()
        .filter(|&&pair| model.pairs[pair].first_wish)
        .peekable();
    let unmet = wishes.peek().is_some() && !wishes.any(|&pair| schedule.slot_of(pair).is_some());
    let idle = idle(&schedule.candidates, c, person);
    [
        i64::from(wanted(person) && schedule.candidates.load[c] == 0),
        i64::from(unmet),
        idle,
        0,
        0,
    ]
}

/// Has a possible pair and wants a meeting.
fn wanted(person: &Person) -> bool {
    person.cap > 0
}

fn idle(seats: &Seats, index: usize, person: &Person) -> i64 {
    i64::from(waiting(seats.busy[index], person.available).count_ones())
}

/// Slots between the first and the last meeting in which the person is there and has none.
fn waiting(busy: u128, present: u128) -> u128 {
    if busy == 0 {
        return 0;
    }
    (u128::MAX << busy.trailing_zeros()) & (u128::MAX >> busy.leading_zeros()) & present & !busy
}

fn price(counts: &Counts) -> i64 {
    counts
        .iter()
        .zip(PRICES)
        .map(|(count, price)| count * price)
        .sum()
}

fn add(counts: &mut Counts, part: Counts) {
    for (count, part) in counts.iter_mut().zip(part) {
        *count += part;
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
