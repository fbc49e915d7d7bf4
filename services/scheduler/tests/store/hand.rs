//! Acts by hand against the claim, the point of no return, cancellations and other acts, all at once.

use std::collections::BTreeMap;

use platform::auth::{Actor, Role, Scope};
use platform::{Db, on_each_database};
use scheduler::MIGRATIONS;
use scheduler::actions::{self, Ask, Context, Keyed};
use scheduler::by_hand::{Act, Refusal};
use scheduler::domain::{Reminder, ReminderState, State, Verdict};
use scheduler::error::Error;
use scheduler::store;
use uuid::Uuid;

use super::world::{handed_over, milestone, replica, take_in};

const NOW: &str = "2026-11-10T09:00:00Z";

fn coordinator() -> Actor {
    Actor {
        subject: "lina".into(),
        role: Role::Coordinator,
        scope: Scope::Organisations([Uuid::from_u128(900)].into()),
    }
}

async fn act(context: &Context, id: Uuid, act: Act) -> Result<(), Error> {
    let request = Keyed {
        id: context.ids.id(),
        fingerprint: [0; 32],
    };
    actions::act(context, &coordinator(), request, id, act)
        .await
        .map(|_| ())
}

/// The plan that is told at once, of subject number `number`.
async fn published(db: &Db, number: u128) -> Reminder {
    let mut tx = db.read().await.unwrap();
    let subject = format!("speeddating.participation/{number}");
    let rows = store::of_subject(&mut tx, &subject).await.unwrap();
    rows.into_iter()
        .find(|row| row.identity.policy == "speed-dating-published")
        .unwrap()
}

/// Asks for everything that was handed over; the reminders that were granted, with how often.
async fn release_all(context: &Context) -> BTreeMap<Uuid, usize> {
    let asks: Vec<_> = handed_over(&context.db)
        .await
        .iter()
        .flat_map(|event| &event.deliveries)
        .map(|one| Ask {
            delivery: one.delivery_id.parse().unwrap(),
            attempt: 1,
            undelivered: false,
            uncertain: false,
        })
        .collect();
    let verdicts = actions::release(context, &Actor::service("notifier"), &asks)
        .await
        .unwrap();
    let mut granted = BTreeMap::new();
    for verdict in verdicts {
        if let Verdict::Granted(items) = verdict {
            for item in items {
                *granted.entry(item.reminder).or_insert(0) += 1;
            }
        }
    }
    granted
}

async fn counts(db: &Db) -> BTreeMap<ReminderState, i64> {
    let mut tx = db.read().await.unwrap();
    let mut all = BTreeMap::new();
    for count in store::counts(&mut tx, &store::Scope::default()).await.unwrap() {
        *all.entry(count.state).or_default() += count.reminders;
    }
    all
}

async fn total(db: &Db) -> i64 {
    counts(db).await.values().sum()
}

