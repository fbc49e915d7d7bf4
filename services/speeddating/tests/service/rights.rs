//! Who may do what, and that another organisation sees nothing.

use contracts::speeddating::v1 as proto;
use platform::{auth::Role, on_each_database};
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{OTHER, OWNER, World, event, refused};

on_each_database! { MIGRATIONS,
    async fn a_coordinator_of_another_organisation_sees_and_changes_nothing(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let people = world.people(&session.session_id).await;
        let mut other = world.staff(Role::Coordinator, OTHER);
        let id = session.session_id.clone();
        let unknown = |code: (Code, String)| assert_eq!(code, (Code::NotFound, "NOT_FOUND".to_owned()));
        unknown(refused(other.get_session(proto::GetSessionRequest { session_id: id.clone() }).await));
        let listed = other.list_sessions(proto::ListSessionsRequest::default()).await.unwrap().into_inner();
        assert!(listed.sessions.is_empty());
        let request = proto::ListRegistrationsRequest { session_id: id.clone(), ..Default::default() };
        unknown(refused(other.list_registrations(request).await));
        let request = proto::ListWishesRequest { session_id: id.clone(), page: None };
        unknown(refused(other.list_wishes(request).await));
        let request = proto::GetTimetableRequest { session_id: id.clone(), number: 0 };
        unknown(refused(other.get_timetable(request).await));
        unknown(refused(other.list_timetables(proto::ListTimetablesRequest { session_id: id.clone() }).await));
        for table in [proto::Table::Employers, proto::Table::Wishes] {
            let request = proto::ExportTableRequest { session_id: id.clone(), table: table.into() };
            unknown(refused(other.export_table(request).await));
        }
        let request = proto::PreviewImportRequest { session_id: id.clone(), files: event() };
        unknown(refused(other.preview_import(request).await));
        let request = proto::CancelMeetingRequest { meeting_id: timetable.meetings[0].meeting_id.clone(), version: 1 };
        unknown(refused(other.cancel_meeting(request).await));
        let request = proto::WithdrawRegistrationRequest {
            registration_id: people["C0001"].registration_id.clone(), version: 1, by: "PARTICIPANT".to_owned(),
        };
        unknown(refused(other.withdraw_registration(request).await));
        let request = proto::CancelSessionRequest { session_id: id, version: session.version, ..Default::default() };
        unknown(refused(other.cancel_session(request).await));
        let reply = other.create_session(world.new_session()).await;
        assert_eq!(refused(reply).0, Code::PermissionDenied);
        let own = world.staff(Role::Auditor, OWNER).list_sessions(proto::ListSessionsRequest::default()).await;
        assert_eq!(own.unwrap().into_inner().sessions.len(), 1);
    }

    async fn auditors_and_referents_read_partners_do_not_and_none_of_them_writes(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let get = || proto::GetSessionRequest { session_id: session.session_id.clone() };
        for role in [Role::Auditor, Role::Referent] {
            world.staff(role, OWNER).get_session(get()).await.unwrap();
        }
        assert_eq!(refused(world.staff(Role::Partner, OWNER).get_session(get()).await).0, Code::PermissionDenied);
        for role in [Role::Auditor, Role::Referent, Role::Partner, Role::Facilitator] {
            let mut client = world.staff(role, OWNER);
            assert_eq!(refused(client.create_session(world.new_session()).await).0, Code::PermissionDenied);
            let request = world.import(&session, event());
            assert_eq!(refused(client.commit_import(request).await).0, Code::PermissionDenied);
            let request = proto::ExportTableRequest {
                session_id: session.session_id.clone(), table: proto::Table::Candidates.into(),
            };
            assert_eq!(refused(client.export_table(request).await).0, Code::PermissionDenied, "contact data left");
        }
    }

    async fn sessions_are_created_once_per_request_and_checked(db: Db) {
        let world = World::new(db);
        let request = world.new_session();
        let first = world.coordinator().create_session(request.clone()).await.unwrap().into_inner();
        let again = world.coordinator().create_session(request.clone()).await.unwrap().into_inner();
        assert_eq!(first, again);
        let reused = proto::CreateSessionRequest { title: "Autre".to_owned(), ..request.clone() };
        assert_eq!(refused(world.coordinator().create_session(reused).await).1, "REQUEST_ID_REUSED");
        let faulty = [
            proto::CreateSessionRequest { ends: "09:00".to_owned(), ..request.clone() },
            proto::CreateSessionRequest { starts: "9h".to_owned(), ..request.clone() },
            proto::CreateSessionRequest { date: "25/11/2026".to_owned(), ..request.clone() },
            proto::CreateSessionRequest { slot_minutes: 0, ..request.clone() },
            proto::CreateSessionRequest { time_zone: "Lyon".to_owned(), ..request.clone() },
            proto::CreateSessionRequest { title: String::new(), ..request.clone() },
            proto::CreateSessionRequest { kind: 0, ..request.clone() },
            proto::CreateSessionRequest { request_id: "1".to_owned(), ..request },
        ];
        for request in faulty {
            assert_eq!(refused(world.coordinator().create_session(request).await).0, Code::InvalidArgument);
        }
    }

    async fn a_session_is_advanced_by_hand_only_along_its_states(db: Db) {
        let world = World::new(db);
        let (session, _) = world.published().await;
        let step = |version, state: proto::SessionState| proto::AdvanceSessionRequest {
            session_id: session.session_id.clone(), version, state: state.into(),
        };
        let mut client = world.coordinator();
        let reply = client.advance_session(step(session.version, proto::SessionState::FollowedUp)).await;
        assert_eq!(refused(reply).1, "NOT_IN_THIS_STATE");
        let reply = client.advance_session(step(session.version, proto::SessionState::SchedulePublished)).await;
        assert_eq!(refused(reply).0, Code::InvalidArgument);
        world.event_day();
        let mut version = session.version;
        for state in [proto::SessionState::Running, proto::SessionState::Closed, proto::SessionState::FollowedUp] {
            let moved = client.advance_session(step(version, state)).await.unwrap().into_inner().session.unwrap();
            assert_eq!(moved.state(), state);
            version = moved.version;
        }
    }
}
