//! The services of the pages behind a link: visits, one's own part, partners.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{
    common::v1::{Fact, FactItem, FactList, Milestone, fact::Value},
    speeddating::v1::{
        self as proto, MeetingState, RegistrationState, Side,
        participation_service_server::ParticipationService,
    },
};
use platform::error::{Failure, Kind};
use tonic::{Request, Response, Status};

use super::{Data, World};

pub(super) type Reply<T> = Result<Response<T>, Status>;

/// The partner's link of the sample.
pub(crate) const PARTNER_LINK: &str = "PaRtNeRLiNkOfThEsAmPlE";
pub(crate) const PARTNER_CODE: &str = "123456";
/// The address of unsubscription of the sample's first candidate.
pub(crate) const UNSUBSCRIBE: &str = "UnSuBsCrIbEoFtHeSaMpLe";

/// What these services know.
#[derive(Default)]
pub(crate) struct Behind {
    /// Token and visit.
    pub(crate) visits: Vec<(String, String)>,
    pub(crate) declined: BTreeSet<String>,
    /// Late, note.
    pub(crate) notes: BTreeMap<String, (bool, String)>,
    /// After the hour until which people decline.
    pub(crate) too_late: bool,
    /// The meetings have begun.
    pub(crate) begun: bool,
    /// A declined place was given away.
    pub(crate) given_away: bool,
    /// Who stopped what is optional.
    pub(crate) stopped: BTreeSet<String>,
    pub(crate) feeds: BTreeMap<String, String>,
    pub(crate) partner_people: Vec<proto::PartnerPerson>,
    pub(crate) links: Vec<proto::PartnerLink>,
    /// Requests that made one.
    pub(crate) link_requests: BTreeSet<String>,
}

impl World {
    pub(super) fn act<T>(
        &self,
        call: &str,
        act: impl FnOnce(&mut Data) -> Result<T, Status>,
    ) -> Result<Response<T>, Status> {
        self.answer(call, |_| Ok(()))?;
        act(&mut self.data.lock().unwrap()).map(Response::new)
    }
}

pub(super) fn refused(reason: &'static str) -> Status {
    Failure::new(Kind::Precondition, reason, "refused").into()
}

fn part(
    data: &Data,
    registration: &str,
    person: &str,
    session: &str,
) -> Result<proto::Participation, Status> {
    let own = data.registrations.iter().find(|own| {
        own.person_id == person
            && (own.registration_id == registration || (registration.is_empty() && own.session_id == session))
    });
    let own = own.ok_or_else(|| Status::not_found("nobody"))?;
    let session = data
        .sessions
        .iter()
        .find(|session| session.session_id == own.session_id)
        .unwrap();
    let published = data.timetables.iter().find(|timetable| timetable.published);
    let employer = own.side() == Side::Employer;
    let mut meetings: Vec<proto::ParticipantMeeting> = published
        .iter()
        .flat_map(|timetable| &timetable.meetings)
        .filter(|meeting| {
            meeting.candidate_id == own.registration_id || meeting.employer_id == own.registration_id
        })
        .filter(|meeting| {
            meeting.state() != MeetingState::Cancelled || data.behind.declined.contains(&meeting.meeting_id)
        })
        .map(|meeting| {
            let other = if employer {
                &meeting.candidate_id
            } else {
                &meeting.employer_id
            };
            let other = data
                .registrations
                .iter()
                .find(|known| known.registration_id == *other)
                .unwrap();
            let (late, note) = data
                .behind
                .notes
                .get(&meeting.meeting_id)
                .cloned()
                .unwrap_or_default();
            proto::ParticipantMeeting {
                meeting_id: meeting.meeting_id.clone(),
                version: meeting.version,
                starts: meeting.starts.clone(),
                ends: meeting.ends.clone(),
                table: meeting.table,
                room: String::new(),
                with_person_id: other.person_id.clone(),
                with_organisation_id: other.organisation_id.clone(),
                position: other.position.clone(),
                state: meeting.state,
                outcome: if employer {
                    meeting.outcome.clone()
                } else {
                    String::new()
                },
                late: employer && late,
                note: if employer { note } else { String::new() },
                begun: data.behind.begun,
                declined: data.behind.declined.contains(&meeting.meeting_id),
            }
        })
        .collect();
    meetings.sort_by_key(|meeting| (meeting.declined, meeting.starts.clone()));
    let standing: Vec<_> = meetings.iter().filter(|meeting| !meeting.declined).collect();
    let told = standing
        .first()
        .map(|first| told(own, session, first, standing.last().unwrap()));
    let arrival = standing.first().map(|first| {
        let time: jiff::civil::Time = jiff::civil::Time::strptime("%H:%M", &first.starts).unwrap();
        time.saturating_sub(jiff::Span::new().minutes(i64::from(session.arrival_minutes)))
            .strftime("%H:%M")
            .to_string()
    });
    Ok(proto::Participation {
        registration: Some(own.clone()),
        session: Some(session.clone()),
        arrival: arrival.unwrap_or_default(),
        changes_until: Some(prost_types::Timestamp {
            seconds: 1_795_536_000,
            nanos: 0,
        }),
        can_change: !employer
            && !data.behind.too_late
            && session.state() == proto::SessionState::SchedulePublished,
        declined_all: own.state() == RegistrationState::Withdrawn
            && meetings.iter().any(|meeting| meeting.declined),
        has_feed: data.behind.feeds.values().any(|known| known == person),
        told,
        meetings,
    })
}

