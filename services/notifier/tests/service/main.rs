//! The notifier through its events and its gRPC interface, with the peers that it asks at hand-over.

mod chain;
mod peers;
mod points;
mod stage;
