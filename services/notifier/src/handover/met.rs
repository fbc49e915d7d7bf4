//! Who was found at a refused address that became known by another's message, so that their staff are shown it too.

use std::collections::BTreeMap;

use platform::Moment;
use uuid::Uuid;

use crate::{
    context::Context,
    domain::Reachable,
    error::Error,
    store::{self, Met},
};

/// Notes it once, and of nobody who was erased since the directory was asked.
pub(super) async fn note(
    context: &Context,
    reached: &BTreeMap<Uuid, Reachable>,
    asked: Moment,
) -> Result<(), Error> {
    let mut met: Vec<Met> = Vec::new();
    for (id, person) in reached {
        for channel in &person.suppressed {
            met.extend(person.address_hash(*channel).map(|address_hash| Met {
                channel: *channel,
                address_hash,
                person_id: *id,
            }));
        }
    }
    if met.is_empty() {
        return Ok(());
    }
    // Most are known from the last time, and a write waits for others.
    let noted = store::count_met(&mut context.db.read().await?, &met).await?;
    if usize::try_from(noted).is_ok_and(|noted| noted == met.len()) {
        return Ok(());
    }
    let mut tx = context.db.begin().await?;
    store::read_erasures(&mut tx).await?;
    let erased = store::erased_since(&mut tx, asked).await?;
    met.retain(|one| !erased.contains(&one.person_id));
    store::insert_met(&mut tx, &met).await?;
    tx.commit().await?;
    Ok(())
}
