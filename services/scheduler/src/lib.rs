//! Being written.
pub mod calendar;
pub mod domain;
pub mod offset;
pub mod window;
