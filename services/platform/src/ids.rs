//! Ids, references and tokens: chance as a parameter.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{Rng as _, RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use uuid::{Builder, Uuid};

use crate::Clock;

/// Makes ids in the order of time. A clone goes on where the other stands.
#[derive(Clone)]
pub struct Ids(Arc<Inner>);

struct Inner {
    clock: Clock,
    state: Mutex<State>,
}

struct State {
    chance: ChaCha20Rng,
    // Last millisecond given out and the counter within it, so that ids of one process rise strictly.
    last: (u64, u16),
}

/// Without I, L, O and U: no letter is taken for another when read over the telephone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Ids {
    /// From the system's randomness.
    pub fn system(clock: Clock) -> Self {
        Self::new(clock, ChaCha20Rng::from_os_rng())
    }

    /// The same ids for the same seed and times, for tests.
    pub fn seeded(clock: Clock, seed: u64) -> Self {
        Self::new(clock, ChaCha20Rng::seed_from_u64(seed))
    }

    fn new(clock: Clock, chance: ChaCha20Rng) -> Self {
        Self(Arc::new(Inner {
            clock,
            state: Mutex::new(State { chance, last: (0, 0) }),
        }))
    }

    /// A UUIDv7 (RFC 9562) of the clock's time; later ones are greater.
    pub fn id(&self) -> Uuid {
        let now = u64::try_from(self.0.clock.now().timestamp().as_millisecond()).unwrap_or_default();
        self.with(|state| {
            let (last, count) = state.last;
            // After 4,096 ids within a millisecond, or a clock that stands, borrow from the next one.
            state.last = match (now > last, count) {
                (true, _) => (now, 0),
                (false, 0x0FFF) => (last + 1, 0),
                (false, _) => (last, count + 1),
            };
            let (millis, counter) = state.last;
            let mut random = [0; 10];
            state.chance.fill_bytes(&mut random);
            random[..2].copy_from_slice(&counter.to_be_bytes());
            Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
        })
    }

    /// A reference of 20 characters for providers (100 bits).
    pub fn reference(&self) -> String {
        self.with(|state| {
            (0..20)
                .map(|_| char::from(ALPHABET[state.chance.random_range(0..ALPHABET.len())]))
                .collect()
        })
    }

    /// A secret for a link: 16 random bytes, 22 characters safe in an address. Store its hash only.
    pub fn token(&self) -> String {
        self.with(|state| {
            let mut secret = [0; 16];
            state.chance.fill_bytes(&mut secret);
            URL_SAFE_NO_PAD.encode(secret)
        })
    }

    /// A number from 0 up to but not `below`, for jitter.
    pub fn below(&self, below: u64) -> u64 {
        self.with(|state| state.chance.random_range(0..below.max(1)))
    }

    fn with<T>(&self, make: impl FnOnce(&mut State) -> T) -> T {
        make(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Ids")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Moment;

    #[test]
    fn ids_rise_even_when_the_clock_stands() {
        let ids = Ids::seeded(Clock::manual(Moment::UNIX_EPOCH), 1);
        let made: Vec<_> = (0..10_000).map(|_| ids.id()).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let first = Ids::seeded(Clock::manual(Moment::UNIX_EPOCH), 7);
        let second = Ids::seeded(Clock::manual(Moment::UNIX_EPOCH), 7);
        assert_eq!(
            (first.id(), first.reference(), first.token()),
            (second.id(), second.reference(), second.token())
        );
    }
}
