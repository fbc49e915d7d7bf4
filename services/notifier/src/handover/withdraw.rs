use platform::Moment;
use uuid::Uuid;

use super::budget;
use crate::{context::Context, domain::Message, error::Error, store};

/// What was recorded before a provider is called.
pub(super) struct Intent {
    pub(super) delivery_id: Uuid,
    /// Of the attempt.
    pub(super) number: i64,
    pub(super) at: Moment,
    /// Parts of an SMS; 0 for a mail.
    pub(super) segments: i64,
}

impl Intent {
    pub(super) fn of(message: &Message) -> Self {
        Self {
            delivery_id: message.delivery_id,
            number: message.attempt,
            at: message.created_at,
            segments: message.segments,
        }
    }
}

/// Takes intents back whose messages no provider was given, and lets others have the deliveries at once: left as they are,
/// nobody could tell them from those that a provider took.
pub(super) async fn withdraw(context: &Context, owner: Uuid, not_begun: &[Intent]) -> Result<(), Error> {
    if not_begun.is_empty() {
        return Ok(());
    }
    let mut intents: Vec<(Uuid, i64)> = not_begun
        .iter()
        .map(|one| (one.delivery_id, one.number))
        .collect();
    let mut tx = context.db.begin().await?;
    let held = store::withdraw_intents(&mut tx, owner, &intents, context.clock.now()).await?;
    intents.retain(|(id, _)| held.contains(id));
    store::remove_attempts(&mut tx, &intents).await?;
    store::put_back_messages(&mut tx, &intents).await?;
    let spent = not_begun.iter().filter(|one| held.contains(&one.delivery_id));
    budget::give_back(context, &mut tx, spent.map(|one| (one.at, one.segments))).await?;
    tx.commit().await?;
    tracing::info!(
        deliveries = intents.len(),
        "what no provider was given yet goes back"
    );
    Ok(())
}
