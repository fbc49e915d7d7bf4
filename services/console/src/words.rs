//! French as people read it: numbers, dates, and a word for every state and reason.

mod dates;
mod numbers;
mod reasons;
mod sides;
mod states;

pub(crate) use dates::{clock, day, iso, minutes};
pub(crate) use numbers::{count, dialled, number, ordinal, percent};
pub(crate) use reasons::cancelled;
pub(crate) use sides::Sides;
pub(crate) use states::{
    Badge, meeting_state, message_state, presence, registration_state, reminder_state, session_state,
};
