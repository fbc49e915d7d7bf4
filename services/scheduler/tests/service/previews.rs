//! What a change would do to who was told already, before it is made.

use std::collections::BTreeSet;

use contracts::common::v1::Milestone;
use contracts::notifier::v1::Outcome;
use contracts::scheduler::v1::release_answer::Verdict;
use contracts::scheduler::v1::{PreviewPlanRequest, PreviewPlanResponse, Reminder, ReminderState};

use platform::auth::{Actor, Role, Scope};
use tonic::Code;
use uuid::Uuid;

use super::world::{ANNA, BRUNO, OWNER, World, cleared, participation, text};

const START: &str = "2026-11-25T09:00"; // a Wednesday

/// Anna has read her plan; Bruno's waits, since it is night.
async fn told() -> World {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    let plan = world.handed_over(1).await;
    assert!(matches!(world.release(&plan, 1).await, Verdict::Granted(_)));
    world.settle(&plan.delivery_id, Outcome::Sent, "").await;
    world.advance_to("2026-11-10T22:00");
    world.publish(participation(2, 1, START, BRUNO)).await;
    world.quiet().await;
    world
}

#[tokio::test]
async fn the_ledger_of_another_organisation_is_not_shown_whatever_organisation_is_named() {
    let world = told().await;
    let own = Uuid::from_u128(901);
    let code = async |organisation: Uuid, number| {
        let coordinator = Actor {
            subject: "eve".into(),
            role: Role::Coordinator,
            scope: Scope::Organisations([own].into()),
        };
        let mut gone = cleared(participation(number, 1, START, ANNA), 2);
        gone.organisation_id = organisation.to_string();
        let request = PreviewPlanRequest {
            milestones: vec![gone],
        };
        let reply = world.as_actor(coordinator).preview_plan(request).await;
        reply.map_or_else(|status| status.code(), |_| Code::Ok)
    };
    assert_eq!(code(OWNER, 1).await, Code::PermissionDenied);
    assert_eq!(code(own, 1).await, Code::PermissionDenied);
    assert_eq!(code(own, 77).await, Code::Ok, "one that nobody has");
}

async fn preview(world: &World, milestones: Vec<Milestone>) -> PreviewPlanResponse {
    let request = PreviewPlanRequest { milestones };
    world
        .client
        .clone()
        .preview_plan(request)
        .await
        .unwrap()
        .into_inner()
}

fn said(reminders: &[Reminder]) -> BTreeSet<String> {
    let line = |one: &Reminder| {
        let who = if one.recipient_person_id == ANNA.to_string() {
            "Anna"
        } else {
            "Bruno"
        };
        format!("{who} {} {} {}", one.occurrence, one.occasion, one.reason)
    };
    reminders.iter().map(line).collect()
}

fn lines(lines: &[&str]) -> BTreeSet<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[tokio::test]
async fn a_move_would_tell_who_was_told_and_plan_anew_for_both() {
    let world = told().await;
    let before = world.reminders().await;
    let moved = |number, person| participation(number, 2, "2026-11-26T14:00", person);
    let seen = preview(&world, vec![moved(1, ANNA), moved(2, BRUNO)]).await;
    assert_eq!(world.reminders().await, before, "a preview changed the ledger");
    let added = said(&seen.reminders);
    assert!(added.contains("Anna change-2 moved "), "{added:?}");
    assert!(
        !added.iter().any(|line| line.starts_with("Bruno change")),
        "who knows nothing yet hears of no change: {added:?}"
    );
    assert!(added.contains("Bruno planned planned "), "{added:?}");
    assert!(
        said(&seen.withdrawn).contains("Bruno planned planned superseded"),
        "{:?}",
        said(&seen.withdrawn)
    );
    assert!(
        seen.withdrawn
            .iter()
            .all(|one| one.state() == ReminderState::Suppressed && !one.reminder_id.is_empty())
    );
    // It is what the change does.
    world.publish_all(vec![moved(1, ANNA), moved(2, BRUNO)]).await;
    let known: BTreeSet<String> = before.iter().map(|one| one.reminder_id.clone()).collect();
    let new: Vec<_> = world
        .reminders()
        .await
        .into_iter()
        .filter(|one| !known.contains(&one.reminder_id))
        .collect();
    assert_eq!(said(&new), added);
}

#[tokio::test]
async fn a_cancellation_would_tell_who_was_told_and_hold_the_rest_back() {
    let world = told().await;
    let gone = vec![
        cleared(participation(1, 1, START, ANNA), 2),
        cleared(participation(2, 1, START, BRUNO), 2),
    ];
    let seen = preview(&world, gone).await;
    assert_eq!(said(&seen.reminders), lines(&["Anna change-2 cleared "]));
    let withdrawn = said(&seen.withdrawn);
    assert!(
        withdrawn.contains("Bruno planned planned cancelled")
            && withdrawn.contains("Anna -48h before cancelled"),
        "{withdrawn:?}"
    );
    assert_eq!(seen.rescheduled, []);
}

#[tokio::test]
async fn a_corrected_fact_tells_the_change_and_leaves_the_rest() {
    let world = told().await;
    let mut corrected = participation(1, 2, START, ANNA);
    corrected.facts.insert("venue_name".into(), text("Hall B"));
    let seen = preview(&world, vec![corrected]).await;
    assert_eq!(said(&seen.reminders), lines(&["Anna change-2 changed "]));
    assert_eq!((seen.withdrawn, seen.rescheduled), (Vec::new(), Vec::new()));
    let same = preview(&world, vec![participation(1, 2, START, ANNA)]).await;
    assert_eq!(
        same,
        PreviewPlanResponse::default(),
        "nothing changed, and somebody would be told"
    );
}
