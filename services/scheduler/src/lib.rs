//! Being written.
pub mod calendar;
pub mod digest;
pub mod domain;
pub mod offset;
pub mod plan;
pub mod policy;
pub mod window;
