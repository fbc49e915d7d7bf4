use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::SignedDuration;
use pasetors::{Public, token::UntrustedToken, version4::PublicToken, version4::V4};
use serde::{Deserialize, Serialize};

use super::{Actor, SigningKey};
use crate::{Clock, Moment};

/// How long a token is good for.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A token is renewed this long before its end, so that no call starts with one about to end.
const RENEWAL: SignedDuration = SignedDuration::from_mins(2);

/// Verified tokens that are remembered, so that a busy client costs one signature check, not thousands.
const REMEMBERED: usize = 1_000;

#[derive(Deserialize, Serialize)]
struct Claims {
    #[serde(flatten)]
    actor: Actor,
    exp: Moment,
}

/// Gives tokens of one actor, made when needed. A clone shares them.
#[derive(Clone)]
pub struct TokenSource(Arc<Source>);

struct Source {
    key: Arc<SigningKey>,
    clock: Clock,
    actor: Actor,
    current: Mutex<Option<(String, Moment)>>,
}

impl TokenSource {
    /// Tokens of `actor`, signed with `key`.
    pub fn new(key: Arc<SigningKey>, clock: Clock, actor: Actor) -> Self {
        Self(Arc::new(Source {
            key,
            clock,
            actor,
            current: Mutex::new(None),
        }))
    }

    /// The same key, another actor.
    #[must_use]
    pub fn of(&self, actor: Actor) -> Self {
        Self::new(Arc::clone(&self.0.key), self.0.clock.clone(), actor)
    }

    /// A token with at least two minutes to go; none when signing fails, and then the call is refused.
    pub fn token(&self) -> Option<String> {
        let now = self.0.clock.now();
        let mut current = self.0.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, end)) = current.as_ref()
            && *end > now.plus(RENEWAL)
        {
            return Some(token.clone());
        }
        let exp = now.plus(LIFETIME);
        let claims = serde_json::to_vec(&Claims {
            actor: self.0.actor.clone(),
            exp,
        })
        .ok()?;
        let token = PublicToken::sign(&self.0.key.secret, &claims, None, None).ok()?;
        *current = Some((token.clone(), exp));
        Some(token)
    }
}

/// Verifies tokens offline. A clone shares what it remembers.
#[derive(Clone)]
pub struct Verifier(Arc<Verifying>);

struct Verifying {
    keys: Vec<Arc<SigningKey>>,
    clock: Clock,
    known: Mutex<BTreeMap<String, (Actor, Moment)>>,
}

impl Verifier {
    /// Trusts tokens signed with one of `keys`.
    pub fn new(keys: Vec<Arc<SigningKey>>, clock: Clock) -> Self {
        Self(Arc::new(Verifying {
            keys,
            clock,
            known: Mutex::new(BTreeMap::new()),
        }))
    }

    /// The actor of a token that is ours and not over.
    pub fn verify(&self, token: &str) -> Option<Actor> {
        let now = self.0.clock.now();
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((actor, end)) = known.get(token) {
            return (*end > now).then(|| actor.clone());
        }
        let claims = self.claims(token).filter(|claims| claims.exp > now)?;
        if known.len() >= REMEMBERED {
            known.retain(|_, (_, end)| *end > now);
        }
        if known.len() < REMEMBERED {
            known.insert(token.to_owned(), (claims.actor.clone(), claims.exp));
        }
        Some(claims.actor)
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        let untrusted = UntrustedToken::<Public, V4>::try_from(token).ok()?;
        let trusted = self
            .0
            .keys
            .iter()
            .find_map(|key| PublicToken::verify(&key.public, &untrusted, None, None).ok())?;
        serde_json::from_str(trusted.payload()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> Arc<SigningKey> {
        Arc::new(SigningKey::from_seed([seed; 32]).unwrap())
    }

    #[test]
    fn a_token_names_its_actor_until_it_is_over() {
        let clock = Clock::manual(Moment::UNIX_EPOCH);
        let source = TokenSource::new(key(1), clock.clone(), Actor::service("notifier"));
        let verifier = Verifier::new(vec![key(1)], clock.clone());
        let token = source.token().unwrap();
        assert_eq!(verifier.verify(&token), Some(Actor::service("notifier")));
        clock.advance(LIFETIME);
        assert_eq!(verifier.verify(&token), None);
        assert_ne!(source.token().unwrap(), token);
    }

    #[test]
    fn a_token_of_another_key_or_a_changed_one_is_refused() {
        let clock = Clock::manual(Moment::UNIX_EPOCH);
        let token = TokenSource::new(key(1), clock.clone(), Actor::administrator())
            .token()
            .unwrap();
        assert_eq!(Verifier::new(vec![key(2)], clock.clone()).verify(&token), None);
        let mut changed = token.clone().into_bytes();
        changed[40] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(Verifier::new(vec![key(1)], clock).verify(&changed), None);
    }
}
