//! Everything that decides whether a meeting can be: slots, people, tables, forbidden pairs.

mod checking;
mod placing;
mod seating;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Clash, Meeting, Pair, Registration, Session, Side, Slot, Wish, clock};

pub use placing::{SlotSpots, Spot};

/// The room with its rules, and the meetings in it.
#[derive(Clone, Debug)]
pub struct Board {
    pub(super) slots: Vec<Slot>,
    /// Tables in all.
    pub(super) tables: i64,
    people: BTreeMap<Uuid, Registration>,
    forbidden: BTreeSet<Pair>,
    /// Tables that an employer keeps.
    own: BTreeMap<Uuid, Vec<i64>>,
    meetings: BTreeMap<Uuid, Meeting>,
}

/// How many tables there are: those of the rooms, else one a recruiter.
fn tables(session: &Session, people: &[Registration]) -> i64 {
    let rooms: i64 = session.plan.venue.rooms.iter().map(|room| room.tables).sum();
    let recruiters: i64 = employers(people).map(|employer| employer.parallel).sum();
    if rooms > 0 { rooms } else { recruiters.max(1) }
}

fn full(person: &Registration, side: Side, cap: i64) -> Clash {
    let code = person.code.clone();
    match side {
        Side::Candidate => Clash::CandidateFull { code, cap },
        Side::Employer => Clash::EmployerFull { code, cap },
    }
}

fn employers(people: &[Registration]) -> impl Iterator<Item = &Registration> {
    people.iter().filter(|person| person.side == Side::Employer)
}

impl Board {
    /// The board of a session; `meetings` may be empty.
    pub fn new(
        session: &Session,
        people: Vec<Registration>,
        wishes: &[Wish],
        meetings: Vec<Meeting>,
    ) -> Self {
        let tables = tables(session, &people);
        // In the order of codes, those who withdrew included: nobody's table changes because another leaves.
        let mut in_order: Vec<&Registration> = employers(&people).collect();
        in_order.sort_by(|left, right| left.code.cmp(&right.code));
        let mut own = BTreeMap::new();
        let mut next = 1;
        for employer in in_order {
            let last = next + employer.parallel - 1;
            if last <= tables {
                own.insert(employer.id, (next..=last).collect());
                next = last + 1;
            }
        }
        Self {
            slots: session.plan.slots(),
            tables,
            people: people.into_iter().map(|person| (person.id, person)).collect(),
            forbidden: wishes
                .iter()
                .filter(|wish| wish.forbidden())
                .map(|wish| wish.pair)
                .collect(),
            own,
            meetings: meetings
                .into_iter()
                .map(|meeting| (meeting.id, meeting))
                .collect(),
        }
    }

    /// Slots of the session.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Tables in all.
    pub fn tables(&self) -> i64 {
        self.tables
    }

    /// Somebody of either side.
    pub fn person(&self, id: Uuid) -> Option<&Registration> {
        self.people.get(&id)
    }

    /// All registrations.
    pub fn people(&self) -> impl Iterator<Item = &Registration> {
        self.people.values()
    }

    /// All meetings that stand, in the order of slots and tables.
    pub fn standing(&self) -> Vec<&Meeting> {
        let mut standing: Vec<&Meeting> = self
            .meetings
            .values()
            .filter(|meeting| meeting.stands())
            .collect();
        standing.sort_by_key(|meeting| (meeting.place, meeting.id));
        standing
    }

    /// A meeting.
    pub fn meeting(&self, id: Uuid) -> Option<&Meeting> {
        self.meetings.get(&id)
    }

    /// The two and the slot, if the pair can have a meeting then besides those on the board.
    fn possible(&self, pair: Pair, slot: i64) -> Result<(&Registration, &Registration, Slot), Clash> {
        let (candidate, employer, time) = self.meetable(pair, slot)?;
        for person in [candidate, employer] {
            if !person.expected() {
                return Err(Clash::Absent {
                    code: person.code.clone(),
                });
            }
        }
        let (mut of_candidate, mut of_employer) = (0, 0);
        for other in self.meetings.values().filter(|meeting| meeting.stands()) {
            if other.pair == pair {
                let (candidate, employer) = (candidate.code.clone(), employer.code.clone());
                return Err(Clash::PairTwice {
                    candidate,
                    employer,
                    at: self.time(other.place.slot),
                });
            }
            of_candidate += i64::from(other.pair.candidate == pair.candidate);
            of_employer += i64::from(other.pair.employer == pair.employer);
        }
        if let Some(cap) = candidate.meetings_max.filter(|cap| of_candidate >= *cap) {
            return Err(full(candidate, Side::Candidate, cap));
        }
        if let Some(cap) = employer.meetings_max.filter(|cap| of_employer >= *cap) {
            return Err(full(employer, Side::Employer, cap));
        }
        Ok((candidate, employer, time))
    }

