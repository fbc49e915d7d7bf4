//! A word for every state; what is the same in both languages.

mod plain;
mod sides;
mod states;

pub(crate) use plain::{dialled, iso};
pub(crate) use sides::Sides;
pub(crate) use states::{
    Badge, meeting_state, message_state, presence, registration_state, reminder_state, session_state,
};
