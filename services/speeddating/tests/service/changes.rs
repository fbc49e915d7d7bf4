//! After publication: only those whom a change concerns hear of it, once, with a higher revision.

use std::collections::BTreeSet;

use contracts::{
    common::v1::{Milestone, MilestoneState, fact::Value},
    speeddating::v1 as proto,
};
use platform::{on_each_database, testing::moment};
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{World, nobody_twice, refused};

fn subjects(told: &[Milestone]) -> BTreeSet<&str> {
    told.iter()
        .filter_map(|told| told.subject.strip_prefix("speeddating.participation/"))
        .collect()
}

/// A meeting and a slot in which both of it are free and the employer's table is too.
async fn movable(world: &World, timetable: &proto::Timetable) -> (proto::Meeting, proto::Meeting) {
    for meeting in &timetable.meetings {
        for slot in 0..14 {
            let request = proto::MoveMeetingRequest {
                meeting_id: meeting.meeting_id.clone(),
                version: meeting.version,
                slot,
                table: 0,
            };
            if slot != meeting.slot
                && let Ok(reply) = world.coordinator().move_meeting(request).await
            {
                return (meeting.clone(), reply.into_inner().meeting.unwrap());
            }
        }
    }
    panic!("no meeting can be moved");
}

on_each_database! { MIGRATIONS,
    async fn a_moved_meeting_is_told_to_its_two_people_only(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let before = world.told().await;
        let (meeting, moved) = movable(&world, &timetable).await;
        assert_eq!((moved.version, moved.meeting_id.as_str()), (2, meeting.meeting_id.as_str()));
        let told = world.told().await;
        assert_eq!(
            subjects(&told),
            BTreeSet::from([meeting.candidate_id.as_str(), meeting.employer_id.as_str()])
        );
        for after in &told {
            let first = before.iter().rfind(|first| first.subject == after.subject && first.kind == after.kind).unwrap();
            assert!(after.revision > first.revision, "a revision did not rise");
            assert_eq!(after.kind, "speed_dating");
        }
        nobody_twice(&world.timetable(&session.session_id).await, &world.people(&session.session_id).await);
        let stale = proto::MoveMeetingRequest {
            meeting_id: meeting.meeting_id, version: meeting.version, slot: meeting.slot, table: 0,
        };
        let reply = world.coordinator().move_meeting(stale).await;
        assert_eq!(refused(reply), (Code::Aborted, "STALE_VERSION".to_owned()));
    }

    async fn cancelling_the_last_meeting_of_a_candidate_clears_their_part(db: Db) {
        let world = World::new(db);
        let (_, timetable) = world.published().await;
        world.told().await;
        let count = |id: &str| timetable.meetings.iter().filter(|other| other.candidate_id == id).count();
        let meeting = timetable.meetings.iter().find(|meeting| count(&meeting.candidate_id) == 1).unwrap();
        let request = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: 1 };
        world.coordinator().cancel_meeting(request).await.unwrap();
        let told = world.told().await;
        assert_eq!(subjects(&told).len(), 2);
        let candidate = told.iter().find(|told| told.subject.ends_with(&meeting.candidate_id)).unwrap();
        assert_eq!(candidate.state(), MilestoneState::Cleared);
        assert_eq!(candidate.cleared_reason, "PARTICIPATION_CANCELLED");
        assert!(!candidate.parties.is_empty() && candidate.starts_at.is_some(), "nobody could be told what is over");
        let employer = told.iter().find(|told| told.subject.ends_with(&meeting.employer_id)).unwrap();
        assert_eq!(employer.state(), MilestoneState::Planned);
    }

    async fn who_withdraws_frees_their_places_and_only_their_partners_hear_of_it(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        world.told().await;
        let people = world.people(&session.session_id).await;
        let candidate = &people["C0001"];
        let theirs: Vec<_> =
            timetable.meetings.iter().filter(|meeting| meeting.candidate_id == candidate.registration_id).collect();
        let request = proto::WithdrawRegistrationRequest {
            registration_id: candidate.registration_id.clone(),
            version: candidate.version,
            by: "PARTICIPANT".to_owned(),
        };
        let reply = world.coordinator().withdraw_registration(request).await.unwrap().into_inner();
        assert_eq!(usize::try_from(reply.meetings_cancelled).unwrap(), theirs.len());
        assert_eq!(reply.registration.unwrap().state(), proto::RegistrationState::Withdrawn);
        let told = world.told().await;
        let mut expected: BTreeSet<&str> = theirs.iter().map(|meeting| meeting.employer_id.as_str()).collect();
        expected.insert(&candidate.registration_id);
        assert_eq!(subjects(&told), expected);
        let own = told.iter().find(|told| told.subject.ends_with(&candidate.registration_id)).unwrap();
        assert_eq!((own.state(), own.cleared_reason.as_str()), (MilestoneState::Cleared, "PARTICIPANT_WITHDREW"));
        assert_eq!(world.session(&session.session_id).await.candidates, 179);
    }

    async fn an_employer_whom_the_organisation_takes_out_loses_both_milestones(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        world.told().await;
        let people = world.people(&session.session_id).await;
        let employer = &people["E003"];
        let partners: BTreeSet<&str> = timetable
            .meetings
            .iter()
            .filter(|meeting| meeting.employer_id == employer.registration_id)
            .map(|meeting| meeting.candidate_id.as_str())
            .collect();
        let request = proto::WithdrawRegistrationRequest {
            registration_id: employer.registration_id.clone(),
            version: employer.version,
            by: "ORGANISATION".to_owned(),
        };
        world.coordinator().withdraw_registration(request).await.unwrap();
        let told = world.told().await;
        let own: Vec<_> = told.iter().filter(|told| told.subject.ends_with(&employer.registration_id)).collect();
        assert_eq!(own.len(), 2);
        assert!(own.iter().all(|own| own.cleared_reason == "PARTICIPATION_CANCELLED"));
        assert!(own[0].revision != own[1].revision, "two milestones of one subject share a revision");
        assert_eq!(told.len(), partners.len() + 2);
    }

    async fn a_session_that_moves_is_told_to_everybody_at_the_new_time(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        world.told().await;
        let request = proto::UpdateSessionRequest {
            session_id: session.session_id.clone(),
            version: session.version,
            date: "2026-11-26".to_owned(),
            starts: "13:30".to_owned(),
            ..proto::UpdateSessionRequest::default()
        };
        let moved = world.coordinator().update_session(request).await.unwrap().into_inner().session.unwrap();
        assert_eq!((moved.starts.as_str(), moved.ends.as_str()), ("13:30", "17:00"));
        let told = world.told().await;
        let meet: BTreeSet<&str> = timetable
            .meetings
            .iter()
            .flat_map(|meeting| [meeting.candidate_id.as_str(), meeting.employer_id.as_str()])
            .collect();
        let parts: Vec<_> = told.iter().filter(|told| told.kind == "speed_dating").collect();
        assert_eq!(parts.len(), meet.len());
        assert!(told.iter().all(|told| told.starts_local.starts_with("2026-11-26T1")));
        assert_eq!(told.len(), meet.len() + 24, "employers are asked to confirm the new day");
        let people = world.people(&session.session_id).await;
        assert_eq!(people["C0004"].arrives, "15:15", "presences move along");
        let after = world.timetable(&session.session_id).await;
        assert_eq!(after.meetings[0].starts, "13:30");
        nobody_twice(&after, &people);

        let request = proto::UpdateSessionRequest {
            session_id: session.session_id.clone(),
            version: moved.version,
            ends: "14:00".to_owned(),
            ..proto::UpdateSessionRequest::default()
        };
        let reply = world.coordinator().update_session(request).await;
        assert_eq!(refused(reply), (Code::FailedPrecondition, "CLASH".to_owned()), "meetings would fall off the day");
        assert!(world.told().await.is_empty());
    }

    async fn a_cancelled_session_clears_everything_and_takes_no_more_changes(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let before = world.told().await;
        let request = proto::CancelSessionRequest {
            session_id: session.session_id.clone(), version: session.version, reason: "Grève".to_owned(),
        };
        let cancelled =
            world.coordinator().cancel_session(request.clone()).await.unwrap().into_inner().session.unwrap();
        assert_eq!((cancelled.state(), cancelled.cancelled_reason.as_str()), (proto::SessionState::Cancelled, "Grève"));
        let told = world.told().await;
        assert_eq!(told.len(), before.len());
        assert!(told.iter().all(|told| told.cleared_reason == "SESSION_CANCELLED"));
        let meeting = &timetable.meetings[0];
        let move_it = proto::MoveMeetingRequest {
            meeting_id: meeting.meeting_id.clone(), version: 1, slot: meeting.slot, table: 0,
        };
        let reply = world.coordinator().move_meeting(move_it).await;
        assert_eq!(refused(reply), (Code::FailedPrecondition, "NOT_IN_THIS_STATE".to_owned()));
        let reply = world.coordinator().cancel_session(request).await;
        assert_eq!(refused(reply).0, Code::Aborted);
    }

    async fn outcomes_count_down_and_confirmation_is_told_once(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        world.told().await;
        world.event_day();
        let meeting = &timetable.meetings[0];
        let held = timetable.meetings.iter().filter(|other| other.employer_id == meeting.employer_id).count();
        world.ground.ground.clock.advance_to(moment("2026-11-25T08:00:00Z"));
        let mut request = proto::RecordOutcomeRequest {
            meeting_id: meeting.meeting_id.clone(),
            version: 1,
            state: proto::MeetingState::NoShowCandidate.into(),
            outcome: "hired".to_owned(),
        };
        let reply = world.coordinator().record_outcome(request.clone()).await;
        assert_eq!(refused(reply).0, Code::FailedPrecondition, "hired without having met");
        request.state = proto::MeetingState::Held.into();
        let recorded = world.coordinator().record_outcome(request).await.unwrap().into_inner().meeting.unwrap();
        assert_eq!((recorded.state(), recorded.outcome.as_str()), (proto::MeetingState::Held, "hired"));
        let told = world.told().await;
        assert_eq!(told.len(), 1, "the candidate hears nothing of outcomes");
        let missing = told[0].facts["outcomes_missing"].value.as_ref();
        assert_eq!(missing, Some(&Value::Number(i64::try_from(held).unwrap() - 1)));

        let employer = world.people(&session.session_id).await["E003"].clone();
        let request = proto::ConfirmRegistrationRequest { registration_id: employer.registration_id, version: 1 };
        world.coordinator().confirm_registration(request.clone()).await.unwrap();
        let told = world.told().await;
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|told| told.facts["confirmed"].value == Some(Value::Flag(true))));
        let again = proto::ConfirmRegistrationRequest { version: 2, ..request };
        world.coordinator().confirm_registration(again).await.unwrap();
        assert!(world.told().await.is_empty());
    }

    async fn another_timetable_published_tells_only_what_differs(db: Db) {
        let world = World::new(db);
        let (session, first) = world.published().await;
        world.told().await;
        let candidate = first.meetings[0].candidate_id.clone();
        let second = world.made(&session).await;
        let meeting = second.meetings.iter().find(|meeting| meeting.candidate_id == candidate).unwrap();
        let request = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: 1 };
        world.coordinator().cancel_meeting(request).await.unwrap();
        assert!(world.told().await.is_empty(), "a correction of a dry run told somebody");
        world.publish(&session.session_id, second.number).await.unwrap();
        let told = world.told().await;
        let after = world.timetable(&session.session_id).await;
        assert_eq!((after.number, after.published), (2, true));
        let plan = |timetable: &proto::Timetable, id: &str| -> Vec<(i32, i32, String)> {
            let theirs = timetable.meetings.iter().filter(|meeting| meeting.state() == proto::MeetingState::Planned);
            theirs
                .filter(|meeting| meeting.candidate_id == id || meeting.employer_id == id)
                .map(|meeting| {
                    let other = if meeting.candidate_id == id { &meeting.employer_id } else { &meeting.candidate_id };
                    (meeting.slot, meeting.table, other.clone())
                })
                .collect()
        };
        let people = world.people(&session.session_id).await;
        let differ: BTreeSet<&str> = people
            .values()
            .map(|person| person.registration_id.as_str())
            .filter(|id| plan(&first, id) != plan(&after, id))
            .collect();
        assert!(differ.contains(candidate.as_str()));
        assert_eq!(subjects(&told), differ);
    }
}
