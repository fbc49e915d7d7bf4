//! What employers say of their meetings by their page, and who reads it.

use std::collections::BTreeSet;

use contracts::speeddating::v1::{self as proto, participation_service_client::ParticipationServiceClient};
use platform::{
    auth::{Actor, Role, Scope},
    bus::Envelope,
    grpc::Transport,
    on_each_database,
    testing::moment,
};
use prost::Message as _;
use speeddating::MIGRATIONS;
use tonic::Code;
use uuid::Uuid;

use super::{
    participation::console,
    world::{OTHER, OWNER, World, refused},
};

fn staff(world: &World, role: Role, organisation: Uuid) -> ParticipationServiceClient<Transport> {
    let actor = Actor {
        subject: "staff".to_owned(),
        role,
        scope: Scope::Organisations(BTreeSet::from([organisation])),
    };
    ParticipationServiceClient::new(world.ground.transport(world.service.routes(), actor))
}

/// The employer of the timetable's first meeting.
async fn employer(world: &World, timetable: &proto::Timetable) -> (proto::Registration, proto::Meeting) {
    let meeting = timetable.meetings[0].clone();
    let people = world.people(&timetable.session_id).await;
    let employer = people
        .into_values()
        .find(|person| person.registration_id == meeting.employer_id);
    (employer.unwrap(), meeting)
}

fn tell(who: &proto::Registration, meeting: &proto::Meeting) -> proto::TellMeetingRequest {
    proto::TellMeetingRequest {
        registration_id: who.registration_id.clone(),
        person_id: who.person_id.clone(),
        meeting_id: meeting.meeting_id.clone(),
        version: meeting.version,
        ..proto::TellMeetingRequest::default()
    }
}

fn write(who: &proto::Registration, meeting: &proto::Meeting, note: &str) -> proto::WriteMeetingNoteRequest {
    proto::WriteMeetingNoteRequest {
        registration_id: who.registration_id.clone(),
        person_id: who.person_id.clone(),
        meeting_id: meeting.meeting_id.clone(),
        note: note.to_owned(),
    }
}

fn shown(part: Option<proto::Participation>, meeting: &proto::Meeting) -> proto::ParticipantMeeting {
    let meetings = part.unwrap().meetings;
    meetings
        .into_iter()
        .find(|shown| shown.meeting_id == meeting.meeting_id)
        .unwrap()
}