on_each_database! { MIGRATIONS,
    async fn what_is_held_is_not_granted_whoever_was_first(db: Db) {
        let ingest = replica(&db, 1, NOW);
        for number in 1..=40 {
            take_in(&ingest, milestone(number, 1)).await;
        }
        let all = total(&db).await;
        let mut ids = Vec::new();
        for number in 1..=40 {
            ids.push(published(&db, number).await.id);
        }
        let (claimer, holder) = (replica(&db, 2, NOW), replica(&db, 3, NOW));
        let claims = async {
            for _ in 0..10 {
                actions::claim(&claimer).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        let holds = async {
            for id in ids.iter().step_by(2) {
                act(&holder, *id, Act::Hold).await.unwrap();
            }
        };
        tokio::join!(claims, holds);
        actions::claim(&claimer).await.unwrap();
        let granted = release_all(&claimer).await;
        for (index, id) in ids.iter().enumerate() {
            let expected = if index % 2 == 0 { None } else { Some(&1) };
            assert_eq!(granted.get(id), expected, "number {}", index + 1);
        }
        // Let go, each goes once.
        for id in ids.iter().step_by(2) {
            act(&holder, *id, Act::Resume).await.unwrap();
        }
        actions::claim(&claimer).await.unwrap();
        let granted = release_all(&claimer).await;
        assert!(ids.iter().all(|id| granted.get(id) == Some(&1)), "{granted:?}");
        assert_eq!(total(&db).await, all, "nothing disappears");
    }

    async fn a_hold_and_a_release_at_once_agree_on_who_was_first(db: Db) {
        let ingest = replica(&db, 1, NOW);
        for number in 1..=30 {
            take_in(&ingest, milestone(number, 1)).await;
        }
        actions::claim(&ingest).await.unwrap();
        let (notifier, holder) = (replica(&db, 2, NOW), replica(&db, 3, NOW));
        let mut ids = Vec::new();
        for number in 1..=30 {
            ids.push(published(&db, number).await.id);
        }
        let holds = async {
            let mut held = Vec::new();
            for id in &ids {
                match act(&holder, *id, Act::Hold).await {
                    Ok(()) => held.push(*id),
                    Err(Error::ByHand(Refusal::HandedOver)) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            held
        };
        let (granted, held) = tokio::join!(release_all(&notifier), holds);
        for id in &ids {
            assert_ne!(granted.contains_key(id), held.contains(id), "either told or held");
        }
    }

    async fn a_cancellation_and_a_send_now_at_once_end_in_silence(db: Db) {
        let ingest = replica(&db, 1, NOW);
        for number in 1..=30 {
            take_in(&ingest, milestone(number, 1)).await;
        }
        let all = total(&db).await;
        let (canceller, sender) = (replica(&db, 2, NOW), replica(&db, 3, NOW));
        let mut weeks = Vec::new();
        for number in 1..=30 {
            let mut tx = db.read().await.unwrap();
            let rows = store::of_subject(&mut tx, &format!("speeddating.participation/{number}")).await.unwrap();
            weeks.push(rows.into_iter().find(|row| row.identity.occurrence == "-P7D").unwrap().id);
        }
        let cancels = async {
            for number in 1..=30 {
                let mut gone = milestone(number, 2);
                gone.state = State::Cleared("SESSION_CANCELLED".into());
                take_in(&canceller, gone).await;
            }
        };
        let sends = async {
            for id in weeks.iter().rev() {
                match act(&sender, *id, Act::SendNow { any_hour: false }).await {
                    Ok(()) | Err(Error::ByHand(Refusal::Ended)) => {}
                    Err(other) => panic!("{other}"),
                }
                actions::claim(&sender).await.unwrap();
            }
        };
        tokio::join!(cancels, sends);
        actions::claim(&sender).await.unwrap();
        let granted = release_all(&sender).await;
        assert!(granted.is_empty(), "{granted:?}");
        assert_eq!(counts(&db).await, BTreeMap::from([(ReminderState::Suppressed, all)]));
    }

    async fn two_who_send_again_at_once_make_two_occurrences(db: Db) {
        let context = replica(&db, 1, NOW);
        take_in(&context, milestone(1, 1)).await;
        actions::claim(&context).await.unwrap();
        release_all(&context).await;
        let first = published(&db, 1).await;
        let settlement = scheduler::domain::Settlement {
            delivery: first.delivery.unwrap(),
            outcome: ReminderState::Failed,
            reason: "refused".into(),
            channel: String::new(),
            at: NOW.parse().unwrap(),
            attempts: 1,
            uncertain: false,
        };
        let mut tx = db.begin().await.unwrap();
        actions::settle(&context, &mut tx, &[settlement]).await.unwrap();
        tx.commit().await.unwrap();
        let (one, other) = (replica(&db, 2, NOW), replica(&db, 3, NOW));
        let (a, b) = tokio::join!(act(&one, first.id, Act::Resend), act(&other, first.id, Act::Resend));
        a.unwrap();
        b.unwrap();
        let mut tx = db.read().await.unwrap();
        let rows = store::of_subject(&mut tx, &first.identity.subject).await.unwrap();
        let mut again: Vec<_> = rows
            .iter()
            .filter(|row| row.by_hand.resend_of == Some(first.id))
            .map(|row| row.identity.occurrence.as_str())
            .collect();
        again.sort_unstable();
        assert_eq!(again, ["planned resend 1", "planned resend 2"]);
    }

    async fn other_policies_leave_holds_and_resends_as_they_are(db: Db) {
        let context = replica(&db, 1, NOW);
        take_in(&context, milestone(1, 1)).await;
        let mut tx = db.read().await.unwrap();
        let rows = store::of_subject(&mut tx, "speeddating.participation/1").await.unwrap();
        drop(tx);
        let week = rows.iter().find(|row| row.identity.occurrence == "-P7D").unwrap();
        act(&context, week.id, Act::Hold).await.unwrap();
        actions::replan_for_policies(&context).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let kept = store::find_reminder(&mut tx, week.id).await.unwrap().unwrap();
        assert!(kept.by_hand.held && kept.state == ReminderState::Planned);
        assert_eq!(store::next_due(&mut tx).await.unwrap().map(platform::Moment::timestamp), Some(NOW.parse().unwrap()));
    }
}
