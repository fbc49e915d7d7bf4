//! Measures this build on this machine: what `jalon bench` prints. Figures compare within one run; machines differ.

mod bare;
mod figures;
pub mod reminders;
pub mod timers;
mod world;
