//! Small sessions made of numbers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    Timestamp,
    civil::{Time, date, time},
};
use speeddating::domain::{
    Board, Break, Kind, Pair, Plan, Registration, Session, Side, Standing, State, Venue, Weights, Wish,
};
use uuid::Uuid;

pub(crate) fn plan() -> Plan {
    Plan {
        title: "Rencontres".to_owned(),
        date: date(2026, 11, 25),
        starts: time(9, 0, 0, 0),
        ends: time(10, 30, 0, 0),
        time_zone: "Europe/Paris".to_owned(),
        slot_minutes: 15,
        breaks: Vec::new(),
        venue: Venue::default(),
        weights: Weights::default(),
        arrival_minutes: 15,
        coordinator_person_id: None,
    }
}

pub(crate) fn session(plan: Plan) -> Session {
    Session {
        id: Uuid::from_u128(1),
        version: 1,
        organisation_id: Uuid::from_u128(2),
        kind: Kind::EmployerCandidate,
        state: State::SchedulePublished,
        plan,
        published_timetable: 1,
        cancelled_reason: String::new(),
        inputs: 0,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn pause(from: Time, to: Time) -> Break {
    Break { from, to }
}

/// The id of an employer or a candidate.
pub(crate) fn id(side: Side, number: usize) -> Uuid {
    let base = if side == Side::Employer { 1_000 } else { 2_000 };
    Uuid::from_u128(base + u128::try_from(number).unwrap())
}

pub(crate) fn person(side: Side, number: usize) -> Registration {
    Registration {
        id: id(side, number),
        version: 1,
        session_id: Uuid::from_u128(1),
        side,
        code: format!("{}{number:03}", if side == Side::Employer { "E" } else { "C" }),
        person_id: Uuid::from_u128(id(side, number).as_u128() + 10_000),
        organisation_id: (side == Side::Employer)
            .then(|| Uuid::from_u128(id(side, number).as_u128() + 20_000)),
        standing: Standing::Registered,
        ended_by: None,
        arrives: None,
        leaves: None,
        meetings_max: None,
        parallel: 1,
        position: String::new(),
        referent: String::new(),
    }
}

pub(crate) fn pair(candidate: usize, employer: usize) -> Pair {
    Pair {
        candidate: id(Side::Candidate, candidate),
        employer: id(Side::Employer, employer),
    }
}

pub(crate) fn wish(candidate: usize, employer: usize, rank: i64) -> Wish {
    Wish {
        pair: pair(candidate, employer),
        rank,
        opinion: None,
        recommended: false,
        must: false,
        must_not: false,
    }
}

/// What cannot be, by rules written here a second time and not taken from the service.
pub(crate) fn broken(board: &Board, people: &[Registration], wishes: &[Wish], tables: i64) -> Vec<String> {
    let mut broken = Vec::new();
    let by_id: BTreeMap<Uuid, &Registration> = people.iter().map(|person| (person.id, person)).collect();
    let mut busy: BTreeMap<(Uuid, i64), i64> = BTreeMap::new();
    let mut load: BTreeMap<Uuid, i64> = BTreeMap::new();
    let (mut places, mut pairs) = (BTreeSet::new(), BTreeSet::new());
    for meeting in board.standing() {
        let slot = board.slots()[usize::try_from(meeting.place.slot).unwrap()];
        for id in [meeting.pair.candidate, meeting.pair.employer] {
            let person = by_id[&id];
            let now = busy.entry((id, meeting.place.slot)).or_default();
            *now += 1;
            if *now > person.parallel {
                broken.push(format!("{} is in two places at {}", person.code, slot.starts));
            }
            let all = load.entry(id).or_default();
            *all += 1;
            if person.meetings_max.is_some_and(|cap| *all > cap) {
                broken.push(format!("{} has too many meetings", person.code));
            }
            if person.arrives.is_some_and(|time| time > slot.starts)
                || person.leaves.is_some_and(|time| time < slot.ends)
            {
                broken.push(format!("{} is not there at {}", person.code, slot.starts));
            }
        }
        if !places.insert((meeting.place.table, meeting.place.slot))
            || !(1..=tables).contains(&meeting.place.table)
        {
            broken.push(format!("table {} at {}", meeting.place.table, slot.starts));
        }
        if !pairs.insert(meeting.pair) {
            broken.push("a pair meets twice".to_owned());
        }
        if wishes
            .iter()
            .any(|wish| wish.pair == meeting.pair && wish.forbidden())
        {
            broken.push("a forbidden pair meets".to_owned());
        }
    }
    broken
}
