#![doc = include_str!("../README.md")]

pub mod breaks;
pub mod weight;

mod effort;
mod instance;
mod rng;

pub use effort::{Options, Phase, Progress};
pub use instance::{Instance, ReadError, Verdict};
