//! Being written.

pub mod domain;
pub mod import;