fn told(
    own: &proto::Registration,
    session: &proto::Session,
    first: &proto::ParticipantMeeting,
    last: &proto::ParticipantMeeting,
) -> Milestone {
    let at = |time: &str| {
        let local: jiff::civil::DateTime = format!("{}T{time}:00", session.date).parse().unwrap();
        let at = local.in_tz("Europe/Paris").unwrap().timestamp();
        Some(prost_types::Timestamp {
            seconds: at.as_second(),
            nanos: 0,
        })
    };
    let text = |text: &str| Fact {
        value: Some(Value::Text(text.to_owned())),
    };
    let meeting = FactItem {
        fields: BTreeMap::from([
            ("starts".to_owned(), first.starts.clone()),
            ("table".to_owned(), first.table.to_string()),
            (
                "with".to_owned(),
                format!("organisation/{}", first.with_organisation_id),
            ),
        ]),
    };
    Milestone {
        subject: format!("speeddating.participation/{}", own.registration_id),
        kind: "speed_dating".to_owned(),
        revision: 7,
        starts_at: at(&first.starts),
        ends_at: at(&last.ends),
        group: format!("speeddating.session/{}", session.session_id),
        facts: BTreeMap::from([
            ("session_title".to_owned(), text(&session.title)),
            (
                "venue_name".to_owned(),
                text(&session.venue.clone().unwrap_or_default().name),
            ),
            ("arrival".to_owned(), text("09:30")),
            (
                "meetings".to_owned(),
                Fact {
                    value: Some(Value::List(FactList { items: vec![meeting] })),
                },
            ),
        ]),
        ..Milestone::default()
    }
}

fn meeting<'d>(data: &'d mut Data, id: &str) -> Result<&'d mut proto::Meeting, Status> {
    let mut all = data
        .timetables
        .iter_mut()
        .filter(|timetable| timetable.published)
        .flat_map(|timetable| &mut timetable.meetings);
    all.find(|meeting| meeting.meeting_id == id)
        .ok_or_else(|| Status::not_found("no such meeting"))
}

fn registration<'d>(data: &'d mut Data, id: &str) -> &'d mut proto::Registration {
    data.registrations
        .iter_mut()
        .find(|own| own.registration_id == id)
        .unwrap()
}

#[tonic::async_trait]
impl ParticipationService for World {
    async fn get_participation(
        &self,
        request: Request<proto::GetParticipationRequest>,
    ) -> Reply<proto::GetParticipationResponse> {
        let request = request.into_inner();
        self.act("GetParticipation", |data| {
            let participation = Some(part(
                data,
                &request.registration_id,
                &request.person_id,
                &request.session_id,
            )?);
            Ok(proto::GetParticipationResponse { participation })
        })
    }

    async fn confirm_participation(
        &self,
        request: Request<proto::ConfirmParticipationRequest>,
    ) -> Reply<proto::ConfirmParticipationResponse> {
        let request = request.into_inner();
        self.act("ConfirmParticipation", |data| {
            part(data, &request.registration_id, &request.person_id, "")?;
            registration(data, &request.registration_id).state = RegistrationState::Confirmed.into();
            Ok(proto::ConfirmParticipationResponse::default())
        })
    }

    async fn decline_meetings(
        &self,
        request: Request<proto::DeclineMeetingsRequest>,
    ) -> Reply<proto::DeclineMeetingsResponse> {
        let request = request.into_inner();
        self.act("DeclineMeetings", |data| {
            let before = part(data, &request.registration_id, &request.person_id, "")?;
            if data.behind.too_late {
                return Err(refused("TOO_LATE"));
            }
            let standing: Vec<String> = before
                .meetings
                .iter()
                .filter(|own| !own.declined)
                .map(|own| own.meeting_id.clone())
                .collect();
            let gone: Vec<String> = standing
                .iter()
                .filter(|id| request.meeting_id.is_empty() || **id == request.meeting_id)
                .cloned()
                .collect();
            for id in &gone {
                meeting(data, id)?.state = MeetingState::Cancelled.into();
                data.behind.declined.insert(id.clone());
            }
            if gone.len() == standing.len() {
                registration(data, &request.registration_id).state = RegistrationState::Withdrawn.into();
            }
            Ok(proto::DeclineMeetingsResponse {
                participation: None,
                cancelled: i32::try_from(gone.len()).unwrap(),
            })
        })
    }

