//! Two coordinators at the same time: one wins, nobody is in two places.

use contracts::speeddating::v1 as proto;
use futures::future::join_all;
use platform::on_each_database;
use speeddating::MIGRATIONS;

use super::world::{World, nobody_twice};

on_each_database! { MIGRATIONS,
    async fn movers_who_want_the_same_place_do_not_double_book(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let people = world.people(&session.session_id).await;
        // Everybody of one employer moves to the same slot at once.
        let employer = people["E003"].registration_id.clone();
        for slot in [3, 7, 11] {
            let now = world.timetable(&session.session_id).await;
            let movers = now.meetings.iter().filter(|meeting| meeting.employer_id == employer).map(|meeting| {
                let request = proto::MoveMeetingRequest {
                    meeting_id: meeting.meeting_id.clone(), version: meeting.version, slot, table: 0,
                };
                let mut client = world.coordinator();
                async move { client.move_meeting(request).await }
            });
            let replies = join_all(movers).await;
            assert!(replies.iter().filter(|reply| reply.is_ok()).count() <= 2, "more movers than recruiters won");
            for status in replies.into_iter().filter_map(Result::err) {
                assert_eq!(status.code(), tonic::Code::FailedPrecondition, "{status:?}");
            }
            nobody_twice(&world.timetable(&session.session_id).await, &people);
        }
        assert!(!timetable.meetings.is_empty());
    }

    async fn of_two_movers_of_one_meeting_one_wins(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let people = world.people(&session.session_id).await;
        let mut won = 0;
        for meeting in timetable.meetings.iter().take(12) {
            let mover = |slot| {
                let request = proto::MoveMeetingRequest {
                    meeting_id: meeting.meeting_id.clone(), version: meeting.version, slot, table: 0,
                };
                let mut client = world.coordinator();
                async move { client.move_meeting(request).await }
            };
            let replies = join_all((0..14).map(mover)).await;
            let winners = replies.iter().filter(|reply| reply.is_ok()).count();
            assert!(winners <= 1, "{winners} movers of one version won");
            won += winners;
        }
        assert!(won > 0, "the test proves nothing: no move was possible");
        nobody_twice(&world.timetable(&session.session_id).await, &people);
    }

    async fn an_addition_and_a_withdrawal_of_the_same_person_leave_no_meeting_behind(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let people = world.people(&session.session_id).await;
        for code in ["C0001", "C0002", "C0003", "C0005", "C0006"] {
            let candidate = &people[code];
            let adders = people.values().filter(|person| person.side() == proto::Side::Employer).take(6).map(|employer| {
                let request = proto::AddMeetingRequest {
                    request_id: world.fresh(),
                    session_id: session.session_id.clone(),
                    number: timetable.number,
                    employer_id: employer.registration_id.clone(),
                    candidate_id: candidate.registration_id.clone(),
                    slot: 5,
                    table: 0,
                };
                let mut client = world.coordinator();
                async move { client.add_meeting(request).await.map(|_| ()) }
            });
            let mut leaver = world.coordinator();
            let request = proto::WithdrawRegistrationRequest {
                registration_id: candidate.registration_id.clone(),
                version: candidate.version,
                by: "PARTICIPANT".to_owned(),
            };
            let (_, left) = futures::join!(join_all(adders), leaver.withdraw_registration(request));
            left.unwrap();
            let after = world.timetable(&session.session_id).await;
            let still = after.meetings.iter().filter(|meeting| {
                meeting.candidate_id == candidate.registration_id && meeting.state() == proto::MeetingState::Planned
            });
            assert_eq!(still.count(), 0, "{code} withdrew and still has a meeting");
            nobody_twice(&after, &people);
        }
    }
}
