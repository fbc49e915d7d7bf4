//! Two gateways: when the second takes over, when it must not, and when the other channel does.

use contracts::{notifier::v1::Outcome, scheduler::v1::DueDelivery};
use jiff::SignedDuration;
use platform::testing::eventually;

use crate::{
    gateway::{Gateway, Order},
    ovh::{of_ovh, ovh},
    sms::{attempts, kannel, sent, settings, sms_only, unknown},
    stage::Stage,
};

const BUSY: Order = Order::Refuse(503, "Temporal failure, try again later.");

async fn stage() -> (Stage, Gateway, Gateway) {
    let (first, second) = (Gateway::start(kannel).await, Gateway::start(ovh).await);
    let mut settings = settings(&first);
    settings.sms.ovh = Some(of_ovh(&second));
    "kannel, ovh".clone_into(&mut settings.sms.gateways);
    let stage = Stage::with(settings).await;
    stage.service.run();
    (stage, first, second)
}

/// Settles without any time going by.
async fn at_once(stage: &Stage, due: &DueDelivery) -> (Outcome, Vec<String>) {
    stage.publish(vec![due.clone()]).await;
    let settlement = stage.settled(due).await;
    (settlement.outcome(), attempts(stage, due).await)
}

#[tokio::test]
async fn what_the_first_has_not_accepted_goes_to_the_second_at_once() {
    let (stage, first, second) = stage().await;
    for (order, state) in [
        (BUSY, "refused_temporary"),
        (Order::Throttle(1), "refused_temporary"),
        (Order::Refuse(400, "rejected"), "refused_permanent"),
    ] {
        first.order(&[order]);
        let (outcome, ends) = at_once(&stage, &sms_only(&stage)).await;
        assert_eq!(outcome, Outcome::Sent);
        assert_eq!(
            ends,
            [format!("kannel {state}"), "ovh accepted".to_owned()],
            "{order:?}"
        );
        stage.ground.ground.clock.advance(SignedDuration::from_secs(2));
    }
    assert_eq!((first.taken().len(), second.taken().len()), (0, 3));
}

#[tokio::test]
async fn what_the_first_may_have_accepted_never_goes_to_the_second() {
    let (stage, first, second) = stage().await;
    first.order(&[Order::CutAfterTaking, BUSY]);
    let due = sms_only(&stage);
    stage.publish(vec![due.clone()]).await;
    unknown(&stage, &due).await;
    // Not even when the first is busy the next time.
    let settlement = eventually("the delivery settles", || async {
        stage.pass().await;
        stage.settlement(&due)
    })
    .await;
    assert_eq!(
        (settlement.outcome(), settlement.uncertain),
        (Outcome::Sent, true)
    );
    assert_eq!(
        attempts(&stage, &due).await,
        ["kannel unknown", "kannel refused_temporary", "kannel accepted"]
    );
    let mut doubtful = stage.peers.world().doubtful.clone();
    doubtful.dedup();
    let id = due.delivery_id.parse().unwrap();
    assert_eq!(
        doubtful,
        [(id, 2), (id, 3)],
        "it is told that it may have been read"
    );
    assert!(second.taken().is_empty());
}

#[tokio::test]
async fn a_gateway_that_refuses_us_is_left_alone_and_tried_out_later() {
    let (stage, first, _second) = stage().await;
    first.order(&[Order::Refuse(403, "Authorization failed for sendsms")]);
    let (_, ends) = at_once(&stage, &sms_only(&stage)).await;
    assert_eq!(ends, ["kannel refused_temporary", "ovh accepted"]);
    let asked = first.asked().len();
    for _ in 0..3 {
        let (_, ends) = at_once(&stage, &sms_only(&stage)).await;
        assert_eq!(ends, ["ovh accepted"]);
    }
    assert_eq!(first.asked().len(), asked, "the first is not even asked");
    stage.ground.ground.clock.advance(SignedDuration::from_mins(6));
    let (_, ends) = at_once(&stage, &sms_only(&stage)).await;
    assert_eq!(ends, ["kannel accepted"]);
}

#[tokio::test]
async fn when_all_are_out_the_other_channel_waits_a_quarter_of_an_hour_before_it_takes_over() {
    let (stage, first, second) = stage().await;
    // An account that is locked: each knows at once, and stays so.
    first.order(&[Order::Refuse(403, "Authorization failed for sendsms"); 200]);
    second.order(&[Order::Refuse(403, "{}"); 200]);
    let start = stage.now();
    let both = stage.due(stage.person(|_| {}), |due| {
        due.route = vec!["sms".to_owned(), "mail".to_owned()];
    });
    let (outcome, channel, _, ends) = sent(&stage, &both).await;
    assert_eq!((outcome, channel.as_str()), (Outcome::Sent, "mail"));
    assert_eq!(ends.last().unwrap(), "mailbox accepted");
    let waited = stage.now().timestamp().duration_since(start.timestamp());
    assert!(waited >= SignedDuration::from_mins(15), "{waited}");
    assert!(
        ends.len() < 14,
        "gateways that are out are not hammered: {ends:?}"
    );
    // The next one does not wait any more.
    let soon = stage.due(stage.person(|_| {}), |due| {
        due.route = vec!["sms".to_owned(), "mail".to_owned()];
    });
    stage.publish(vec![soon.clone()]).await;
    let settlement = eventually("the next goes by mail", || async { stage.settlement(&soon) }).await;
    assert_eq!(settlement.channel, "mail");
}
