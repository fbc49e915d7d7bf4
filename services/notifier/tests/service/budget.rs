//! A day's SMS cost what was agreed, and not more.

use contracts::{notifier::v1::Outcome, scheduler::v1::DueDelivery};
use jiff::SignedDuration;
use platform::testing::eventually;

use crate::{
    gateway::Gateway,
    sms::{kannel, message, settings, sms_only},
    stage::Stage,
};

#[tokio::test]
async fn what_exceeds_the_days_budget_takes_the_other_channel_or_waits_for_tomorrow() {
    let gateway = Gateway::start(kannel).await;
    let trial = Stage::with(settings(&gateway)).await;
    trial.service.run();
    let due = sms_only(&trial);
    trial.publish(vec![due.clone()]).await;
    trial.settled(&due).await;
    let each = i64::from(message(&trial, &due).await.segments);

    let gateway = Gateway::start(kannel).await;
    let mut settings = settings(&gateway);
    // Enough for three, and a bit that is enough for none.
    settings.sms.daily_segments = 4 * each - 1;
    let stage = Stage::with(settings).await;
    stage.service.run();
    let to_both = |stage: &Stage| {
        stage.due(stage.person(|_| {}), |due| {
            due.route = vec!["sms".to_owned(), "mail".to_owned()];
        })
    };
    let dues: Vec<DueDelivery> = (0..8).map(|_| to_both(&stage)).collect();
    stage.publish(dues.clone()).await;
    let mut by_sms = 0;
    for due in &dues {
        let settlement = eventually("it goes one way or the other", || async {
            stage.ground.ground.clock.advance(SignedDuration::from_secs(1));
            stage.settlement(due)
        })
        .await;
        assert_eq!(settlement.outcome(), Outcome::Sent);
        by_sms += usize::from(settlement.channel == "sms");
    }
    assert_eq!((by_sms, gateway.taken().len()), (3, 3));

    let waiting = sms_only(&stage);
    let too_late = {
        let person = stage.person(|person| person.mail.clear());
        stage.due(person, |due| {
            due.route = vec!["sms".to_owned()];
            // Nobody wants it tomorrow.
            due.useful_until.as_mut().unwrap().seconds -= 7 * 86_400 - 3_600;
        })
    };
    stage.publish(vec![waiting.clone(), too_late.clone()]).await;
    let settlement = stage.settled(&too_late).await;
    assert_eq!(
        (settlement.outcome(), settlement.reason.as_str()),
        (Outcome::Failed, "budget_spent")
    );
    assert!(stage.settlement(&waiting).is_none());
    stage.ground.ground.clock.advance(SignedDuration::from_hours(16));
    assert_eq!(stage.settled(&waiting).await.channel, "sms");
    assert_eq!(gateway.taken().len(), 4);
}
