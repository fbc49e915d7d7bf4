//! Every SQL statement of the service. Batches travel as one JSON parameter: one statement, however many rows.

mod attempts;
mod briefs;
mod days;
mod deliveries;
mod ends;
mod intents;
mod leases;
mod links;
mod mailbox;
mod messages;
mod met;
mod people;
mod receipts;
mod refused;
mod reopened;
mod subscriptions;
mod suppressions;
mod visits;

use sqlx::types::Json;
use uuid::Uuid;

pub use attempts::{attempts_of, finish_attempts, insert_attempts, open_attempts, tried};
pub use briefs::{Brief, MessageCount, count_messages, find_briefs};
pub use days::{add_segments, segments_of};
pub use deliveries::{Counts, counts, find_delivery, insert_deliveries, next_wake};
pub use ends::{Waiting, settle, settle_person, wait};
pub use intents::{put_back_messages, record_intents, remove_attempts, withdraw_intents};
pub use leases::{claim, renew, take_lapsed};
pub use links::{find_link, forget_links, insert_links, remove_expired_links};
pub use mailbox::{keep, present};
pub use messages::{
    Filter, find_message, forget_messages, list_messages, owner_of_delivery, set_message_states,
    upsert_messages,
};
pub use met::{Met, count_met, insert_met};
pub use people::{erased_since, forget_people, insert_people, keep_erasure, read_erasures};
pub use receipts::{
    Told, keep_id, last_recipient, lock_by_reference, mail_of, reference_of, remove_old_ids, resolve_unknown,
    set_receipt, settle_sent, told,
};
pub use refused::{Suppression, lift, list_suppressions, record_lift, suppressions_of};
pub use reopened::{lock_sent, reopen, undelivered};
pub use subscriptions::{
    find_unsubscribe, forget_subscriptions, insert_unsubscribes, remove_expired_unsubscribes,
    set_unsubscribed, unsubscribed,
};
pub use suppressions::{forget_suppressions, suppress, suppressed};
pub use visits::{end_visit, find_visit, insert_visit};

/// Ids as both databases read them from a list.
fn ids(all: impl IntoIterator<Item = Uuid>) -> Json<Vec<String>> {
    Json(all.into_iter().map(|id| id.to_string()).collect())
}

/// Bytes as both databases read them from a list.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _infallible = write!(text, "{byte:02x}");
            text
        })
}
