//! What the scheduler knows: milestones, reminders, deliveries. Plain data; the rules that combine them stand in
//! `plan` and `release`.

pub use delivery::{Delivery, Due, Item, Settlement, Verdict, bundle};
pub use milestone::{Fact, Milestone, Party, Recorded, Refusal, State, Times};
pub use reminder::{
    ByHand, Channel, Identity, NoRoute, Occasion, Reason, Reminder, ReminderState, Route, Snapshot,
};

mod delivery;
mod milestone;
mod reminder;
