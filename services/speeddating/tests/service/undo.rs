//! Corrections that are taken back, and two coordinators at once.

use contracts::speeddating::v1 as proto;
use futures::future::join_all;
use platform::on_each_database;
use speeddating::MIGRATIONS;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::world::{World, nobody_twice, refused};

/// A slot that takes the meeting, other than its own.
async fn free_slot(world: &World, timetable: &proto::Timetable, meeting: &proto::Meeting) -> i32 {
    let request = proto::ListPlacementsRequest {
        session_id: timetable.session_id.clone(),
        number: timetable.number,
        what: Some(proto::list_placements_request::What::MeetingId(
            meeting.meeting_id.clone(),
        )),
    };
    let found = world
        .planner(World::named("looker"))
        .list_placements(request)
        .await
        .unwrap()
        .into_inner();
    found
        .slots
        .iter()
        .find(|slot| slot.possible && slot.slot != meeting.slot)
        .expect("a free slot")
        .slot
}

async fn movable(world: &World, timetable: &proto::Timetable) -> Vec<(proto::Meeting, i32)> {
    let mut all = Vec::new();
    for meeting in &timetable.meetings {
        let request = proto::ListPlacementsRequest {
            session_id: timetable.session_id.clone(),
            number: timetable.number,
            what: Some(proto::list_placements_request::What::MeetingId(
                meeting.meeting_id.clone(),
            )),
        };
        let found = world
            .planner(World::named("looker"))
            .list_placements(request)
            .await
            .unwrap()
            .into_inner();
        if let Some(slot) = found
            .slots
            .iter()
            .find(|slot| slot.possible && slot.slot != meeting.slot)
        {
            all.push((meeting.clone(), slot.slot));
        }
        if all.len() == 4 {
            break;
        }
    }
    all
}

fn to(meeting: &proto::Meeting, slot: i32) -> proto::MoveMeetingRequest {
    proto::MoveMeetingRequest {
        meeting_id: meeting.meeting_id.clone(),
        version: meeting.version,
        slot,
        table: 0,
    }
}

fn undo(timetable: &proto::Timetable, correction: &str) -> proto::UndoCorrectionRequest {
    proto::UndoCorrectionRequest {
        session_id: timetable.session_id.clone(),
        number: timetable.number,
        correction_id: correction.to_owned(),
    }
}

async fn history(world: &World, timetable: &proto::Timetable, since: i64) -> Vec<proto::Correction> {
    let request = proto::ListCorrectionsRequest {
        session_id: timetable.session_id.clone(),
        number: timetable.number,
        since_version: since,
    };
    let mut planner = world.planner(World::named("looker"));
    planner
        .list_corrections(request)
        .await
        .unwrap()
        .into_inner()
        .corrections
}

