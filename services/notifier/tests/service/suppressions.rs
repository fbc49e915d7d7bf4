//! What became of messages in numbers, and addresses that a provider refused, which a person may lift.

use std::collections::BTreeSet;

use contracts::notifier::v1::{
    CountMessagesRequest, FindMessagesRequest, LiftSuppressionRequest, ListSuppressionsRequest, Suppression,
    delivery_service_client::DeliveryServiceClient,
};
use notifier::{Settings, domain::Channel, store};
use platform::{
    Db,
    auth::{Actor, Role, Scope},
    grpc::Transport,
    on_each_database,
    testing::TestGround,
};
use tonic::Code;
use uuid::Uuid;

use crate::stage::Stage;

pub(crate) fn staff(role: Role, organisation: u128) -> Actor {
    Actor {
        subject: "lina".to_owned(),
        role,
        scope: Scope::Organisations(BTreeSet::from([Uuid::from_u128(organisation)])),
    }
}

pub(crate) fn client(stage: &Stage, actor: Actor) -> DeliveryServiceClient<Transport> {
    DeliveryServiceClient::new(stage.ground.transport(stage.service.routes(), actor))
}

pub(crate) async fn on(db: Db) -> Stage {
    let settings = Settings {
        public_url: "https://rdv.exemple.fr".to_owned(),
        ..Settings::default()
    };
    let stage = Stage::on(TestGround::at("2026-11-18T09:00:00Z"), db, settings).await;
    stage.service.run();
    stage
}

/// As the hand-over notes it after a provider's answer.
pub(crate) async fn refuse(stage: &Stage, person: Uuid, channel: Channel, address: &str) {
    let mut tx = stage.db.begin().await.unwrap();
    store::suppress(
        &mut tx,
        channel,
        address,
        person,
        "550 no such mailbox",
        stage.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

pub(crate) async fn listed(stage: &Stage, actor: Actor) -> Vec<Suppression> {
    client(stage, actor)
        .list_suppressions(ListSuppressionsRequest::default())
        .await
        .unwrap()
        .into_inner()
        .suppressions
}

on_each_database! { notifier::MIGRATIONS,
    async fn a_refused_address_is_listed_without_itself_and_a_correction_or_a_person_ends_it(db: Db) {
        let stage = on(db).await;
        let person = stage.person(|_| {});
        let address = format!("amina.{person}@example.org");
        refuse(&stage, person, Channel::Mail, &address).await;
        let mail_only = |stage: &Stage| stage.due(person, |due| due.route = vec!["mail".to_owned()]);
        let due = mail_only(&stage);
        stage.publish(vec![due.clone()]).await;
        assert_eq!(stage.settled(&due).await.reason, "address_refused");

        let all = listed(&stage, staff(Role::Coordinator, 1)).await;
        assert_eq!((all.len(), all[0].current, all[0].channel.as_str()), (1, true, "mail"));
        assert!(!format!("{all:?}").contains("@example.org"));
        assert_eq!(listed(&stage, staff(Role::Coordinator, 2)).await, []);

        // Corrected: the new address is written to, the old one stays refused.
        stage.peers.world().people.get_mut(&person).unwrap().mail = "amina@example.org".into();
        assert!(!listed(&stage, staff(Role::Auditor, 1)).await[0].current);
        let due = mail_only(&stage);
        stage.publish(vec![due.clone()]).await;
        assert_eq!(stage.settled(&due).await.reason, "");

        // Taken back: a person lifts the refusal.
        stage.peers.world().people.get_mut(&person).unwrap().mail = address;
        let request = || LiftSuppressionRequest { person_id: person.to_string(), channel: "mail".to_owned() };
        let by = |role, organisation| client(&stage, staff(role, organisation));
        let code = |result: Result<_, tonic::Status>| result.map(|_: tonic::Response<_>| ()).unwrap_err().code();
        assert_eq!(code(by(Role::Auditor, 1).lift_suppression(request()).await), Code::PermissionDenied);
        assert_eq!(code(by(Role::Coordinator, 2).lift_suppression(request()).await), Code::NotFound);
        assert_eq!(by(Role::Coordinator, 1).lift_suppression(request()).await.unwrap().into_inner().lifted, 1);
        let again = by(Role::Coordinator, 1).lift_suppression(request()).await;
        assert_eq!(code(again), Code::FailedPrecondition);
        let due = mail_only(&stage);
        stage.publish(vec![due.clone()]).await;
        assert_eq!(stage.settled(&due).await.reason, "");
        let mut tx = stage.db.read().await.unwrap();
        let kept: Vec<(String,)> = tx.query("SELECT lifted_by FROM lifted_suppressions").fetch_all().await.unwrap();
        assert_eq!(kept, [("lina".to_owned(),)]);
    }

    async fn pages_of_refusals_follow_each_other(db: Db) {
        let stage = on(db).await;
        for number in 0..7 {
            let person = stage.person(|_| {});
            refuse(&stage, person, Channel::Mail, &format!("{number}@example.org")).await;
        }
        let (mut token, mut seen) = (String::new(), BTreeSet::new());
        loop {
            let page = Some(contracts::common::v1::PageRequest { size: 3, token });
            let request = ListSuppressionsRequest { page, ..ListSuppressionsRequest::default() };
            let reply = client(&stage, Actor::administrator()).list_suppressions(request).await.unwrap().into_inner();
            seen.extend(reply.suppressions.into_iter().map(|one| one.person_id));
            token = reply.page.unwrap().next_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen.len(), 7);
    }

    async fn messages_are_counted_by_channel_and_state_and_found_by_their_deliveries(db: Db) {
        let stage = on(db).await;
        let person = stage.person(|_| {});
        let mut dues = Vec::new();
        for route in ["mail", "sms", "sms"] {
            dues.push(stage.due(person, |due| due.route = vec![route.to_owned()]));
        }
        stage.publish(dues.clone()).await;
        for due in &dues {
            stage.settled(due).await;
        }
        let count = async |actor: Actor, group: &str| {
            let request = CountMessagesRequest { group: group.to_owned(), ..CountMessagesRequest::default() };
            let reply = client(&stage, actor).count_messages(request).await.unwrap().into_inner();
            reply.counts.into_iter().map(|one| (one.channel, one.state, one.messages)).collect::<Vec<_>>()
        };
        let expected = [("mail".to_owned(), "accepted".to_owned(), 1), ("sms".to_owned(), "accepted".to_owned(), 2)];
        assert_eq!(count(Actor::administrator(), "").await, expected);
        assert_eq!(count(staff(Role::Auditor, 1), "speeddating.session/1").await, expected);
        assert_eq!(count(staff(Role::Auditor, 1), "speeddating.session/2").await, []);
        assert_eq!(count(staff(Role::Auditor, 2), "").await, []);
        let find = async |actor: Actor| {
            let request = FindMessagesRequest {
                delivery_ids: dues.iter().map(|due| due.delivery_id.clone()).collect(),
            };
            client(&stage, actor).find_messages(request).await.unwrap().into_inner().messages
        };
        let found = find(staff(Role::Auditor, 1)).await;
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|one| one.state == "accepted" && (one.channel == "sms") == (one.segments > 0)));
        assert_eq!(find(staff(Role::Auditor, 2)).await, []);
        let many = FindMessagesRequest { delivery_ids: vec![Uuid::nil().to_string(); 501] };
        let refused = client(&stage, Actor::administrator()).find_messages(many).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let partner = client(&stage, staff(Role::Partner, 1)).count_messages(CountMessagesRequest::default()).await;
        assert_eq!(partner.unwrap_err().code(), Code::PermissionDenied);
    }
}
