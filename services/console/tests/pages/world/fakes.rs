use contracts::{
    common::v1::{PageInfo, PageRequest},
    directory::v1::{self as directory, directory_service_server::DirectoryService},
    notifier::v1::{self as notifier, notifier_service_server::NotifierService},
    scheduler::v1::{self as scheduler, ReminderState, scheduler_service_server::SchedulerService},
    speeddating::v1::{
        self as speeddating, Side, planning_service_server::PlanningService,
        speed_dating_service_server::SpeedDatingService,
    },
};
use tonic::{Request, Response, Status};

use super::{World, sample::small};

type Reply<T> = Result<Response<T>, Status>;

/// A service of which pages need some calls only.
macro_rules! service {
    ($service:path, without { $($name:ident($request:ty) -> $response:ty;)* } $($calls:tt)*) => {
        #[tonic::async_trait]
        impl $service for World {
            $($calls)*
            $(async fn $name(&self, _request: Request<$request>) -> Reply<$response> {
                Err(Status::unimplemented(concat!("no page needs ", stringify!($name))))
            })*
        }
    };
}

pub(super) use service;

service! { DirectoryService, without {
        match_people(directory::MatchPeopleRequest) -> directory::MatchPeopleResponse;
        upsert_people(directory::UpsertPeopleRequest) -> directory::UpsertPeopleResponse;
        get_organisation(directory::GetOrganisationRequest) -> directory::GetOrganisationResponse;
        list_organisations(directory::ListOrganisationsRequest) -> directory::ListOrganisationsResponse;
        erase_person(directory::ErasePersonRequest) -> directory::ErasePersonResponse;
        resolve(directory::ResolveRequest) -> directory::ResolveResponse;
        verify_surname(directory::VerifySurnameRequest) -> directory::VerifySurnameResponse;
    }

    async fn get_person(&self, request: Request<directory::GetPersonRequest>) -> Reply<directory::GetPersonResponse> {
        let id = request.into_inner().person_id;
        self.answer("GetPerson", |data| {
            let person = data.people.get(&id).cloned().ok_or_else(|| Status::not_found("no such person"))?;
            Ok(Response::new(directory::GetPersonResponse { person: Some(person) }))
        })
    }

    async fn update_contact(&self, request: Request<directory::UpdateContactRequest>) -> Reply<directory::UpdateContactResponse> {
        let request = request.into_inner();
        self.act("UpdateContact", |data| {
            if !request.mail.is_empty() && !request.mail.contains('@') {
                return Err(platform::error::Failure::field("mail", "is no address").into());
            }
            if data.stale.as_deref() == Some(request.person_id.as_str()) {
                return Err(Status::aborted("stale"));
            }
            let person = data.people.get_mut(&request.person_id).ok_or_else(|| Status::not_found("no such person"))?;
            person.version += 1;
            (person.mail, person.phone, person.language) = (request.mail, request.phone, request.language);
            Ok(directory::UpdateContactResponse { person: Some(person.clone()) })
        })
    }

    async fn set_preference(&self, request: Request<directory::SetPreferenceRequest>) -> Reply<directory::SetPreferenceResponse> {
        let request = request.into_inner();
        self.act("SetPreference", |data| {
            let person = data.people.get_mut(&request.person_id).ok_or_else(|| Status::not_found("no such person"))?;
            person.version += 1;
            (person.refused, person.preferred) = (request.refused, request.preferred);
            Ok(directory::SetPreferenceResponse { person: Some(person.clone()) })
        })
    }

    async fn list_people(&self, request: Request<directory::ListPeopleRequest>) -> Reply<directory::ListPeopleResponse> {
        let request = request.into_inner();
        self.answer("ListPeople", |data| {
            let search = request.search.to_lowercase();
            let found = data.people.values().filter(|person| name(person).to_lowercase().contains(&search));
            let (people, page) = page(found.cloned().collect(), request.page)?;
            Ok(Response::new(directory::ListPeopleResponse { people, page }))
        })
    }

    async fn describe_parties(&self, request: Request<directory::DescribePartiesRequest>) -> Reply<directory::DescribePartiesResponse> {
        let request = request.into_inner();
        if request.person_ids.len() + request.organisation_ids.len() > 500 {
            return Err(Status::invalid_argument("at most 500"));
        }
        self.answer("DescribeParties", |data| {
            let people = request.person_ids.iter().filter_map(|id| Some((id.clone(), name(data.people.get(id)?))));
            let organisations = request.organisation_ids.iter().filter_map(|id| Some((id.clone(), data.organisations.get(id)?.clone())));
            Ok(Response::new(directory::DescribePartiesResponse {
                people: people.collect(),
                organisations: organisations.collect(),
                erased_person_ids: Vec::new(),
            }))
        })
    }
}

