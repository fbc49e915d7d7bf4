//! The notifier through its events and its gRPC interface, with the peers that it asks at hand-over.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod chain;
mod dkim;
mod gate;
mod granted;
mod links;
mod lost;
mod named;
mod peers;
mod points;
mod previews;
mod reading;
mod smtp;
mod smtp_server;
mod stage;
mod suppressions;
