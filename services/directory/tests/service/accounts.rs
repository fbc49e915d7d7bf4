//! Accounts of the staff.

mod administration;
mod crew;
mod links;
mod sessions;
mod setup;
mod throttle;
