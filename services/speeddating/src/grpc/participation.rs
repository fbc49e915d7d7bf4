//! What people do about their own part: requests to actions, and the page's view to a reply.

use std::sync::Arc;

use contracts::{common::v1::Milestone, speeddating::v1 as proto};
use jiff::Timestamp;
use platform::{Moment, error::Failure, grpc::actor};
use proto::participation_service_server::ParticipationService;
use tonic::{Request, Response, Status, async_trait};
use uuid::Uuid;

use super::{
    Reply,
    parse::{id, told},
    print, refused,
};
use crate::{
    actions::{self, Context, Participation, Telling, Theirs, Who},
    domain::{Act, Deed, Note, Side, begun, clock, room},
    error::Error,
    events,
};

/// Serves participants.
pub(crate) struct Participants(pub(crate) Arc<Context>);

#[async_trait]
impl ParticipationService for Participants {
    async fn get_participation(
        &self,
        request: Request<proto::GetParticipationRequest>,
    ) -> Reply<proto::GetParticipationResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let person = id("person_id", &request.person_id)?;
        let found = if request.registration_id.is_empty() {
            let session = id("session_id", &request.session_id)?;
            actions::participation_in(&self.0, &actor, session, person).await
        } else {
            let registration = id("registration_id", &request.registration_id)?;
            actions::get_participation(&self.0, &actor, Who { registration, person }).await
        };
        Ok(Response::new(proto::GetParticipationResponse {
            participation: printed(&found.map_err(refused)?)?,
        }))
    }

    async fn confirm_participation(
        &self,
        request: Request<proto::ConfirmParticipationRequest>,
    ) -> Reply<proto::ConfirmParticipationResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let who = who(&request.registration_id, &request.person_id)?;
        let confirmed = actions::confirm_participation(&self.0, &actor, who)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ConfirmParticipationResponse {
            participation: printed(&confirmed)?,
        }))
    }

    async fn decline_meetings(
        &self,
        request: Request<proto::DeclineMeetingsRequest>,
    ) -> Reply<proto::DeclineMeetingsResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let who = who(&request.registration_id, &request.person_id)?;
        let meeting = one_or_all(&request.meeting_id)?;
        let declined = actions::decline_meetings(&self.0, &actor, who, meeting)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::DeclineMeetingsResponse {
            participation: printed(&declined.participation)?,
            cancelled: print::count(declined.cancelled),
        }))
    }

    async fn take_back_decline(
        &self,
        request: Request<proto::TakeBackDeclineRequest>,
    ) -> Reply<proto::TakeBackDeclineResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let who = who(&request.registration_id, &request.person_id)?;
        let meeting = one_or_all(&request.meeting_id)?;
        let back = actions::take_back_decline(&self.0, &actor, who, meeting)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::TakeBackDeclineResponse {
            participation: printed(&back.participation)?,
            restored: print::count(back.restored),
            lost: print::count(back.lost),
        }))
    }

    async fn tell_meeting(
        &self,
        request: Request<proto::TellMeetingRequest>,
    ) -> Reply<proto::TellMeetingResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let who = who(&request.registration_id, &request.person_id)?;
        let telling = Telling {
            meeting: id("meeting_id", &request.meeting_id)?,
            version: request.version,
            state: told(request)?,
            late: request.late,
        };
        let told = actions::tell_meeting(&self.0, &actor, who, telling)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::TellMeetingResponse {
            participation: printed(&told)?,
        }))
    }

    async fn write_meeting_note(
        &self,
        request: Request<proto::WriteMeetingNoteRequest>,
    ) -> Reply<proto::WriteMeetingNoteResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let who = who(&request.registration_id, &request.person_id)?;
        let meeting = id("meeting_id", &request.meeting_id)?;
        let noted = actions::write_meeting_note(&self.0, &actor, who, meeting, &request.note)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::WriteMeetingNoteResponse {
            participation: printed(&noted)?,
        }))
    }

    async fn list_meeting_notes(
        &self,
        request: Request<proto::ListMeetingNotesRequest>,
    ) -> Reply<proto::ListMeetingNotesResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let notes = actions::list_meeting_notes(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ListMeetingNotesResponse {
            notes: notes.iter().map(note).collect(),
        }))
    }

    async fn list_participant_acts(
        &self,
        request: Request<proto::ListParticipantActsRequest>,
    ) -> Reply<proto::ListParticipantActsResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let deeds = actions::list_participant_acts(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ListParticipantActsResponse {
            acts: deeds.iter().map(act).collect(),
        }))
    }

    async fn create_feed(
        &self,
        request: Request<proto::CreateFeedRequest>,
    ) -> Reply<proto::CreateFeedResponse> {
        let actor = actor(&request)?;
        let person = id("person_id", &request.get_ref().person_id)?;
        let token = actions::create_feed(&self.0, &actor, person)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::CreateFeedResponse { token }))
    }

    async fn revoke_feed(
        &self,
        request: Request<proto::RevokeFeedRequest>,
    ) -> Reply<proto::RevokeFeedResponse> {
        let actor = actor(&request)?;
        let person = id("person_id", &request.get_ref().person_id)?;
        actions::revoke_feed(&self.0, &actor, person)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::RevokeFeedResponse {}))
    }

    async fn open_feed(&self, request: Request<proto::OpenFeedRequest>) -> Reply<proto::OpenFeedResponse> {
        let actor = actor(&request)?;
        let (person, entries) = actions::open_feed(&self.0, &actor, &request.get_ref().token)
            .await
            .map_err(refused)?;
        let entries: Result<Vec<Milestone>, Error> = entries
            .iter()
            .map(|(session, told)| events::print(session, told))
            .collect();
        Ok(Response::new(proto::OpenFeedResponse {
            person_id: person.to_string(),
            entries: entries.map_err(refused)?,
        }))
    }
}

