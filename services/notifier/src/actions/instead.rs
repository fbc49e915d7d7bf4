use platform::{Moment, Tx};
use uuid::Uuid;

use crate::{
    domain::{self, Channel},
    error::Error,
    store,
};

/// Sent, and for good not arrived: while somebody still wants it, another channel takes its place. Whether one does; none for
/// what was not settled as sent yet: who settles it asks again.
pub async fn go_another_way(
    tx: &mut Tx,
    delivery: Uuid,
    channel: Channel,
    now: Moment,
) -> Result<bool, Error> {
    let Some(delivery) = store::lock_sent(tx, delivery, channel).await? else {
        return Ok(false);
    };
    let Some(out) = domain::instead(&delivery, channel, now) else {
        return Ok(false);
    };
    Ok(store::reopen(tx, delivery.id, &out, now).await? > 0)
}
