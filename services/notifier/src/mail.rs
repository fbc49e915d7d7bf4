//! Mails: the calendar entries and the MIME message. Pure.

pub mod calendar;
pub mod mime;