service! { SpeedDatingService, without {
        create_session(speeddating::CreateSessionRequest) -> speeddating::CreateSessionResponse;
        update_session(speeddating::UpdateSessionRequest) -> speeddating::UpdateSessionResponse;
        advance_session(speeddating::AdvanceSessionRequest) -> speeddating::AdvanceSessionResponse;
        preview_import(speeddating::PreviewImportRequest) -> speeddating::PreviewImportResponse;
        commit_import(speeddating::CommitImportRequest) -> speeddating::CommitImportResponse;
        export_table(speeddating::ExportTableRequest) -> speeddating::ExportTableResponse;
        withdraw_registration(speeddating::WithdrawRegistrationRequest) -> speeddating::WithdrawRegistrationResponse;
        confirm_registration(speeddating::ConfirmRegistrationRequest) -> speeddating::ConfirmRegistrationResponse;
        list_wishes(speeddating::ListWishesRequest) -> speeddating::ListWishesResponse;
        set_wish(speeddating::SetWishRequest) -> speeddating::SetWishResponse;
        make_timetable(speeddating::MakeTimetableRequest) -> speeddating::MakeTimetableResponse;
        move_meeting(speeddating::MoveMeetingRequest) -> speeddating::MoveMeetingResponse;
        swap_meetings(speeddating::SwapMeetingsRequest) -> speeddating::SwapMeetingsResponse;
        add_meeting(speeddating::AddMeetingRequest) -> speeddating::AddMeetingResponse;
        cancel_meeting(speeddating::CancelMeetingRequest) -> speeddating::CancelMeetingResponse;
        publish(speeddating::PublishRequest) -> speeddating::PublishResponse;
        record_outcome(speeddating::RecordOutcomeRequest) -> speeddating::RecordOutcomeResponse;
    }

    async fn cancel_session(&self, request: Request<speeddating::CancelSessionRequest>) -> Reply<speeddating::CancelSessionResponse> {
        let version = request.into_inner().version;
        self.act("CancelSession", |data| {
            let session = &mut data.sessions[0];
            session.version = super::imports::current(session.version, version)?;
            Ok(speeddating::CancelSessionResponse { session: Some(session.clone()) })
        })
    }

    async fn get_session(&self, request: Request<speeddating::GetSessionRequest>) -> Reply<speeddating::GetSessionResponse> {
        let id = request.into_inner().session_id;
        self.answer("GetSession", |data| {
            let session = data.sessions.iter().find(|session| session.session_id == id).cloned();
            let session = session.ok_or_else(|| Status::not_found("no such session"))?;
            Ok(Response::new(speeddating::GetSessionResponse { session: Some(session) }))
        })
    }

    async fn list_sessions(&self, request: Request<speeddating::ListSessionsRequest>) -> Reply<speeddating::ListSessionsResponse> {
        self.answer("ListSessions", |data| {
            let (sessions, page) = page(data.sessions.clone(), request.into_inner().page)?;
            Ok(Response::new(speeddating::ListSessionsResponse { sessions, page }))
        })
    }

    async fn list_registrations(&self, request: Request<speeddating::ListRegistrationsRequest>) -> Reply<speeddating::ListRegistrationsResponse> {
        let request = request.into_inner();
        self.answer("ListRegistrations", |data| {
            let of_side = |side: Side| request.side() == Side::Unspecified || request.side() == side;
            let own = data.registrations.iter().filter(|registration| {
                registration.session_id == request.session_id && of_side(registration.side())
            });
            let (registrations, page) = page(own.cloned().collect(), request.page.clone())?;
            Ok(Response::new(speeddating::ListRegistrationsResponse { registrations, page }))
        })
    }

    async fn get_timetable(&self, request: Request<speeddating::GetTimetableRequest>) -> Reply<speeddating::GetTimetableResponse> {
        let request = request.into_inner();
        self.answer("GetTimetable", |data| {
            let own = data.timetables.iter().filter(|timetable| timetable.session_id == request.session_id);
            let timetable = own
                .filter(|timetable| request.number == 0 || timetable.number == request.number)
                .max_by_key(|timetable| (timetable.published, timetable.number))
                .cloned()
                .ok_or_else(|| Status::not_found("no such timetable"))?;
            Ok(Response::new(speeddating::GetTimetableResponse { timetable: Some(timetable) }))
        })
    }

    async fn list_timetables(&self, request: Request<speeddating::ListTimetablesRequest>) -> Reply<speeddating::ListTimetablesResponse> {
        let id = request.into_inner().session_id;
        self.answer("ListTimetables", |data| {
            let own = data.timetables.iter().filter(|timetable| timetable.session_id == id).cloned();
            let timetables = own.map(|timetable| speeddating::Timetable { meetings: Vec::new(), ..timetable }).collect();
            Ok(Response::new(speeddating::ListTimetablesResponse { timetables }))
        })
    }
}

