//! Recruiters and tables for pairs that have a slot.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::Board;
use crate::domain::{Clash, Meeting, MeetingState, Pair, Placed, Registration, clock};

impl Board {
    /// Where a pair can sit in a slot: a free recruiter, and a table: `wanted` if given, else the recruiter's own,
    /// else the one the employer used before, else the first free one.
    pub(in crate::domain) fn seat(
        &self,
        pair: Pair,
        slot: i64,
        wanted: Option<i64>,
    ) -> Result<Placed, Clash> {
        let (candidate, employer, time) = self.possible(pair, slot)?;
        let at = clock(time.starts);
        if let Some(other) = self.at(slot).find(|other| other.pair.candidate == pair.candidate) {
            return Err(self.candidate_busy(candidate, other, &at));
        }
        let seats: BTreeSet<i64> = self
            .at(slot)
            .filter(|other| other.pair.employer == pair.employer)
            .map(|other| other.place.seat)
            .collect();
        let taken: BTreeMap<i64, &Meeting> = self.at(slot).map(|other| (other.place.table, other)).collect();
        let Some(seat) = (1..=employer.parallel).find(|seat| !seats.contains(seat)) else {
            return Err(self.employer_busy(employer, slot, &at));
        };
        let table = match wanted {
            Some(table) if !(1..=self.tables).contains(&table) => {
                return Err(Clash::NoSuchTable {
                    table,
                    tables: self.tables,
                });
            }
            Some(table) => match taken.get(&table) {
                Some(other) => return Err(self.table_taken(other, &at)),
                None => table,
            },
            None => self
                .preferred(employer, seat)
                .into_iter()
                .find(|table| !taken.contains_key(table))
                .ok_or(Clash::NoTableLeft { at })?,
        };
        Ok(Placed { slot, table, seat })
    }

    /// Tables in the order in which a recruiter would take them.
    fn preferred(&self, employer: &Registration, seat: i64) -> Vec<i64> {
        let own = self.own.get(&employer.id).cloned().unwrap_or_default();
        let mine = usize::try_from(seat - 1)
            .ok()
            .and_then(|index| own.get(index))
            .copied();
        let used = self
            .meetings
            .values()
            .filter(|meeting| meeting.stands() && meeting.pair.employer == employer.id);
        let used: Vec<i64> = used.map(|meeting| meeting.place.table).collect();
        // Tables that nobody owns before those that somebody does.
        let owned: BTreeSet<i64> = self.own.values().flatten().copied().collect();
        let free = (1..=self.tables).filter(|table| !owned.contains(table));
        mine.into_iter()
            .chain(own)
            .chain(used)
            .chain(free)
            .chain(1..=self.tables)
            .collect()
    }

    /// Gives seats and tables to pairs that have a slot, on a board without meetings. Owners sit at their tables;
    /// others keep the table they had, or take one that nobody owns.
    pub fn seat_all(&mut self, mut placed: Vec<(Uuid, Pair, i64)>) -> Vec<Meeting> {
        placed.sort_by_cached_key(|(_, pair, slot)| {
            let owner = self.own.contains_key(&pair.employer);
            (*slot, !owner, self.code(pair.employer), self.code(pair.candidate))
        });
        let owned: BTreeSet<i64> = self.own.values().flatten().copied().collect();
        let mut taken: BTreeSet<(i64, i64)> = BTreeSet::new();
        let mut seats: BTreeMap<(Uuid, i64), i64> = BTreeMap::new();
        let mut used: BTreeMap<(Uuid, i64), i64> = BTreeMap::new();
        let mut meetings = Vec::with_capacity(placed.len());
        for (id, pair, slot) in placed {
            let seat = seats.entry((pair.employer, slot)).or_default();
            *seat += 1;
            let seat = *seat;
            let own = self
                .own
                .get(&pair.employer)
                .and_then(|own| own.get(usize::try_from(seat - 1).ok()?))
                .copied();
            let before = used.get(&(pair.employer, seat)).copied();
            let free = (1..=self.tables).filter(|table| !owned.contains(table));
            let mut wanted = own.into_iter().chain(before).chain(free).chain(1..=self.tables);
            // The solver keeps to the number of tables, so that one is left.
            let table = wanted
                .find(|table| !taken.contains(&(slot, *table)))
                .unwrap_or(self.tables + 1);
            taken.insert((slot, table));
            used.insert((pair.employer, seat), table);
            let place = Placed { slot, table, seat };
            let meeting = Meeting {
                id,
                version: 1,
                pair,
                place,
                state: MeetingState::Planned,
                outcome: String::new(),
            };
            self.put(meeting.clone());
            meetings.push(meeting);
        }
        meetings
    }
}
