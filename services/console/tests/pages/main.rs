//! The pages over services with made up data.

mod client;
mod entry;
mod link;
mod staff;
mod text;
mod world;
