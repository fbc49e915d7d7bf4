//! The store's contract, on each database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "store/schema.rs"]
mod schema;
#[path = "store/suppressions.rs"]
mod suppressions;

use jiff::SignedDuration;
use notifier::{
    MIGRATIONS,
    domain::{
        Attempt, Channel, Delivery, Link, Message, OnUnknown, Outcome, Settlement, address_hash, token_hash,
    },
    store::{self, Filter, Waiting},
};
use platform::{Moment, on_each_database, testing::moment};
use sqlx::types::Json;
use uuid::Uuid;

fn now() -> Moment {
    moment("2026-11-18T09:00:00Z")
}

fn seconds(later: i64) -> Moment {
    now().plus(SignedDuration::from_secs(later))
}

fn delivery(number: u128) -> Delivery {
    Delivery {
        id: Uuid::from_u128(number),
        person_id: Uuid::from_u128(1_000 + number),
        policy: "p".to_owned(),
        template: "t".to_owned(),
        route: vec![Channel::Sms, Channel::Mail],
        useful_until: moment("2026-11-25T09:00:00Z"),
        on_unknown: OnUnknown::AtMostOnce,
        due_at: now(),
        group: "speeddating.session/1".to_owned(),
        subject: "s".to_owned(),
        attempts: 0,
        setbacks: 0,
        refused: Vec::new(),
        uncertain: false,
        traceparent: String::new(),
    }
}

fn attempt(number: u128, state: &str) -> Attempt {
    Attempt {
        delivery_id: Uuid::from_u128(number),
        number: 1,
        channel: Channel::Mail,
        provider: "mailbox".to_owned(),
        reference: format!("R{number}"),
        state: state.to_owned(),
        detail: String::new(),
        started_at: now(),
    }
}

fn message(number: u128) -> Message {
    Message {
        id: Uuid::from_u128(number),
        delivery_id: Uuid::from_u128(number),
        channel: Channel::Mail,
        attempt: 1,
        person_id: Uuid::from_u128(1_000 + number),
        organisation_id: Some(Uuid::from_u128(number % 2)),
        recipient: "a@example.org".to_owned(),
        subject: "Sujet « été » \\ \"".to_owned(),
        body: "Ligne\nLigne".to_owned(),
        html: "<p>é</p>".to_owned(),
        calendar: "BEGIN:VCALENDAR\r\n".to_owned(),
        template: "t".to_owned(),
        policy: "p".to_owned(),
        language: "fr".to_owned(),
        provider: "mailbox".to_owned(),
        reference: format!("R{number}"),
        segments: 0,
        group: "speeddating.session/1".to_owned(),
        state: "intent".to_owned(),
        created_at: now(),
        receipt: String::new(),
        receipt_at: None,
    }
}

const OWNER: Uuid = Uuid::from_u128(7);
const OTHER: Uuid = Uuid::from_u128(8);

