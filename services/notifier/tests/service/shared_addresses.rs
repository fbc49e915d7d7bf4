//! An address that two people have: a family's, a shared mailbox, one person with a file in each of two branches.

use contracts::notifier::v1::{LiftSuppressionRequest, ListSuppressionsRequest, Suppression};
use notifier::{
    domain::{Channel, STOP},
    store,
};
use platform::{auth::Role, on_each_database, testing::eventually};
use tonic::Code;
use uuid::Uuid;

use crate::{
    stage::Stage,
    suppressions::{client, listed, on, refuse, staff},
};

const SHARED: &str = "famille@example.org";
const NUMBER: &str = "+33639980101";

/// Somebody of a branch, at the shared addresses.
fn somebody(stage: &Stage, branch: u128) -> Uuid {
    stage.person(|person| {
        SHARED.clone_into(&mut person.mail);
        NUMBER.clone_into(&mut person.mobile);
        person.owner_organisation_id = Uuid::from_u128(branch).to_string();
    })
}

/// What becomes of a message by that channel alone: why it was not sent, or nothing.
async fn told(stage: &Stage, person: Uuid, channel: Channel) -> String {
    let due = stage.due(person, |due| due.route = vec![channel.name().to_owned()]);
    stage.publish(vec![due.clone()]).await;
    stage.settled(&due).await.reason
}

/// What a branch is shown of one person.
async fn shown(stage: &Stage, branch: u128, person: Uuid) -> Vec<Suppression> {
    let request = ListSuppressionsRequest {
        person_id: person.to_string(),
        ..ListSuppressionsRequest::default()
    };
    let reply = client(stage, staff(Role::Coordinator, branch))
        .list_suppressions(request)
        .await;
    reply.unwrap().into_inner().suppressions
}

async fn lift(stage: &Stage, branch: u128, person: Uuid, channel: Channel) -> Result<i32, Code> {
    let request = LiftSuppressionRequest {
        person_id: person.to_string(),
        channel: channel.name().to_owned(),
    };
    let reply = client(stage, staff(Role::Coordinator, branch))
        .lift_suppression(request)
        .await;
    reply
        .map(|reply| reply.into_inner().lifted)
        .map_err(|status| status.code())
}

on_each_database! { notifier::MIGRATIONS,
    async fn a_refusal_at_an_address_that_two_share_is_shown_to_both_branches_and_lifted_by_either(db: Db) {
        let stage = on(db).await;
        let (first, second) = (somebody(&stage, 1), somebody(&stage, 2));
        refuse(&stage, first, Channel::Mail, SHARED).await;

        // On the page of a person at once; in the list since they were found there.
        let found = shown(&stage, 2, second).await;
        assert_eq!((found.len(), found[0].current, found[0].person_id.clone()), (1, true, second.to_string()));
        assert_eq!(shown(&stage, 1, second).await, []);
        assert_eq!(listed(&stage, staff(Role::Coordinator, 2)).await, []);
        assert_eq!(told(&stage, second, Channel::Mail).await, "address_refused");
        let found = listed(&stage, staff(Role::Coordinator, 2)).await;
        assert_eq!((found.len(), found[0].current, found[0].person_id.clone()), (1, true, second.to_string()));

        assert_eq!(lift(&stage, 1, second, Channel::Mail).await, Err(Code::NotFound));
        assert_eq!(lift(&stage, 2, second, Channel::Sms).await, Err(Code::FailedPrecondition));
        assert_eq!(lift(&stage, 2, second, Channel::Mail).await, Ok(1));
        assert_eq!(listed(&stage, staff(Role::Coordinator, 1)).await, []);
        assert_eq!(lift(&stage, 1, first, Channel::Mail).await, Err(Code::FailedPrecondition));
        assert_eq!(told(&stage, first, Channel::Mail).await, "");
        assert_eq!(told(&stage, second, Channel::Mail).await, "");
    }

    async fn a_stop_stays_obeyed_when_whoever_it_was_known_by_is_erased_until_another_has_it_lifted(db: Db) {
        let stage = on(db).await;
        let (first, second) = (somebody(&stage, 1), somebody(&stage, 2));
        let mut tx = stage.db.begin().await.unwrap();
        store::suppress(&mut tx, Channel::Sms, NUMBER, first, STOP, stage.now()).await.unwrap();
        tx.commit().await.unwrap();
        stage.erase(first).await;
        eventually("the erasure is known", || async {
            (stage.count("SELECT COUNT(*) FROM erasures").await > 0).then_some(())
        })
        .await;

        assert_eq!(stage.count("SELECT COUNT(*) FROM suppression_people").await, 0);
        assert_eq!(told(&stage, second, Channel::Sms).await, "opted_out");
        assert_eq!(listed(&stage, staff(Role::Coordinator, 2)).await[0].reason, STOP);
        assert_eq!(lift(&stage, 2, second, Channel::Sms).await, Ok(1));
        assert_eq!(told(&stage, second, Channel::Sms).await, "");
    }
}
