//! The ledger as it is written and read, on each database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use platform::auth::{Actor, Role, Scope};
use platform::{Db, Tx, on_each_database};
use scheduler::actions::{self, Ask, Context, Filter};
use scheduler::domain::{ReminderState, Settlement, State, Verdict};
use scheduler::policy::PolicySet;
use scheduler::{MIGRATIONS, store};
use uuid::Uuid;

use super::world::{handed_over, milestone, replica, take_in};

const NOW: &str = "2026-11-10T09:00:00Z";
const OWNER: Uuid = Uuid::from_u128(900);

fn settlement(delivery: Uuid, outcome: ReminderState, reason: &str) -> Settlement {
    Settlement {
        delivery,
        outcome,
        reason: reason.to_owned(),
        channel: if outcome == ReminderState::Sent {
            "mail".to_owned()
        } else {
            String::new()
        },
        at: NOW.parse().unwrap(),
        attempts: 2,
        uncertain: false,
    }
}

/// A replica whose policies say 72 hours where the built-in ones say 48.
fn with_72_hours(db: &Db, seed: u64) -> Arc<Context> {
    let text = include_str!("../../policies/speed-dating-candidate.yaml").replace("-48h", "-72h");
    let mut other = replica(db, seed, NOW);
    let kinds = contracts::kinds::all().unwrap();
    let changed = Arc::get_mut(&mut other).unwrap();
    changed.policies = PolicySet::new(&kinds, &[("own.yaml".to_owned(), text)]).unwrap();
    other
}

/// How many reminders of an offset are planned.
async fn planned(db: &Db, occurrence: &str) -> i64 {
    let mut tx = db.read().await.unwrap();
    let (count,): (i64,) = tx
        .query("SELECT COUNT(*) FROM reminders WHERE occurrence = $1 AND state = 'planned'")
        .bind(occurrence)
        .fetch_one()
        .await
        .unwrap();
    count
}

async fn counts(tx: &mut Tx) -> BTreeMap<ReminderState, i64> {
    let mut all = BTreeMap::new();
    for count in store::counts(tx, &store::Scope::default()).await.unwrap() {
        *all.entry(count.state).or_default() += count.reminders;
    }
    all
}

fn scoped(organisation: u128) -> Actor {
    let scope = Scope::Organisations(BTreeSet::from([Uuid::from_u128(organisation)]));
    Actor {
        subject: "someone".into(),
        role: Role::Coordinator,
        scope,
    }
}

