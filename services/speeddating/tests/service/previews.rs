//! What would be told, before it is told; and a publication that is refused when what was seen has changed.

use std::collections::BTreeMap;

use contracts::{common::v1::Milestone, speeddating::v1 as proto};
use futures::future::join;
use platform::on_each_database;
use proto::preview_correction_request::Correction as Asked;
use speeddating::MIGRATIONS;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::world::{World, refused};

async fn publication(world: &World, session: &str, number: i32) -> proto::PreviewPublicationResponse {
    let request = proto::PreviewPublicationRequest {
        session_id: session.to_owned(),
        number,
    };
    let mut planner = world.planner(World::named("lina"));
    planner.preview_publication(request).await.unwrap().into_inner()
}

async fn publish(
    world: &World,
    seen: &proto::PreviewPublicationResponse,
    session: &str,
    number: i32,
) -> Result<(), Status> {
    let request = proto::PublishRequest {
        session_id: session.to_owned(),
        version: seen.session_version,
        number,
        timetable_version: seen.timetable_version,
    };
    world.coordinator().publish(request).await.map(|_| ())
}

/// By subject and kind: the order in which people are told says nothing.
fn sorted(milestones: Vec<Milestone>) -> BTreeMap<(String, String), Milestone> {
    milestones
        .into_iter()
        .map(|one| ((one.subject.clone(), one.kind.clone()), one))
        .collect()
}

async fn foreseen(
    world: &World,
    timetable: &proto::Timetable,
    asked: Asked,
) -> Result<proto::PreviewCorrectionResponse, Status> {
    let request = proto::PreviewCorrectionRequest {
        session_id: timetable.session_id.clone(),
        number: timetable.number,
        correction: Some(asked),
    };
    let mut planner = world.planner(World::named("lina"));
    planner
        .preview_correction(request)
        .await
        .map(tonic::Response::into_inner)
}

