//! Being written.

pub mod content;
pub mod sms;
pub mod templates;
