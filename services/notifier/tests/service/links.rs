//! Visits behind a link, and one-click unsubscription from what is not strictly necessary.

use contracts::{
    notifier::v1::{
        EndVisitRequest, GetSubscriptionRequest, Outcome, ResumeVisitRequest, SetSubscriptionRequest,
        StartVisitRequest, link_service_client::LinkServiceClient,
    },
    scheduler::v1::DueDelivery,
};
use jiff::SignedDuration;
use mail_parser::MessageParser;
use notifier::probe::Stage as At;
use platform::{auth::Actor, grpc::Transport};
use tonic::Code;
use uuid::Uuid;

use crate::{smtp, stage::Stage};

type Client = LinkServiceClient<Transport>;

fn client(stage: &Stage, actor: Actor) -> Client {
    LinkServiceClient::new(stage.ground.transport(stage.service.routes(), actor))
}

fn console(stage: &Stage) -> Client {
    client(stage, Actor::service("console"))
}

/// A mail to a person without a telephone, by this template.
fn mail(stage: &Stage, person: Uuid, template: &str) -> DueDelivery {
    stage.due(person, |due| {
        template.clone_into(&mut due.template);
        due.route = vec!["mail".to_owned()];
    })
}

async fn sent(stage: &Stage, due: &DueDelivery) -> (Outcome, String) {
    stage.publish(vec![due.clone()]).await;
    let settlement = stage.settled(due).await;
    (settlement.outcome(), settlement.reason)
}

/// The token of the page's link in a message's text.
async fn page_token(stage: &Stage, due: &DueDelivery) -> String {
    let messages = stage.messages().await;
    let message = messages
        .iter()
        .find(|message| message.delivery_id == due.delivery_id);
    let text = &message.unwrap().text;
    let (_, after) = text.split_once("/r/").unwrap();
    after.chars().take_while(|sign| !sign.is_whitespace()).collect()
}

/// The address in List-Unsubscribe, when the mail has one and says that one click is enough.
fn unsubscribe(mail: &str) -> Option<String> {
    let parsed = MessageParser::default().parse(mail.as_bytes()).unwrap();
    let header = parsed.header_raw("List-Unsubscribe")?.trim().to_owned();
    assert_eq!(
        parsed.header_raw("List-Unsubscribe-Post").map(str::trim),
        Some("List-Unsubscribe=One-Click")
    );
    let address = header.trim_start_matches('<').trim_end_matches('>');
    Some(
        address
            .strip_prefix("https://rdv.exemple.fr/d/")
            .unwrap()
            .to_owned(),
    )
}

