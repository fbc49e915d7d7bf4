use jiff::{SignedDuration, Timestamp};
use platform::auth::{Actor, READERS};
use uuid::Uuid;

use super::Context;
use crate::domain::{
    ByHand, Fact, Identity, Milestone, Occasion, Recorded, Reminder, ReminderState, Route, State,
};
use crate::error::Error;
use crate::plan::{self, Draft, Rules};
use crate::policy::{Policy, PolicySet, Problem, Trigger, check};
use crate::store;

/// Milestones of one trial.
const LIMIT: i64 = 1_000;

/// No policy may have this name: rows of it count as told and repeat nothing.
const TOLD: &str = " told";

/// What is supposed to happen to the milestones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Supposition {
    /// Nothing: what stands is planned for.
    Nothing,
    /// They start an hour later.
    Moved,
    /// They are cancelled.
    Cancelled,
    /// Every watched fact is another.
    Changed,
}

/// What policies would send.
#[derive(Debug, Default)]
pub struct Trial {
    /// Every error of the document; then nothing is tried.
    pub problems: Vec<Problem>,
    /// Those that were tried.
    pub policies: Vec<Policy>,
    /// Each milestone as supposed, with what would be sent.
    pub planned: Vec<(Milestone, Vec<Draft>)>,
    /// There are more milestones than were tried.
    pub partial: bool,
}

/// Plans the milestones of a group that stand as if these policies were the only ones, from `at` on. The ledger says who
/// was told what; of the tried policies it is left aside what they planned before. Writes nothing.
pub async fn try_policies(
    context: &Context,
    actor: &Actor,
    group: &str,
    document: &str,
    supposition: Supposition,
    at: Option<Timestamp>,
) -> Result<Trial, Error> {
    actor.require(READERS)?;
    let policies = if document.trim().is_empty() {
        context.policies.all().to_vec()
    } else {
        let checked = check(document, &context.kinds);
        if !checked.problems.is_empty() {
            return Ok(Trial {
                problems: checked.problems,
                ..Trial::default()
            });
        }
        checked.policies
    };
    let tried = PolicySet::only(policies);
    let rules = Rules {
        policies: &tried,
        calendar: &context.calendar,
    };
    let now = at.unwrap_or_else(|| context.clock.now().timestamp());
    let mut tx = context.db.read().await?;
    let mut milestones = store::of_group(&mut tx, group, actor.scope.filter().as_ref(), LIMIT + 1).await?;
    let most = usize::try_from(LIMIT).unwrap_or(usize::MAX);
    let partial = milestones.len() > most;
    milestones.truncate(most);
    let subjects: Vec<&str> = milestones
        .iter()
        .map(|one| one.milestone.subject.as_str())
        .collect();
    let ledger = store::by_subject(&mut tx, &subjects).await?;
    drop(tx);
    let mut planned = Vec::with_capacity(milestones.len());
    for before in milestones {
        let mut existing = ledger.get(&before.milestone.subject).cloned().unwrap_or_default();
        let after = suppose(supposition, &tried, &before);
        // Under another name: told all the same, and not taken for the row that would be there.
        for reminder in &mut existing {
            TOLD.clone_into(&mut reminder.identity.policy);
        }
        existing.retain(Reminder::is_told);
        if supposition != Supposition::Nothing {
            existing.extend(told(&before));
        }
        let known = (supposition != Supposition::Nothing).then_some(&before);
        let plan = plan::plan(rules, known, &after, &existing, now);
        planned.push((after.milestone, plan.insert));
    }
    Ok(Trial {
        problems: Vec::new(),
        policies: tried.all().to_vec(),
        planned,
        partial,
    })
}

fn suppose(supposition: Supposition, policies: &PolicySet, before: &Recorded) -> Recorded {
    let mut after = before.clone();
    if supposition == Supposition::Nothing {
        return after;
    }
    after.milestone.revision += 1;
    match supposition {
        Supposition::Nothing => {}
        Supposition::Moved => {
            if let Some(times) = &mut after.milestone.times {
                let later = |wall: jiff::civil::DateTime| {
                    wall.checked_add(SignedDuration::from_hours(1)).unwrap_or(wall)
                };
                (times.starts, times.ends) = (later(times.starts), later(times.ends));
            }
            after.generation = after.milestone.revision;
        }
        Supposition::Cancelled => {
            after.milestone.state = State::Cleared("SESSION_CANCELLED".to_owned());
            after.generation = after.milestone.revision;
        }
        Supposition::Changed => {
            for policy in policies.of_kind(&before.milestone.kind) {
                let Trigger::Changed { watch, .. } = &policy.trigger else {
                    continue;
                };
                for name in watch {
                    if let Some(fact) = after.milestone.facts.get_mut(name) {
                        *fact = another(fact);
                    }
                }
            }
        }
    }
    after
}

/// A value that is not this one, of its type.
fn another(fact: &Fact) -> Fact {
    match fact {
        Fact::Text(text) => Fact::Text(format!("{text} *")),
        Fact::Number(number) => Fact::Number(number.saturating_add(1)),
        Fact::Flag(flag) => Fact::Flag(!flag),
        Fact::List(items) => Fact::List(items.iter().skip(1).cloned().collect()),
    }
}

/// As if everybody had been told the plan: changes are told to them only.
fn told(before: &Recorded) -> Vec<Reminder> {
    let milestone = &before.milestone;
    let people = milestone.parties.iter().filter_map(|party| party.person);
    people
        .map(|person| Reminder {
            id: Uuid::nil(),
            identity: Identity {
                policy: TOLD.to_owned(),
                subject: milestone.subject.clone(),
                kind: milestone.kind.clone(),
                generation: before.generation,
                occurrence: String::new(),
                recipient: person,
                route: Route(Vec::new()),
            },
            role: String::new(),
            template: String::new(),
            occasion: Occasion::Planned,
            state: ReminderState::Sent,
            reason: String::new(),
            intended: Timestamp::UNIX_EPOCH,
            due: Timestamp::UNIX_EPOCH,
            useful_until: Timestamp::UNIX_EPOCH,
            released: true,
            uncertain: false,
            delivery: None,
            told_before: None,
            by_hand: ByHand::default(),
        })
        .collect()
}
