//! The notifier through its events and its gRPC interface, with the peers that it asks at hand-over.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod brevo;
mod budget;
mod chain;
mod dkim;
mod fail_over;
mod gate;
mod gateway;
mod granted;
mod instead;
mod links;
mod lost;
mod mail_reports;
mod named;
mod ovh;
mod peers;
mod points;
mod previews;
mod reading;
mod receipts;
mod shared_addresses;
mod sms;
mod smtp;
mod smtp_server;
mod spam;
mod stage;
mod stopping;
mod suppressions;