on_each_database! { MIGRATIONS,
    async fn an_employer_tells_what_became_of_a_meeting_once_it_has_begun(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let (who, meeting) = employer(&world, &timetable).await;
        let mut page = console(&world);
        let held = proto::TellMeetingRequest {
            state: proto::MeetingState::Held.into(),
            outcome: "interest".to_owned(),
            late: true,
            ..tell(&who, &meeting)
        };
        assert_eq!(refused(page.tell_meeting(held.clone()).await).1, "NOT_BEGUN");
        let clock = &world.ground.ground.clock;
        clock.advance(moment("2026-11-25T11:30:00Z").timestamp().duration_since(clock.now().timestamp()));
        world.told().await;
        let told = page.tell_meeting(held.clone()).await.unwrap().into_inner();
        let after = shown(told.participation, &meeting);
        assert_eq!((after.state(), after.outcome.as_str(), after.late), (proto::MeetingState::Held, "interest", true));
        assert!(!world.told().await.is_empty(), "outcomes_missing was not told");
        assert_eq!(refused(page.tell_meeting(held).await).1, "STALE_VERSION");
        let foreign = timetable.meetings.iter().find(|other| other.employer_id != who.registration_id).unwrap();
        let reply = page.tell_meeting(proto::TellMeetingRequest {
            state: proto::MeetingState::Held.into(), ..tell(&who, foreign)
        }).await;
        assert_eq!(refused(reply).0, Code::NotFound);
        let candidate = world.people(&session.session_id).await.into_values()
            .find(|person| person.registration_id == meeting.candidate_id).unwrap();
        let reply = page.tell_meeting(tell(&candidate, &meeting)).await;
        assert_eq!(refused(reply).1, "NOT_IN_THIS_STATE", "a candidate spoke for the employer");
        let odd = proto::TellMeetingRequest { state: proto::MeetingState::Cancelled.into(), ..tell(&who, &meeting) };
        assert_eq!(refused(page.tell_meeting(odd).await).0, Code::InvalidArgument);
    }

    async fn a_note_is_bounded_read_by_its_writer_and_the_owner_only_and_never_told(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let (who, meeting) = employer(&world, &timetable).await;
        let mut page = console(&world);
        world.told().await;
        let words = "Très à l'aise <b>oral</b>\nrappeler lundi";
        let noted = page.write_meeting_note(write(&who, &meeting, words)).await.unwrap().into_inner();
        assert_eq!(shown(noted.participation, &meeting).note, words);
        assert!(world.told().await.is_empty(), "a note entered a milestone");
        let long = "é".repeat(501);
        assert_eq!(refused(page.write_meeting_note(write(&who, &meeting, &long)).await).0, Code::InvalidArgument);
        let odd = page.write_meeting_note(write(&who, &meeting, "a\0b")).await;
        assert_eq!(refused(odd).0, Code::InvalidArgument);

        let list = || proto::ListMeetingNotesRequest { session_id: session.session_id.clone() };
        let notes = staff(&world, Role::Coordinator, OWNER).list_meeting_notes(list()).await.unwrap().into_inner().notes;
        assert_eq!((notes.len(), notes[0].note.as_str()), (1, words));
        assert_eq!(notes[0].person_id, who.person_id);
        let other = staff(&world, Role::Coordinator, OTHER).list_meeting_notes(list()).await;
        assert_eq!(refused(other).0, Code::NotFound);
        let partner = staff(&world, Role::Partner, OWNER).list_meeting_notes(list()).await;
        assert_eq!(refused(partner).0, Code::PermissionDenied);

        let candidate = world.people(&session.session_id).await.into_values()
            .find(|person| person.registration_id == meeting.candidate_id).unwrap();
        let request = proto::GetParticipationRequest {
            registration_id: candidate.registration_id.clone(), person_id: candidate.person_id.clone(),
            ..proto::GetParticipationRequest::default()
        };
        let theirs = page.get_participation(request).await.unwrap().into_inner().participation;
        assert_eq!(shown(theirs, &meeting).note, "", "the candidate reads what was noted about them");

        // Who is erased is no longer written about.
        let erased = contracts::directory::v1::PersonErased { person_id: candidate.person_id, version: 2 };
        let event = Envelope {
            id: world.ground.ground.ids.id(),
            routing_key: "directory.person.erased.v1".to_owned(),
            body: erased.encode_to_vec(),
            occurred_at: world.ground.ground.clock.now(),
            traceparent: String::new(),
        };
        let mut tx = world.db.begin().await.unwrap();
        world.service.handler().handle(&mut tx, &event).await.unwrap();
        tx.commit().await.unwrap();
        let notes = staff(&world, Role::Coordinator, OWNER).list_meeting_notes(list()).await.unwrap().into_inner().notes;
        assert!(notes.is_empty(), "a note about an erased person stayed");
    }

    async fn a_feed_holds_what_was_told_and_ends_when_it_is_replaced_or_revoked(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let people = world.people(&session.session_id).await;
        let meeting = &timetable.meetings[0];
        let candidate = people.values().find(|person| person.registration_id == meeting.candidate_id).unwrap();
        let mut page = console(&world);
        let create = || proto::CreateFeedRequest { person_id: candidate.person_id.clone() };
        let first = page.create_feed(create()).await.unwrap().into_inner().token;
        let open = |token: &str| proto::OpenFeedRequest { token: token.to_owned() };
        let held = page.open_feed(open(&first)).await.unwrap().into_inner();
        assert_eq!(held.person_id, candidate.person_id);
        assert_eq!(held.entries.len(), 1);
        let before = held.entries[0].revision;
        let request = proto::DeclineMeetingsRequest {
            registration_id: candidate.registration_id.clone(), person_id: candidate.person_id.clone(),
            meeting_id: String::new(),
        };
        page.decline_meetings(request).await.unwrap();
        let held = page.open_feed(open(&first)).await.unwrap().into_inner();
        assert!(held.entries[0].revision > before && held.entries[0].cleared_reason == "PARTICIPANT_WITHDREW");
        let second = page.create_feed(create()).await.unwrap().into_inner().token;
        assert_eq!(refused(page.open_feed(open(&first)).await).0, Code::NotFound, "the feed before stands");
        page.open_feed(open(&second)).await.unwrap();
        for guess in ["", "x", &second[1..], &"a".repeat(100)] {
            assert_eq!(refused(page.open_feed(open(guess)).await).0, Code::NotFound);
        }
        let revoke = proto::RevokeFeedRequest { person_id: candidate.person_id.clone() };
        page.revoke_feed(revoke.clone()).await.unwrap();
        page.revoke_feed(revoke).await.unwrap();
        assert_eq!(refused(page.open_feed(open(&second)).await).0, Code::NotFound);
        let mut coordinator = staff(&world, Role::Coordinator, OWNER);
        assert_eq!(refused(coordinator.create_feed(create()).await).0, Code::PermissionDenied);
        let third = page.create_feed(create()).await.unwrap().into_inner().token;
        let clock = &world.ground.ground.clock;
        clock.advance(jiff::SignedDuration::from_hours(24 * 120));
        let held = page.open_feed(open(&third)).await.unwrap().into_inner();
        assert!(held.entries.is_empty(), "a session of months ago is still in the feed");
    }
}