service! { PlanningService, without {
        start_timetable(speeddating::StartTimetableRequest) -> speeddating::StartTimetableResponse;
        get_timetable_job(speeddating::GetTimetableJobRequest) -> speeddating::GetTimetableJobResponse;
        list_timetable_jobs(speeddating::ListTimetableJobsRequest) -> speeddating::ListTimetableJobsResponse;
        stop_timetable(speeddating::StopTimetableRequest) -> speeddating::StopTimetableResponse;
        undo_correction(speeddating::UndoCorrectionRequest) -> speeddating::UndoCorrectionResponse;
        compare_timetables(speeddating::CompareTimetablesRequest) -> speeddating::CompareTimetablesResponse;
        preview_publication(speeddating::PreviewPublicationRequest) -> speeddating::PreviewPublicationResponse;
    }

    async fn list_placements(&self, _request: Request<speeddating::ListPlacementsRequest>) -> Reply<speeddating::ListPlacementsResponse> {
        self.answer("ListPlacements", |_| Ok(Response::new(speeddating::ListPlacementsResponse::default())))
    }

    async fn preview_correction(&self, _request: Request<speeddating::PreviewCorrectionRequest>) -> Reply<speeddating::PreviewCorrectionResponse> {
        self.answer("PreviewCorrection", |_| Ok(Response::new(speeddating::PreviewCorrectionResponse::default())))
    }

    async fn list_corrections(&self, _request: Request<speeddating::ListCorrectionsRequest>) -> Reply<speeddating::ListCorrectionsResponse> {
        self.answer("ListCorrections", |_| Ok(Response::new(speeddating::ListCorrectionsResponse::default())))
    }
}

service! { SchedulerService, without {
        release(scheduler::ReleaseRequest) -> scheduler::ReleaseResponse;
        check_policies(scheduler::CheckPoliciesRequest) -> scheduler::CheckPoliciesResponse;
        preview_plan(scheduler::PreviewPlanRequest) -> scheduler::PreviewPlanResponse;
    }

    async fn list_reminders(&self, request: Request<scheduler::ListRemindersRequest>) -> Reply<scheduler::ListRemindersResponse> {
        let request = request.into_inner();
        self.answer("ListReminders", |data| {
            let found = data.reminders.iter().filter(|reminder| {
                (request.person_id.is_empty() || reminder.recipient_person_id == request.person_id)
                    && (request.group.is_empty() || reminder.group == request.group)
                    && (request.person_ids.is_empty() || request.person_ids.contains(&reminder.recipient_person_id))
                    && (request.state() == ReminderState::Unspecified || reminder.state() == request.state())
            });
            let (reminders, page) = page(found.cloned().collect(), request.page.clone())?;
            Ok(Response::new(scheduler::ListRemindersResponse { reminders, page }))
        })
    }

    async fn list_policies(&self, _request: Request<scheduler::ListPoliciesRequest>) -> Reply<scheduler::ListPoliciesResponse> {
        self.answer("ListPolicies", |data| {
            Ok(Response::new(scheduler::ListPoliciesResponse { policies: data.policies.clone() }))
        })
    }

    async fn get_status(&self, request: Request<scheduler::GetStatusRequest>) -> Reply<scheduler::GetStatusResponse> {
        let group = request.into_inner().group;
        self.answer("scheduler.GetStatus", |data| {
            let count = |state: ReminderState| {
                let own = data.reminders.iter().filter(|reminder| group.is_empty() || reminder.group == group);
                small(own.filter(|reminder| reminder.state() == state).count()).into()
            };
            Ok(Response::new(scheduler::GetStatusResponse {
                planned: count(ReminderState::Planned),
                queued: count(ReminderState::Queued),
                sent: count(ReminderState::Sent),
                suppressed: count(ReminderState::Suppressed),
                failed: count(ReminderState::Failed),
                ..Default::default()
            }))
        })
    }
}