    /// The two and the slot, if nothing forbids the pair and both are there, whatever else they do.
    pub(super) fn meetable(
        &self,
        pair: Pair,
        slot: i64,
    ) -> Result<(&Registration, &Registration, Slot), Clash> {
        let side = |id, side| {
            self.people
                .get(&id)
                .filter(|person| person.side == side)
                .ok_or(Clash::Unregistered)
        };
        let candidate = side(pair.candidate, Side::Candidate)?;
        let employer = side(pair.employer, Side::Employer)?;
        for person in [candidate, employer] {
            if !person.takes_part() {
                return Err(Clash::Withdrawn {
                    code: person.code.clone(),
                });
            }
        }
        if self.forbidden.contains(&pair) {
            let (candidate, employer) = (candidate.code.clone(), employer.code.clone());
            return Err(Clash::Forbidden { candidate, employer });
        }
        let found = usize::try_from(slot)
            .ok()
            .and_then(|index| self.slots.get(index))
            .copied();
        let time = found.ok_or(Clash::NoSuchSlot {
            slot,
            slots: self.slots.len(),
        })?;
        if !candidate.present(time) {
            let (at, from, to) = self.presence(candidate, time);
            return Err(Clash::CandidateAway {
                code: candidate.code.clone(),
                at,
                from,
                to,
            });
        }
        if !employer.present(time) {
            let (at, from, to) = self.presence(employer, time);
            return Err(Clash::EmployerAway {
                code: employer.code.clone(),
                at,
                from,
                to,
            });
        }
        Ok((candidate, employer, time))
    }

    pub(super) fn put(&mut self, meeting: Meeting) {
        self.meetings.insert(meeting.id, meeting);
    }

    pub(super) fn take(&mut self, id: Uuid) -> Option<Meeting> {
        self.meetings.remove(&id)
    }

    fn at(&self, slot: i64) -> impl Iterator<Item = &Meeting> {
        self.meetings
            .values()
            .filter(move |meeting| meeting.stands() && meeting.place.slot == slot)
    }

    fn code(&self, id: Uuid) -> String {
        self.people
            .get(&id)
            .map(|person| person.code.clone())
            .unwrap_or_default()
    }

    fn time(&self, slot: i64) -> String {
        let slot = usize::try_from(slot).ok().and_then(|index| self.slots.get(index));
        slot.map(|slot| clock(slot.starts)).unwrap_or_default()
    }

    fn presence(&self, person: &Registration, at: Slot) -> (String, String, String) {
        let first = self.slots.first().map_or(at.starts, |slot| slot.starts);
        let last = self.slots.last().map_or(at.ends, |slot| slot.ends);
        (
            clock(at.starts),
            clock(person.arrives.unwrap_or(first)),
            clock(person.leaves.unwrap_or(last)),
        )
    }

    fn candidate_busy(&self, candidate: &Registration, other: &Meeting, at: &str) -> Clash {
        let employer = self.code(other.pair.employer);
        Clash::CandidateBusy {
            candidate: candidate.code.clone(),
            employer,
            at: at.to_owned(),
        }
    }

    fn employer_busy(&self, employer: &Registration, slot: i64, at: &str) -> Clash {
        let others = self.at(slot).filter(|other| other.pair.employer == employer.id);
        let codes: Vec<String> = others.map(|other| self.code(other.pair.candidate)).collect();
        Clash::EmployerBusy {
            employer: employer.code.clone(),
            parallel: employer.parallel,
            at: at.to_owned(),
            candidates: codes.join(", "),
        }
    }

    fn table_taken(&self, other: &Meeting, at: &str) -> Clash {
        Clash::TableTaken {
            table: other.place.table,
            at: at.to_owned(),
            employer: self.code(other.pair.employer),
            candidate: self.code(other.pair.candidate),
        }
    }
}
