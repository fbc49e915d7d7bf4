//! What policies would send for a session that stands, without anything being planned.

use contracts::scheduler::v1::{ReminderState, Supposition, TryPoliciesRequest, TryPoliciesResponse};
use platform::auth::{Actor, Role, Scope};
use platform::on_each_database;
use scheduler::MIGRATIONS;
use tonic::{Code, Status};
use uuid::Uuid;

use super::world::{ANNA, BRUNO, OWNER, World, cleared, participation};

const START: &str = "2026-11-25T09:00";
const GROUP: &str = "speeddating.session/1";
const CANDIDATE: &str = include_str!("../../policies/speed-dating-candidate.yaml");
const CHANGED: &str = include_str!("../../policies/speed-dating-changed.yaml");

async fn attempt(
    world: &World,
    change: impl FnOnce(&mut TryPoliciesRequest),
) -> Result<TryPoliciesResponse, Status> {
    let mut request = TryPoliciesRequest {
        group: GROUP.into(),
        ..TryPoliciesRequest::default()
    };
    change(&mut request);
    world
        .by_hand()
        .try_policies(request)
        .await
        .map(tonic::Response::into_inner)
}

fn occurrences(reply: &TryPoliciesResponse, person: Uuid) -> Vec<(String, String)> {
    let mut own: Vec<_> = reply
        .reminders
        .iter()
        .filter(|one| one.recipient_person_id == person.to_string())
        .collect();
    own.sort_by_key(|one| one.due_at.map(|at| at.seconds));
    own.iter()
        .map(|one| {
            let state = if one.state() == ReminderState::Planned {
                String::new()
            } else {
                one.reason.clone()
            };
            (one.occurrence.clone(), state)
        })
        .collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter()
        .map(|(one, other)| ((*one).to_owned(), (*other).to_owned()))
        .collect()
}

on_each_database! { MIGRATIONS,
    async fn an_edited_document_is_tried_on_what_stands_and_nothing_is_kept(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        let gone = cleared(participation(2, 1, START, BRUNO), 2);
        world.publish_all(vec![participation(1, 1, START, ANNA), participation(2, 1, START, BRUNO)]).await;
        world.handed_over(2).await;
        world.publish(gone).await;
        let before = world.reminders().await;
        let edited = CANDIDATE.replace("-48h", "-72h").replace("-P7D", "-P30D");
        let reply = attempt(&world, |request| request.document = edited).await.unwrap();
        assert_eq!(reply.problems, []);
        assert_eq!(
            occurrences(&reply, ANNA),
            pairs(&[("-P30D", "too_late"), ("-72h", ""), ("-1bd 17:00", "")]),
            "what is over is shown with its reason"
        );
        assert_eq!(occurrences(&reply, BRUNO), [], "it does not stand");
        assert_eq!(reply.milestones.len(), 1);
        assert!(reply.policies[0].reading.contains("72 heures avant"));
        assert!(reply.policies[0].reading_en.contains("72 hours before"));
        let at = prost_types::Timestamp { seconds: 1_760_000_000, nanos: 0 }; // October 2025
        let reply = attempt(&world, |request| { request.document = CANDIDATE.into(); request.at = Some(at); }).await.unwrap();
        assert_eq!(occurrences(&reply, ANNA), pairs(&[("-P7D", ""), ("-48h", ""), ("-1bd 17:00", "")]));
        assert_eq!(world.reminders().await, before);
    }

    async fn every_error_of_a_document_has_its_path(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        let wrong = CANDIDATE.replace("-48h", "soon").replace("window: participants", "window: always");
        let reply = attempt(&world, |request| request.document = wrong).await.unwrap();
        let paths: Vec<_> = reply.problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["spec.offsets[1].at", "spec.window"]);
        assert!(reply.reminders.is_empty() && reply.policies.is_empty());
    }

    async fn a_supposed_change_shows_who_would_be_told_of_it(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        let told = async |suppose: Supposition| {
            let reply = attempt(&world, |request| { request.document = CHANGED.into(); request.set_suppose(suppose); }).await.unwrap();
            reply.reminders.into_iter().map(|one| one.occasion).collect::<Vec<_>>()
        };
        assert_eq!(told(Supposition::Unspecified).await, Vec::<String>::new());
        assert_eq!(told(Supposition::Moved).await, ["moved"]);
        assert_eq!(told(Supposition::Cancelled).await, ["cleared"]);
        assert_eq!(told(Supposition::Changed).await, ["changed"], "the venue is watched");
        // Without a document those in force: the plan of the new date and the notice.
        let reply = attempt(&world, |request| request.set_suppose(Supposition::Moved)).await.unwrap();
        assert_eq!(
            occurrences(&reply, ANNA).into_iter().map(|(occurrence, _)| occurrence).collect::<Vec<_>>(),
            ["change-2", "-P7D", "-48h", "-1bd 17:00"]
        );
        assert_eq!(reply.milestones[0].starts_local, "2026-11-25T10:00:00");
    }

    async fn a_trial_shows_only_ones_own_and_a_group_is_needed(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        let other = Actor {
            subject: "someone".into(),
            role: Role::Coordinator,
            scope: Scope::Organisations([Uuid::from_u128(77)].into()),
        };
        let request = TryPoliciesRequest { group: GROUP.into(), ..TryPoliciesRequest::default() };
        let reply = world.by_hand_as(other).try_policies(request.clone()).await.unwrap().into_inner();
        assert!(reply.reminders.is_empty() && reply.milestones.is_empty());
        let partner = Actor { subject: "p".into(), role: Role::Partner, scope: Scope::Organisations([OWNER].into()) };
        let denied = world.by_hand_as(partner).try_policies(request).await.unwrap_err();
        assert_eq!(denied.code(), Code::PermissionDenied);
        let missing = attempt(&world, |request| request.group.clear()).await.unwrap_err();
        assert_eq!(platform::error::violations(&missing)[0].field, "group");
        let long = attempt(&world, |request| request.document = "x".repeat(200_001)).await.unwrap_err();
        assert_eq!(platform::error::violations(&long)[0].field, "document");
    }
}
