use platform::Moment;
use platform::auth::{Actor, READERS};
use uuid::Uuid;

use super::Context;
use crate::domain::ReminderState;
use crate::error::Error;
use crate::store::{self, Count, Filter, Row, Scope};

/// Where the ledger stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// How many reminders are in each state, by policy and channel.
    pub counts: Vec<Count>,
    /// When the next one is due.
    pub next_due: Option<Moment>,
    /// Milestones that stand.
    pub milestones: i64,
}

/// A page of the ledger, of the organisations that the actor may see.
pub async fn list_reminders(context: &Context, actor: &Actor, mut filter: Filter) -> Result<Vec<Row>, Error> {
    actor.require(READERS)?;
    filter.organisations = actor.scope.filter();
    Ok(store::list(&mut context.db.read().await?, &filter).await?)
}

impl Status {
    /// How many reminders are in a state.
    pub fn in_state(&self, state: ReminderState) -> i64 {
        let counts = self.counts.iter().filter(|count| count.state == state);
        counts.map(|count| count.reminders).sum()
    }
}

/// Counts by policy, channel and state, of the organisations that the actor may see, and of a group or a person when
/// they are given. All from one state of the database.
pub async fn status(
    context: &Context,
    actor: &Actor,
    group: Option<String>,
    person: Option<Uuid>,
) -> Result<Status, Error> {
    actor.require(READERS)?;
    let scope = Scope {
        group,
        person,
        organisations: actor.scope.filter(),
    };
    let mut tx = context.db.read().await?;
    Ok(Status {
        counts: store::counts(&mut tx, &scope).await?,
        next_due: store::next_due(&mut tx).await?,
        milestones: store::count_milestones(&mut tx, scope.organisations.as_ref(), scope.group.as_deref())
            .await?,
    })
}

/// Counts by policy, channel and state, for the metrics.
pub async fn counts(context: &Context) -> Result<Vec<Count>, Error> {
    Ok(store::counts(&mut context.db.read().await?, &Scope::default()).await?)
}

/// How many reminders are due and not handed over, and for how many seconds the oldest has been.
pub async fn overdue(context: &Context) -> Result<(i64, f64), Error> {
    let now = context.clock.now();
    let (due, oldest) = store::count_due(&mut context.db.read().await?, now).await?;
    let age = oldest.map_or(0.0, |oldest| {
        now.timestamp().duration_since(oldest.timestamp()).as_secs_f64()
    });
    Ok((due, age))
}
