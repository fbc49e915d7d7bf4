use platform::Moment;
use platform::auth::{Actor, READERS};

use super::Context;
use crate::domain::ReminderState;
use crate::error::Error;
use crate::store::{self, Filter, Row};

/// Where the ledger stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// How many reminders are in each state.
    pub counts: Vec<(ReminderState, i64)>,
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

/// Counts by state, of the organisations that the actor may see. All from one state of the database.
pub async fn status(context: &Context, actor: &Actor) -> Result<Status, Error> {
    actor.require(READERS)?;
    let organisations = actor.scope.filter();
    let mut tx = context.db.read().await?;
    Ok(Status {
        counts: store::counts(&mut tx, organisations.as_ref()).await?,
        next_due: store::next_due(&mut tx).await?,
        milestones: store::count_milestones(&mut tx, organisations.as_ref()).await?,
    })
}

/// Counts by state, for the metric.
pub async fn count_by_state(context: &Context) -> Result<Vec<(ReminderState, i64)>, Error> {
    Ok(store::counts(&mut context.db.read().await?, None).await?)
}