#[tokio::test]
async fn right_letters_give_a_visit_of_this_link_for_half_an_hour() {
    let stage = Stage::new().await;
    stage.service.run();
    let (amina, other) = (stage.person(|_| {}), stage.person(|_| {}));
    let (due, foreign) = (stage.due(amina, |_| {}), stage.due(other, |_| {}));
    stage.publish(vec![due.clone(), foreign.clone()]).await;
    stage.settled(&due).await;
    stage.settled(&foreign).await;
    let (token, foreign) = (page_token(&stage, &due).await, page_token(&stage, &foreign).await);
    let mut console = console(&stage);
    let start = |token: &str, letters: &str| StartVisitRequest {
        token: token.to_owned(),
        surname_letters: letters.to_owned(),
    };
    let resume = |token: &str, visit: &str| ResumeVisitRequest {
        token: token.to_owned(),
        visit: visit.to_owned(),
    };
    for wrong in ["xyz", ""] {
        let begun = console
            .start_visit(start(&token, wrong))
            .await
            .unwrap()
            .into_inner();
        assert!(!begun.verified && begun.visit.is_empty());
    }
    let visit = console
        .start_visit(start(&token, "Dia"))
        .await
        .unwrap()
        .into_inner()
        .visit;
    let resumed = console
        .resume_visit(resume(&token, &visit))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (resumed.person_id, resumed.subject),
        (amina.to_string(), due.subject.clone())
    );
    for (token, visit) in [
        (foreign.as_str(), visit.as_str()),
        (&token, &token),
        (&token, ""),
        ("", &visit),
        ("nowhere", &visit),
    ] {
        let refused = console.resume_visit(resume(token, visit)).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
    }
    let staff = client(&stage, Actor::administrator())
        .resume_visit(resume(&token, &visit))
        .await;
    assert_eq!(staff.unwrap_err().code(), Code::PermissionDenied);

    stage.ground.ground.clock.advance(SignedDuration::from_mins(29));
    assert!(console.resume_visit(resume(&token, &visit)).await.is_ok());
    stage.ground.ground.clock.advance(SignedDuration::from_mins(1));
    let over = console.resume_visit(resume(&token, &visit)).await.unwrap_err();
    assert_eq!(over.code(), Code::NotFound, "a visit outlived its time");

    let visit = console
        .start_visit(start(&token, "dia"))
        .await
        .unwrap()
        .into_inner()
        .visit;
    let end = EndVisitRequest {
        token: token.clone(),
        visit: visit.clone(),
    };
    console.end_visit(end.clone()).await.unwrap();
    console.end_visit(end).await.unwrap();
    assert!(console.resume_visit(resume(&token, &visit)).await.is_err());

    // Who is erased has no page any more, whatever visit goes on.
    let visit = console
        .start_visit(start(&token, "dia"))
        .await
        .unwrap()
        .into_inner()
        .visit;
    stage.erase(amina).await;
    platform::testing::eventually("the visit ends", || async {
        let resumed = console.clone().resume_visit(resume(&token, &visit)).await;
        resumed.is_err().then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_click_stops_what_is_not_necessary_and_nothing_else_until_it_is_taken_back() {
    let (stage, server) = smtp::stage().await;
    let person = stage.person(|person| person.mobile.clear());
    assert_eq!(
        sent(&stage, &mail(&stage, person, "speed_dating_week_before"))
            .await
            .0,
        Outcome::Sent
    );
    assert_eq!(
        sent(&stage, &mail(&stage, person, "speed_dating_day_before"))
            .await
            .0,
        Outcome::Sent
    );
    let mails: Vec<String> = server.taken().into_iter().map(|(_, mail)| mail).collect();
    let tokens: Vec<String> = mails.iter().filter_map(|mail| unsubscribe(mail)).collect();
    assert_eq!(
        tokens.len(),
        1,
        "the evening before is necessary, the week before is not"
    );
    let parsed = MessageParser::default().parse(mails[0].as_bytes()).unwrap();
    assert!(
        parsed
            .body_text(0)
            .unwrap()
            .contains(&format!("/d/{}", tokens[0]))
    );

    let mut console = console(&stage);
    let get = || GetSubscriptionRequest {
        token: tokens[0].clone(),
        person_id: String::new(),
    };
    let set = |stopped| SetSubscriptionRequest {
        token: tokens[0].clone(),
        person_id: String::new(),
        stopped,
    };
    let before = console.get_subscription(get()).await.unwrap().into_inner();
    assert_eq!((before.stopped, before.language.as_str()), (false, "fr"));
    for _ in 0..2 {
        console.set_subscription(set(true)).await.unwrap();
    }
    assert!(
        console
            .get_subscription(get())
            .await
            .unwrap()
            .into_inner()
            .stopped
    );
    assert_eq!(
        sent(&stage, &mail(&stage, person, "speed_dating_two_days_before")).await,
        (Outcome::Suppressed, "unsubscribed".to_owned())
    );
    for necessary in [
        "speed_dating_changed_candidate",
        "speed_dating_published_candidate",
    ] {
        assert_eq!(
            sent(&stage, &mail(&stage, person, necessary)).await.0,
            Outcome::Sent
        );
    }
    let other = stage.person(|person| person.mobile.clear());
    assert_eq!(
        sent(&stage, &mail(&stage, other, "speed_dating_two_days_before"))
            .await
            .0,
        Outcome::Sent
    );
    console.set_subscription(set(false)).await.unwrap();
    assert_eq!(
        sent(&stage, &mail(&stage, person, "speed_dating_two_days_before"))
            .await
            .0,
        Outcome::Sent
    );
    for guess in ["", "x", &tokens[0][1..], &"a".repeat(100)] {
        let request = SetSubscriptionRequest {
            token: guess.to_owned(),
            ..set(true)
        };
        let refused = console.set_subscription(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
    }
    let staff = client(&stage, Actor::administrator())
        .set_subscription(set(true))
        .await;
    assert_eq!(staff.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn who_unsubscribes_between_planning_and_hand_over_hears_nothing() {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |_| {});
    stage.gate.stop_at(At::Claimed);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    let request = SetSubscriptionRequest {
        token: String::new(),
        person_id: person.to_string(),
        stopped: true,
    };
    console(&stage).set_subscription(request).await.unwrap();
    stage.gate.go_on();
    let settlement = stage.settled(&due).await;
    assert_eq!(
        (settlement.outcome(), settlement.reason.as_str()),
        (Outcome::Suppressed, "unsubscribed")
    );
    assert!(stage.messages().await.is_empty());
}
