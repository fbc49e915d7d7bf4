use platform::{
    auth::{Actor, Role},
    idempotency,
};
use uuid::Uuid;

use super::{Context, accounts::refuse_installation};
use crate::{
    domain::{Drafts, Lookup, Match, Outcome, Plan},
    error::Error,
    store,
};

/// Who may import.
const IMPORTERS: &[Role] = &[
    Role::Administrator,
    Role::Coordinator,
    Role::Facilitator,
    Role::Service,
];

/// An import whose rows are good.
pub struct Import {
    /// The caller's id of it: the same id gives the same reply.
    pub id: Uuid,
    /// A digest of the request: the same id with other content is refused.
    pub fingerprint: [u8; 32],
    /// Whose files.
    pub owner: Uuid,
    /// The rows.
    pub drafts: Drafts,
}

/// What an import would do; changes nothing.
pub async fn match_people(
    context: &Context,
    actor: &Actor,
    owner: Uuid,
    drafts: &Drafts,
) -> Result<Plan, Error> {
    actor.require(IMPORTERS)?;
    actor.may_access(owner)?;
    refuse_installation(owner)?;
    let mut tx = context.db.read().await?;
    let known = store::look_up(&mut tx, owner, &Lookup::of(drafts)).await?;
    Plan::of(drafts, known, owner, context.clock.now(), || context.ids.id())
}

/// Creates and updates, all or nothing. `reply` turns what was done into the reply that is kept for repetitions.
pub async fn upsert_people<R: prost::Message + Default>(
    context: &Context,
    actor: &Actor,
    import: Import,
    reply: impl FnOnce(&Plan) -> R,
) -> Result<R, Error> {
    actor.require(IMPORTERS)?;
    actor.may_access(import.owner)?;
    refuse_installation(import.owner)?;
    let mut tx = context.db.begin().await?;
    store::lock_imports(&mut tx, import.owner, context.clock.now()).await?;
    if let Some(kept) = idempotency::recall(&mut tx, import.id, &import.fingerprint).await?? {
        return Ok(R::decode(kept.as_slice())?);
    }
    let known = store::look_up(&mut tx, import.owner, &Lookup::of(&import.drafts)).await?;
    let plan = Plan::of(&import.drafts, known, import.owner, context.clock.now(), || {
        context.ids.id()
    })?;
    if !store::save(&mut tx, &plan.save).await? {
        return Err(Error::Stale);
    }
    let reply = reply(&plan);
    idempotency::remember(&mut tx, &context.clock, import.id, &import.fingerprint, &reply).await?;
    tx.commit().await?;
    count(context, &plan.people);
    tracing::info!(import = %import.id, people = plan.people.len(), saved = plan.save.people.len(), "people were imported");
    Ok(reply)
}

fn count(context: &Context, people: &[Match]) {
    for found in people {
        let outcome = match found.outcome {
            Outcome::New => "new",
            Outcome::Identical => "identical",
            Outcome::Changed => "changed",
            Outcome::PossibleDuplicate => "possible_duplicate",
        };
        context.imported.with_label_values(&[outcome]).inc();
    }
}
