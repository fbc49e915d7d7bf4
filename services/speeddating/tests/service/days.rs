//! Days that exist, that are to come, and what waits for them.

use contracts::speeddating::v1 as proto;
use platform::{on_each_database, testing::moment};
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{World, refused};

on_each_database! { MIGRATIONS,
    async fn a_session_is_made_on_a_day_that_exists_and_is_to_come(db: Db) {
        let world = World::new(db);
        let on = |date: &str, starts: &str| proto::CreateSessionRequest {
            date: date.to_owned(), starts: starts.to_owned(), ..world.new_session()
        };
        for (date, starts) in [
            ("2026-11-08", "09:00"),
            ("1999-12-31", "09:00"),
            ("2101-01-01", "09:00"),
            ("2026-W48-3", "09:00"),
            ("20261125", "09:00"),
            ("2026-11-25T10", "09:00"),
            ("2026-02-30", "09:00"),
            // The clocks go from 2 to 3 that night.
            ("2027-03-28", "02:30"),
        ] {
            let reply = world.coordinator().create_session(on(date, starts)).await;
            assert_eq!(refused(reply).0, Code::InvalidArgument, "{date} {starts}");
        }
        world.coordinator().create_session(on("2026-11-09", "09:00")).await.unwrap();
        world.coordinator().create_session(on("2027-03-28", "03:00")).await.unwrap();
        // In Lyon it is the 10th already.
        world.ground.ground.clock.advance_to(moment("2026-11-09T23:30:00Z"));
        let reply = world.coordinator().create_session(on("2026-11-09", "09:00")).await;
        assert_eq!(refused(reply).0, Code::InvalidArgument, "yesterday, in the session's zone");
    }

    async fn a_session_is_not_moved_into_the_past_and_keeps_its_title_there(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let mut change = proto::UpdateSessionRequest {
            session_id: session.session_id, version: session.version, date: "2026-11-08".to_owned(),
            ..proto::UpdateSessionRequest::default()
        };
        let reply = world.coordinator().update_session(change.clone()).await;
        assert_eq!(refused(reply).0, Code::InvalidArgument);
        world.ground.ground.clock.advance_to(moment("2026-11-27T09:00:00Z"));
        change.date = String::new();
        change.title = "Rencontres".to_owned();
        world.coordinator().update_session(change).await.unwrap();
    }

    async fn what_nobody_sees_is_refused_in_a_title(db: Db) {
        let world = World::new(db);
        for title in ["Ren\u{202e}contres", "Ren\u{200b}contres", "\u{feff}"] {
            let request = proto::CreateSessionRequest { title: title.to_owned(), ..world.new_session() };
            let reply = world.coordinator().create_session(request).await;
            assert_eq!(refused(reply).0, Code::InvalidArgument, "{title:?}");
        }
    }

    async fn nothing_begins_and_no_outcome_is_noted_before_the_day(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let meeting = &timetable.meetings[0];
        let outcome = proto::RecordOutcomeRequest {
            meeting_id: meeting.meeting_id.clone(), version: 1, state: proto::MeetingState::Held.into(),
            outcome: String::new(),
        };
        let step = |state: proto::SessionState| proto::AdvanceSessionRequest {
            session_id: session.session_id.clone(), version: session.version, state: state.into(),
        };
        let too_early = (Code::FailedPrecondition, "NOT_IN_THIS_STATE".to_owned());
        // One minute before midnight in Lyon.
        world.ground.ground.clock.advance_to(moment("2026-11-24T22:59:00Z"));
        assert_eq!(refused(world.coordinator().record_outcome(outcome.clone()).await), too_early);
        for state in [proto::SessionState::Running, proto::SessionState::Closed] {
            assert_eq!(refused(world.coordinator().advance_session(step(state)).await), too_early, "{state:?}");
        }
        world.ground.ground.clock.advance_to(moment("2026-11-24T23:00:00Z"));
        world.coordinator().record_outcome(outcome).await.unwrap();
        world.coordinator().advance_session(step(proto::SessionState::Running)).await.unwrap();
    }
}
