use contracts::common::v1::{Fact, Milestone, Party, fact::Value};
use contracts::notifier::v1::Outcome;
use contracts::scheduler::v1::release_answer::Verdict;

use super::world::{ANNA, BRUNO, World, participation};

/// An employer's part with outcomes missing; BRUNO coordinates.
fn part(number: u32, revision: i64, missing: i64) -> Milestone {
    let mut milestone = participation(number, revision, "2026-11-25T09:00", ANNA);
    milestone.parties[0].role = "employer_contact".into();
    milestone.parties.push(Party {
        role: "coordinator".into(),
        person_id: BRUNO.to_string(),
        organisation_id: String::new(),
    });
    milestone.facts.insert(
        "outcomes_missing".into(),
        Fact {
            value: Some(Value::Number(missing)),
        },
    );
    milestone
}

#[tokio::test]
async fn the_coordinator_gets_one_message_for_all_that_is_missing_then() {
    let world = World::at("2026-11-25T12:00").await;
    world
        .publish_all((1..=3).map(|number| part(number, 1, 2)).collect())
        .await;
    // The business day after the session, 09:00, is waited for until 08:30 of the day after.
    world.advance_to("2026-11-26T10:00");
    world.handed_over(3).await;
    assert!(
        world
            .all_handed_over()
            .iter()
            .all(|delivery| delivery.template == "outcomes_missing")
    );
    world.advance_to("2026-11-27T08:30");
    let digest = world.handed_over(4).await;
    assert_eq!(
        (digest.template.as_str(), digest.recipient_person_id),
        ("outcomes_digest", BRUNO.to_string())
    );
    assert_eq!(
        (digest.subject.as_str(), digest.group.as_str()),
        ("", "speeddating.session/1")
    );
    // Between hand-over and release one employer has answered.
    world.publish(part(2, 2, 0)).await;
    let digest = world.all_handed_over().pop().unwrap();
    let Verdict::Granted(granted) = world.release(&digest, 1).await else {
        panic!("not granted")
    };
    let mut subjects: Vec<_> = granted
        .items
        .iter()
        .map(|item| item.milestone.as_ref().unwrap().subject.as_str())
        .collect();
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        ["speeddating.participation/1", "speeddating.participation/3"]
    );
    world.settle(&digest.delivery_id, Outcome::Sent, "").await;
    let lines = world.ledger(BRUNO).await;
    let count = |end: &str| lines.iter().filter(|line| line.ends_with(end)).count();
    // Of the answered one all three are off; of each other one is told and two wait.
    assert_eq!(
        (count("sent"), count("planned"), count("suppressed (condition)")),
        (2, 4, 3),
        "{lines:?}"
    );
}