on_each_database! { MIGRATIONS,
    async fn lists_are_narrowed_paged_and_scoped(db: Db) {
        let context = replica(&db, 1, NOW);
        for number in 1..=10 {
            let mut one = milestone(number, 1);
            one.group = format!("speeddating.session/{}", number % 2);
            one.organisation = Uuid::from_u128(900 + number % 2);
            take_in(&context, one).await;
        }
        let all = Filter { limit: 100, ..Filter::default() };
        let list = async |actor: &Actor, filter: Filter| actions::list_reminders(&context, actor, filter).await.unwrap();
        let services = Actor::service("console");
        assert_eq!(list(&services, all.clone()).await.len(), 40);
        let one = Filter { person: Some(Uuid::from_u128(3)), ..all.clone() };
        assert_eq!(list(&services, one).await.len(), 4);
        let one = Filter { subject: Some("speeddating.participation/3".into()), ..all.clone() };
        assert_eq!(list(&services, one).await.len(), 4);
        let odd = Filter { group: Some("speeddating.session/1".into()), ..all.clone() };
        assert_eq!(list(&services, odd).await.len(), 20);
        let sent = Filter { state: Some(ReminderState::Sent), ..all.clone() };
        assert_eq!(list(&services, sent).await.len(), 0);
        assert_eq!(list(&scoped(901), all.clone()).await.len(), 20);
        assert_eq!(list(&scoped(999), all.clone()).await.len(), 0);
        let status = actions::status(&context, &scoped(901), None, None).await.unwrap();
        assert_eq!((status.in_state(ReminderState::Planned), status.milestones), (20, 5));
        let policies: Vec<_> = status.counts.iter().map(|one| (one.policy.as_str(), one.reminders)).collect();
        assert_eq!(policies, [("speed-dating-candidate", 15), ("speed-dating-published", 5)]);
        let even = Some("speeddating.session/0".to_owned());
        let status_of = async |group, person| actions::status(&context, &services, group, person).await.unwrap();
        assert_eq!(status_of(even.clone(), None).await.in_state(ReminderState::Planned), 20);
        assert_eq!(status_of(even.clone(), None).await.milestones, 5);
        let person = list(&services, Filter { limit: 1, ..Filter::default() }).await[0].recipient;
        let own = i64::try_from(list(&services, Filter { person: Some(person), ..all.clone() }).await.len()).unwrap();
        assert_eq!(status_of(None, Some(person)).await.in_state(ReminderState::Planned), own);
        assert_eq!(status_of(even, Some(Uuid::nil())).await.counts.len(), 0);
        assert_eq!(actions::status(&context, &scoped(999), None, None).await.unwrap().counts.len(), 0);
        assert_eq!(status.next_due.map(platform::Moment::timestamp), Some(NOW.parse().unwrap()));

        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = list(&services, Filter { after, limit: 7, ..Filter::default() }).await;
            let Some(last) = page.last() else { break };
            after = Some((last.due_at, last.id));
            seen.extend(page);
        }
        assert_eq!(seen.iter().map(|row| row.id).collect::<BTreeSet<_>>().len(), 40);
        assert!(seen.windows(2).all(|pair| (pair[0].due_at, pair[0].id) > (pair[1].due_at, pair[1].id)));
    }

    async fn every_settlement_is_written_once_and_nothing_of_it_is_released_again(db: Db) {
        let context = replica(&db, 1, NOW);
        for number in 1..=3 {
            take_in(&context, milestone(number, 1)).await;
        }
        actions::claim(&context).await.unwrap();
        let deliveries: Vec<Uuid> = handed_over(&db).await[0]
            .deliveries
            .iter()
            .map(|delivery| delivery.delivery_id.parse().unwrap())
            .collect();
        let asks: Vec<_> = deliveries.iter().map(|delivery| Ask { delivery: *delivery, attempt: 1, undelivered: false, uncertain: false }).collect();
        let granted = actions::release(&context, &Actor::service("notifier"), &asks).await.unwrap();
        assert!(granted.iter().all(|verdict| matches!(verdict, Verdict::Granted(_))));
        let ends = [(ReminderState::Sent, ""), (ReminderState::Suppressed, "opted_out"), (ReminderState::Failed, "refused")];
        let all: Vec<_> = deliveries.iter().zip(ends).map(|(id, (outcome, why))| settlement(*id, outcome, why)).collect();
        for _ in 0..2 {
            let mut tx = db.begin().await.unwrap();
            actions::settle(&context, &mut tx, &all).await.unwrap();
            // Whatever comes later does not change it.
            let late: Vec<_> = deliveries.iter().map(|id| settlement(*id, ReminderState::Failed, "late")).collect();
            actions::settle(&context, &mut tx, &late).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        let expected = [
            (ReminderState::Planned, 9),
            (ReminderState::Sent, 1),
            (ReminderState::Suppressed, 1),
            (ReminderState::Failed, 1),
        ];
        assert_eq!(counts(&mut tx).await, BTreeMap::from(expected));
        drop(tx);
        let again = actions::release(&context, &Actor::service("notifier"), &asks).await.unwrap();
        let ended = ["settled", "opted_out", "refused"].map(|why| Verdict::Refused(why.to_owned()));
        assert_eq!(again, ended);
    }

    async fn what_did_not_arrive_may_go_once_more_and_the_ledger_has_its_last_end(db: Db) {
        let context = replica(&db, 1, NOW);
        for number in 1..=2 {
            take_in(&context, milestone(number, 1)).await;
        }
        actions::claim(&context).await.unwrap();
        let ids = handed_over(&db).await[0].deliveries.iter().map(|one| one.delivery_id.parse().unwrap()).collect::<Vec<Uuid>>();
        let (first, second) = (ids[0], ids[1]);
        let service = Actor::service("notifier");
        let ask = async |delivery, attempt, undelivered| {
            actions::release(&context, &service, &[Ask { delivery, attempt, undelivered, uncertain: false }]).await.unwrap().remove(0)
        };
        let end = |delivery, channel: &str, attempts| Settlement {
            channel: channel.to_owned(),
            attempts,
            ..settlement(delivery, ReminderState::Sent, "")
        };
        let settle = async |one: Settlement| {
            let mut tx = db.begin().await.unwrap();
            actions::settle(&context, &mut tx, &[one]).await.unwrap();
            tx.commit().await.unwrap();
        };
        let channels = async || {
            let mut tx = db.read().await.unwrap();
            let rows: Vec<(Uuid, String, String)> = tx
                .query("SELECT delivery_id, state, channel FROM reminders WHERE delivery_id IS NOT NULL")
                .fetch_all()
                .await
                .unwrap();
            let of = |id: Uuid| rows.iter().find(|row| row.0 == id).map(|row| format!("{} {}", row.1, row.2)).unwrap();
            [of(first), of(second)]
        };
        for delivery in [first, second] {
            assert!(matches!(ask(delivery, 1, false).await, Verdict::Granted(_)));
        }
        settle(end(first, "mail", 1)).await;
        // Only who says that it did not arrive may go on with what was sent.
        assert_eq!(ask(first, 2, false).await, Verdict::Refused("settled".to_owned()));
        assert!(matches!(ask(first, 3, true).await, Verdict::Granted(_)));
        settle(end(first, "sms", 3)).await;
        // The second one's events come in the wrong order.
        settle(end(second, "sms", 2)).await;
        settle(end(second, "mail", 1)).await;
        assert_eq!(channels().await, ["sent sms", "sent sms"]);
        assert_eq!(context.metrics.lateness.get_sample_count(), 2, "late is what is told first");
        // What ended without a further attempt changes nothing, and neither does a copy.
        settle(Settlement { attempts: 3, ..settlement(first, ReminderState::Failed, "refused") }).await;
        settle(end(first, "mail", 1)).await;
        assert_eq!(channels().await, ["sent sms", "sent sms"]);
        settle(Settlement { attempts: 4, ..settlement(first, ReminderState::Failed, "refused") }).await;
        assert_eq!(channels().await, ["failed ", "sent sms"]);
        assert_eq!(ask(first, 5, true).await, Verdict::Refused("refused".to_owned()), "what failed stays so");
    }

    async fn an_erased_person_hears_nothing_more_except_what_was_let_go(db: Db) {
        let context = replica(&db, 1, NOW);
        take_in(&context, milestone(1, 1)).await;
        take_in(&context, milestone(2, 1)).await;
        let mut tx = db.begin().await.unwrap();
        actions::erase_person(&context, &mut tx, Uuid::from_u128(1)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let rows = store::of_subject(&mut tx, "speeddating.participation/1").await.unwrap();
        assert!(rows.iter().all(|row| row.reason == "erased" && row.state == ReminderState::Suppressed));
        let rows = store::of_subject(&mut tx, "speeddating.participation/2").await.unwrap();
        assert!(rows.iter().all(|row| row.state == ReminderState::Planned));
    }

    async fn a_change_notice_keeps_what_the_person_was_told(db: Db) {
        let context = replica(&db, 1, NOW);
        take_in(&context, milestone(1, 1)).await;
        actions::claim(&context).await.unwrap();
        let delivery: Uuid = handed_over(&db).await[0].deliveries[0].delivery_id.parse().unwrap();
        let ask = [Ask { delivery, attempt: 1, undelivered: false, uncertain: false }];
        actions::release(&context, &Actor::service("notifier"), &ask).await.unwrap();
        let mut moved = milestone(1, 2);
        let times = moved.times.as_mut().unwrap();
        times.starts = times.starts.checked_add(SignedDuration::from_hours(2)).unwrap();
        times.ends = times.starts;
        take_in(&context, moved).await;
        let mut tx = db.read().await.unwrap();
        let rows = store::of_subject(&mut tx, "speeddating.participation/1").await.unwrap();
        let notice = rows.iter().find(|row| row.occasion.is_change()).unwrap();
        let told = notice.told_before.clone().unwrap();
        assert_eq!(told.times, milestone(1, 1).times);
        let due: Timestamp = NOW.parse().unwrap();
        assert_eq!(notice.due, due + SignedDuration::from_mins(2));
    }

    async fn other_policies_plan_what_stands_anew_and_leave_what_is_gone(db: Db) {
        let context = replica(&db, 1, NOW);
        for number in 1..=120 {
            take_in(&context, milestone(number, 1)).await;
        }
        let mut gone = milestone(120, 2);
        gone.state = State::Cleared("SESSION_CANCELLED".into());
        take_in(&context, gone).await;
        assert_eq!(actions::replan_for_policies(&context).await.unwrap(), 119, "the first start of this ledger");
        assert_eq!(actions::replan_for_policies(&context).await.unwrap(), 0, "nothing changed since");
        let other = with_72_hours(&db, 2);
        assert_eq!(actions::replan_for_policies(&other).await.unwrap(), 119);
        let mut tx = db.read().await.unwrap();
        let (new, old): (i64, i64) = tx
            .query(
                "SELECT COUNT(*) FILTER (WHERE occurrence = '-72h' AND state = 'planned'),
                        COUNT(*) FILTER (WHERE occurrence = '-48h' AND reason = 'policy_changed') FROM reminders",
            )
            .fetch_one()
            .await
            .unwrap();
        assert_eq!((new, old), (119, 119));
    }

    async fn what_a_process_with_other_policies_plans_is_planned_anew(db: Db) {
        let old = replica(&db, 1, NOW);
        take_in(&old, milestone(1, 1)).await;
        actions::replan_for_policies(&old).await.unwrap();
        let new = with_72_hours(&db, 2);
        actions::replan_for_policies(&new).await.unwrap();
        assert_eq!(planned(&db, "-72h").await, 1);
        // It is being replaced, and what comes meanwhile may still come to it.
        take_in(&old, milestone(2, 1)).await;
        assert_eq!((planned(&db, "-72h").await, planned(&db, "-48h").await), (1, 1));
        assert_eq!(actions::keep_to_policies(&old).await.unwrap(), 0, "other policies are in force");
        assert_eq!(actions::keep_to_policies(&new).await.unwrap(), 1);
        assert_eq!((planned(&db, "-72h").await, planned(&db, "-48h").await), (2, 0));
        assert_eq!(actions::keep_to_policies(&new).await.unwrap(), 0);
        // A look of the old one that began before it was replaced leaves what it finds to the new one.
        take_in(&old, milestone(4, 1)).await;
        let mut tx = db.begin().await.unwrap();
        let fingerprint = old.policies.fingerprint(&old.calendar);
        assert!(!store::seen(&mut tx, &fingerprint, old.clock.now()).await.unwrap());
        store::planned_anew(&mut tx, "speeddating.participation/4", &fingerprint).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(actions::keep_to_policies(&new).await.unwrap(), 1);
        take_in(&new, milestone(3, 1)).await;
        assert_eq!(actions::keep_to_policies(&new).await.unwrap(), 0, "planned as it should be");
    }

    async fn policies_that_no_process_has_any_more_are_taken_over(db: Db) {
        let new = with_72_hours(&db, 1);
        take_in(&new, milestone(1, 1)).await;
        actions::replan_for_policies(&new).await.unwrap();
        // An old process started once more while it was being replaced.
        let old = replica(&db, 2, NOW);
        assert_eq!(actions::replan_for_policies(&old).await.unwrap(), 1);
        assert_eq!((planned(&db, "-72h").await, planned(&db, "-48h").await), (0, 1));
        new.clock.advance(SignedDuration::from_mins(4));
        assert_eq!(actions::keep_to_policies(&new).await.unwrap(), 0, "it may still be there");
        old.clock.advance(SignedDuration::from_mins(4));
        actions::keep_to_policies(&old).await.unwrap();
        new.clock.advance(SignedDuration::from_mins(4));
        assert_eq!(actions::keep_to_policies(&new).await.unwrap(), 0, "it was there four minutes ago");
        new.clock.advance(SignedDuration::from_mins(2));
        assert_eq!(actions::keep_to_policies(&new).await.unwrap(), 1);
        assert_eq!((planned(&db, "-72h").await, planned(&db, "-48h").await), (1, 0));
    }

    async fn a_start_that_was_cut_short_is_made_up_for(db: Db) {
        let context = replica(&db, 1, NOW);
        take_in(&context, milestone(1, 1)).await;
        let own = context.policies.fingerprint(&context.calendar);
        let mut tx = db.begin().await.unwrap();
        store::put_in_force(&mut tx, &own, context.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(actions::keep_to_policies(&context).await.unwrap(), 0, "another replica may be at it");
        context.clock.advance(SignedDuration::from_mins(3));
        assert_eq!(actions::keep_to_policies(&context).await.unwrap(), 1);
        assert_eq!(actions::keep_to_policies(&context).await.unwrap(), 0);
    }

    async fn a_preview_reads_and_writes_nothing(db: Db) {
        let context = replica(&db, 1, NOW);
        take_in(&context, milestone(1, 1)).await;
        let actor = scoped(OWNER.as_u128());
        let preview = actions::preview(&context, &actor, vec![milestone(1, 1), milestone(2, 1)]).await.unwrap();
        let drafts: Vec<usize> = preview.iter().map(|one| one.drafts.len()).collect();
        assert_eq!(drafts, [0, 4], "the first is already there as it is");
        let mut tx = db.read().await.unwrap();
        assert_eq!(counts(&mut tx).await.values().sum::<i64>(), 4);
    }
}

/// SQLite without statistics prefers any index on an equality; the claim must walk what waits, not the whole ledger.
#[tokio::test]
async fn on_sqlite_the_claim_looks_only_at_what_waits() {
    let folder = platform::testing::folder();
    let db = platform::testing::sqlite(&folder, &MIGRATIONS).await;
    let mut tx = db.read().await.unwrap();
    for (statement, index) in [
        (
            "EXPLAIN QUERY PLAN SELECT id FROM reminders WHERE state = 'planned' AND held_at IS NULL AND due_at <= '2026' AND NOT digest
             ORDER BY due_at, id LIMIT 500",
            "reminders_due",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT due_at FROM reminders WHERE state = 'planned' AND held_at IS NULL AND due_at <= '2026' AND digest = 1
             ORDER BY due_at, id LIMIT 1",
            "reminders_due",
        ),
        (
            "EXPLAIN QUERY PLAN UPDATE reminders SET state = 'sent' WHERE delivery_id = x'00' AND state = 'queued'",
            "reminders_of_delivery",
        ),
    ] {
        let steps: Vec<(i64, i64, i64, String)> = tx.query(statement).fetch_all().await.unwrap();
        let steps: Vec<_> = steps.into_iter().map(|step| step.3).collect();
        assert!(steps.iter().any(|step| step.contains(index)), "{statement}: {steps:?}");
    }
}
