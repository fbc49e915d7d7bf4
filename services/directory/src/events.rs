//! What the directory tells the others. It consumes no events.

use contracts::directory::v1::PersonErased;
use platform::{Clock, Ids, outbox::Event};

use crate::domain::Person;

/// Forget what you keep of this person.
pub fn erased(ids: &Ids, clock: &Clock, tomb: &Person) -> Event {
    let message = PersonErased {
        person_id: tomb.id.to_string(),
        version: tomb.version,
    };
    Event::new(ids, clock, "directory.person.erased.v1", &message)
}
