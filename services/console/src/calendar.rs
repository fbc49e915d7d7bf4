//! Calendar parts: read into words, and written for the pages behind a link (RFC 5545).

mod read;
mod write;

pub(crate) use read::{Invitation, read};
pub(crate) use write::{Event, feed, write};
