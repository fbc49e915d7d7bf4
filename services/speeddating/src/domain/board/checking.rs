//! A whole timetable at once: for one that was made of older inputs.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Board, full};
use crate::domain::{Clash, Meeting, Pair, Side, clock};

/// What a linear check has met so far.
#[derive(Default)]
struct Seen<'a> {
    candidates: BTreeMap<(Uuid, i64), &'a Meeting>,
    seats: BTreeMap<(Uuid, i64, i64), &'a Meeting>,
    tables: BTreeMap<(i64, i64), &'a Meeting>,
    pairs: BTreeMap<Pair, &'a Meeting>,
    loads: BTreeMap<Uuid, i64>,
}

impl Board {
    /// Everything that cannot stand, for a timetable made of older inputs. Linear: a timetable may have thousands.
    pub fn clashes(&self) -> Vec<Clash> {
        let mut seen = Seen::default();
        self.standing()
            .into_iter()
            .filter_map(|meeting| self.clash(&mut seen, meeting).err())
            .collect()
    }

    fn clash<'a>(&self, seen: &mut Seen<'a>, meeting: &'a Meeting) -> Result<(), Clash> {
        let (pair, place) = (meeting.pair, meeting.place);
        let (candidate, employer, slot) = self.meetable(pair, place.slot)?;
        let at = clock(slot.starts);
        if !(1..=self.tables).contains(&place.table) {
            return Err(Clash::NoSuchTable {
                table: place.table,
                tables: self.tables,
            });
        }
        if let Some(other) = seen.candidates.insert((pair.candidate, place.slot), meeting) {
            return Err(self.candidate_busy(candidate, other, &at));
        }
        let seated = seen
            .seats
            .insert((pair.employer, place.slot, place.seat), meeting)
            .is_some();
        if seated || !(1..=employer.parallel).contains(&place.seat) {
            return Err(self.employer_busy(employer, place.slot, &at));
        }
        if let Some(other) = seen.tables.insert((place.table, place.slot), meeting) {
            return Err(self.table_taken(other, &at));
        }
        if let Some(other) = seen.pairs.insert(pair, meeting) {
            let (candidate, employer) = (candidate.code.clone(), employer.code.clone());
            return Err(Clash::PairTwice {
                candidate,
                employer,
                at: self.time(other.place.slot),
            });
        }
        for (person, side) in [(candidate, Side::Candidate), (employer, Side::Employer)] {
            let had = seen.loads.entry(person.id).or_default();
            *had += 1;
            if let Some(cap) = person.meetings_max.filter(|cap| *had > *cap) {
                return Err(full(person, side, cap));
            }
        }
        Ok(())
    }
}
