//! Types and rules: who somebody is, how they may be reached, who is the same person. Pure.

mod account;
mod account_link;
mod audit;
mod browser;
mod contact;
mod draft;
mod language;
mod mail;
mod matching;
mod name;
mod organisation;
mod own;
mod password;
mod person;
mod phone;
mod siret;

pub(crate) use crate::error::{Error, Violation};
pub use account::{Access, Account, INSTALLATION, MOST_ORGANISATIONS, Newcomer, page_language};
pub use account_link::{AccountLink, LinkLives, Purpose, Spent};
pub use audit::{Entry, Happening, role_name};
pub use browser::{BrowserSession, Counted, MOST_SESSIONS, SessionLives, TRIES_FRESH};
pub use contact::{Channel, Contact, Preference};
pub use draft::{Drafts, MOST_ROWS, OrganisationDraft, OrganisationRow, PersonDraft, PersonRow};
pub use language::Language;
pub use mail::Mail;
pub use matching::{Known, Lookup, Match, Outcome, Plan};
pub use name::{key as name_key, surname_begins};
pub use organisation::Organisation;
pub use own::{MOST_OWN, Unit, in_order, named};
pub use password::Password;
pub use person::Person;
pub use phone::Phone;
pub use siret::Siret;
