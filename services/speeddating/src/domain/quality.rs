//! How good a timetable is, in figures that a coordinator can act on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Board, Meeting, Pair, Registration, Side, Weights, Wish};

/// A candidate without a meeting.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unmet {
    /// Registration of the candidate.
    pub candidate: Uuid,
    /// `NO_WISH`, `ALL_FORBIDDEN`, `NO_COMMON_PRESENCE`, `EMPLOYERS_FULL`, `TABLES_FULL`, `ROOM_LEFT`.
    pub reason: String,
}

/// The figures.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Quality {
    /// Sum of the weights of the pairs that meet.
    pub weight: i64,
    /// Never below the weight.
    pub bound: i64,
    /// Whether nothing better exists.
    pub proven: bool,
    /// First wishes met, second …
    pub wishes_met: Vec<i64>,
    /// First wishes made, second …, of those who take part.
    pub wishes_made: Vec<i64>,
    /// Candidates without a meeting.
    pub unmet: Vec<Unmet>,
    /// Idle slots between two meetings of a candidate, summed.
    pub candidate_idle_slots: i64,
    /// The same of employers: slots in which none of its recruiters has a meeting.
    pub employer_idle_slots: i64,
    /// Tables at which somebody sits.
    pub tables_used: i64,
    /// Tables there are.
    pub tables_available: i64,
    /// Meetings that stand.
    pub meetings: i64,
    /// Table-slots used of those there are.
    pub occupancy_per_mille: i64,
}

/// Ranks shown; later wishes are counted with the last.
const RANKS_MOST: usize = 10;

impl Quality {
    /// The figures of the meetings on a board. `bound` and `proven` are the solver's, for these inputs.
    pub fn of(board: &Board, wishes: &[Wish], weights: &Weights, bound: i64, proven: bool) -> Self {
        let standing = board.standing();
        let met: BTreeSet<Pair> = standing.iter().map(|meeting| meeting.pair).collect();
        let takes_part = |id| board.person(id).is_some_and(Registration::takes_part);
        let (mut made, mut fulfilled) = (vec![0; RANKS_MOST], vec![0; RANKS_MOST]);
        let mut weight = 0;
        for wish in wishes {
            let meets = met.contains(&wish.pair);
            weight += if meets { wish.weight(weights) } else { 0 };
            if wish.rank > 0 && takes_part(wish.pair.candidate) {
                let place = usize::try_from(wish.rank - 1)
                    .unwrap_or(RANKS_MOST)
                    .min(RANKS_MOST - 1);
                made[place] += 1;
                fulfilled[place] += i64::from(meets);
            }
        }
        let ranks = made
            .iter()
            .rposition(|count| *count > 0)
            .map_or(0, |last| last + 1);
        made.truncate(ranks);
        fulfilled.truncate(ranks);
        let tables: BTreeSet<i64> = standing.iter().map(|meeting| meeting.place.table).collect();
        let meetings = length(&standing);
        let places = board.tables() * length(board.slots());
        let bound = bound.max(weight);
        Self {
            weight,
            bound,
            proven: proven || weight == bound,
            wishes_met: fulfilled,
            wishes_made: made,
            unmet: unmet(board, wishes, weights, &standing),
            candidate_idle_slots: idle(&standing, |meeting| meeting.pair.candidate),
            employer_idle_slots: idle(&standing, |meeting| meeting.pair.employer),
            tables_used: i64::try_from(tables.len()).unwrap_or_default(),
            tables_available: board.tables(),
            meetings,
            occupancy_per_mille: if places > 0 { meetings * 1000 / places } else { 0 },
        }
    }
}

/// Slots without a meeting strictly between the first and the last, summed over people.
fn idle(meetings: &[&Meeting], of: impl Fn(&Meeting) -> Uuid) -> i64 {
    let mut slots: BTreeMap<Uuid, BTreeSet<i64>> = BTreeMap::new();
    for meeting in meetings {
        slots.entry(of(meeting)).or_default().insert(meeting.place.slot);
    }
    let gaps = slots.values().map(|slots| match (slots.first(), slots.last()) {
        (Some(first), Some(last)) => last - first + 1 - i64::try_from(slots.len()).unwrap_or_default(),
        _ => 0,
    });
    gaps.sum()
}