/// The session as participants may see it.
pub(super) fn session(session: &crate::domain::Session) -> proto::Session {
    let whole = print::session(&actions::uncounted(session));
    proto::Session {
        weights: None,
        coordinator_person_id: String::new(),
        cancelled_reason: String::new(),
        ..whole
    }
}

pub(super) fn moment(at: Moment) -> prost_types::Timestamp {
    instant(at.timestamp())
}

fn who(registration: &str, person: &str) -> Result<Who, Failure> {
    Ok(Who {
        registration: id("registration_id", registration)?,
        person: id("person_id", person)?,
    })
}

fn one_or_all(meeting: &str) -> Result<Option<Uuid>, Failure> {
    if meeting.is_empty() {
        return Ok(None);
    }
    id("meeting_id", meeting).map(Some)
}

fn printed(participation: &Participation) -> Result<Option<proto::Participation>, Status> {
    let part = participation;
    let standing = part.meetings.iter().find(|theirs| !theirs.declined);
    let slots = part.session.plan.slots();
    let first = standing
        .and_then(|theirs| usize::try_from(theirs.meeting.place.slot).ok())
        .and_then(|slot| slots.get(slot));
    let mut registration = print::registration(&part.registration);
    // Typed by staff about the person.
    registration.referent = String::new();
    let told = part.told.as_ref();
    let told = told.map(|told| events::print(&part.session, told)).transpose();
    Ok(Some(proto::Participation {
        registration: Some(registration),
        session: Some(session(&part.session)),
        meetings: part.meetings.iter().map(|theirs| meeting(part, theirs)).collect(),
        arrival: first
            .map(|slot| clock(part.session.plan.arrival(slot.starts)))
            .unwrap_or_default(),
        changes_until: part.changes_until.map(instant),
        can_change: part.can_change,
        declined_all: part.registration.declined_all(),
        has_feed: part.has_feed,
        told: told.map_err(refused)?,
    }))
}

fn meeting(part: &Participation, theirs: &Theirs) -> proto::ParticipantMeeting {
    let whole = print::meeting(&part.session, &theirs.meeting);
    let employer = part.registration.side == Side::Employer;
    let note = theirs.note.as_ref();
    proto::ParticipantMeeting {
        meeting_id: whole.meeting_id,
        version: whole.version,
        starts: whole.starts,
        ends: whole.ends,
        table: whole.table,
        room: room(&part.session, theirs.meeting.place.table).to_owned(),
        with_person_id: theirs.other.person_id.to_string(),
        with_organisation_id: theirs
            .other
            .organisation_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        position: theirs.other.position.clone(),
        state: whole.state,
        outcome: if employer { whole.outcome } else { String::new() },
        late: note.is_some_and(|note| note.late),
        note: note.map(|note| note.text.clone()).unwrap_or_default(),
        begun: begun(&part.session, &theirs.meeting, part.now),
        declined: theirs.declined,
    }
}

fn note(note: &Note) -> proto::MeetingNote {
    proto::MeetingNote {
        meeting_id: note.meeting_id.to_string(),
        late: note.late,
        note: note.text.clone(),
        person_id: note.person_id.to_string(),
        at: Some(moment(note.at)),
    }
}

fn act(deed: &Deed) -> proto::ParticipantAct {
    let act = match deed.act {
        Act::Confirmed => "CONFIRMED",
        Act::Declined => "DECLINED",
        Act::DeclinedAll => "DECLINED_ALL",
        Act::TakenBack => "TAKEN_BACK",
        Act::Told => "TOLD",
        Act::Noted => "NOTED",
    };
    proto::ParticipantAct {
        registration_id: deed.registration_id.to_string(),
        person_id: deed.person_id.to_string(),
        act: act.to_owned(),
        meeting_id: deed.meeting_id.map(|id| id.to_string()).unwrap_or_default(),
        at: Some(moment(deed.at)),
    }
}

fn instant(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    }
}
