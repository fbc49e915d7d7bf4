use std::collections::BTreeSet;

use contracts::common::v1::PageRequest;
use contracts::scheduler::v1::{GetStatusRequest, ListRemindersRequest, PreviewPlanRequest, ReminderState};
use platform::auth::{Actor, Role, Scope};
use tonic::Code;
use uuid::Uuid;

use super::world::{ANNA, BRUNO, OWNER, World, participation};

const START: &str = "2026-11-25T09:00";

#[tokio::test]
async fn pages_give_every_reminder_once_newest_due_first() {
    let world = World::at("2026-11-10T21:00").await;
    world
        .publish_all(
            (1..=5)
                .map(|number| participation(number, 1, START, Uuid::from_u128(number.into())))
                .collect(),
        )
        .await;
    let (mut token, mut seen, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let page = Some(PageRequest { size: 7, token });
        let request = ListRemindersRequest {
            page,
            ..ListRemindersRequest::default()
        };
        let reply = world
            .client
            .clone()
            .list_reminders(request)
            .await
            .unwrap()
            .into_inner();
        seen.extend(reply.reminders);
        pages += 1;
        token = reply.page.unwrap().next_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((seen.len(), pages), (20, 3));
    assert_eq!(
        seen.iter()
            .map(|reminder| &reminder.reminder_id)
            .collect::<BTreeSet<_>>()
            .len(),
        20
    );
    assert!(seen.windows(2).all(|pair| {
        let key = |index: usize| pair[index].due_at.map(|at| (at.seconds, at.nanos));
        key(0) >= key(1)
    }));
}

#[tokio::test]
async fn lists_are_narrowed_by_person_subject_group_and_state() {
    let world = World::at("2026-11-10T21:00").await;
    let mut other = participation(2, 1, START, BRUNO);
    other.group = "speeddating.session/2".into();
    world
        .publish_all(vec![participation(1, 1, START, ANNA), other])
        .await;
    let count = async |request: ListRemindersRequest| {
        world
            .client
            .clone()
            .list_reminders(request)
            .await
            .unwrap()
            .into_inner()
            .reminders
            .len()
    };
    let all = ListRemindersRequest::default;
    assert_eq!(count(all()).await, 8);
    assert_eq!(
        count(ListRemindersRequest {
            person_id: ANNA.to_string(),
            ..all()
        })
        .await,
        4
    );
    assert_eq!(
        count(ListRemindersRequest {
            subject: "speeddating.participation/2".into(),
            ..all()
        })
        .await,
        4
    );
    assert_eq!(
        count(ListRemindersRequest {
            group: "speeddating.session/2".into(),
            ..all()
        })
        .await,
        4
    );
    assert_eq!(
        count(ListRemindersRequest {
            state: ReminderState::Sent.into(),
            ..all()
        })
        .await,
        0
    );
    let both = ListRemindersRequest {
        person_id: ANNA.to_string(),
        group: "speeddating.session/2".into(),
        ..all()
    };
    assert_eq!(count(both).await, 0);
    let wrong = ListRemindersRequest {
        person_id: "anna".into(),
        ..all()
    };
    assert_eq!(
        world
            .client
            .clone()
            .list_reminders(wrong)
            .await
            .unwrap_err()
            .code(),
        Code::InvalidArgument
    );
}

#[tokio::test]
async fn the_status_of_a_group_or_a_person_counts_theirs_only_by_policy() {
    let world = World::at("2026-11-10T21:00").await;
    let mut other = participation(2, 1, START, BRUNO);
    other.group = "speeddating.session/2".into();
    let (first, second) = (
        participation(1, 1, START, ANNA),
        participation(3, 1, START, BRUNO),
    );
    world.publish_all(vec![first, second, other]).await;
    let status = async |group: &str, person: &str| {
        let request = GetStatusRequest {
            group: group.to_owned(),
            person_id: person.to_owned(),
        };
        world
            .client
            .clone()
            .get_status(request)
            .await
            .unwrap()
            .into_inner()
    };
    let (anna, bruno) = (ANNA.to_string(), BRUNO.to_string());
    for (group, person, planned) in [
        ("", "", 12),
        ("speeddating.session/1", "", 8),
        ("speeddating.session/2", "", 4),
        ("speeddating.session/3", "", 0),
        ("", anna.as_str(), 4),
        ("", bruno.as_str(), 8),
        ("speeddating.session/1", bruno.as_str(), 4),
        ("speeddating.session/2", anna.as_str(), 0),
    ] {
        let status = status(group, person).await;
        assert_eq!(status.planned, planned, "group {group:?}, person {person:?}");
        let by_policy: i64 = status.policies.iter().map(|count| count.planned).sum();
        assert_eq!(
            by_policy, planned,
            "by policy: group {group:?}, person {person:?}"
        );
    }
}

#[tokio::test]
async fn staff_see_the_reminders_and_counts_of_their_organisations_only() {
    let world = World::at("2026-11-10T21:00").await;
    let mut other = participation(2, 1, START, BRUNO);
    other.organisation_id = Uuid::from_u128(901).to_string();
    world
        .publish_all(vec![participation(1, 1, START, ANNA), other])
        .await;
    let actor = Actor {
        subject: "someone".into(),
        role: Role::Coordinator,
        scope: Scope::Organisations(BTreeSet::from([OWNER])),
    };
    let mut client = world.as_actor(actor);
    let seen = client
        .list_reminders(ListRemindersRequest::default())
        .await
        .unwrap()
        .into_inner()
        .reminders;
    assert_eq!(seen.len(), 4);
    assert!(
        seen.iter()
            .all(|reminder| reminder.recipient_person_id == ANNA.to_string())
    );
    let status = client
        .get_status(GetStatusRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!((status.planned, status.milestones), (4, 1));
    assert!(status.next_due.is_some());
    let milestones = vec![{
        let mut milestone = participation(3, 1, START, ANNA);
        milestone.organisation_id = Uuid::from_u128(901).to_string();
        milestone
    }];
    let denied = client
        .preview_plan(PreviewPlanRequest { milestones })
        .await
        .unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_preview_says_who_would_be_told_what_and_changes_nothing() {
    let world = World::at("2026-11-23T12:00").await;
    let milestones = vec![
        participation(1, 1, START, ANNA),
        participation(2, 1, START, BRUNO),
    ];
    let request = PreviewPlanRequest {
        milestones: milestones.clone(),
    };
    let preview = world
        .client
        .clone()
        .preview_plan(request)
        .await
        .unwrap()
        .into_inner()
        .reminders;
    assert_eq!(world.reminders().await, []);
    world.publish_all(milestones).await;
    let mut wrong = participation(1, 2, START, ANNA);
    wrong.kind = "party".into();
    let error = world
        .client
        .clone()
        .preview_plan(PreviewPlanRequest {
            milestones: vec![wrong],
        })
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    let mut told: Vec<_> = world.reminders().await;
    world.quiet().await;
    // The plan itself may have been handed over meanwhile.
    for reminder in &mut told {
        if reminder.state() == ReminderState::Queued {
            reminder.set_state(ReminderState::Planned);
        }
    }
    let lines = |all: Vec<contracts::scheduler::v1::Reminder>| {
        let line = |one: contracts::scheduler::v1::Reminder| {
            (
                one.recipient_person_id,
                one.occurrence,
                one.state,
                one.reason,
                one.due_at.map(|at| at.seconds),
            )
        };
        all.into_iter().map(line).collect::<BTreeSet<_>>()
    };
    assert_eq!(lines(preview), lines(told));
}

#[tokio::test]
async fn lists_are_narrowed_by_channel_and_people_and_run_in_both_directions() {
    let world = World::at("2026-11-10T21:00").await;
    world
        .publish_all(vec![
            participation(1, 1, START, ANNA),
            participation(2, 1, START, BRUNO),
        ])
        .await;
    let list = async |request: ListRemindersRequest| {
        let reply = world.client.clone().list_reminders(request).await;
        reply.map(|reply| reply.into_inner().reminders)
    };
    let all = ListRemindersRequest::default;
    let by = |channel: &str| ListRemindersRequest {
        channel: channel.into(),
        ..all()
    };
    // The plan and the week before go by mail first, the two others by SMS.
    assert_eq!(list(by("mail")).await.unwrap().len(), 4);
    assert_eq!(list(by("sms")).await.unwrap().len(), 4);
    assert_eq!(list(by("fax")).await.unwrap_err().code(), Code::InvalidArgument);
    let people = |ids: &[Uuid]| ListRemindersRequest {
        person_ids: ids.iter().map(Uuid::to_string).collect(),
        ..all()
    };
    assert_eq!(list(people(&[ANNA])).await.unwrap().len(), 4);
    assert_eq!(list(people(&[ANNA, BRUNO])).await.unwrap().len(), 8);
    assert_eq!(list(people(&[OWNER])).await.unwrap().len(), 0);
    assert_eq!(
        list(people(&[ANNA; 501])).await.unwrap_err().code(),
        Code::InvalidArgument
    );
    let oldest = |size, token| ListRemindersRequest {
        page: Some(PageRequest { size, token }),
        oldest_first: true,
        ..all()
    };
    let mut backwards = list(all()).await.unwrap();
    backwards.reverse();
    assert_eq!(list(oldest(100, String::new())).await.unwrap(), backwards);
    let first = world
        .client
        .clone()
        .list_reminders(oldest(5, String::new()))
        .await
        .unwrap()
        .into_inner();
    let rest = list(oldest(5, first.page.unwrap().next_token)).await.unwrap();
    assert_eq!(
        [first.reminders, rest].concat(),
        backwards,
        "pages follow each other in this direction too"
    );
}
