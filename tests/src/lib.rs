//! What whole-suite journeys need: the suite in this process with time that stands and a bus that misbehaves, and the
//! words of a coordinator.

pub mod accounts;
pub mod apart;
pub mod belongings;
pub mod browser;
pub mod collector;
pub mod coordinator;
pub mod crowd;
pub mod image;
pub mod kannel;
pub mod machine;
pub mod mails;
pub mod manifests;
pub mod moody;
pub mod network;
pub mod outside;
pub mod pieces;
pub mod plain;
pub mod postfix;
pub mod process;
pub mod proxy;
pub mod published;
pub mod reckoning;
pub mod small_disk;
pub mod suite;
pub mod telling;
pub mod words;
