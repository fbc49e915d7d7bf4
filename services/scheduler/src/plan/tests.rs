use std::collections::BTreeMap;

use super::*;
use crate::domain::{Fact, Party, ReminderState, State, Times};

mod again;
mod confirmations;
mod orders;
mod stories;

/// A ledger in memory: what the store does with a plan.
#[derive(Clone, Debug, Default)]
struct Ledger {
    recorded: Option<Recorded>,
    rows: Vec<Reminder>,
}

struct World {
    policies: PolicySet,
    calendar: BusinessCalendar,
}

impl World {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(texts: &[&str]) -> Self {
        let texts: Vec<_> = texts
            .iter()
            .map(|text| ("test.yaml".to_owned(), (*text).to_owned()))
            .collect();
        let policies = PolicySet::new(&contracts::kinds::all().unwrap(), &texts).unwrap();
        Self {
            policies,
            calendar: BusinessCalendar::default(),
        }
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            policies: &self.policies,
            calendar: &self.calendar,
        }
    }

    fn take(&self, ledger: &mut Ledger, milestone: Milestone, now: &str) {
        let Some(after) = take_in(ledger.recorded.as_ref(), milestone) else {
            return;
        };
        let plan = plan(
            self.rules(),
            ledger.recorded.as_ref(),
            &after,
            &ledger.rows,
            at(now),
        );
        ledger.recorded = Some(after);
        ledger.apply(plan);
    }

    fn replan(&self, ledger: &mut Ledger, now: &str) {
        let recorded = ledger.recorded.clone().unwrap();
        let plan = plan(self.rules(), Some(&recorded), &recorded, &ledger.rows, at(now));
        ledger.apply(plan);
    }
}

impl Ledger {
    fn apply(&mut self, plan: Plan) {
        for change in plan.change {
            let row = self.rows.iter_mut().find(|row| match &change {
                Change::Suppress { id, .. } | Change::Plan { id, .. } => row.id == *id,
            });
            let row = row.unwrap();
            match change {
                Change::Suppress { reason, .. } => {
                    assert!(row.is_live(), "only what can be held back is suppressed");
                    row.state = ReminderState::Suppressed;
                    reason.as_str().clone_into(&mut row.reason);
                }
                Change::Plan {
                    intended,
                    due,
                    useful_until,
                    template,
                    ..
                } => {
                    row.state = ReminderState::Planned;
                    row.reason.clear();
                    (row.intended, row.due, row.useful_until, row.template) =
                        (intended, due, useful_until, template);
                }
            }
        }
        for draft in plan.insert {
            let same = self.rows.iter().any(|row| row.identity == draft.identity);
            assert!(!same, "the identity is unique: {:?}", draft.identity);
            let last = self
                .rows
                .iter()
                .map(|row| row.id.as_u128())
                .max()
                .unwrap_or(1_000);
            self.rows.push(Reminder {
                id: Uuid::from_u128(last + 1),
                identity: draft.identity,
                role: draft.role,
                template: draft.template,
                occasion: draft.occasion,
                state: draft
                    .suppressed
                    .map_or(ReminderState::Planned, |_| ReminderState::Suppressed),
                reason: draft.suppressed.map_or("", Reason::as_str).to_owned(),
                intended: draft.intended,
                due: draft.due,
                useful_until: draft.useful_until,
                released: false,
                uncertain: false,
                delivery: None,
                told_before: draft.told_before,
                by_hand: crate::domain::ByHand {
                    held: draft.held_from.is_some(),
                    ..crate::domain::ByHand::default()
                },
            });
        }
    }

    /// Everything due until then is sent.
    fn send_until(&mut self, now: &str) {
        for row in &mut self.rows {
            if row.state == ReminderState::Planned && row.due <= at(now) {
                row.state = ReminderState::Sent;
            }
        }
    }

    /// "policy occurrence recipient: state reason @due", in order of due.
    fn lines(&self, state: ReminderState) -> Vec<String> {
        let mut rows: Vec<_> = self.rows.iter().filter(|row| row.state == state).collect();
        rows.sort_by_key(|row| (row.due, row.identity.clone()));
        rows.iter()
            .map(|row| {
                let zone = TimeZone::get("Europe/Paris").unwrap();
                let due = row.due.to_zoned(zone).strftime("%a %d %H:%M").to_string();
                let reason = if row.reason.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", row.reason)
                };
                format!(
                    "{due} {} {}{reason}",
                    row.identity.policy, row.identity.occurrence
                )
            })
            .collect()
    }
}

fn at(text: &str) -> Timestamp {
    crate::window::instant(&TimeZone::get("Europe/Paris").unwrap(), text.parse().unwrap()).unwrap()
}

const ANNA: Uuid = Uuid::from_u128(1);
const BRUNO: Uuid = Uuid::from_u128(2);

fn milestone(revision: i64, starts: &str) -> Milestone {
    let starts: jiff::civil::DateTime = starts.parse().unwrap();
    Milestone {
        subject: "speeddating.participation/1".into(),
        kind: "speed_dating".into(),
        revision,
        times: Some(Times {
            zone: "Europe/Paris".into(),
            starts,
            ends: starts.checked_add(jiff::SignedDuration::from_hours(2)).unwrap(),
        }),
        parties: vec![Party {
            role: "candidate".into(),
            person: Some(ANNA),
            organisation: None,
        }],
        facts: BTreeMap::from([("venue_name".into(), Fact::Text("MdE".into()))]),
        state: State::Planned,
        organisation: Uuid::nil(),
        group: "speeddating.session/1".into(),
    }
}

fn cleared(revision: i64) -> Milestone {
    Milestone {
        state: State::Cleared("SESSION_CANCELLED".into()),
        times: None,
        ..milestone(revision, "2026-11-25T09:00")
    }
}

fn in_room(revision: i64, starts: &str, venue: &str) -> Milestone {
    let mut milestone = milestone(revision, starts);
    milestone
        .facts
        .insert("venue_name".into(), Fact::Text(venue.into()));
    milestone
}
