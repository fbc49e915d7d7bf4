use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use platform::on_each_database;
use scheduler::actions::{self, Ask};
use scheduler::domain::{ReminderState, Verdict};
use scheduler::{MIGRATIONS, store};
use uuid::Uuid;

use super::world::{handed_over, milestone, replica, take_in, with_outcomes_missing};

const NOW: &str = "2026-11-10T09:00:00Z";

on_each_database! { MIGRATIONS,
    async fn many_claimers_never_hand_a_reminder_over_twice(db: Db) {
        let ingest = replica(&db, 1, NOW);
        for number in 1..=700 {
            take_in(&ingest, milestone(number, 1)).await;
        }
        let mut claimers = Vec::new();
        for seed in 2..8 {
            let context = replica(&db, seed, NOW);
            claimers.push(async move {
                let mut count = 0;
                // Several empty looks: another replica may hold the rest at this moment.
                let mut idle = 0;
                while idle < 3 {
                    match actions::claim(&context).await.unwrap() {
                        0 => idle += 1,
                        some => count += some,
                    }
                    tokio::task::yield_now().await;
                }
                count
            });
        }
        let counts = futures::future::join_all(claimers).await;
        assert_eq!(counts.iter().sum::<usize>(), 700, "{counts:?}");
        let events = handed_over(&db).await;
        assert!(events.iter().all(|event| event.deliveries.len() <= 200));
        let recipients: Vec<_> =
            events.into_iter().flat_map(|event| event.deliveries).map(|delivery| delivery.recipient_person_id).collect();
        assert_eq!(recipients.len(), 700);
        assert_eq!(recipients.iter().collect::<BTreeSet<_>>().len(), 700, "nobody is told twice");
    }

    async fn the_items_of_a_digest_are_never_split_between_claimers(db: Db) {
        let ingest = replica(&db, 1, NOW);
        // More items than one claim takes: its limit falls among those of one person.
        for number in 1..=640 {
            take_in(&ingest, with_outcomes_missing(number, Uuid::from_u128(5_000 + number % 8))).await;
        }
        // The first digest: the business day after the one after the session, 08:30.
        let mut claimers = Vec::new();
        for seed in 2..6 {
            let context = replica(&db, seed, "2026-11-27T07:30:00Z");
            claimers.push(async move {
                for _ in 0..4 {
                    actions::claim(&context).await.unwrap();
                    tokio::task::yield_now().await;
                }
            });
        }
        futures::future::join_all(claimers).await;
        let deliveries: Vec<_> = handed_over(&db).await.into_iter().flat_map(|event| event.deliveries).collect();
        assert_eq!(deliveries.len(), 8, "{deliveries:?}");
        assert!(deliveries.iter().all(|delivery| delivery.template == "outcomes_digest"));
        let by_recipient: BTreeMap<_, _> =
            deliveries.iter().map(|one| (one.recipient_person_id.clone(), one.subject.clone())).collect();
        assert_eq!(by_recipient.len(), 8);
        assert!(by_recipient.values().all(String::is_empty), "a digest is about several subjects");
    }

    async fn an_older_or_repeated_revision_changes_nothing(db: Db) {
        let context = replica(&db, 1, NOW);
        assert!(take_in(&context, milestone(1, 5)).await);
        for revision in [5, 4, 1] {
            assert!(!take_in(&context, milestone(1, revision)).await, "revision {revision}");
        }
        let mut tx = db.read().await.unwrap();
        let recorded = store::find(&mut tx, "speeddating.participation/1", "speed_dating").await.unwrap().unwrap();
        assert_eq!((recorded.generation, recorded.milestone), (5, milestone(1, 5)));
    }

    async fn two_replicas_that_take_in_the_same_subject_wait_for_each_other(db: Db) {
        let contexts: Vec<_> = (1..=4).map(|seed| replica(&db, seed, NOW)).collect();
        let tasks = (1..=40).map(|revision| {
            let context = contexts[usize::try_from(revision % 4).unwrap()].clone();
            async move {
                let mut moved = milestone(1, revision);
                let times = moved.times.as_mut().unwrap();
                times.starts = times.starts.checked_add(SignedDuration::from_hours(revision)).unwrap();
                times.ends = times.starts;
                take_in(&context, moved).await
            }
        });
        futures::future::join_all(tasks).await;
        let mut tx = db.read().await.unwrap();
        let rows = store::of_subject(&mut tx, "speeddating.participation/1").await.unwrap();
        let live: Vec<_> = rows.iter().filter(|row| row.is_live()).collect();
        assert_eq!(live.len(), 4, "one generation is live");
        assert!(live.iter().all(|row| row.identity.generation == 40));
    }

    async fn an_attempt_that_asks_again_is_decided_anew_until_it_is_refused(db: Db) {
        let context = replica(&db, 1, NOW);
        take_in(&context, milestone(1, 1)).await;
        actions::claim(&context).await.unwrap();
        let delivery: Uuid = handed_over(&db).await[0].deliveries[0].delivery_id.parse().unwrap();
        let (actor, ask) = (platform::auth::Actor::service("notifier"), [Ask { delivery, attempt: 1, undelivered: false, uncertain: false }]);
        // 21:00 in Paris: closed until 08:00 on Thursday, since Wednesday is Armistice Day.
        let night = replica(&db, 2, "2026-11-10T20:00:00Z");
        let opening = "2026-11-12T07:00:00Z".parse().unwrap();
        for _ in 0..2 {
            let verdicts = actions::release(&night, &actor, &ask).await.unwrap();
            assert_eq!(verdicts, [Verdict::Deferred(opening)]);
        }
        let mut tx = db.read().await.unwrap();
        let rows = store::of_deliveries(&mut tx, &[delivery]).await.unwrap();
        let row = rows.iter().find(|row| row.delivery.is_some()).unwrap();
        assert_eq!((row.due, row.state, row.released), (opening, ReminderState::Queued, false));
        drop(tx);
        let morning = replica(&db, 3, "2026-11-12T07:00:00Z");
        let granted = actions::release(&morning, &actor, &ask).await.unwrap();
        assert!(matches!(granted[0], Verdict::Granted(_)));
        assert_eq!(actions::release(&morning, &actor, &ask).await.unwrap(), granted);
        // Killed after the grant and before its intent, restarted at night: not outside the window.
        let next_night = replica(&db, 4, "2026-11-12T21:30:00Z");
        let deferred = actions::release(&next_night, &actor, &ask).await.unwrap();
        assert!(matches!(deferred[0], Verdict::Deferred(_)), "{deferred:?}");
        let morning = replica(&db, 5, "2026-11-13T07:00:00Z");
        let granted = actions::release(&morning, &actor, &ask).await.unwrap();
        assert!(matches!(granted[0], Verdict::Granted(_)));
        // Cleared in between: neither the first attempt, which did not go out, nor a second.
        let mut gone = milestone(1, 2);
        gone.state = scheduler::domain::State::Cleared("SESSION_CANCELLED".into());
        take_in(&morning, gone).await;
        let cancelled = [Verdict::Refused("cancelled".to_owned())];
        assert_eq!(actions::release(&morning, &actor, &ask).await.unwrap(), cancelled);
        let second = [Ask { delivery, attempt: 2, undelivered: false, uncertain: false }];
        let refused = Verdict::Refused("cancelled".to_owned());
        assert_eq!(actions::release(&morning, &actor, &second).await.unwrap(), [refused]);
        let unknown = [Ask { delivery: Uuid::from_u128(77), attempt: 1, undelivered: false, uncertain: false }];
        let refused = Verdict::Refused("unknown".to_owned());
        assert_eq!(actions::release(&morning, &actor, &unknown).await.unwrap(), [refused]);
    }

    async fn a_move_and_a_release_at_once_never_both_win(db: Db) {
        let ingest = replica(&db, 1, NOW);
        for number in 1..=60 {
            take_in(&ingest, milestone(number, 1)).await;
        }
        actions::claim(&ingest).await.unwrap();
        let events = handed_over(&db).await;
        let deliveries: Vec<_> = events.into_iter().flat_map(|event| event.deliveries).collect();
        let notifier = platform::auth::Actor::service("notifier");
        let (one, two) = (replica(&db, 2, NOW), replica(&db, 3, NOW));
        let releases = async {
            let mut granted = BTreeSet::new();
            for delivery in &deliveries {
                let ask = [Ask { delivery: delivery.delivery_id.parse().unwrap(), attempt: 1, undelivered: false, uncertain: false }];
                if let Verdict::Granted(_) = &actions::release(&one, &notifier, &ask).await.unwrap()[0] {
                    granted.insert(delivery.recipient_person_id.clone());
                }
            }
            granted
        };
        let cancels = async {
            for number in (1..=60).rev() {
                let mut gone = milestone(number, 2);
                gone.state = scheduler::domain::State::Cleared("SESSION_CANCELLED".into());
                take_in(&two, gone).await;
            }
        };
        let (granted, ()) = tokio::join!(releases, cancels);
        let mut tx = db.read().await.unwrap();
        for number in 1..=60_u128 {
            let rows = store::of_subject(&mut tx, &format!("speeddating.participation/{number}")).await.unwrap();
            let told = granted.contains(&Uuid::from_u128(number).to_string());
            let notice = rows.iter().any(|row| row.occasion.is_change());
            assert_eq!(told, notice, "who was told hears of the cancellation, and nobody else");
            let plan = rows.iter().find(|row| row.identity.occurrence == "planned").unwrap();
            let state = if told { ReminderState::Queued } else { ReminderState::Suppressed };
            assert_eq!(plan.state, state);
        }
    }
}