fn unmet(board: &Board, wishes: &[Wish], weights: &Weights, standing: &[&Meeting]) -> Vec<Unmet> {
    let met: BTreeSet<Uuid> = standing.iter().map(|meeting| meeting.pair.candidate).collect();
    let mut asked: BTreeMap<Uuid, Vec<&Wish>> = BTreeMap::new();
    for wish in wishes.iter().filter(|wish| wish.weight(weights) > 0 || wish.must) {
        asked.entry(wish.pair.candidate).or_default().push(wish);
    }
    let load = Load::new(standing);
    let without = board
        .people()
        .filter(|person| person.side == Side::Candidate && person.expected() && !met.contains(&person.id));
    let mut unmet: Vec<(&str, Unmet)> = without
        .map(|candidate| {
            let wishes = asked.get(&candidate.id).map(Vec::as_slice).unwrap_or_default();
            let reason = load.reason(board, wishes).to_owned();
            (
                candidate.code.as_str(),
                Unmet {
                    candidate: candidate.id,
                    reason,
                },
            )
        })
        .collect();
    unmet.sort_by_key(|(code, _)| *code);
    unmet.into_iter().map(|(_, unmet)| unmet).collect()
}

/// How busy employers and slots are.
struct Load {
    employers: BTreeMap<Uuid, i64>,
    at_once: BTreeMap<(Uuid, i64), i64>,
    slots: BTreeMap<i64, i64>,
}

impl Load {
    fn new(standing: &[&Meeting]) -> Self {
        let mut load = Self {
            employers: BTreeMap::new(),
            at_once: BTreeMap::new(),
            slots: BTreeMap::new(),
        };
        for meeting in standing {
            *load.employers.entry(meeting.pair.employer).or_default() += 1;
            *load
                .at_once
                .entry((meeting.pair.employer, meeting.place.slot))
                .or_default() += 1;
            *load.slots.entry(meeting.place.slot).or_default() += 1;
        }
        load
    }

    /// Why a candidate without any meeting has none: the first reason that explains all of the wishes.
    fn reason(&self, board: &Board, wishes: &[&Wish]) -> &'static str {
        if wishes.is_empty() {
            return "NO_WISH";
        }
        let allowed: Vec<&&Wish> = wishes.iter().filter(|wish| !wish.forbidden()).collect();
        if allowed.is_empty() {
            return "ALL_FORBIDDEN";
        }
        let together: Vec<(Uuid, i64)> = allowed
            .iter()
            .flat_map(|wish| (0..length(board.slots())).map(move |slot| (wish.pair, slot)))
            .filter(|(pair, slot)| board.meetable(*pair, *slot).is_ok())
            .map(|(pair, slot)| (pair.employer, slot))
            .collect();
        if together.is_empty() {
            return "NO_COMMON_PRESENCE";
        }
        let room: Vec<&(Uuid, i64)> = together
            .iter()
            .filter(|(employer, slot)| self.room(board, *employer, *slot))
            .collect();
        if room.is_empty() {
            return "EMPLOYERS_FULL";
        }
        let table_left = |slot: i64| self.slots.get(&slot).is_none_or(|taken| *taken < board.tables());
        if room.iter().any(|(_, slot)| table_left(*slot)) {
            "ROOM_LEFT"
        } else {
            "TABLES_FULL"
        }
    }

    fn room(&self, board: &Board, employer: Uuid, slot: i64) -> bool {
        let Some(person) = board.person(employer) else {
            return false;
        };
        let had = self.employers.get(&employer).copied().unwrap_or_default();
        let now = self.at_once.get(&(employer, slot)).copied().unwrap_or_default();
        person.meetings_max.is_none_or(|cap| had < cap) && now < person.parallel
    }
}

fn length<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}
