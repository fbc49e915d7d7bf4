//! A person's name in what is written to somebody else: an employer's plan names its candidates.

use contracts::{
    common::v1::{Party, fact::Value},
    notifier::v1::{GetMessageRequest, Message, Outcome},
    scheduler::v1::DueDelivery,
};
use jiff::SignedDuration;
use notifier::{Settings, probe::Stage as At};
use platform::testing::{TestGround, eventually, postgres};
use uuid::Uuid;

use crate::stage::Stage;

/// What this delivery is about is a meeting with that person.
fn names(stage: &Stage, due: &DueDelivery, person: Uuid) {
    let id: Uuid = due.delivery_id.parse().unwrap();
    let mut world = stage.peers.world();
    let item = world.items.get_mut(&id).unwrap().first_mut().unwrap();
    let meetings = item
        .milestone
        .as_mut()
        .unwrap()
        .facts
        .get_mut("meetings")
        .unwrap();
    let Some(Value::List(list)) = &mut meetings.value else {
        panic!("meetings are a list")
    };
    list.items[0]
        .fields
        .insert("with".to_owned(), format!("person/{person}"));
}

/// Somebody of another name.
fn reader(stage: &Stage) -> Uuid {
    stage.person(|person| {
        "Paul".clone_into(&mut person.given_name);
        "Morel".clone_into(&mut person.family_name);
    })
}

async fn whole(stage: &Stage, due: &DueDelivery) -> Message {
    let messages = stage.messages().await;
    let message = messages
        .iter()
        .find(|one| one.delivery_id == due.delivery_id)
        .unwrap();
    let request = GetMessageRequest {
        message_id: message.message_id.clone(),
    };
    let reply = stage.client.clone().get_message(request).await.unwrap();
    reply.into_inner().message.unwrap()
}

async fn until_erased(stage: &Stage) {
    eventually("the erasure is known", || async {
        let mut tx = stage.db.read().await.unwrap();
        let (known,): (i64,) = tx
            .query("SELECT COUNT(*) FROM erasures")
            .fetch_one()
            .await
            .unwrap();
        (known > 0).then_some(())
    })
    .await;
}

async fn only_texts_that_name_the_person_are_forgotten(stage: Stage) {
    stage.service.run();
    let (erased, reader) = (stage.person(|_| {}), reader(&stage));
    let (with_name, without) = (stage.due(reader, |_| {}), stage.due(reader, |_| {}));
    names(&stage, &with_name, erased);
    stage.publish(vec![with_name.clone(), without.clone()]).await;
    for due in [&with_name, &without] {
        assert_eq!(stage.settled(due).await.outcome(), Outcome::Sent);
    }
    let before = whole(&stage, &with_name).await;
    for text in [&before.text, &before.html, &before.calendar] {
        assert!(text.contains("Amina Diallo"), "{text}");
    }
    let untouched = whole(&stage, &without).await;

    stage.erase(erased).await;
    until_erased(&stage).await;
    let after = whole(&stage, &with_name).await;
    let texts = [&after.subject, &after.text, &after.html, &after.calendar];
    assert_eq!(texts, [""; 4]);
    assert_eq!(
        (&after.state, &after.to, &after.message_id, &after.template),
        (&before.state, &before.to, &before.message_id, &before.template),
        "that it was sent, to whom and what it was stays"
    );
    assert_eq!(whole(&stage, &without).await, untouched);
}

#[tokio::test]
async fn only_texts_that_name_an_erased_person_are_forgotten() {
    only_texts_that_name_the_person_are_forgotten(Stage::new().await).await;
}

#[tokio::test]
async fn only_texts_that_name_an_erased_person_are_forgotten_on_postgresql() {
    let Some(db) = postgres(&notifier::MIGRATIONS).await else {
        return;
    };
    let ground = TestGround::at("2026-11-18T09:00:00Z");
    only_texts_that_name_the_person_are_forgotten(Stage::on(ground, db, Settings::default()).await).await;
}

#[tokio::test]
async fn a_name_that_was_asked_for_before_the_erasure_is_not_written_after_it() {
    no_name_is_written_after_its_erasure(Stage::new().await).await;
}

#[tokio::test]
async fn a_name_that_was_asked_for_before_the_erasure_is_not_written_after_it_on_postgresql() {
    let Some(db) = postgres(&notifier::MIGRATIONS).await else {
        return;
    };
    let ground = TestGround::at("2026-11-18T09:00:00Z");
    no_name_is_written_after_its_erasure(Stage::on(ground, db, Settings::default()).await).await;
}

async fn no_name_is_written_after_its_erasure(stage: Stage) {
    stage.service.run();
    let (erased, reader) = (stage.person(|_| {}), reader(&stage));
    let due = stage.due(reader, |_| {});
    names(&stage, &due, erased);
    // Here the directory has given the name.
    stage.gate.stop_at(At::Released);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    stage.erase(erased).await;
    until_erased(&stage).await;
    stage.gate.go_on();
    let settlement = eventually("it is written anew", || async {
        stage.ground.ground.clock.advance(SignedDuration::from_secs(1));
        stage.settlement(&due)
    })
    .await;
    assert_eq!((settlement.outcome(), settlement.attempts), (Outcome::Sent, 1));
    let message = whole(&stage, &due).await;
    for text in [&message.text, &message.html, &message.calendar] {
        assert!(!text.contains("Diallo"), "{text}");
    }
    assert!(message.text.contains("personne effacée"), "{}", message.text);
}

#[tokio::test]
async fn a_digest_names_the_organisations_that_it_is_about() {
    let stage = Stage::new().await;
    stage.service.run();
    let due = stage.due(reader(&stage), |due| {
        "outcomes_digest".clone_into(&mut due.template);
        due.route = vec!["mail".to_owned()];
    });
    let id: Uuid = due.delivery_id.parse().unwrap();
    for item in stage.peers.world().items.get_mut(&id).unwrap() {
        let milestone = item.milestone.as_mut().unwrap();
        "coordinator".clone_into(&mut item.role);
        "coordinator".clone_into(&mut milestone.parties[0].role);
        milestone.parties.push(Party {
            role: "employer_contact".to_owned(),
            person_id: Uuid::from_u128(98).to_string(),
            organisation_id: Uuid::from_u128(99).to_string(),
        });
    }
    stage.publish(vec![due.clone()]).await;
    assert_eq!(stage.settled(&due).await.outcome(), Outcome::Sent);
    let message = whole(&stage, &due).await;
    for text in [&message.text, &message.html] {
        assert!(text.contains("Ateliers du Rhône"), "{text}");
        assert!(
            !text.contains("organisation/") && !text.contains("person/"),
            "{text}"
        );
    }
}
