use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use platform::auth::{Actor, SERVICES};
use platform::{Moment, Tx};
use uuid::Uuid;

use super::Context;
use crate::domain::{Delivery, Reason, Recorded, Reminder, ReminderState, Snapshot, Verdict};
use crate::error::Error;
use crate::release::{Asked, Decision, decide};
use crate::store::{self, Released};

/// One attempt that asks to go out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ask {
    /// The delivery.
    pub delivery: Uuid,
    /// From 1.
    pub attempt: i64,
    /// Whether what was settled as sent has not arrived.
    pub undelivered: bool,
    /// Whether nobody knows how an earlier attempt ended: the person may have read what it said.
    pub uncertain: bool,
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
    let mut world = World::load(&mut tx, &deliveries).await?;
    let mut verdicts: BTreeMap<(Uuid, i64), Verdict> = store::held_back(&mut tx, &deliveries)
        .await?
        .into_iter()
        .filter(|one| !matches!(one.verdict, Verdict::Deferred(until) if until <= now.timestamp()))
        .map(|one| ((one.delivery, one.attempt), one.verdict))
        .collect();
    let mut outcome = Outcome::default();
    for ask in asks {
        if verdicts.contains_key(&(ask.delivery, ask.attempt)) {
            continue;
        }
        let verdict = match world.decide(context, *ask, now.timestamp()) {
            // Never heard of: nothing may go out under a name that the ledger does not know.
            None => Verdict::Refused("unknown".to_owned()),
            Some(decision) => {
                world.note(&decision);
                outcome.add(*ask, &decision);
                decision.verdict
            }
        };
        verdicts.insert((ask.delivery, ask.attempt), verdict);
    }
    outcome.save(&mut tx, now).await?;
    tx.commit().await?;
    outcome.count(context);
    Ok(asks
        .iter()
        .filter_map(|ask| verdicts.get(&(ask.delivery, ask.attempt)).cloned())
        .collect())
}

/// Deliveries with all that their verdict depends on, locked against moves and cancellations.
struct World {
    deliveries: BTreeMap<Uuid, Delivery>,
    /// The subjects of what each delivery carries.
    carried: BTreeMap<Uuid, Vec<String>>,
    /// By subject, as the milestones are: a batch is of hundreds of them.
    reminders: BTreeMap<String, Vec<Reminder>>,
    milestones: BTreeMap<String, Vec<Recorded>>,
}

impl World {
    async fn load(tx: &mut Tx, deliveries: &[Uuid]) -> Result<Self, Error> {
        let subjects = store::subjects_of(tx, deliveries).await?;
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        // Only what is read under the lock counts.
        store::lock_subjects(tx, &subjects).await?;
        let mut world = Self {
            deliveries: BTreeMap::new(),
            carried: BTreeMap::new(),
            reminders: BTreeMap::new(),
            milestones: BTreeMap::new(),
        };
        for delivery in store::by_ids(tx, deliveries).await? {
            world.deliveries.insert(delivery.id, delivery);
        }
        for reminder in store::of_deliveries(tx, deliveries).await? {
            let subject = &reminder.identity.subject;
            if let Some(delivery) = reminder.delivery {
                let carried = world.carried.entry(delivery).or_default();
                if !carried.contains(subject) {
                    carried.push(subject.clone());
                }
            }
            let of_subject = world.reminders.entry(subject.clone()).or_default();
            of_subject.push(reminder);
        }
        for recorded in store::of_subjects(tx, &subjects).await? {
            let subject = recorded.milestone.subject.clone();
            world.milestones.entry(subject).or_default().push(recorded);
        }
        Ok(world)
    }

    /// None when the ledger does not know the delivery.
    fn decide(&self, context: &Context, ask: Ask, now: Timestamp) -> Option<Decision> {
        let delivery = self.deliveries.get(&ask.delivery)?;
        let subjects = self.carried.get(&delivery.id).map_or(&[][..], Vec::as_slice);
        let reminders: Vec<&Reminder> = subjects
            .iter()
            .filter_map(|subject| self.reminders.get(subject))
            .flatten()
            .collect();
        let milestones: Vec<&Recorded> = subjects
            .iter()
            .filter_map(|subject| self.milestones.get(subject))
            .flatten()
            .collect();
        Some(decide(
            &context.policies,
            &context.calendar,
            Asked {
                delivery,
                undelivered: ask.undelivered,
                uncertain: ask.uncertain,
            },
            &reminders,
            &milestones,
            now,
        ))
    }

    /// A notice that was overtaken is out of the way of the others of this batch, as it would be in the next one: whose base
    /// line passes to whom must not hang on who asks with whom.
    fn note(&mut self, decision: &Decision) {
        if decision.suppress.is_empty() {
            return;
        }
        for reminder in self.reminders.values_mut().flatten() {
            let refused = decision.suppress.iter().any(|(id, _)| *id == reminder.id);
            if refused && matches!(reminder.state, ReminderState::Planned | ReminderState::Queued) {
                reminder.state = ReminderState::Suppressed;
            }
            if let Some((_, told)) = decision.hand_down.iter().find(|(id, _)| *id == reminder.id) {
                reminder.told_before = Some(told.clone());
            }
        }
    }
}

/// What was decided, to be written in a few statements whatever the number of deliveries.
#[derive(Default)]
struct Outcome {
    decided: Vec<Released>,
    let_go: Vec<Uuid>,
    refused: Vec<(Uuid, Reason)>,
    deferred: Vec<(Uuid, Timestamp)>,
    /// The last word for each.
    hand_down: BTreeMap<Uuid, Snapshot>,
}

impl Outcome {
    fn add(&mut self, ask: Ask, decision: &Decision) {
        match &decision.verdict {
            Verdict::Granted(items) => self.let_go.extend(items.iter().map(|item| item.reminder)),
            Verdict::Deferred(until) => self.deferred.push((ask.delivery, *until)),
            Verdict::Refused(_) => {}
        }
        self.refused.extend(&decision.suppress);
        self.hand_down.extend(decision.hand_down.iter().cloned());
        self.decided.push(Released {
            delivery: ask.delivery,
            attempt: ask.attempt,
            verdict: decision.verdict.clone(),
        });
    }

    async fn save(&self, tx: &mut Tx, now: Moment) -> Result<(), Error> {
        store::refuse(tx, &self.refused, now).await?;
        store::hand_down(tx, &self.hand_down).await?;
        store::defer(tx, &self.deferred).await?;
        store::let_go(tx, &self.let_go).await?;
        store::save_releases(tx, &self.decided, now).await?;
        Ok(())
    }

    fn count(&self, context: &Context) {
        for (_, reason) in &self.refused {
            if *reason == Reason::TooLate {
                context.metrics.missed(reason.as_str());
            }
        }
        for one in &self.decided {
            context.metrics.count_verdict(&one.verdict);
        }
    }
}