on_each_database! { MIGRATIONS,
    async fn a_correction_is_taken_back_and_those_concerned_are_told(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let (meeting, slot) = movable(&world, &timetable).await.remove(0);
        world.told().await;
        let (mut lina, mut planner) = (world.client(World::named("lina")), world.planner(World::named("lina")));
        lina.move_meeting(to(&meeting, slot)).await.unwrap();
        assert_eq!(world.told().await.len(), 2);
        let listed = history(&world, &timetable, 0).await;
        assert_eq!((listed[0].kind.as_str(), listed[0].by.as_str(), listed[0].undoable), ("MOVE", "lina", true));
        let (before, after) = (listed[0].changes[0].before.clone().unwrap(), listed[0].changes[0].after.clone().unwrap());
        assert_eq!((before.slot, after.slot), (meeting.slot, slot));
        let reply = planner.undo_correction(undo(&timetable, "")).await.unwrap().into_inner();
        assert_eq!((reply.meetings[0].slot, reply.meetings[0].table), (meeting.slot, meeting.table));
        assert_eq!(world.told().await.len(), 2, "who was told of the move must be told that it is undone");
        let listed = history(&world, &timetable, 0).await;
        assert_eq!((listed[0].kind.as_str(), listed[1].undone_by.as_str(), listed[1].undoable), ("UNDO", "lina", false));
        assert_eq!(refused(planner.undo_correction(undo(&timetable, "")).await), (Code::FailedPrecondition, "NOTHING_TO_UNDO".to_owned()));
        nobody_twice(&world.timetable(&session.session_id).await, &world.people(&session.session_id).await);
    }

    async fn what_was_taken_back_is_done_again_until_its_meetings_change(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let (meeting, slot) = movable(&world, &timetable).await.remove(0);
        let (mut lina, mut planner) = (world.client(World::named("lina")), world.planner(World::named("omar")));
        let moved = lina.move_meeting(to(&meeting, slot)).await.unwrap().into_inner().meeting.unwrap();
        let first = history(&world, &timetable, 0).await;
        assert_eq!(first[0].redo_id, "", "what stands is not done again");
        world.told().await;
        for _ in 0..2 {
            planner.undo_correction(undo(&timetable, &first[0].correction_id)).await.unwrap();
            assert_eq!(world.told().await.len(), 2);
            let back = history(&world, &timetable, 0).await;
            let own = back.iter().find(|one| one.correction_id == first[0].correction_id).unwrap();
            assert_eq!((own.undoable, own.undone_by.as_str(), own.redo_id.as_str()), (false, "omar", back[0].correction_id.as_str()));
            let again = planner.undo_correction(undo(&timetable, &own.redo_id)).await.unwrap().into_inner();
            assert_eq!((again.meetings[0].slot, again.meetings[0].table), (slot, moved.table));
            assert_eq!(world.told().await.len(), 2, "who was told that it is undone must be told that it is not");
            let twice = planner.undo_correction(undo(&timetable, &own.redo_id)).await;
            assert_eq!(refused(twice), (Code::Aborted, "NOT_UNDOABLE".to_owned()));
            let now = history(&world, &timetable, 0).await;
            let own = now.iter().find(|one| one.correction_id == first[0].correction_id).unwrap();
            assert_eq!((own.undoable, own.undone_by.as_str(), own.redo_id.as_str()), (true, "", ""));
            // The step that did it again is none of its own.
            let step = planner.undo_correction(undo(&timetable, &now[0].correction_id)).await;
            assert_eq!(refused(step), (Code::Aborted, "NOT_UNDOABLE".to_owned()));
        }
        let back = planner.undo_correction(undo(&timetable, &first[0].correction_id)).await.unwrap().into_inner();
        let redo = history(&world, &timetable, 0).await[0].correction_id.clone();
        lina.move_meeting(to(&back.meetings[0], slot)).await.unwrap();
        let late = planner.undo_correction(undo(&timetable, &redo)).await;
        assert_eq!(refused(late), (Code::Aborted, "NOT_UNDOABLE".to_owned()));
        nobody_twice(&world.timetable(&session.session_id).await, &world.people(&session.session_id).await);
    }

    async fn additions_and_cancellations_are_taken_back_too(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let meeting = timetable.meetings[3].clone();
        let (mut lina, mut planner) = (world.client(World::named("lina")), world.planner(World::named("lina")));
        let cancel = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: meeting.version };
        lina.cancel_meeting(cancel).await.unwrap();
        let add = proto::AddMeetingRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(), number: timetable.number,
            employer_id: meeting.employer_id.clone(), candidate_id: meeting.candidate_id.clone(),
            slot: meeting.slot, table: 0,
        };
        lina.add_meeting(add).await.unwrap();
        // The place of the cancelled one is taken by the added one: the clash is named.
        let cancelled = history(&world, &timetable, 0).await.into_iter().find(|one| one.kind == "CANCEL").unwrap();
        let reply = planner.undo_correction(undo(&timetable, &cancelled.correction_id)).await;
        assert_eq!(refused(reply), (Code::FailedPrecondition, "CLASH".to_owned()));
        let added = planner.undo_correction(undo(&timetable, "")).await.unwrap().into_inner();
        assert_eq!(added.meetings[0].state(), proto::MeetingState::Cancelled);
        let back = planner.undo_correction(undo(&timetable, "")).await.unwrap().into_inner();
        assert_eq!((back.meetings[0].meeting_id.as_str(), back.meetings[0].state()), (meeting.meeting_id.as_str(), proto::MeetingState::Planned));
    }

    async fn corrections_of_different_meetings_by_two_people_both_stand(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let all = movable(&world, &timetable).await;
        let moves = all.iter().zip(["lina", "omar", "lina", "omar"]).map(|((meeting, slot), who)| {
            let mut client = world.client(World::named(who));
            let request = to(meeting, *slot);
            async move { client.move_meeting(request).await }
        });
        let replies = join_all(moves).await;
        // Two may want the same place; a version is never the reason.
        for status in replies.iter().filter_map(|reply| reply.as_ref().err()) {
            assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
        }
        let won = replies.iter().filter(|reply| reply.is_ok()).count();
        assert!(won >= 2, "only {won} of four corrections of different meetings stood");
        assert_eq!(history(&world, &timetable, timetable.version).await.len(), won);
        nobody_twice(&world.timetable(&session.session_id).await, &world.people(&session.session_id).await);
    }

    async fn a_stale_correction_is_told_who_was_first_and_what_stands(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let (meeting, slot) = movable(&world, &timetable).await.remove(0);
        let moved = world.client(World::named("lina")).move_meeting(to(&meeting, slot)).await.unwrap().into_inner().meeting.unwrap();
        let status = world.client(World::named("omar")).move_meeting(to(&meeting, 9)).await.unwrap_err();
        assert_eq!(status.code(), Code::Aborted);
        let told = status.get_details_error_info().unwrap();
        assert_eq!(told.reason, "STALE_VERSION");
        let of = |key: &str| told.metadata[key].clone();
        assert_eq!((of("changed_by"), of("slot"), of("table")), ("lina".to_owned(), slot.to_string(), moved.table.to_string()));
        assert_eq!((of("version"), of("changed_at")), ("2".to_owned(), "2026-11-09T09:00:00Z".to_owned()));
        // Taken back by somebody else, by name; never by accident.
        let mut omar = world.planner(World::named("omar"));
        assert_eq!(refused(omar.undo_correction(undo(&timetable, "")).await).1, "NOTHING_TO_UNDO");
        let id = history(&world, &timetable, 0).await[0].correction_id.clone();
        omar.undo_correction(undo(&timetable, &id)).await.unwrap();
        let again = omar.undo_correction(undo(&timetable, &id)).await;
        assert_eq!(refused(again), (Code::Aborted, "NOT_UNDOABLE".to_owned()));
    }

    async fn only_what_still_stands_as_it_was_left_is_taken_back(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let (meeting, slot) = movable(&world, &timetable).await.remove(0);
        let moved = world.client(World::named("lina")).move_meeting(to(&meeting, slot)).await.unwrap().into_inner().meeting.unwrap();
        let back = free_slot(&world, &timetable, &moved).await;
        world.client(World::named("omar")).move_meeting(to(&moved, back)).await.unwrap();
        let reply = world.planner(World::named("lina")).undo_correction(undo(&timetable, "")).await;
        assert_eq!(refused(reply), (Code::Aborted, "NOT_UNDOABLE".to_owned()));
        let listed = history(&world, &timetable, 0).await;
        assert_eq!(listed.iter().map(|one| one.undoable).collect::<Vec<_>>(), [true, false]);
    }

    async fn of_many_who_take_the_same_correction_back_one_does(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let (meeting, slot) = movable(&world, &timetable).await.remove(0);
        world.client(World::named("lina")).move_meeting(to(&meeting, slot)).await.unwrap();
        let id = history(&world, &timetable, 0).await[0].correction_id.clone();
        let all = (0..6).map(|_| {
            let (mut planner, request) = (world.planner(World::named("lina")), undo(&timetable, &id));
            async move { planner.undo_correction(request).await }
        });
        let won = join_all(all).await.into_iter().flatten().count();
        assert_eq!(won, 1);
    }

    async fn twenty_steps_are_kept_to_be_taken_back(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let (mut meeting, slot) = movable(&world, &timetable).await.remove(0);
        let mut lina = world.client(World::named("lina"));
        for step in 0..25 {
            let slot = if step % 2 == 0 { slot } else { timetable.meetings.iter().find(|one| one.meeting_id == meeting.meeting_id).unwrap().slot };
            meeting = lina.move_meeting(to(&meeting, slot)).await.unwrap().into_inner().meeting.unwrap();
        }
        let mut planner = world.planner(World::named("lina"));
        for step in 0..20 {
            let undone = planner.undo_correction(undo(&timetable, "")).await;
            assert!(undone.is_ok(), "step {step} was not taken back: {undone:?}");
        }
        assert_eq!(refused(planner.undo_correction(undo(&timetable, "")).await).1, "NOTHING_TO_UNDO");
        let now = world.timetable(&session.session_id).await;
        let stands = now.meetings.iter().find(|one| one.meeting_id == meeting.meeting_id).unwrap();
        assert_eq!(stands.slot, slot, "20 of 25 steps back is where the fifth step led");
        assert_eq!(history(&world, &timetable, 0).await.iter().filter(|one| one.kind == "MOVE").count(), 20);
        assert!(history(&world, &timetable, 1).await.len() > 20, "who looked at an older version is shown all");
    }
}