    async fn take_back_decline(
        &self,
        request: Request<proto::TakeBackDeclineRequest>,
    ) -> Reply<proto::TakeBackDeclineResponse> {
        let request = request.into_inner();
        self.act("TakeBackDecline", |data| {
            part(data, &request.registration_id, &request.person_id, "")?;
            if data.behind.given_away && !request.meeting_id.is_empty() {
                return Err(refused("CLASH"));
            }
            let back: Vec<String> = data
                .behind
                .declined
                .iter()
                .filter(|id| request.meeting_id.is_empty() || **id == request.meeting_id)
                .cloned()
                .collect();
            for id in &back {
                meeting(data, id)?.state = MeetingState::Planned.into();
                data.behind.declined.remove(id);
            }
            registration(data, &request.registration_id).state = RegistrationState::Confirmed.into();
            Ok(proto::TakeBackDeclineResponse {
                participation: None,
                restored: i32::try_from(back.len()).unwrap(),
                lost: 0,
            })
        })
    }

    async fn tell_meeting(
        &self,
        request: Request<proto::TellMeetingRequest>,
    ) -> Reply<proto::TellMeetingResponse> {
        let request = request.into_inner();
        self.act("TellMeeting", |data| {
            part(data, &request.registration_id, &request.person_id, "")?;
            if !data.behind.begun {
                return Err(refused("NOT_BEGUN"));
            }
            data.behind.notes.entry(request.meeting_id.clone()).or_default().0 = request.late;
            let found = meeting(data, &request.meeting_id)?;
            if found.version != request.version {
                return Err(Status::aborted("stale"));
            }
            if request.state() != MeetingState::Unspecified {
                found.state = request.state;
                found.outcome.clone_from(&request.outcome);
                found.version += 1;
            }
            Ok(proto::TellMeetingResponse::default())
        })
    }

    async fn write_meeting_note(
        &self,
        request: Request<proto::WriteMeetingNoteRequest>,
    ) -> Reply<proto::WriteMeetingNoteResponse> {
        let request = request.into_inner();
        self.act("WriteMeetingNote", |data| {
            part(data, &request.registration_id, &request.person_id, "")?;
            data.behind.notes.entry(request.meeting_id).or_default().1 = request.note;
            Ok(proto::WriteMeetingNoteResponse::default())
        })
    }

    async fn list_meeting_notes(
        &self,
        _: Request<proto::ListMeetingNotesRequest>,
    ) -> Reply<proto::ListMeetingNotesResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn list_participant_acts(
        &self,
        _: Request<proto::ListParticipantActsRequest>,
    ) -> Reply<proto::ListParticipantActsResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn create_feed(
        &self,
        request: Request<proto::CreateFeedRequest>,
    ) -> Reply<proto::CreateFeedResponse> {
        let person = request.into_inner().person_id;
        self.act("CreateFeed", |data| {
            data.behind.feeds.retain(|_, known| *known != person);
            let token = format!("FeEdOfThEsAmPlE{:07}", data.behind.feeds.len());
            data.behind.feeds.insert(token.clone(), person);
            Ok(proto::CreateFeedResponse { token })
        })
    }

    async fn revoke_feed(
        &self,
        request: Request<proto::RevokeFeedRequest>,
    ) -> Reply<proto::RevokeFeedResponse> {
        let person = request.into_inner().person_id;
        self.act("RevokeFeed", |data| {
            data.behind.feeds.retain(|_, known| *known != person);
            Ok(proto::RevokeFeedResponse {})
        })
    }

    async fn open_feed(&self, request: Request<proto::OpenFeedRequest>) -> Reply<proto::OpenFeedResponse> {
        let token = request.into_inner().token;
        self.act("OpenFeed", |data| {
            let person_id = data
                .behind
                .feeds
                .get(&token)
                .cloned()
                .ok_or_else(|| Status::not_found("no feed"))?;
            let session = data.sessions[0].session_id.clone();
            let entries = part(data, "", &person_id, &session)?.told.into_iter().collect();
            Ok(proto::OpenFeedResponse { person_id, entries })
        })
    }
}
