//! One function per use case.

mod deliveries;
mod incoming;
mod instead;
mod links;
mod preview;
mod read;
mod receipts;
mod reports;
mod subscriptions;
mod suppressions;
mod visits;

use platform::{Tx, outbox};
use uuid::Uuid;

pub use deliveries::{count_messages, find_messages};
pub use incoming::{Heeded, heed};
pub use instead::go_another_way;
pub use links::{Opened, open_link};
pub use preview::{Ask, Depth, Preview, Told, preview};
pub use read::{Found, Question, Status, delivery, message, messages, status};
pub use receipts::{Noted, find_reference, note_receipt};
pub use reports::{Returned, note_report};
pub use subscriptions::{Subscriber, Subscription, set_subscription, subscription};
pub use suppressions::{After, Listed, lift_suppression, suppressions};
pub use visits::{Begun, end_visit, resume_visit, start_visit};

use crate::{
    context::Context,
    domain::{Delivery, Outcome, Settlement},
    error::Error,
    events, store,
};

/// Takes due deliveries in, within the transaction of their event. Known ones stay as they are.
pub async fn take_in(context: &Context, tx: &mut Tx, deliveries: &[Delivery]) -> Result<(), Error> {
    store::insert_deliveries(tx, deliveries, context.clock.now()).await?;
    Ok(())
}

/// Forgets a person, within the transaction of the event: what was written to them, what was written to others and
/// names them, their links, and that refused addresses were theirs. What was still to be sent ends as suppressed, unless a
/// provider has it now.
pub async fn forget(context: &Context, tx: &mut Tx, person: Uuid) -> Result<(), Error> {
    let now = context.clock.now();
    store::keep_erasure(tx, person, now).await?;
    store::forget_messages(tx, person).await?;
    store::forget_people(tx, person).await?;
    store::forget_links(tx, person).await?;
    store::forget_suppressions(tx, person).await?;
    store::forget_subscriptions(tx, person).await?;
    let ended = store::settle_person(tx, person, "erased", now).await?;
    if ended.is_empty() {
        return Ok(());
    }
    let settlements: Vec<Settlement> = ended
        .into_iter()
        .map(|(delivery_id, attempts, uncertain)| Settlement {
            delivery_id,
            outcome: Outcome::Suppressed("erased".to_owned()),
            attempts,
            uncertain,
        })
        .collect();
    outbox::push(tx, &events::settled(&context.ids, &context.clock, &settlements)).await?;
    for settlement in &settlements {
        context.metrics.settled(settlement);
    }
    Ok(())
}
