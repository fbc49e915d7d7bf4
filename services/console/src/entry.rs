//! How one gets in where there are no accounts: one-time addresses, and the browser sessions that they open.

use std::{
    collections::VecDeque,
    hint::black_box,
    sync::{Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};

/// The cookie of a browser session.
pub(crate) const COOKIE: &str = "jalon_session";

/// Addresses that wait to be used; a further one drops the oldest.
const ADDRESSES_MOST: usize = 8;
/// Browsers that are in; a further one drops the oldest.
const SESSIONS_MOST: usize = 64;

type Hash = [u8; 32];

/// Kept in memory only, and hashed: who reads the memory of the process still cannot walk in.
#[derive(Default)]
pub(crate) struct Doors {
    addresses: Mutex<VecDeque<Hash>>,
    sessions: Mutex<VecDeque<Hash>>,
}

impl Doors {
    /// From now on the address with this token lets one in, once.
    pub(crate) fn open(&self, token: &str) {
        remember(&self.addresses, token, ADDRESSES_MOST);
    }

    /// Whether the token would open.
    pub(crate) fn knows(&self, token: &str) -> bool {
        let addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        position(&addresses, &hash(token)).is_some()
    }

    /// Whether the token opens; it does so once.
    pub(crate) fn enter(&self, token: &str) -> bool {
        let wanted = hash(token);
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let found = position(&addresses, &wanted);
        found.is_some_and(|index| addresses.remove(index).is_some())
    }

    /// From now on a browser with this cookie is in.
    pub(crate) fn admit(&self, cookie: &str) {
        remember(&self.sessions, cookie, SESSIONS_MOST);
    }

    /// From now on a browser with this cookie is in no more.
    pub(crate) fn dismiss(&self, cookie: &str) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = position(&sessions, &hash(cookie)) {
            sessions.remove(index);
        }
    }

    /// Whether a browser with this cookie is in.
    pub(crate) fn admitted(&self, cookie: &str) -> bool {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        position(&sessions, &hash(cookie)).is_some()
    }
}

fn remember(kept: &Mutex<VecDeque<Hash>>, secret: &str, most: usize) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() == most {
        kept.pop_front();
    }
    kept.push_back(hash(secret));
}

/// Looks at all of each, so that the time taken tells nothing of where they differ.
fn position(kept: &VecDeque<Hash>, wanted: &Hash) -> Option<usize> {
    let mut found = None;
    for (index, one) in kept.iter().enumerate() {
        let difference = one.iter().zip(wanted).fold(0, |sum, (a, b)| sum | (a ^ b));
        if black_box(difference) == 0 {
            found = Some(index);
        }
    }
    found
}

fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_opens_once_and_only_itself() {
        let doors = Doors::default();
        doors.open("first");
        doors.open("second");
        assert!(!doors.enter("third"));
        assert!(doors.enter("second"));
        assert!(!doors.enter("second"));
        assert!(doors.enter("first"));
    }

    #[test]
    fn an_address_is_no_session_and_old_ones_are_dropped() {
        let doors = Doors::default();
        doors.open("token");
        assert!(!doors.admitted("token"));
        for number in 0..=SESSIONS_MOST {
            doors.admit(&number.to_string());
        }
        assert!(!doors.admitted("0"));
        assert!(doors.admitted("1"));
        assert!(doors.admitted(&SESSIONS_MOST.to_string()));
    }
}
