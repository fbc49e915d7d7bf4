//! Being written.

pub mod sms;
