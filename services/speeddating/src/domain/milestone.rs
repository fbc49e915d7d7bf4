//! What people hear of: their part in a published session, and the confirmation asked of employers.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Board, EndedBy, Kind, Meeting, MeetingState, Registration, Session, Side, State, clock};

/// Items of a list fact (contracts/kinds).
const LIST_MOST: usize = 100;

/// Documents of contracts/kinds that this service publishes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneKind {
    /// One person's part in a published session.
    SpeedDating,
    /// An employer is asked to confirm.
    EmployerConfirmation,
}

/// Why a milestone no longer stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// The session does not take place.
    SessionCancelled,
    /// The organisation ended the participation, or cancelled its last meeting.
    ParticipationCancelled,
    /// The participant withdrew.
    ParticipantWithdrew,
}

/// Who is concerned.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Party {
    /// candidate, `employer_contact` or coordinator.
    pub role: String,
    /// The person.
    pub person_id: Uuid,
    /// Their organisation.
    pub organisation_id: Option<Uuid>,
}

/// A typed value of a milestone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Small records, in order.
    List(Vec<BTreeMap<String, String>>),
}

/// What a milestone says. Two equal contents are told once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Content {
    /// Wall clock.
    pub starts: DateTime,
    /// Wall clock.
    pub ends: DateTime,
    /// IANA name.
    pub time_zone: String,
    /// Who.
    pub parties: Vec<Party>,
    /// What.
    pub facts: BTreeMap<String, Fact>,
}

/// A milestone as it was last told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Emitted {
    /// Whose.
    pub registration_id: Uuid,
    /// Which.
    pub kind: MilestoneKind,
    /// Rises with each telling.
    pub revision: i64,
    /// What was told.
    pub content: Content,
    /// Why it was cleared, if it was.
    pub cleared: Option<Reason>,
}

/// How a milestone should stand now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Wanted {
    /// It stands.
    Planned(Content),
    /// It does not.
    Gone(Reason),
}

impl Emitted {
    /// What to tell so that `wanted` is known; none when it is known already. Revisions of one registration rise over
    /// all of its milestones: `revision` is the highest given out.
    pub fn next(
        told: Option<&Self>,
        registration_id: Uuid,
        kind: MilestoneKind,
        wanted: Wanted,
        revision: i64,
    ) -> Option<Self> {
        let revision = revision + 1;
        match (told, wanted) {
            (None, Wanted::Gone(_)) => None,
            (Some(told), Wanted::Gone(_)) if told.cleared.is_some() => None,
            // Who is told that it is over learns what is over: the content stays.
            (Some(told), Wanted::Gone(reason)) => Some(Self {
                revision,
                cleared: Some(reason),
                ..told.clone()
            }),
            (Some(told), Wanted::Planned(content)) if told.cleared.is_none() && told.content == content => {
                None
            }
            (_, Wanted::Planned(content)) => Some(Self {
                registration_id,
                kind,
                revision,
                content,
                cleared: None,
            }),
        }
    }
}

/// A person's part in the published timetable on `board`.
pub fn participation(
    session: &Session,
    board: &Board,
    person: &Registration,
    meetings: &[&Meeting],
) -> Wanted {
    let mut standing: Vec<&Meeting> = meetings
        .iter()
        .copied()
        .filter(|meeting| meeting.stands())
        .collect();
    standing.sort_by_key(|meeting| meeting.place);
    let slots = board.slots();
    let slot = |meeting: &Meeting| {
        usize::try_from(meeting.place.slot)
            .ok()
            .and_then(|slot| slots.get(slot))
            .copied()
    };
    let times: Vec<_> = standing.iter().filter_map(|meeting| slot(meeting)).collect();
    let (Some(first), Some(last)) = (times.first(), times.iter().map(|slot| slot.ends).max()) else {
        return Wanted::Gone(gone(session, person));
    };
    if let Some(reason) = over(session, person) {
        return Wanted::Gone(reason);
    }
    let mut facts = shared(session, person);
    facts.insert(
        "arrival".to_owned(),
        Fact::Text(clock(session.plan.arrival(first.starts))),
    );
    let count = i64::try_from(standing.len()).unwrap_or(i64::MAX);
    facts.insert("meetings_count".to_owned(), Fact::Number(count));
    let list = standing.iter().filter_map(|meeting| {
        let time = slot(meeting)?;
        let other = match person.side {
            Side::Candidate => board.person(meeting.pair.employer)?,
            Side::Employer => board.person(meeting.pair.candidate)?,
        };
        Some(BTreeMap::from([
            ("starts".to_owned(), clock(time.starts)),
            ("ends".to_owned(), clock(time.ends)),
            ("table".to_owned(), table_name(session, meeting.place.table)),
            ("with".to_owned(), reference(other)),
        ]))
    });
    let mut list: Vec<_> = list.collect();
    if list.len() > LIST_MOST {
        // What the list has no room for is told on a page: whoever has more must hear that it changed all the same.
        facts.insert("meetings_digest".to_owned(), Fact::Text(digest(&list)));
        list.truncate(LIST_MOST);
    }
    facts.insert("meetings".to_owned(), Fact::List(list));
    if person.side == Side::Employer {
        // Nothing is to be said of a meeting to which the candidate, or they themselves, did not come.
        let absent = |id| board.person(id).is_some_and(Registration::absent);
        let open = standing
            .iter()
            .filter(|meeting| meeting.settled(absent) == MeetingState::Planned)
            .count();
        facts.insert(
            "outcomes_missing".to_owned(),
            Fact::Number(i64::try_from(open).unwrap_or(i64::MAX)),
        );
    }
    Wanted::Planned(content(session, person, first.starts, last, facts))
}

