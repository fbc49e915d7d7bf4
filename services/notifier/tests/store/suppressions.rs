//! Refused addresses: whom they concern, how they are lifted, and what an erasure leaves of them.

use notifier::{
    MIGRATIONS,
    domain::{Channel, STOP, address_hash},
    store::{self, Met},
};
use platform::{Moment, Tx, on_each_database};
use uuid::Uuid;

use crate::{now, seconds};

const FIRST: Uuid = Uuid::from_u128(1);
const SECOND: Uuid = Uuid::from_u128(2);
const NUMBER: &str = "+33639980101";
const MAIL: &str = "famille@example.org";

async fn suppress(tx: &mut Tx, channel: Channel, address: &str, person: Uuid, reason: &str, at: Moment) {
    store::suppress(tx, channel, address, person, reason, at)
        .await
        .unwrap();
}

/// Everybody's, the latest first: reason, person, since when.
async fn listed(tx: &mut Tx) -> Vec<(String, Uuid, Moment)> {
    let all = store::list_suppressions(tx, None, 10).await.unwrap();
    all.into_iter()
        .map(|one| (one.reason, one.person_id, one.created_at))
        .collect()
}

/// The reason for which nobody writes to an address.
async fn reason(tx: &mut Tx, channel: Channel, address: &str) -> Option<String> {
    let hash = address_hash(channel, address);
    store::suppressed(tx, std::slice::from_ref(&hash))
        .await
        .unwrap()
        .remove(&hash)
}

fn met(channel: Channel, address: &str, person_id: Uuid) -> Met {
    Met {
        channel,
        address_hash: address_hash(channel, address),
        person_id,
    }
}

