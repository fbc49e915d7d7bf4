//! One function per use case: permit, begin, load, decide, save, outbox, commit.

mod by_hand;
mod claim;
mod ingest;
mod policies;
mod read;
mod release;
mod settle;
mod trial;

use std::sync::{Arc, OnceLock};

use platform::{Clock, Db, Ids, Tx, trace};
use tokio::sync::Notify;

use crate::calendar::BusinessCalendar;
use crate::domain::Recorded;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::plan::{Change, Plan, Rules};
use crate::policy::{Kinds, PolicySet};
use crate::store::{self, NewReminder};

pub use crate::store::{ActRow, Count, Filter, Row};
pub use by_hand::{Detail, Keyed, act, end_held, reminder};
pub use claim::{claim, next_due};
pub use ingest::{Preview, erase_person, preview, take_in};
pub use policies::{check_policies, keep_to_policies, list_policies, replan_for_policies, replan_for_zones};
pub use read::{Status, counts, list_reminders, overdue, status};
pub use release::{Ask, release};
pub use settle::settle;
pub use trial::{Supposition, Trial, try_policies};

/// What the actions work with.
pub struct Context {
    /// The scheduler's own database.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// Policies in force.
    pub policies: PolicySet,
    /// Milestone kinds.
    pub kinds: Kinds,
    /// Open and closed days.
    pub calendar: BusinessCalendar,
    /// What is counted.
    pub metrics: Metrics,
    /// Wakes the claim.
    pub wake: Arc<Notify>,
    /// Of policies and calendar, computed when it is first asked for.
    pub fingerprint: OnceLock<String>,
}

impl Context {
    fn fingerprint(&self) -> &str {
        self.fingerprint
            .get_or_init(|| self.policies.fingerprint(&self.calendar))
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            policies: &self.policies,
            calendar: &self.calendar,
        }
    }

    /// Writes a plan into the ledger, within the transaction that it was made in.
    async fn apply(&self, tx: &mut Tx, recorded: &Recorded, plan: &Plan) -> Result<(), Error> {
        let now = self.clock.now();
        let cause = trace::current();
        store::note_if_otherwise(tx, &recorded.milestone.subject, self.fingerprint()).await?;
        for change in &plan.change {
            match change {
                Change::Suppress { id, reason } => {
                    store::suppress(tx, *id, *reason, now).await?;
                }
                Change::Plan {
                    id,
                    intended,
                    due,
                    useful_until,
                    template,
                } => {
                    store::replan(tx, *id, *intended, *due, *useful_until, template, &cause).await?;
                }
            }
        }
        let rows: Vec<_> = plan
            .insert
            .iter()
            .map(|draft| NewReminder {
                id: self.ids.id(),
                draft,
            })
            .collect();
        store::insert(tx, recorded, &rows, &cause, now).await?;
        for row in &rows {
            if let Some(from) = row.draft.held_from
                && row.draft.suppressed.is_none()
            {
                store::carry_hold(tx, self.ids.id(), row.id, from).await?;
            }
        }
        Ok(())
    }
}
