#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod auth;
pub mod bus;
pub mod clock;
pub mod config;
pub mod db;
pub mod dead_letters;
pub mod error;
pub mod folder;
pub mod grpc;
pub mod http;
pub mod idempotency;
pub mod ids;
pub mod inbox;
pub mod lifecycle;
mod metrics;
pub mod operations;
pub mod outbox;
pub mod page;
mod process;
pub mod said;
mod service;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;

pub use clock::{Clock, Moment};
pub use db::{Db, Tx};
pub use ids::Ids;
pub use said::Said;
pub use service::{Ground, Platform};
