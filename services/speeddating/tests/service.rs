//! The service through its gRPC client, in process, with a small directory that really answers.

#[path = "service/chain.rs"]
mod chain;
#[path = "service/directory.rs"]
mod directory;
#[path = "service/world.rs"]
mod world;
