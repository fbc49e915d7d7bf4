use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use uuid::Uuid;

use super::{Milestone, Occasion, Route};

/// The most reminders that one message carries.
const ITEM_LIMIT: usize = 200;

/// A reminder whose time has come.
#[derive(Clone, Debug)]
pub struct Due {
    /// The row.
    pub reminder: Uuid,
    /// Name of the policy.
    pub policy: String,
    /// Subject of the milestone.
    pub subject: String,
    /// The person.
    pub recipient: Uuid,
    /// Channels in order of preference.
    pub route: Route,
    /// Template of the message.
    pub template: String,
    /// What groups it for people.
    pub group: String,
    /// When the policy alone would send it.
    pub intended: Timestamp,
    /// When it is sent.
    pub due: Timestamp,
    /// After this instant nobody wants it any more.
    pub useful_until: Timestamp,
    /// Whether it is an item of a digest.
    pub digest: bool,
    /// The trace that planned it; empty when nobody traced.
    pub traceparent: String,
}

/// One message to one person, carrying one or more reminders.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Row id.
    pub id: Uuid,
    /// The person.
    pub recipient: Uuid,
    /// Name of the policy.
    pub policy: String,
    /// Subject; empty when its reminders are about several.
    pub subject: String,
    /// Group; empty when its reminders are of several.
    pub group: String,
    /// Template of the message.
    pub template: String,
    /// Channels in order of preference.
    pub route: Route,
    /// `at_least_once` or `at_most_once`.
    pub on_unknown: String,
    /// When it was due.
    pub due: Timestamp,
    /// After this instant nobody wants it any more.
    pub useful_until: Timestamp,
    /// Its reminders.
    pub reminders: Vec<Uuid>,
    /// The trace that it belongs to: that of the reminder which lends it its template.
    pub traceparent: String,
}

/// Puts reminders that are due into messages: those of one person, policy and subject in one, the items of a
/// digest of one person and policy in one. The latest offset lends the message its template and route; what an
/// earlier one would have said is then a `duplicate` (see `release`).
pub fn bundle(
    due: Vec<Due>,
    mut id: impl FnMut() -> Uuid,
    on_unknown: impl Fn(&str) -> String,
) -> Vec<Delivery> {
    let mut bundles: BTreeMap<(Timestamp, Uuid, String, String), Vec<Due>> = BTreeMap::new();
    let mut first_due: BTreeMap<(Uuid, String, String), Timestamp> = BTreeMap::new();
    for one in due {
        let about = if one.digest {
            String::new()
        } else {
            one.subject.clone()
        };
        let key = (one.recipient, one.policy.clone(), about);
        // In order of time, so that what is due longest goes out first.
        let first = *first_due.entry(key.clone()).or_insert(one.due);
        bundles.entry((first, key.0, key.1, key.2)).or_default().push(one);
    }
    let mut deliveries = Vec::new();
    for mut items in bundles.into_values() {
        items.sort_by_key(|item| item.intended);
        for chunk in items.chunks(ITEM_LIMIT) {
            let Some(last) = chunk.last() else { continue };
            let same = |text: fn(&Due) -> &String| {
                if chunk.iter().all(|item| text(item) == text(last)) {
                    text(last).clone()
                } else {
                    String::new()
                }
            };
            deliveries.push(Delivery {
                id: id(),
                recipient: last.recipient,
                policy: last.policy.clone(),
                subject: same(|item| &item.subject),
                group: same(|item| &item.group),
                template: last.template.clone(),
                route: last.route.clone(),
                on_unknown: on_unknown(&last.policy),
                due: chunk.iter().map(|item| item.due).min().unwrap_or(last.due),
                useful_until: chunk
                    .iter()
                    .map(|item| item.useful_until)
                    .max()
                    .unwrap_or(last.useful_until),
                reminders: chunk.iter().map(|item| item.reminder).collect(),
                traceparent: last.traceparent.clone(),
            });
        }
    }
    deliveries
}

/// What `Release` says to one attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Go: this is to be told.
    Granted(Vec<Item>),
    /// Do not, for this reason.
    Refused(String),
    /// Not at this hour: ask again then.
    Deferred(Timestamp),
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The reminder.
    pub reminder: Uuid,
    /// As it stands for this person.
    pub milestone: Milestone,
    /// The person's role.
    pub role: String,
    /// What made it speak.
    pub occasion: Occasion,
    /// Wall clock before the move.
    pub previous_starts: Option<DateTime>,
}

/// How a delivery ended.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The delivery.
    pub delivery: Uuid,
    /// Sent, suppressed or failed.
    pub outcome: super::ReminderState,
    /// Why, when not sent.
    pub reason: String,
    /// mail or sms, when sent.
    pub channel: String,
    /// When.
    pub at: Timestamp,
    /// How many attempts it took.
    pub attempts: i64,
    /// Whether the person may have been told although it was not sent, or twice.
    pub uncertain: bool,
}
