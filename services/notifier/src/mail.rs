//! Mails: the calendar entries, the MIME message, and what comes back of it. Pure.

pub mod calendar;
pub mod mime;
pub mod report;