service! { NotifierService, without {}

    async fn list_messages(&self, request: Request<notifier::ListMessagesRequest>) -> Reply<notifier::ListMessagesResponse> {
        let request = request.into_inner();
        self.answer("ListMessages", |data| {
            let found = data.messages.iter().filter(|message| {
                (request.person_id.is_empty() || message.person_id == request.person_id)
                    && (request.group.is_empty() || message.group == request.group)
                    && (request.channel.is_empty() || message.channel == request.channel)
            });
            let bare = found.cloned().map(|message| notifier::Message {
                html: String::new(),
                calendar: String::new(),
                ..message
            });
            let (messages, page) = page(bare.collect(), request.page.clone())?;
            Ok(Response::new(notifier::ListMessagesResponse { messages, page }))
        })
    }

    async fn get_message(&self, request: Request<notifier::GetMessageRequest>) -> Reply<notifier::GetMessageResponse> {
        let id = request.into_inner().message_id;
        self.answer("GetMessage", |data| {
            let message = data.messages.iter().find(|message| message.message_id == id).cloned();
            let message = message.ok_or_else(|| Status::not_found("no such message"))?;
            Ok(Response::new(notifier::GetMessageResponse { message: Some(message) }))
        })
    }

    async fn get_delivery(&self, request: Request<notifier::GetDeliveryRequest>) -> Reply<notifier::GetDeliveryResponse> {
        let id = request.into_inner().delivery_id;
        self.answer("GetDelivery", |data| {
            let message = data.messages.iter().find(|message| message.delivery_id == id);
            let message = message.ok_or_else(|| Status::not_found("no such delivery"))?;
            let attempt = notifier::Attempt {
                number: 1,
                channel: message.channel.clone(),
                provider: message.provider.clone(),
                state: message.state.clone(),
                at: message.created_at,
                ..Default::default()
            };
            Ok(Response::new(notifier::GetDeliveryResponse { delivery_id: id, attempts: vec![attempt], ..Default::default() }))
        })
    }

    async fn preview_sms(&self, request: Request<notifier::PreviewSmsRequest>) -> Reply<notifier::PreviewSmsResponse> {
        let text = request.into_inner().text;
        self.answer("PreviewSms", |_| {
            let signs: Vec<char> = text.chars().collect();
            let parts: Vec<String> = signs.chunks(153).map(|part| part.iter().collect()).collect();
            Ok(Response::new(notifier::PreviewSmsResponse {
                encoding: "gsm-7".to_owned(),
                segments: small(parts.len()),
                units: small(signs.len()),
                parts,
                text,
                replaced: Vec::new(),
            }))
        })
    }

    async fn open_link(&self, request: Request<notifier::OpenLinkRequest>) -> Reply<notifier::OpenLinkResponse> {
        let request = request.into_inner();
        self.answer("OpenLink", |data| {
            let link = data.links.iter().find(|link| link.0 == request.token);
            let (_, person_id, subject, group) = link.ok_or_else(|| Status::not_found("no such link"))?;
            if request.surname_letters == "STOP" {
                return Err(Status::resource_exhausted("too many"));
            }
            let surname = data.people[person_id].family_name.to_lowercase();
            let letters = request.surname_letters.to_lowercase();
            if letters.is_empty() || !surname.starts_with(&letters) {
                return Ok(Response::new(notifier::OpenLinkResponse::default()));
            }
            Ok(Response::new(notifier::OpenLinkResponse {
                verified: true,
                person_id: person_id.clone(),
                subject: subject.clone(),
                group: group.clone(),
                expires_at: None,
            }))
        })
    }

    async fn get_status(&self, _request: Request<notifier::GetStatusRequest>) -> Reply<notifier::GetStatusResponse> {
        self.answer("notifier.GetStatus", |data| {
            let unknown = data.messages.iter().filter(|message| message.state == "unknown").count();
            Ok(Response::new(notifier::GetStatusResponse { unknown: small(unknown).into(), ..Default::default() }))
        })
    }
}

fn name(person: &directory::Person) -> String {
    format!("{} {}", person.given_name, person.family_name)
}

/// The token is the number of rows before; the services' own are opaque as well.
fn page<T>(all: Vec<T>, request: Option<PageRequest>) -> Result<(Vec<T>, Option<PageInfo>), Status> {
    let request = request.unwrap_or_default();
    let size = match request.size {
        0 => 100,
        size @ 1..=500 => usize::try_from(size).unwrap_or(0),
        _ => return Err(Status::invalid_argument("page.size")),
    };
    let before = match request.token.as_str() {
        "" => 0,
        token => token
            .parse()
            .map_err(|_| Status::invalid_argument("page.token"))?,
    };
    let next_token = if all.len() > before + size {
        (before + size).to_string()
    } else {
        String::new()
    };
    Ok((
        all.into_iter().skip(before).take(size).collect(),
        Some(PageInfo { next_token }),
    ))
}