/// The confirmation asked of an employer, from registration on.
pub fn confirmation(session: &Session, person: &Registration) -> Wanted {
    if let Some(reason) = over(session, person) {
        return Wanted::Gone(reason);
    }
    let facts = shared(session, person);
    Wanted::Planned(content(
        session,
        person,
        session.plan.starts,
        session.plan.ends,
        facts,
    ))
}

fn content(
    session: &Session,
    person: &Registration,
    starts: Time,
    ends: Time,
    facts: BTreeMap<String, Fact>,
) -> Content {
    Content {
        starts: session.plan.at(starts),
        ends: session.plan.at(ends),
        time_zone: session.plan.time_zone.clone(),
        parties: parties(session, person, facts.contains_key("meetings")),
        facts,
    }
}

fn parties(session: &Session, person: &Registration, with_coordinator: bool) -> Vec<Party> {
    let role = match person.side {
        Side::Employer => "employer_contact",
        Side::Candidate => "candidate",
    };
    let mut parties = vec![Party {
        role: role.to_owned(),
        person_id: person.person_id,
        organisation_id: person.organisation_id,
    }];
    if let Some(person_id) = session.plan.coordinator_person_id.filter(|_| with_coordinator) {
        let organisation_id = Some(session.organisation_id);
        parties.push(Party {
            role: "coordinator".to_owned(),
            person_id,
            organisation_id,
        });
    }
    parties
}

/// Facts that both kinds have.
fn shared(session: &Session, person: &Registration) -> BTreeMap<String, Fact> {
    let kind = match session.kind {
        Kind::EmployerCandidate => "employer_candidate",
        Kind::B2b => "b2b",
    };
    let plan = &session.plan;
    BTreeMap::from([
        ("session_kind".to_owned(), Fact::Text(kind.to_owned())),
        ("session_title".to_owned(), Fact::Text(plan.title.clone())),
        ("session_date".to_owned(), Fact::Text(plan.date.to_string())),
        ("venue_name".to_owned(), Fact::Text(plan.venue.name.clone())),
        ("venue_address".to_owned(), Fact::Text(plan.venue.address.clone())),
        ("confirmed".to_owned(), Fact::Flag(person.confirmed())),
    ])
}

/// Why nothing of this person can stand, whatever the meetings.
fn over(session: &Session, person: &Registration) -> Option<Reason> {
    if session.state == State::Cancelled {
        return Some(Reason::SessionCancelled);
    }
    (!person.takes_part()).then(|| gone(session, person))
}

fn gone(session: &Session, person: &Registration) -> Reason {
    match (session.state, person.ended_by) {
        (State::Cancelled, _) => Reason::SessionCancelled,
        (_, Some(EndedBy::Participant)) => Reason::ParticipantWithdrew,
        (_, Some(EndedBy::Organisation) | None) => Reason::ParticipationCancelled,
    }
}

/// Another one when anything of the list is another.
fn digest(list: &[BTreeMap<String, String>]) -> String {
    let mut hash = Sha256::new();
    for (field, value) in list.iter().flatten() {
        for text in [field, value] {
            hash.update(format!("{}:{text}", text.len()));
        }
    }
    let mut digest = format!("{:x}", hash.finalize());
    digest.truncate(16);
    digest
}

/// Resolved to a display name by the notifier: milestones carry no names.
fn reference(other: &Registration) -> String {
    match other.organisation_id {
        Some(organisation) => format!("organisation/{organisation}"),
        None => format!("person/{}", other.person_id),
    }
}

/// `3`, or `3 (Salle du fond)` where there are several rooms.
fn table_name(session: &Session, table: i64) -> String {
    let rooms = &session.plan.venue.rooms;
    let mut before = 0;
    for room in rooms {
        before += room.tables;
        if table <= before && rooms.len() > 1 && !room.name.is_empty() {
            return format!("{table} ({})", room.name);
        }
    }
    table.to_string()
}