on_each_database! { MIGRATIONS,
    async fn what_a_person_asks_for_takes_the_place_of_a_bounce_and_is_never_replaced(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let steps = [
            ("bounced 5.1.1", FIRST, 0),
            ("bounced 5.2.1", SECOND, 1),
            ("STOP", SECOND, 2),
            ("bounced 5.1.1", FIRST, 3),
            ("STOP", FIRST, 4),
        ];
        let mut kept = Vec::new();
        for (reason, person, at) in steps {
            suppress(&mut tx, Channel::Sms, NUMBER, person, reason, seconds(at)).await;
            let all = listed(&mut tx).await;
            assert!(all.iter().all(|one| (&one.0, one.2) == (&all[0].0, all[0].2)), "{all:?}");
            kept.push((all[0].0.clone(), all[0].2, all.iter().map(|one| one.1).collect::<Vec<_>>()));
        }
        let both = vec![SECOND, FIRST];
        let expected = [(0, vec![FIRST]), (0, both.clone()), (2, both.clone()), (2, both.clone()), (2, both)];
        assert_eq!(kept, expected.map(|(step, whose): (usize, Vec<Uuid>)| (steps[step].0.to_owned(), seconds(steps[step].2), whose)));
        suppress(&mut tx, Channel::Mail, MAIL, FIRST, "550 5.1.1", seconds(0)).await;
        suppress(&mut tx, Channel::Mail, MAIL, FIRST, "complaint", seconds(1)).await;
        assert_eq!(reason(&mut tx, Channel::Mail, MAIL).await.as_deref(), Some("complaint"));
        tx.commit().await.unwrap();
    }

    async fn a_refused_address_is_a_persons_by_its_digest_before_anybody_met_them_there(db: Db) {
        let mut tx = db.begin().await.unwrap();
        suppress(&mut tx, Channel::Mail, MAIL, FIRST, "550", now()).await;
        let digest = Some(address_hash(Channel::Mail, MAIL));
        let found = store::suppressions_of(&mut tx, SECOND, [digest.clone(), None], None, 10).await.unwrap();
        assert_eq!((found.len(), found[0].person_id, found[0].reason.as_str()), (1, SECOND, "550"));
        assert!(store::suppressions_of(&mut tx, SECOND, [None, None], None, 10).await.unwrap().is_empty());
        let found = store::suppressions_of(&mut tx, FIRST, [None, None], None, 10).await.unwrap();
        assert_eq!(found.len(), 1);
        let last = (found[0].created_at, FIRST, found[0].channel.clone());
        assert!(store::suppressions_of(&mut tx, FIRST, [None, None], Some(&last), 10).await.unwrap().is_empty());

        assert!(store::lift(&mut tx, SECOND, Channel::Mail, None).await.unwrap().is_empty());
        assert!(store::lift(&mut tx, SECOND, Channel::Sms, digest.clone()).await.unwrap().is_empty());
        let lifted = store::lift(&mut tx, SECOND, Channel::Mail, digest).await.unwrap();
        assert_eq!((lifted.len(), lifted[0].person_id), (1, SECOND));
        assert_eq!(reason(&mut tx, Channel::Mail, MAIL).await, None);
        assert_eq!(listed(&mut tx).await, []);
        tx.commit().await.unwrap();
    }

    async fn who_was_met_at_a_refused_address_is_noted_once_and_only_while_it_is_refused(db: Db) {
        let mut tx = db.begin().await.unwrap();
        suppress(&mut tx, Channel::Mail, MAIL, FIRST, "550", now()).await;
        let both = [met(Channel::Mail, MAIL, SECOND), met(Channel::Sms, NUMBER, SECOND)];
        assert_eq!(store::count_met(&mut tx, &both).await.unwrap(), 0);
        assert_eq!(store::insert_met(&mut tx, &both).await.unwrap(), 1);
        assert_eq!(store::insert_met(&mut tx, &both).await.unwrap(), 0);
        assert_eq!(store::count_met(&mut tx, &both).await.unwrap(), 1);
        assert_eq!(listed(&mut tx).await.iter().map(|one| one.1).collect::<Vec<_>>(), [SECOND, FIRST]);
        // Their address is another now: what is left here is the first one's to have lifted.
        assert!(store::lift(&mut tx, SECOND, Channel::Mail, None).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    }

    async fn of_who_is_erased_a_stop_stays_as_nobodys_and_a_bounce_while_another_is_known_there(db: Db) {
        let mut tx = db.begin().await.unwrap();
        suppress(&mut tx, Channel::Sms, NUMBER, FIRST, STOP, now()).await;
        suppress(&mut tx, Channel::Mail, "a@example.org", FIRST, "complaint", now()).await;
        suppress(&mut tx, Channel::Mail, "own@example.org", FIRST, "550", now()).await;
        suppress(&mut tx, Channel::Mail, MAIL, FIRST, "550", now()).await;
        store::insert_met(&mut tx, &[met(Channel::Mail, MAIL, SECOND)]).await.unwrap();
        store::forget_suppressions(&mut tx, FIRST).await.unwrap();
        assert_eq!(reason(&mut tx, Channel::Sms, NUMBER).await.as_deref(), Some(STOP));
        assert_eq!(reason(&mut tx, Channel::Mail, "a@example.org").await.as_deref(), Some("complaint"));
        assert_eq!(reason(&mut tx, Channel::Mail, "own@example.org").await, None);
        assert_eq!(reason(&mut tx, Channel::Mail, MAIL).await.as_deref(), Some("550"));
        assert_eq!(listed(&mut tx).await, [("550".to_owned(), SECOND, now())]);
        let (named,): (i64,) = tx
            .query("SELECT COUNT(*) FROM suppressions WHERE person_id IS NOT NULL")
            .fetch_one()
            .await
            .unwrap();
        assert_eq!(named, 0);

        store::forget_suppressions(&mut tx, SECOND).await.unwrap();
        assert_eq!(reason(&mut tx, Channel::Mail, MAIL).await, None);
        // Whoever has the number later may have the STOP lifted.
        let digest = address_hash(Channel::Sms, NUMBER);
        assert_eq!(store::lift(&mut tx, SECOND, Channel::Sms, Some(digest)).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    }
}