on_each_database! { MIGRATIONS,
    async fn what_a_publication_tells_is_what_its_preview_showed(db: Db) {
        let world = World::new(db);
        let session = world.imported().await.session_id;
        let stored = world.session(&session).await;
        let made = world.made(&stored).await;
        world.told().await;
        let seen = publication(&world, &session, made.number).await;
        assert_eq!(world.told().await, [], "a preview told somebody");
        assert_eq!(seen.clashes, [] as [&str; 0]);
        publish(&world, &seen, &session, made.number).await.unwrap();
        assert_eq!(sorted(world.told().await), sorted(seen.milestones));
        // Another timetable: only those for whom something changes.
        let other = world.coordinator().make_timetable(proto::MakeTimetableRequest {
            request_id: world.fresh(), session_id: session.clone(), seed: 99, seconds: 1,
        }).await.unwrap().into_inner().timetable.unwrap();
        let seen = publication(&world, &session, other.number).await;
        publish(&world, &seen, &session, other.number).await.unwrap();
        assert_eq!(sorted(world.told().await), sorted(seen.milestones));
        let seen = publication(&world, &session, other.number).await;
        assert_eq!(seen.milestones, [], "all have been told");
    }

    async fn what_a_correction_tells_is_what_its_preview_showed(db: Db) {
        let world = World::new(db);
        let (_, timetable) = world.published().await;
        world.told().await;
        let mut client = world.client(World::named("lina"));
        let meeting = timetable.meetings[5].clone();
        let cancel = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: meeting.version };
        let seen = foreseen(&world, &timetable, Asked::Cancel(cancel.clone())).await.unwrap();
        assert!(seen.published);
        assert_eq!(world.told().await, []);
        client.cancel_meeting(cancel).await.unwrap();
        let told = world.told().await;
        assert_eq!(sorted(told), sorted(seen.milestones));
        // Taking it back, which would tell the same people.
        let asked = proto::UndoCorrectionRequest {
            session_id: timetable.session_id.clone(), number: timetable.number, correction_id: String::new(),
        };
        let seen = foreseen(&world, &timetable, Asked::Undo(asked.clone())).await.unwrap();
        assert_eq!(seen.changes[0].after.clone().unwrap_or_default().state(), proto::MeetingState::Planned);
        world.planner(World::named("lina")).undo_correction(asked).await.unwrap();
        assert_eq!(sorted(world.told().await), sorted(seen.milestones));
        // A move and an addition that cannot be are refused as they would be.
        let there = proto::MoveMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: 3, slot: 99, table: 0 };
        let reply = foreseen(&world, &timetable, Asked::Move(there.clone())).await;
        assert_eq!(refused(reply), refused(client.move_meeting(there).await));
        let stale = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id, version: 1 };
        assert_eq!(refused(foreseen(&world, &timetable, Asked::Cancel(stale)).await), (Code::Aborted, "STALE_VERSION".to_owned()));
    }

    async fn a_timetable_that_is_not_published_tells_nobody_of_a_correction(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let timetable = world.made(&session).await;
        let meeting = &timetable.meetings[0];
        let cancel = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: meeting.version };
        let seen = foreseen(&world, &timetable, Asked::Cancel(cancel)).await.unwrap();
        assert!(!seen.published && seen.milestones.is_empty() && seen.changes.len() == 1);
    }

    async fn a_publication_of_what_changed_since_its_preview_is_refused_with_the_difference(db: Db) {
        let world = World::new(db);
        let session = world.imported().await.session_id;
        let made = world.made(&world.session(&session).await).await;
        let seen = publication(&world, &session, made.number).await;
        let meeting = &made.meetings[0];
        let cancel = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: meeting.version };
        world.client(World::named("omar")).cancel_meeting(cancel).await.unwrap();
        let status = publish(&world, &seen, &session, made.number).await.unwrap_err();
        assert_eq!(status.code(), Code::Aborted);
        let told = status.get_details_error_info().unwrap();
        assert_eq!((told.reason.as_str(), told.metadata["changed_by"].as_str()), ("TIMETABLE_CHANGED", "omar"));
        let since = proto::ListCorrectionsRequest {
            session_id: session.clone(), number: made.number, since_version: seen.timetable_version,
        };
        let difference = world.planner(World::named("lina")).list_corrections(since).await.unwrap().into_inner();
        assert_eq!(difference.corrections.len(), 1);
        assert_eq!(difference.timetable_version.to_string(), told.metadata["timetable_version"]);
        let seen = publication(&world, &session, made.number).await;
        publish(&world, &seen, &session, made.number).await.unwrap();
    }

    async fn a_publication_and_a_correction_at_once_tell_what_stands(db: Db) {
        let world = World::new(db);
        let session = world.imported().await.session_id;
        let made = world.made(&world.session(&session).await).await;
        let mut published = false;
        for meeting in &made.meetings[..8] {
            let seen = publication(&world, &session, made.number).await;
            let cancel = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: meeting.version };
            let mut omar = world.client(World::named("omar"));
            let (cancelled, first) = join(omar.cancel_meeting(cancel), publish(&world, &seen, &session, made.number)).await;
            cancelled.unwrap();
            match first {
                Ok(()) => published = true,
                Err(status) => assert_eq!(status.code(), Code::Aborted, "{status:?}"),
            }
        }
        if !published {
            let seen = publication(&world, &session, made.number).await;
            publish(&world, &seen, &session, made.number).await.unwrap();
        }
        // Whoever was first: what was told last of each is what stands.
        let seen = publication(&world, &session, made.number).await;
        assert_eq!(seen.milestones, [], "somebody was not told of what stands");
    }

    async fn a_comparison_names_who_gains_and_who_loses(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let one = world.made(&session).await;
        let two = world.made(&session).await;
        let compare = |from: i32, to: i32| {
            let mut planner = world.planner(World::named("lina"));
            let request = proto::CompareTimetablesRequest { session_id: session.session_id.clone(), from, to };
            async move { planner.compare_timetables(request).await.unwrap().into_inner() }
        };
        let same = compare(one.number, one.number).await;
        assert_eq!(same.people, []);
        assert!(same.unchanged > 0);
        let before = compare(two.number, one.number).await.people.len();
        let meeting = two.meetings[4].clone();
        let cancel = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: meeting.version };
        world.coordinator().cancel_meeting(cancel).await.unwrap();
        let compared = compare(two.number, one.number).await;
        let of = |id: &str| compared.people.iter().find(|one| one.registration_id == id).cloned();
        if one.meetings.iter().any(|other| other.candidate_id == meeting.candidate_id && other.employer_id == meeting.employer_id) {
            assert!(compared.people.len() >= before);
            let gained = of(&meeting.candidate_id).expect("who lost a meeting gains it in the other timetable");
            assert!(gained.gained.iter().any(|other| other.employer_id == meeting.employer_id));
            assert!(gained.weight_after > gained.weight_before);
            let employer = of(&meeting.employer_id).unwrap();
            assert_eq!(employer.side(), proto::Side::Employer);
        }
        let back = compare(one.number, two.number).await;
        for person in &back.people {
            let other = of(&person.registration_id).unwrap();
            assert_eq!((person.gained.len(), person.lost.len(), person.moved.len()), (other.lost.len(), other.gained.len(), other.moved.len()));
            assert_eq!((person.weight_before, person.weight_after), (other.weight_after, other.weight_before));
        }
    }
}
