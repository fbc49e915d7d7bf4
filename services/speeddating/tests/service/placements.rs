//! Where a meeting can be: what is offered is what the service does.

use contracts::speeddating::v1 as proto;
use platform::on_each_database;
use proto::{PlacementState as State, list_placements_request::What};
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{OTHER, World, nobody_twice, refused};

async fn placements(
    world: &World,
    timetable: &proto::Timetable,
    what: What,
) -> proto::ListPlacementsResponse {
    let request = proto::ListPlacementsRequest {
        session_id: timetable.session_id.clone(),
        number: timetable.number,
        what: Some(what),
    };
    let mut planner = world.planner(World::named("lina"));
    planner.list_placements(request).await.unwrap().into_inner()
}

on_each_database! { MIGRATIONS,
    async fn every_offer_is_accepted_and_everything_else_is_refused(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let people = world.people(&session.session_id).await;
        let mut meeting = timetable.meetings[10].clone();
        let found = placements(&world, &timetable, What::MeetingId(meeting.meeting_id.clone())).await;
        assert_eq!(found.slots.len(), timetable.slots.len());
        assert_eq!(found.meeting.unwrap().meeting_id, meeting.meeting_id);
        let (mut offered, mut swapped, mut impossible) = (0, 0, 0);
        for slot in &found.slots {
            for place in &slot.tables {
                let mut client = world.coordinator();
                let change = proto::MoveMeetingRequest {
                    meeting_id: meeting.meeting_id.clone(), version: meeting.version, slot: slot.slot, table: place.table,
                };
                match place.state() {
                    State::Possible if offered < 5 => {
                        offered += 1;
                        let moved = client.move_meeting(change).await.unwrap().into_inner().meeting.unwrap();
                        assert_eq!((moved.slot, moved.table), (slot.slot, place.table));
                        // Back again, so that the other offers stand.
                        let back = proto::UndoCorrectionRequest {
                            session_id: session.session_id.clone(), number: timetable.number, ..Default::default()
                        };
                        let undone = world.planner(moved_by()).undo_correction(back).await.unwrap().into_inner();
                        meeting = undone.meetings[0].clone();
                    }
                    State::Swap if swapped < 3 => {
                        swapped += 1;
                        let swap = proto::SwapMeetingsRequest {
                            first_meeting_id: meeting.meeting_id.clone(), first_version: meeting.version,
                            second_meeting_id: place.other_meeting_id.clone(),
                            second_version: now(&world, &timetable, &place.other_meeting_id).await.version,
                        };
                        let reply = client.swap_meetings(swap).await.unwrap().into_inner();
                        let (first, second) = (reply.first.unwrap(), reply.second.unwrap());
                        assert_eq!((first.slot, first.table), (slot.slot, place.table_after));
                        assert_eq!(second.table, place.other_table_after);
                        let back = proto::UndoCorrectionRequest {
                            session_id: session.session_id.clone(), number: timetable.number, ..Default::default()
                        };
                        world.planner(moved_by()).undo_correction(back).await.unwrap();
                        meeting = now(&world, &timetable, &meeting.meeting_id).await;
                    }
                    State::Impossible => {
                        impossible += 1;
                        let reply = client.move_meeting(change).await;
                        assert_eq!(refused(reply), (Code::FailedPrecondition, "CLASH".to_owned()));
                        assert!(!place.reason.is_empty() && !place.message.is_empty());
                    }
                    _ => {}
                }
            }
        }
        assert!(offered > 0 && swapped > 0 && impossible > 0, "{offered} offers, {swapped} swaps, {impossible} refusals");
        nobody_twice(&world.timetable(&session.session_id).await, &people);
        let after = world.timetable(&session.session_id).await;
        let places = |timetable: &proto::Timetable| {
            let mut all: Vec<_> = timetable.meetings.iter().map(|one| (one.meeting_id.clone(), one.slot, one.table)).collect();
            all.sort();
            all
        };
        assert_eq!(places(&after), places(&timetable), "what was taken back is not as before");
    }

    async fn a_pair_that_may_not_meet_has_no_place_and_says_why(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let meeting = &timetable.meetings[0];
        let pair = proto::MeetingPair {
            candidate_id: meeting.candidate_id.clone(), employer_id: meeting.employer_id.clone(),
        };
        let found = placements(&world, &timetable, What::Pair(pair)).await;
        assert!(found.meeting.is_none());
        let reasons: std::collections::BTreeSet<_> = found.slots.iter()
            .flat_map(|slot| &slot.tables)
            .map(|place| (place.state(), place.reason.clone()))
            .collect();
        assert!(reasons.iter().all(|(state, _)| *state == State::Impossible), "{reasons:?}");
        assert!(reasons.contains(&(State::Impossible, "PAIR_TWICE".to_owned())), "{reasons:?}");
    }

    async fn another_organisation_sees_no_places(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let foreign = platform::auth::Actor {
            scope: platform::auth::Scope::Organisations([OTHER].into()), ..World::named("eve")
        };
        let request = proto::ListPlacementsRequest {
            session_id: timetable.session_id.clone(), number: 1,
            what: Some(What::MeetingId(timetable.meetings[0].meeting_id.clone())),
        };
        assert_eq!(refused(world.planner(foreign).list_placements(request).await).0, Code::NotFound);
    }
}

/// The coordinator of `World::coordinator`, whose newest correction is taken back.
fn moved_by() -> platform::auth::Actor {
    platform::auth::Actor {
        subject: format!(
            "{:?} of {}",
            platform::auth::Role::Coordinator,
            super::world::OWNER
        ),
        role: platform::auth::Role::Coordinator,
        scope: platform::auth::Scope::Organisations([super::world::OWNER].into()),
    }
}

async fn now(world: &World, timetable: &proto::Timetable, id: &str) -> proto::Meeting {
    let request = proto::GetTimetableRequest {
        session_id: timetable.session_id.clone(),
        number: timetable.number,
    };
    let timetable = world
        .coordinator()
        .get_timetable(request)
        .await
        .unwrap()
        .into_inner()
        .timetable
        .unwrap();
    timetable
        .meetings
        .into_iter()
        .find(|one| one.meeting_id == id)
        .unwrap()
}
