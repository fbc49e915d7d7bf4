//! A meeting, or a pair, for which a place is looked for.

use std::{collections::BTreeMap, fmt::Write as _};

use contracts::speeddating::v1::{
    ListPlacementsRequest, ListPlacementsResponse, MeetingPair, Placement, PlacementState,
    list_placements_request::What,
};
use uuid::Uuid;

use super::{Ground, Question, grid_address, says};
use crate::{
    Clients,
    error::Error,
    pages::{Asked, At},
    roll::Roll,
    staff::Staff,
    texts::Texts,
};

/// What is being placed, and where it can go. `selected` in templates.
pub(super) struct Selected {
    /// Empty for a pair to be added.
    pub(super) meeting: String,
    pub(super) version: i64,
    pub(super) candidate: String,
    pub(super) employer: String,
    /// "Ada Martin et Menuiserie Roux".
    pub(super) words: String,
    /// Where it is now; empty for a pair.
    pub(super) now: String,
    /// Leaves without a change.
    pub(super) leave: String,
    /// Places as "slot.table", and their words: what scripts off chooses from.
    pub(super) places: Vec<(String, String)>,
    /// Exchanges as "meeting.version", and their words.
    pub(super) swaps: Vec<(String, String)>,
    offers: BTreeMap<(i32, i32), Offer>,
}

/// What a cell says while a place is looked for.
#[derive(Clone)]
pub(super) enum Offer {
    /// It is here.
    Here,
    /// It can be put here: "slot.table".
    Place(String),
    /// It can be exchanged with who is here: "meeting.version".
    Swap(String),
    /// Why not.
    No(String),
}

impl Selected {
    /// What the address names, with its places; none when it names nothing.
    pub(super) async fn read(
        t: Texts,
        staff: &Clients,
        ground: &Ground,
        question: &Question,
    ) -> Result<Option<Self>, Error> {
        let what = match (
            question.deplacer.as_str(),
            &question.candidat,
            &question.employeur,
        ) {
            ("", candidate, employer) if candidate.is_empty() || employer.is_empty() => return Ok(None),
            ("", candidate, employer) => What::Pair(MeetingPair {
                candidate_id: candidate.clone(),
                employer_id: employer.clone(),
            }),
            (meeting, ..) => What::MeetingId(meeting.to_owned()),
        };
        let found = look(staff, ground, what).await?;
        Ok(Some(Self::new(t, ground, question, &found)))
    }

    fn new(t: Texts, ground: &Ground, question: &Question, found: &ListPlacementsResponse) -> Self {
        let session = &ground.session.session_id;
        let meeting = found.meeting.as_ref();
        let (candidate, employer) = meeting.map_or_else(
            || (question.candidat.clone(), question.employeur.clone()),
            |meeting| (meeting.candidate_id.clone(), meeting.employer_id.clone()),
        );
        let mut selected = Self {
            meeting: meeting.map(|one| one.meeting_id.clone()).unwrap_or_default(),
            version: meeting.map(|one| one.version).unwrap_or_default(),
            words: says::pair(t, &ground.roll, &candidate, &employer),
            now: meeting
                .map(|one| says::place(t, &one.starts, one.table))
                .unwrap_or_default(),
            leave: grid_address(session, ground.timetable.number, &[("vu", &question.deplacer)]),
            candidate,
            employer,
            places: Vec::new(),
            swaps: Vec::new(),
            offers: BTreeMap::new(),
        };
        let meetings = &ground.timetable.meetings;
        for slot in &found.slots {
            for place in &slot.tables {
                let offer = offer(t, slot.slot, place);
                let words = says::place(t, &slot.starts, place.table);
                match &offer {
                    Offer::Place(value) => selected.places.push((value.clone(), words)),
                    Offer::Swap(value) => {
                        let other = meetings
                            .iter()
                            .find(|one| one.meeting_id == place.other_meeting_id);
                        let who = other.map(|one| name_of(t, &ground.roll, one)).unwrap_or_default();
                        selected.swaps.push((value.clone(), format!("{words} – {who}")));
                    }
                    Offer::Here | Offer::No(_) => {}
                }
                selected.offers.insert((slot.slot, place.table), offer);
            }
        }
        selected
    }

    /// What a cell says; none for a place that does not exist.
    pub(super) fn offer(&self, slot: i32, table: i32) -> Option<&Offer> {
        self.offers.get(&(slot, table))
    }

    /// Whether nothing at all is possible.
    pub(super) fn stuck(&self) -> bool {
        self.places.is_empty() && self.swaps.is_empty()
    }
}

fn name_of(t: Texts, roll: &Roll, meeting: &contracts::speeddating::v1::Meeting) -> String {
    says::pair(t, roll, &meeting.candidate_id, &meeting.employer_id)
}

fn offer(t: Texts, slot: i32, place: &Placement) -> Offer {
    match place.state() {
        PlacementState::Current => Offer::Here,
        PlacementState::Possible => Offer::Place(format!("{slot}.{}", place.table)),
        PlacementState::Swap => Offer::Swap(format!("{}.{}", place.other_meeting_id, place.other_version)),
        PlacementState::Impossible | PlacementState::Unspecified => Offer::No(says::reason(t, &place.reason)),
    }
}

/// All places of a meeting or a pair.
pub(super) async fn look(
    staff: &Clients,
    ground: &Ground,
    what: What,
) -> Result<ListPlacementsResponse, Error> {
    let request = ListPlacementsRequest {
        session_id: ground.session.session_id.clone(),
        number: ground.timetable.number,
        what: Some(what),
    };
    Ok(staff.planning().list_placements(request).await?.into_inner())
}

/// The places of a meeting that is being dragged: a line each, slot and table, and with what it would be exchanged.
pub(super) async fn places(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<String, Error> {
    let request = ListPlacementsRequest {
        session_id: id.to_string(),
        number: question.numero,
        what: Some(What::MeetingId(question.deplacer)),
    };
    let found = staff
        .clients
        .planning()
        .list_placements(request)
        .await?
        .into_inner();
    let mut places = String::new();
    for slot in &found.slots {
        for place in &slot.tables {
            let can = match place.state() {
                PlacementState::Possible => String::new(),
                PlacementState::Swap => format!("{}.{}", place.other_meeting_id, place.other_version),
                _ => continue,
            };
            // Writing to a string cannot fail.
            let _ = writeln!(places, "{}.{} {can}", slot.slot, place.table);
        }
    }
    Ok(places)
}
