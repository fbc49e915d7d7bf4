//! What gateways tell later, on each database: rows are locked, counters count, ids are found.

use contracts::notifier::v1::Outcome;
use jiff::SignedDuration;
use platform::{on_each_database, testing::TestGround};
use serde_json::Value;

use crate::{
    gateway::{Gateway, Order},
    ovh::{id, of_ovh, ovh},
    sms::{SECRET, attempts, call, callbacks, kannel, message, sent, settings, sms_only, unknown},
    stage::Stage,
};

pub(crate) async fn get(port: u16, path: &str) -> u16 {
    call(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    )
    .await
}

on_each_database! { notifier::MIGRATIONS,
    async fn after_seventy_two_hours_without_a_receipt_what_was_accepted_is_unconfirmed(db: Db) {
        let gateway = Gateway::start(kannel).await;
        let stage = Stage::on(TestGround::at("2026-11-18T09:00:00Z"), db, settings(&gateway)).await;
        stage.service.run();
        let due = sms_only(&stage);
        stage.publish(vec![due.clone()]).await;
        stage.settled(&due).await;
        let clock = &stage.ground.ground.clock;
        clock.advance(SignedDuration::from_hours(71));
        assert_eq!(message(&stage, &due).await.state, "accepted");
        clock.advance(SignedDuration::from_hours(2));
        assert_eq!(message(&stage, &due).await.state, "unconfirmed");
    }

    async fn receipts_settle_what_is_unknown_find_ids_and_obey_stop(db: Db) {
        let (first, second) = (Gateway::start(kannel).await, Gateway::start(ovh).await);
        let mut settings = settings(&first);
        settings.sms.ovh = Some(of_ovh(&second));
        settings.sms.daily_segments = 1_000;
        let stage = Stage::on(TestGround::at("2026-11-18T09:00:00Z"), db, settings).await;
        stage.service.run();
        let port = callbacks(&stage).await;
        let base = format!("/sms/kannel/{SECRET}");

        first.order(&[Order::CutAfterTaking]);
        let due = sms_only(&stage);
        stage.publish(vec![due.clone()]).await;
        unknown(&stage, &due).await;
        let reference = message(&stage, &due).await.reference;
        let receipt = format!("{base}/receipts/{reference}?kind=1&answer=&at=1795744317");
        // Both copies of a receipt at once.
        let both = futures::join!(get(port, &receipt), get(port, &receipt));
        assert_eq!(both, (200, 200));
        let settlement = stage.settled(&due).await;
        assert_eq!((settlement.outcome(), settlement.uncertain), (Outcome::Sent, false));
        let told = message(&stage, &due).await;
        assert_eq!(told.state, "delivered");
        assert_eq!(told.receipt_at.unwrap().seconds, 1_795_744_317);

        first.order(&[Order::Refuse(503, "Temporal failure, try again later.")]);
        let due = sms_only(&stage);
        let (_, _, _, ends) = sent(&stage, &due).await;
        assert_eq!(ends, ["kannel refused_temporary", "ovh accepted"]);
        let job: Value = serde_json::from_str(&second.taken()[0].body).unwrap();
        let tag = job["tag"].as_str().unwrap();
        let receipt = format!("/sms/ovh/{SECRET}/receipts?id={}&ptt=27&date=x&description=2", id(tag));
        assert_eq!(get(port, &receipt).await, 200);
        assert_eq!(message(&stage, &due).await.state, "failed_permanent");
        // The first one never took it: what it says of it is kept apart.
        assert_eq!(attempts(&stage, &due).await.len(), 2);

        let number = message(&stage, &due).await.to.trim_start_matches('+').to_owned();
        assert_eq!(get(port, &format!("{base}/incoming?from={number}&text=Arr%C3%AAt")).await, 200);
        let (outcome, reason, _, _) = sent(&stage, &sms_only(&stage)).await;
        assert_eq!((outcome, reason.as_str()), (Outcome::Suppressed, "opted_out"));
        let mut tx = stage.db.read().await.unwrap();
        let segments: (i64,) = tx
            .query("SELECT CAST(SUM(segments) AS BIGINT) FROM sms_days")
            .fetch_one()
            .await
            .unwrap();
        assert!(segments.0 >= 3, "{segments:?}");
    }
}