on_each_database! { MIGRATIONS,
    async fn a_delivery_is_taken_in_once_and_claimed_by_one_owner(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let both = [delivery(1), delivery(2)];
        assert_eq!(store::insert_deliveries(&mut tx, &both, now()).await.unwrap(), 2);
        assert_eq!(store::insert_deliveries(&mut tx, &both, now()).await.unwrap(), 0);
        assert_eq!(store::next_wake(&mut tx).await.unwrap(), Some(now()));
        assert!(store::claim(&mut tx, OWNER, seconds(15), seconds(-1), 10).await.unwrap().is_empty());
        let claimed = store::claim(&mut tx, OWNER, seconds(15), now(), 1).await.unwrap();
        assert_eq!(claimed, [delivery(1)]);
        let rest = store::claim(&mut tx, OTHER, seconds(15), now(), 10).await.unwrap();
        assert_eq!(rest, [delivery(2)]);
        assert!(store::claim(&mut tx, OWNER, seconds(15), now(), 10).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    }

    async fn a_lease_that_ran_out_is_taken_over_and_the_old_owner_can_do_nothing_more(db: Db) {
        let mut tx = db.begin().await.unwrap();
        store::insert_deliveries(&mut tx, &[delivery(1)], now()).await.unwrap();
        store::claim(&mut tx, OWNER, seconds(15), now(), 10).await.unwrap();
        assert!(store::take_lapsed(&mut tx, OTHER, seconds(40), (seconds(14), []), 10).await.unwrap().is_empty());
        assert_eq!(store::renew(&mut tx, OWNER, seconds(20)).await.unwrap(), 1);
        assert!(store::take_lapsed(&mut tx, OTHER, seconds(40), (seconds(19), []), 10).await.unwrap().is_empty());
        // An owner that is known to live keeps it whatever the clock says.
        assert!(store::take_lapsed(&mut tx, OTHER, seconds(40), (seconds(20), [OWNER]), 10).await.unwrap().is_empty());
        assert_eq!(store::take_lapsed(&mut tx, OTHER, seconds(40), (seconds(20), []), 10).await.unwrap().len(), 1);
        assert_eq!(store::renew(&mut tx, OWNER, seconds(60)).await.unwrap(), 0);
        assert!(store::record_intents(&mut tx, OWNER, &[(delivery(1).id, 1)]).await.unwrap().is_empty());
        let sent = Settlement { delivery_id: delivery(1).id, outcome: Outcome::Sent(Channel::Mail), attempts: 1, uncertain: false };
        assert!(store::settle(&mut tx, OWNER, std::slice::from_ref(&sent), now()).await.unwrap().is_empty());
        assert_eq!(store::wait(&mut tx, OWNER, &[Waiting::of(&delivery(1), now())]).await.unwrap(), 0);
        assert_eq!(store::settle(&mut tx, OTHER, &[sent], now()).await.unwrap(), [delivery(1).id]);
        let found = store::find_delivery(&mut tx, delivery(1).id).await.unwrap().unwrap();
        assert_eq!((found.1.as_str(), found.2.as_str()), ("settled", "sent"));
        tx.commit().await.unwrap();
    }

    async fn what_is_given_back_keeps_what_was_learnt(db: Db) {
        let mut tx = db.begin().await.unwrap();
        store::insert_deliveries(&mut tx, &[delivery(1)], now()).await.unwrap();
        store::claim(&mut tx, OWNER, seconds(15), now(), 10).await.unwrap();
        assert_eq!(store::record_intents(&mut tx, OWNER, &[(delivery(1).id, 3)]).await.unwrap(), [delivery(1).id]);
        let back = Waiting {
            id: delivery(1).id,
            at: seconds(5),
            setbacks: 2,
            refused: vec![Channel::Sms],
            uncertain: true,
        };
        assert_eq!(store::wait(&mut tx, OWNER, &[back]).await.unwrap(), 1);
        assert_eq!(store::next_wake(&mut tx).await.unwrap(), Some(seconds(5)));
        let counts = store::counts(&mut tx, now()).await.unwrap();
        assert_eq!((counts.ready, counts.waiting), (0, 1));
        let again = store::claim(&mut tx, OTHER, seconds(20), seconds(5), 10).await.unwrap().remove(0);
        assert_eq!((again.attempts, again.setbacks, again.uncertain), (3, 2, true));
        assert_eq!(again.refused, [Channel::Sms]);
        tx.commit().await.unwrap();
    }

    async fn an_attempt_ends_once_but_a_late_answer_to_an_unknown_one_is_the_truth(db: Db) {
        let mut tx = db.begin().await.unwrap();
        store::insert_deliveries(&mut tx, &[delivery(1), delivery(2)], now()).await.unwrap();
        store::insert_attempts(&mut tx, &[attempt(1, "intent"), attempt(2, "intent")]).await.unwrap();
        let ids = [delivery(1).id, delivery(2).id];
        assert_eq!(store::open_attempts(&mut tx, ids).await.unwrap().len(), 2);
        store::finish_attempts(&mut tx, &[(ids[0], 1, "unknown", "cut")], now()).await.unwrap();
        assert_eq!(store::open_attempts(&mut tx, ids).await.unwrap(), [attempt(2, "intent")]);
        assert_eq!(store::counts(&mut tx, now()).await.unwrap().unknown, 1);
        assert_eq!(store::finish_attempts(&mut tx, &[(ids[0], 1, "accepted", "")], now()).await.unwrap(), 1);
        assert_eq!(store::finish_attempts(&mut tx, &[(ids[0], 1, "refused_temporary", "")], now()).await.unwrap(), 0);
        assert_eq!(store::attempts_of(&mut tx, ids[0]).await.unwrap()[0].state, "accepted");
        let tried = store::tried(&mut tx, ids).await.unwrap();
        assert_eq!(tried.len(), 2);
        assert_eq!(tried[1], attempt(2, "intent"));
        tx.commit().await.unwrap();
    }

    async fn an_intent_that_came_to_nothing_is_taken_back_by_its_owner_alone(db: Db) {
        let mut tx = db.begin().await.unwrap();
        store::insert_deliveries(&mut tx, &[delivery(1), delivery(2)], now()).await.unwrap();
        store::claim(&mut tx, OWNER, seconds(15), now(), 10).await.unwrap();
        let intents = [(delivery(1).id, 1), (delivery(2).id, 1)];
        store::record_intents(&mut tx, OWNER, &intents).await.unwrap();
        store::insert_attempts(&mut tx, &[attempt(1, "intent"), attempt(2, "intent")]).await.unwrap();
        assert!(store::withdraw_intents(&mut tx, OTHER, &intents, now()).await.unwrap().is_empty());
        let other_attempt = [(delivery(1).id, 2)];
        assert!(store::withdraw_intents(&mut tx, OWNER, &other_attempt, now()).await.unwrap().is_empty());

        let held = store::withdraw_intents(&mut tx, OWNER, &intents[..1], seconds(3)).await.unwrap();
        assert_eq!(held, [delivery(1).id]);
        assert_eq!(store::remove_attempts(&mut tx, &intents[..1]).await.unwrap(), 1);
        assert!(store::attempts_of(&mut tx, delivery(1).id).await.unwrap().is_empty());
        assert_eq!(store::next_wake(&mut tx).await.unwrap(), Some(seconds(3)));
        assert_eq!(store::claim(&mut tx, OTHER, seconds(20), seconds(3), 10).await.unwrap(), [delivery(1)]);

        // What a provider has answered is no intent any more.
        store::finish_attempts(&mut tx, &[(delivery(2).id, 1, "accepted", "")], now()).await.unwrap();
        assert_eq!(store::remove_attempts(&mut tx, &intents[1..]).await.unwrap(), 0);
        tx.commit().await.unwrap();
    }

    async fn the_message_of_an_attempt_that_is_taken_back_is_that_of_the_one_before_or_none(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let number = |number: i64, of: u128, channel: Channel, provider: &str| Attempt {
            number,
            channel,
            provider: provider.to_owned(),
            ..attempt(of, "intent")
        };
        let written = |number: i64, of: u128, channel: Channel| Message {
            attempt: number,
            channel,
            id: Uuid::from_u128(of * 10 + u128::from(channel == Channel::Sms)),
            ..message(of)
        };
        store::insert_deliveries(&mut tx, &[delivery(1), delivery(2), delivery(3)], now()).await.unwrap();
        // The first had a mail refused, an SMS unknown, and is about to get a mail again; the second its first mail.
        let all = [
            number(1, 1, Channel::Mail, "smtp"),
            number(2, 1, Channel::Sms, "ovh"),
            number(3, 1, Channel::Mail, "mailbox"),
            number(1, 2, Channel::Mail, "smtp"),
            number(1, 3, Channel::Mail, "smtp"),
        ];
        store::insert_attempts(&mut tx, &all).await.unwrap();
        let ends = [(delivery(1).id, 1, "refused_temporary", ""), (delivery(1).id, 2, "unknown", "")];
        store::finish_attempts(&mut tx, &ends, now()).await.unwrap();
        let messages = [
            written(3, 1, Channel::Mail),
            written(2, 1, Channel::Sms),
            written(1, 2, Channel::Mail),
            written(1, 3, Channel::Mail),
        ];
        store::upsert_messages(&mut tx, &messages).await.unwrap();

        // While it waits for its turn, a receipt of the first one comes.
        let waits = Message { attempt: 2, id: Uuid::from_u128(40), ..message(4) };
        store::insert_deliveries(&mut tx, &[delivery(4)], now()).await.unwrap();
        store::insert_attempts(&mut tx, &[number(1, 4, Channel::Mail, "smtp"), number(2, 4, Channel::Mail, "smtp")]).await.unwrap();
        store::finish_attempts(&mut tx, &[(delivery(4).id, 1, "unknown", "")], now()).await.unwrap();
        store::upsert_messages(&mut tx, std::slice::from_ref(&waits)).await.unwrap();
        store::set_receipt(&mut tx, Channel::Mail, delivery(4).id, "delivered", "1", now()).await.unwrap();
        let told = [(delivery(4).id, 2)];
        store::remove_attempts(&mut tx, &told).await.unwrap();
        store::put_back_messages(&mut tx, &told).await.unwrap();
        let kept = store::find_message(&mut tx, waits.id, seconds(-1)).await.unwrap().unwrap();
        assert_eq!((kept.attempt, kept.state.as_str()), (1, "delivered"), "what the receipt said was lost");

        let intents = [(delivery(1).id, 3), (delivery(2).id, 1)];
        assert_eq!(store::remove_attempts(&mut tx, &intents).await.unwrap(), 2);
        store::put_back_messages(&mut tx, &intents).await.unwrap();
        let mut left = Vec::new();
        for message in &messages {
            let found = store::find_message(&mut tx, message.id, seconds(-1)).await.unwrap();
            left.push(found.map(|found| (found.attempt, found.provider, found.state)));
        }
        let is = |attempt: i64, provider: &str, state: &str| Some((attempt, provider.to_owned(), state.to_owned()));
        assert_eq!(left, [is(1, "smtp", "refused"), is(2, "mailbox", "intent"), None, is(1, "mailbox", "intent")]);
        tx.commit().await.unwrap();
    }

    async fn an_intent_is_refused_twice_for_the_same_attempt(db: Db) {
        let mut tx = db.begin().await.unwrap();
        store::insert_deliveries(&mut tx, &[delivery(1)], now()).await.unwrap();
        store::insert_attempts(&mut tx, &[attempt(1, "intent")]).await.unwrap();
        let again = store::insert_attempts(&mut tx, &[attempt(1, "intent")]).await.unwrap_err();
        assert!(again.is_unique_violation());
    }

    async fn messages_come_back_as_they_were_rendered_and_lists_respect_their_filters(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let all = [delivery(1), delivery(2), delivery(3)];
        store::insert_deliveries(&mut tx, &all, now()).await.unwrap();
        store::upsert_messages(&mut tx, &[message(1), message(2), message(3)]).await.unwrap();
        assert_eq!(store::find_message(&mut tx, message(1).id, seconds(-1)).await.unwrap(), Some(message(1)));
        let list = async |tx: &mut platform::Tx, filter: Filter, after: Option<Uuid>| -> Vec<u128> {
            let rows = store::list_messages(tx, &filter, after, 10, seconds(-1)).await.unwrap();
            assert!(rows.iter().all(|row| row.html.is_empty() && row.calendar.is_empty()));
            rows.iter().map(|row| row.id.as_u128()).collect()
        };
        assert_eq!(list(&mut tx, Filter::default(), None).await, [3, 2, 1]);
        assert_eq!(list(&mut tx, Filter::default(), Some(Uuid::from_u128(3))).await, [2, 1]);
        let person = Filter { person: Some(message(2).person_id), ..Filter::default() };
        assert_eq!(list(&mut tx, person, None).await, [2]);
        let group = Filter { group: Some("speeddating.session/2".to_owned()), ..Filter::default() };
        assert!(list(&mut tx, group, None).await.is_empty());
        let owned = Json(vec![Uuid::from_u128(1).to_string()]);
        let filter = Filter { organisations: Some(owned), channel: Some("mail".to_owned()), ..Filter::default() };
        assert_eq!(list(&mut tx, filter, None).await, [3, 1]);
        assert_eq!(store::owner_of_delivery(&mut tx, delivery(2).id).await.unwrap(), Some(Uuid::nil()));
        let again = Message { attempt: 2, body: "Neu".to_owned(), id: Uuid::from_u128(9), ..message(1) };
        store::upsert_messages(&mut tx, &[again]).await.unwrap();
        store::set_message_states(&mut tx, &[(delivery(1).id, 1, "unknown"), (delivery(2).id, 1, "accepted")]).await.unwrap();
        let replaced = store::find_message(&mut tx, message(1).id, seconds(-1)).await.unwrap().unwrap();
        assert_eq!((replaced.attempt, replaced.body.as_str(), replaced.state.as_str()), (2, "Neu", "intent"));
        assert_eq!(store::find_message(&mut tx, message(2).id, seconds(-1)).await.unwrap().unwrap().state, "accepted");
        tx.commit().await.unwrap();
    }

    async fn an_sms_that_nobody_confirmed_is_shown_so_until_somebody_does(db: Db) {
        let sms = |number: u128, provider: &str| Message {
            channel: Channel::Sms,
            provider: provider.to_owned(),
            ..message(number)
        };
        let mut tx = db.begin().await.unwrap();
        store::insert_deliveries(&mut tx, &[delivery(1), delivery(2), delivery(3)], now()).await.unwrap();
        store::upsert_messages(&mut tx, &[sms(1, "kannel"), sms(2, "mailbox"), message(3)]).await.unwrap();
        let all = [1, 2, 3].map(|number| (delivery(number).id, 1, "accepted"));
        store::set_message_states(&mut tx, &all).await.unwrap();
        let shown = async |tx: &mut platform::Tx, since: Moment| -> Vec<String> {
            let mut states = Vec::new();
            for number in 1..=3 {
                let found = store::find_message(tx, message(number).id, since).await.unwrap();
                states.push(found.unwrap().state);
            }
            let listed = store::list_messages(tx, &Filter::default(), None, 10, since).await.unwrap();
            assert!(listed.iter().rev().map(|one| &one.state).eq(&states));
            let briefs = store::find_briefs(tx, [1, 2, 3].map(|number| delivery(number).id).into(), None, since).await.unwrap();
            assert!(briefs.iter().map(|one| &one.state).eq(&states));
            let counts = store::count_messages(tx, None, None, None, since).await.unwrap();
            let unconfirmed = counts.iter().filter(|one| one.state == "unconfirmed").map(|one| one.messages).sum::<i64>();
            let expected = states.iter().filter(|state| *state == "unconfirmed").count();
            assert_eq!(usize::try_from(unconfirmed).unwrap(), expected);
            states
        };
        assert_eq!(shown(&mut tx, seconds(-1)).await, ["accepted", "accepted", "accepted"]);
        assert_eq!(shown(&mut tx, now()).await, ["unconfirmed", "accepted", "accepted"]);
        store::set_message_states(&mut tx, &[(delivery(1).id, 1, "delivered")]).await.unwrap();
        assert_eq!(shown(&mut tx, now()).await, ["delivered", "accepted", "accepted"]);
        tx.commit().await.unwrap();
    }

    async fn a_person_is_forgotten_but_not_that_something_was_sent(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let same = Delivery { person_id: delivery(1).person_id, ..delivery(2) };
        let at_provider = Delivery { person_id: delivery(1).person_id, ..delivery(3) };
        store::insert_deliveries(&mut tx, &[delivery(1), same, at_provider, delivery(4)], now()).await.unwrap();
        store::claim(&mut tx, OWNER, seconds(15), now(), 1).await.unwrap();
        store::insert_attempts(&mut tx, &[attempt(3, "intent")]).await.unwrap();
        store::upsert_messages(&mut tx, &[message(1), message(4)]).await.unwrap();
        let link = |number: u128| Link {
            token_hash: token_hash(&number.to_string()),
            delivery_id: delivery(number).id,
            person_id: delivery(number).person_id,
            subject: "s".to_owned(),
            group: "g".to_owned(),
            expires_at: seconds(60),
        };
        store::insert_links(&mut tx, &[link(1), link(4)], now()).await.unwrap();
        let person = delivery(1).person_id;
        store::suppress(&mut tx, Channel::Mail, "A@example.org", person, "550", now()).await.unwrap();
        store::suppress(&mut tx, Channel::Mail, "a@example.org", person, "550", now()).await.unwrap();
        let hash = address_hash(Channel::Mail, "a@example.org");
        assert!(store::suppressed(&mut tx, &[hash.clone(), vec![1]]).await.unwrap().contains_key(&hash));

        store::forget_messages(&mut tx, person).await.unwrap();
        store::forget_links(&mut tx, person).await.unwrap();
        store::forget_suppressions(&mut tx, person).await.unwrap();
        let mut settled = store::settle_person(&mut tx, person, "erased", now()).await.unwrap();
        settled.sort_unstable();
        assert_eq!(settled, [(delivery(1).id, 0, false), (delivery(2).id, 0, false)]);
        let message = store::find_message(&mut tx, message(1).id, seconds(-1)).await.unwrap().unwrap();
        assert_eq!([message.recipient, message.subject, message.body, message.html, message.calendar], [""; 5]);
        assert_eq!(message.policy, "p");
        assert!(store::find_link(&mut tx, &token_hash("1"), now()).await.unwrap().is_none());
        assert_eq!(store::find_link(&mut tx, &token_hash("4"), now()).await.unwrap(), Some(link(4)));
        assert!(store::find_link(&mut tx, &token_hash("4"), seconds(60)).await.unwrap().is_none());
        assert_eq!(store::remove_expired_links(&mut tx, seconds(60)).await.unwrap(), 1);
        assert!(store::suppressed(&mut tx, &[hash]).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    }

    async fn the_mailbox_keeps_a_reference_once(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let one = ("R1", delivery(1).id, Channel::Mail);
        assert_eq!(store::keep(&mut tx, &[one], now()).await.unwrap(), 1);
        assert_eq!(store::keep(&mut tx, &[one, ("R2", delivery(2).id, Channel::Sms)], now()).await.unwrap(), 1);
        let asked = ["R1", "R3"].map(str::to_owned).to_vec();
        assert_eq!(store::present(&mut tx, asked).await.unwrap(), ["R1"]);
        tx.commit().await.unwrap();
    }

    async fn two_owners_at_once_never_claim_the_same(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let many: Vec<Delivery> = (1..=100).map(delivery).collect();
        store::insert_deliveries(&mut tx, &many, now()).await.unwrap();
        tx.commit().await.unwrap();
        let claim = async |owner: Uuid| -> Vec<Uuid> {
            let mut all = Vec::new();
            loop {
                let mut tx = db.begin().await.unwrap();
                let some = store::claim(&mut tx, owner, seconds(15), now(), 7).await.unwrap();
                tx.commit().await.unwrap();
                if some.is_empty() {
                    return all;
                }
                all.extend(some.into_iter().map(|delivery| delivery.id));
            }
        };
        let (mut one, two) = futures::join!(claim(OWNER), claim(OTHER));
        one.extend(two);
        one.sort_unstable();
        one.dedup();
        assert_eq!(one.len(), 100);
    }
}
