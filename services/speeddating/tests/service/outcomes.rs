//! The day and what came of it.

use contracts::{
    common::v1::fact::Value,
    speeddating::v1::{self as proto, outcome_service_client::OutcomeServiceClient},
};
use platform::{auth::Role, grpc::Transport, on_each_database, testing::moment};
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{OTHER, OWNER, World, refused};

type Client = OutcomeServiceClient<Transport>;

fn staff(world: &World, role: Role, organisation: uuid::Uuid) -> Client {
    OutcomeServiceClient::new(world.transport(World::actor(role, organisation)))
}

fn desk(world: &World) -> Client {
    staff(world, Role::Coordinator, OWNER)
}

/// The morning of the session.
async fn begun(world: &World) -> (proto::Session, proto::Timetable) {
    let published = world.published().await;
    world.told().await;
    world
        .ground
        .ground
        .clock
        .advance_to(moment("2026-11-25T08:05:00Z"));
    published
}

fn word(
    meeting: &proto::Meeting,
    side: proto::Side,
    state: proto::MeetingState,
    outcome: &str,
) -> proto::ReportMeetingRequest {
    proto::ReportMeetingRequest {
        meeting_id: meeting.meeting_id.clone(),
        side: side.into(),
        state: state.into(),
        outcome: outcome.to_owned(),
    }
}

fn presence(registration: &str, presence: proto::Presence, late_minutes: i32) -> proto::SetPresenceRequest {
    proto::SetPresenceRequest {
        registration_id: registration.to_owned(),
        presence: presence.into(),
        late_minutes,
    }
}

async fn report(world: &World, session: &proto::Session) -> proto::Report {
    let request = proto::GetReportRequest {
        session_id: session.session_id.clone(),
    };
    desk(world)
        .get_report(request)
        .await
        .unwrap()
        .into_inner()
        .report
        .unwrap()
}

