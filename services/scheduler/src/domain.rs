//! What the scheduler knows: milestones and reminders. Plain data; the rules stand in `plan` and `release`.

pub use milestone::{Fact, Milestone, Party, Recorded, Refusal, State, Times};
pub use reminder::{Channel, Identity, Occasion, Reason, Reminder, ReminderState, Route, Snapshot};

mod milestone;
mod reminder;
