use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use contracts::scheduler::v1::DeliveriesDue;
use platform::bus::Envelope;
use platform::testing::clock_at;
use platform::{Db, Ids, Moment};
use prometheus::Registry;
use scheduler::actions::{self, Context};
use scheduler::calendar::BusinessCalendar;
use scheduler::domain::{Milestone, Party, State, Times};
use scheduler::metrics::Metrics;
use scheduler::policy::PolicySet;
use tokio::sync::Notify;
use uuid::Uuid;

/// What one replica works with. Replicas of one database share nothing else.
pub(crate) fn replica(db: &Db, seed: u64, now: &str) -> Arc<Context> {
    let clock = clock_at(now);
    let kinds = contracts::kinds::all().unwrap();
    Arc::new(Context {
        db: db.clone(),
        ids: Ids::seeded(clock.clone(), seed),
        clock,
        policies: PolicySet::new(&kinds, &[]).unwrap(),
        kinds,
        calendar: BusinessCalendar::default(),
        metrics: Metrics::new(&Registry::new()).unwrap(),
        wake: Arc::new(Notify::new()),
        fingerprint: OnceLock::new(),
    })
}

pub(crate) fn milestone(number: u128, revision: i64) -> Milestone {
    let starts: jiff::civil::DateTime = "2026-11-25T09:00".parse().unwrap();
    Milestone {
        subject: format!("speeddating.participation/{number}"),
        kind: "speed_dating".into(),
        revision,
        times: Some(Times {
            zone: "Europe/Paris".into(),
            starts,
            ends: starts,
        }),
        parties: vec![Party {
            role: "candidate".into(),
            person: Some(Uuid::from_u128(number)),
            organisation: None,
        }],
        facts: BTreeMap::new(),
        state: State::Planned,
        organisation: Uuid::from_u128(900),
        group: "speeddating.session/1".into(),
    }
}

pub(crate) async fn take_in(context: &Context, milestone: Milestone) -> bool {
    let mut tx = context.db.begin().await.unwrap();
    let new = actions::take_in(context, &mut tx, milestone).await.unwrap();
    tx.commit().await.unwrap();
    new
}

#[derive(sqlx::FromRow)]
struct Event {
    id: Uuid,
    routing_key: String,
    body: Vec<u8>,
    occurred_at: Moment,
}

/// Every event that waits in the outbox.
pub(crate) async fn handed_over(db: &Db) -> Vec<DeliveriesDue> {
    let mut tx = db.read().await.unwrap();
    let rows: Vec<Event> = tx
        .query("SELECT id, routing_key, body, occurred_at FROM outbox")
        .fetch_all()
        .await
        .unwrap();
    rows.into_iter()
        .map(|row| {
            assert_eq!(row.routing_key, "scheduler.deliveries.due.v1");
            let event = Envelope {
                id: row.id,
                routing_key: row.routing_key,
                body: row.body,
                occurred_at: row.occurred_at,
                traceparent: String::new(),
            };
            event.decode().unwrap()
        })
        .collect()
}

/// A coordinator's digest items wait under one clock.
pub(crate) fn with_outcomes_missing(number: u128, coordinator: Uuid) -> Milestone {
    let mut milestone = milestone(number, 1);
    milestone.parties = vec![Party {
        role: "coordinator".into(),
        person: Some(coordinator),
        organisation: None,
    }];
    milestone
        .facts
        .insert("outcomes_missing".into(), scheduler::domain::Fact::Number(2));
    milestone
}
