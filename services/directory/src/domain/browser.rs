//! Browser sessions: how long they last. And the pauses between tries to sign in.

use jiff::SignedDuration;
use platform::Moment;
use uuid::Uuid;

/// A browser that is signed in.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub struct BrowserSession {
    /// Its id; not its secret.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The digest of its secret.
    pub secret_hash: Vec<u8>,
    /// "Firefox, Linux".
    pub device: String,
    /// When it was signed in.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub last_seen_at: Moment,
}

/// Sessions of one account at most; another sign-in ends the one that was not seen for longest.
pub const MOST_SESSIONS: i64 = 50;

/// How precisely it is kept when a session was last used.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// How long a session lasts.
#[derive(Clone, Copy, Debug)]
pub struct SessionLives {
    /// Without use.
    pub idle: SignedDuration,
    /// At most.
    pub absolute: SignedDuration,
}

impl BrowserSession {
    /// When it ends if it is not used.
    pub fn ends_at(&self, lives: SessionLives) -> Moment {
        self.last_seen_at
            .plus(lives.idle)
            .min(self.created_at.plus(lives.absolute))
    }

    /// Whether its last use must be noted anew.
    pub fn seen_long_ago(&self, now: Moment) -> bool {
        self.last_seen_at.plus(SEEN_EVERY) <= now
    }
}

/// What tries are counted by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Counted {
    /// The address that was typed, known or not.
    Address,
    /// Where the try comes from: many colleagues may share one.
    Source,
    /// The address to which a link is to be sent.
    Reset,
}

/// Tries older than this count no more.
pub const TRIES_FRESH: SignedDuration = SignedDuration::from_hours(24);
/// The first pause; each further failure doubles it.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// No pause is longer, so that nobody can keep a colleague out for a day.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(15);

impl Counted {
    /// Tries before the first pause.
    pub fn free(self) -> i64 {
        match self {
            Self::Address => 5,
            Self::Source => 20,
            Self::Reset => 3,
        }
    }

    /// How long the door stays closed after this many tries.
    pub fn pause(self, tries: i64) -> SignedDuration {
        let beyond = tries - self.free();
        if beyond < 0 {
            return SignedDuration::ZERO;
        }
        FIRST_PAUSE
            .checked_mul(1 << beyond.min(10))
            .unwrap_or(LONGEST_PAUSE)
            .min(LONGEST_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_begin_with_the_fifth_try_and_double_up_to_a_quarter_of_an_hour() {
        let seconds: Vec<_> = (1..=12)
            .map(|tries| Counted::Address.pause(tries).as_secs())
            .collect();
        assert_eq!(seconds, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(Counted::Address.pause(i64::MAX), LONGEST_PAUSE);
        assert_eq!(Counted::Source.pause(19), SignedDuration::ZERO);
    }

    #[test]
    fn a_session_in_use_still_ends_after_its_longest_life() {
        let lives = SessionLives {
            idle: SignedDuration::from_hours(12),
            absolute: SignedDuration::from_hours(336),
        };
        let mut session = BrowserSession {
            id: Uuid::nil(),
            account: Uuid::nil(),
            secret_hash: Vec::new(),
            device: String::new(),
            created_at: Moment::UNIX_EPOCH,
            last_seen_at: Moment::UNIX_EPOCH,
        };
        assert_eq!(session.ends_at(lives), Moment::UNIX_EPOCH.plus(lives.idle));
        session.last_seen_at = Moment::UNIX_EPOCH.plus(SignedDuration::from_hours(330));
        assert_eq!(session.ends_at(lives), Moment::UNIX_EPOCH.plus(lives.absolute));
    }
}
