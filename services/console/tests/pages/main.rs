//! The pages over services with made up data.

#![expect(clippy::unwrap_used, reason = "where the stage cannot be set, the test fails")]

mod client;
mod entry;
mod forms;
mod languages;
mod link;
mod partner;
mod staff;
mod telling;
mod text;
mod world;