on_each_database! { MIGRATIONS,
    async fn both_sides_have_a_word_and_the_employers_leads(db: Db) {
        let world = World::new(db);
        let (session, timetable) = begun(&world).await;
        let meeting = &timetable.meetings[0];
        let held = proto::MeetingState::Held;
        let request = word(meeting, proto::Side::Candidate, held, "interest");
        let said = desk(&world).report_meeting(request).await.unwrap().into_inner().outcome.unwrap();
        assert_eq!(said.meeting.as_ref().unwrap().outcome, "interest", "the only word stands");
        assert_eq!(said.candidate.unwrap().said_by, World::actor(Role::Coordinator, OWNER).subject);
        assert!(!said.disagreement);

        let request = word(meeting, proto::Side::Employer, held, "none");
        let said = desk(&world).report_meeting(request).await.unwrap().into_inner().outcome.unwrap();
        assert_eq!(said.meeting.as_ref().unwrap().outcome, "none");
        assert!(said.disagreement, "a contradiction was hidden");
        let told = report(&world, &session).await;
        assert_eq!((told.held, told.disagreements), (1, 1));
        let count = |name: &str| told.outcomes.iter().find(|count| count.outcome == name).unwrap().clone();
        assert_eq!((count("none").employer, count("none").candidate), (1, 0));
        assert_eq!((count("interest").employer, count("interest").candidate), (0, 1));

        let back = proto::WithdrawReportRequest {
            meeting_id: meeting.meeting_id.clone(), side: proto::Side::Employer.into(),
        };
        let said = desk(&world).withdraw_report(back).await.unwrap().into_inner().outcome.unwrap();
        assert_eq!(said.meeting.as_ref().unwrap().outcome, "interest", "the word taken back still leads");
        assert!(said.employer.is_none());
    }

    async fn nothing_of_the_day_is_noted_before_it(db: Db) {
        let world = World::new(db);
        let (_, timetable) = world.published().await;
        let meeting = &timetable.meetings[0];
        world.ground.ground.clock.advance_to(moment("2026-11-24T22:59:59Z"));
        let request = word(meeting, proto::Side::Employer, proto::MeetingState::Held, "");
        assert_eq!(refused(desk(&world).report_meeting(request.clone()).await).0, Code::FailedPrecondition);
        let arrived = presence(&meeting.candidate_id, proto::Presence::Arrived, 0);
        assert_eq!(refused(desk(&world).set_presence(arrived.clone()).await).0, Code::FailedPrecondition);
        // Midnight in Paris.
        world.ground.ground.clock.advance_to(moment("2026-11-24T23:00:00Z"));
        desk(&world).report_meeting(request).await.unwrap();
        desk(&world).set_presence(arrived).await.unwrap();
    }

    async fn an_arrival_noted_twice_names_who_was_first_and_is_taken_back(db: Db) {
        let world = World::new(db);
        let (session, timetable) = begun(&world).await;
        let person = &timetable.meetings[0].candidate_id;
        let arrived = presence(person, proto::Presence::Arrived, 0);
        let first = desk(&world).set_presence(arrived.clone()).await.unwrap().into_inner();
        assert!(!first.already);
        world.ground.ground.clock.advance_to(moment("2026-11-25T08:20:00Z"));
        let mut administrator = staff(&world, Role::Administrator, OWNER);
        let again = administrator.set_presence(arrived).await.unwrap().into_inner();
        assert!(again.already);
        assert_eq!(again.arrival, first.arrival, "who noted it first was lost");
        let late = presence(person, proto::Presence::Late, 0);
        assert_eq!(refused(desk(&world).set_presence(late).await).0, Code::InvalidArgument);
        desk(&world).set_presence(presence(person, proto::Presence::Late, 20)).await.unwrap();
        assert_eq!(report(&world, &session).await.candidates.unwrap().late, 1);
        desk(&world).set_presence(presence(person, proto::Presence::Expected, 0)).await.unwrap();
        let row = world.people(&session.session_id).await.into_values().find(|row| &row.registration_id == person);
        assert_eq!(row.unwrap().state(), proto::RegistrationState::Registered, "a check-in taken back left a trace");
        let listed = proto::ListPresencesRequest { session_id: session.session_id };
        let listed = desk(&world).list_presences(listed).await.unwrap().into_inner().arrivals;
        assert!(listed.iter().all(|arrival| arrival.presence() == proto::Presence::Expected));
        assert_eq!(listed.len(), 204);
    }

    async fn who_is_absent_is_told_nothing_and_their_employers_owe_no_outcome(db: Db) {
        let world = World::new(db);
        let (session, timetable) = begun(&world).await;
        let meeting = &timetable.meetings[0];
        let theirs = |id: &str| timetable.meetings.iter().filter(|one| one.candidate_id == id || one.employer_id == id).count();
        desk(&world).set_presence(presence(&meeting.candidate_id, proto::Presence::Absent, 0)).await.unwrap();
        let told = world.told().await;
        assert!(told.iter().all(|told| told.cleared_reason.is_empty()), "an absent person was told of a cancellation");
        let subject = format!("speeddating.participation/{}", meeting.employer_id);
        let employer = told.iter().find(|told| told.subject == subject && told.kind == "speed_dating").unwrap();
        let owed = i64::try_from(theirs(&meeting.employer_id)).unwrap() - 1;
        assert_eq!(employer.facts["outcomes_missing"].value, Some(Value::Number(owed)));
        let told = report(&world, &session).await;
        assert_eq!(usize::try_from(told.no_show_candidate).unwrap(), theirs(&meeting.candidate_id));
        assert_eq!(told.candidates.unwrap().absent, 1);
    }

    async fn an_absent_employer_owes_no_outcome_until_that_is_taken_back(db: Db) {
        let world = World::new(db);
        let (_, timetable) = begun(&world).await;
        let employer = &timetable.meetings[0].employer_id;
        let theirs = timetable.meetings.iter().filter(|one| &one.employer_id == employer).count();
        let subject = format!("speeddating.participation/{employer}");
        for (noted, owed) in [(proto::Presence::Absent, 0), (proto::Presence::Expected, theirs)] {
            desk(&world).set_presence(presence(employer, noted, 0)).await.unwrap();
            let told = world.told().await;
            let told = told.iter().find(|told| told.subject == subject && told.kind == "speed_dating").unwrap();
            let owed = i64::try_from(owed).unwrap();
            assert_eq!(told.facts["outcomes_missing"].value, Some(Value::Number(owed)), "{noted:?}");
        }
    }

    async fn the_report_adds_up_and_its_file_has_a_line_a_meeting(db: Db) {
        let world = World::new(db);
        let (session, timetable) = begun(&world).await;
        for (place, meeting) in timetable.meetings.iter().enumerate().take(9) {
            let (state, outcome) = match place % 3 {
                0 => (proto::MeetingState::Held, "hired"),
                1 => (proto::MeetingState::NoShowCandidate, ""),
                _ => (proto::MeetingState::NoShowEmployer, ""),
            };
            let request = word(meeting, proto::Side::Employer, state, outcome);
            desk(&world).report_meeting(request).await.unwrap();
        }
        let told = report(&world, &session).await;
        assert_eq!((told.held, told.no_show_candidate, told.no_show_employer), (3, 3, 3));
        let meetings = i32::try_from(timetable.meetings.len()).unwrap();
        assert_eq!(told.held + told.no_show_candidate + told.no_show_employer + told.open, meetings);
        assert_eq!(told.employer_lines.iter().map(|line| line.meetings).sum::<i32>(), meetings);
        assert_eq!(told.employer_lines.iter().map(|line| line.hired).sum::<i32>(), 3);
        assert_eq!(told.wishes_made.iter().sum::<i32>(), 993);
        let held: i32 = told.wishes_held.iter().sum();
        assert!(held <= 3 && told.wishes_held.len() == told.wishes_made.len());

        let request = proto::ExportReportRequest { session_id: session.session_id.clone() };
        let file = desk(&world).export_report(request).await.unwrap().into_inner();
        assert_eq!(file.name, "bilan-2026-11-25.csv");
        let text = String::from_utf8(file.content).unwrap();
        assert_eq!(text.lines().count(), timetable.meetings.len() + 1);
        assert_eq!(text.matches("embauche").count(), 3);
    }

    async fn the_reports_file_says_of_absent_people_what_its_page_says(db: Db) {
        let world = World::new(db);
        let (session, timetable) = begun(&world).await;
        let meeting = &timetable.meetings[0];
        for absent in [&meeting.candidate_id, &meeting.employer_id] {
            desk(&world).set_presence(presence(absent, proto::Presence::Absent, 0)).await.unwrap();
        }
        let told = report(&world, &session).await;
        assert!(told.no_show_candidate > 0 && told.no_show_employer > 0 && told.open > 0, "{told:?}");
        let request = proto::ExportReportRequest { session_id: session.session_id };
        let file = desk(&world).export_report(request).await.unwrap().into_inner();
        let text = String::from_utf8(file.content).unwrap();
        let lines = |state: &str| i32::try_from(text.matches(&format!(";{state};")).count()).unwrap();
        assert_eq!(
            (lines("candidat absent"), lines("employeur absent"), lines("prévu")),
            (told.no_show_candidate, told.no_show_employer, told.open)
        );
    }

    async fn another_organisation_and_smaller_roles_note_nothing(db: Db) {
        let world = World::new(db);
        let (session, timetable) = begun(&world).await;
        let meeting = &timetable.meetings[0];
        let request = word(meeting, proto::Side::Employer, proto::MeetingState::Held, "");
        let mut other = staff(&world, Role::Coordinator, OTHER);
        assert_eq!(refused(other.report_meeting(request.clone()).await).0, Code::NotFound);
        let arrived = presence(&meeting.candidate_id, proto::Presence::Arrived, 0);
        assert_eq!(refused(other.set_presence(arrived.clone()).await).0, Code::NotFound);
        let asked = proto::GetReportRequest { session_id: session.session_id.clone() };
        assert_eq!(refused(other.get_report(asked.clone()).await).0, Code::NotFound);
        let mut auditor = staff(&world, Role::Auditor, OWNER);
        auditor.get_report(asked).await.unwrap();
        assert_eq!(refused(auditor.report_meeting(request).await).0, Code::PermissionDenied);
        assert_eq!(refused(auditor.set_presence(arrived).await).0, Code::PermissionDenied);
        let file = proto::ExportReportRequest { session_id: session.session_id };
        assert_eq!(refused(auditor.export_report(file).await).0, Code::PermissionDenied, "names left");
    }
}
