//! The pages over services with made up data.

#![expect(clippy::unwrap_used, reason = "where the stage cannot be set, the test fails")]

mod addresses;
mod client;
mod entry;
mod forms;
mod imports;
mod languages;
mod link;
mod outcomes;
mod overtaken;
mod partner;
mod rows;
mod security;
mod staff;
mod telling;
mod text;
mod world;
