//! What whole-suite journeys need: the suite in this process with time that stands and a bus that misbehaves, and the
//! words of a coordinator.

pub mod browser;
pub mod coordinator;
pub mod crowd;
pub mod mails;
pub mod outside;
pub mod process;
pub mod refusing;
pub mod suite;
pub mod telling;
