use std::collections::{BTreeMap, BTreeSet};

use platform::Tx;
use platform::auth::{Actor, SERVICES};
use uuid::Uuid;

use super::Context;
use crate::domain::{Delivery, Recorded, Reminder, Verdict};
use crate::error::Error;
use crate::release::{Decision, decide};
use crate::store::{self, Released};

/// One attempt that asks to go out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ask {
    /// The delivery.
    pub delivery: Uuid,
    /// From 1.
    pub attempt: i64,
}

/// Decides on attempts: the point of no return for moves and cancellations. A refused attempt stays refused. One that was
/// granted and asks again has not gone out (the notifier counts the attempt up with its intent): it is decided anew,
/// or a crash between grant and intent would send at night, or after a cancellation.
pub async fn release(context: &Context, actor: &Actor, asks: &[Ask]) -> Result<Vec<Verdict>, Error> {
    actor.require(SERVICES)?;
    let deliveries: Vec<Uuid> = asks
        .iter()
        .map(|ask| ask.delivery)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let world = World::load(&mut tx, &deliveries).await?;
    let mut verdicts: BTreeMap<(Uuid, i64), Verdict> = store::released(&mut tx, &deliveries)
        .await?
        .into_iter()
        .filter(|one| match one.verdict {
            Verdict::Refused(_) => true,
            Verdict::Deferred(until) => until > now.timestamp(),
            Verdict::Granted(_) => false,
        })
        .map(|one| ((one.delivery, one.attempt), one.verdict))
        .collect();
    let mut decided = Vec::new();
    let mut let_go = Vec::new();
    for ask in asks {
        if verdicts.contains_key(&(ask.delivery, ask.attempt)) {
            continue;
        }
        let verdict = match world.deliveries.get(&ask.delivery) {
            // Never heard of: nothing may go out under a name that the ledger does not know.
            None => Verdict::Refused("unknown".to_owned()),
            Some(delivery) => {
                let verdict = world.decide(context, &mut tx, delivery).await?;
                let release = Released {
                    delivery: ask.delivery,
                    attempt: ask.attempt,
                    verdict: verdict.clone(),
                };
                decided.push(release);
                verdict
            }
        };
        if let Verdict::Granted(items) = &verdict {
            let_go.extend(items.iter().map(|item| item.reminder));
        }
        verdicts.insert((ask.delivery, ask.attempt), verdict);
    }
    store::let_go(&mut tx, &let_go).await?;
    store::save_releases(&mut tx, &decided, now).await?;
    tx.commit().await?;
    for one in &decided {
        context.metrics.count_verdict(&one.verdict);
    }
    Ok(asks
        .iter()
        .filter_map(|ask| verdicts.get(&(ask.delivery, ask.attempt)).cloned())
        .collect())
}

/// Deliveries with all that their verdict depends on, locked against moves and cancellations.
struct World {
    deliveries: BTreeMap<Uuid, Delivery>,
    reminders: Vec<Reminder>,
    milestones: Vec<Recorded>,
}

impl World {
    async fn load(tx: &mut Tx, deliveries: &[Uuid]) -> Result<Self, Error> {
        let subjects = store::subjects_of(tx, deliveries).await?;
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        // Only what is read under the lock counts.
        store::lock_subjects(tx, &subjects).await?;
        Ok(Self {
            reminders: store::of_deliveries(tx, deliveries).await?,
            milestones: store::of_subjects(tx, &subjects).await?,
            deliveries: store::by_ids(tx, deliveries)
                .await?
                .into_iter()
                .map(|one| (one.id, one))
                .collect(),
        })
    }

    async fn decide(&self, context: &Context, tx: &mut Tx, delivery: &Delivery) -> Result<Verdict, Error> {
        let subjects: BTreeSet<&str> = self
            .reminders
            .iter()
            .filter(|reminder| reminder.delivery == Some(delivery.id))
            .map(|reminder| reminder.identity.subject.as_str())
            .collect();
        let concerns = |subject: &str| subjects.contains(subject);
        let reminders: Vec<&Reminder> = self
            .reminders
            .iter()
            .filter(|reminder| concerns(&reminder.identity.subject))
            .collect();
        let milestones: Vec<&Recorded> = self
            .milestones
            .iter()
            .filter(|recorded| concerns(&recorded.milestone.subject))
            .collect();
        let now = context.clock.now();
        let Decision { verdict, suppress } = decide(
            &context.policies,
            &context.calendar,
            delivery,
            &reminders,
            &milestones,
            now.timestamp(),
        );
        for (reminder, reason) in suppress {
            store::refuse(tx, reminder, reason, now).await?;
        }
        if let Verdict::Deferred(until) = verdict {
            store::defer(tx, delivery.id, until).await?;
        }
        Ok(verdict)
    }
}
