//! One person in two sessions: from their first meeting to the end of their last they are in one place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

use super::{Board, Clash, Plan, Side, clock};

/// A candidate's part in a published session, by slots.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// The person.
    pub person_id: Uuid,
    /// Their code in that session.
    pub code: String,
    /// Slot of the first meeting.
    pub first: i64,
    /// Slot of the last one.
    pub last: i64,
}

impl Part {
    /// The parts of all candidates of a board who have a meeting, or of those named among them. An employer's contact
    /// is an address, not a seat: it may stand for employers of two sessions.
    pub fn of(board: &Board, only: Option<&BTreeSet<Uuid>>) -> Vec<Self> {
        let mut slots: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
        for meeting in board.standing() {
            let at = meeting.place.slot;
            let (first, last) = slots.entry(meeting.pair.candidate).or_insert((at, at));
            (*first, *last) = ((*first).min(at), (*last).max(at));
        }
        let candidates = board.people().filter(|person| person.side == Side::Candidate);
        candidates
            .filter(|person| only.is_none_or(|only| only.contains(&person.id)))
            .filter_map(|person| {
                let (first, last) = slots.get(&person.id).copied()?;
                Some(Self {
                    person_id: person.person_id,
                    code: person.code.clone(),
                    first,
                    last,
                })
            })
            .collect()
    }

    /// Those of `here` who are in another session at the same time.
    pub fn clashes(here: &[Self], plan: &Plan, elsewhere: &[Self], other: &Plan) -> Vec<Clash> {
        let mut busy: BTreeMap<Uuid, Vec<(Timestamp, Timestamp, &Self)>> = BTreeMap::new();
        for part in elsewhere {
            if let Some((from, until)) = part.hours(other) {
                busy.entry(part.person_id).or_default().push((from, until, part));
            }
        }
        let slots = other.slots();
        let wall = |slot: i64| usize::try_from(slot).ok().and_then(|slot| slots.get(slot));
        let mut clashes = Vec::new();
        for part in here {
            let Some((from, until)) = part.hours(plan) else {
                continue;
            };
            let theirs = busy.get(&part.person_id).into_iter().flatten();
            for (_, _, there) in theirs.filter(|(starts, ends, _)| *starts < until && from < *ends) {
                clashes.push(Clash::Elsewhere {
                    code: part.code.clone(),
                    title: other.title.clone(),
                    date: other.date.to_string(),
                    from: wall(there.first)
                        .map(|slot| clock(slot.starts))
                        .unwrap_or_default(),
                    to: wall(there.last).map(|slot| clock(slot.ends)).unwrap_or_default(),
                });
            }
        }
        clashes
    }

    fn hours(&self, plan: &Plan) -> Option<(Timestamp, Timestamp)> {
        let slots = plan.slots();
        let first = slots.get(usize::try_from(self.first).ok()?)?;
        let last = slots.get(usize::try_from(self.last).ok()?)?;
        let from = plan.instant(plan.at(first.starts)).ok()?;
        Some((from, plan.instant(plan.at(last.ends)).ok()?))
    }
}

impl Plan {
    /// The days, in UTC, that its hours touch, in order: two sessions at one time have one of them in common.
    pub fn days(&self) -> Vec<Date> {
        let day = |time| {
            let instant = self.instant(self.at(time)).ok()?;
            Some(instant.to_zoned(TimeZone::UTC).date())
        };
        let mut days: Vec<Date> = [day(self.starts), day(self.ends)].into_iter().flatten().collect();
        days.dedup();
        days
    }
}
