//! How passwords are kept: argon2id, one hash at a time per core, each one counted.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{self, phc::PasswordHash},
};
use platform::Ids;
use prometheus::IntCounter;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::{domain::Password, error::Error};

/// What a hash costs. The defaults are OWASP's: 19 MiB, two passes, one lane.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

/// Hashes and compares passwords.
pub struct Passwords {
    params: Params,
    ids: Ids,
    // What a password is compared with when there is none: an unknown address takes as long as a known one.
    dummy: String,
    // Each hash takes 19 MiB and a core: strangers must not be able to take all of both.
    at_once: Arc<Semaphore>,
    computed: IntCounter,
}

/// What a comparison says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Another one.
    Wrong,
    /// That one.
    Right,
    /// That one; its hash was made at another cost than today's: hash it again.
    Outdated,
}

const AT_ONCE: usize = 4;

impl Passwords {
    /// At this cost. `computed` counts hashes.
    pub fn new(cost: Cost, ids: Ids, computed: IntCounter) -> Result<Self, Error> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None)
            .map_err(|error| Error::Hash(format!("accounts.password: {error}")))?;
        let dummy = hash(&params, ids.token().as_bytes(), ids.token().as_bytes())?;
        Ok(Self {
            params,
            ids,
            dummy,
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            computed,
        })
    }

    /// The hash to keep.
    pub async fn hash(&self, password: Password) -> Result<String, Error> {
        let (params, salt) = (self.params.clone(), self.ids.token());
        self.compute(move || hash(&params, password.as_bytes(), salt.as_bytes()))
            .await
    }

    /// Compares with a hash that was kept; with none, takes as long and says no.
    pub async fn verify(&self, password: Password, kept: Option<&str>) -> Result<Verdict, Error> {
        let params = self.params.clone();
        let known = kept.is_some();
        let against = kept.unwrap_or(&self.dummy).to_owned();
        self.compute(move || {
            let verdict = verify(&params, password.as_bytes(), &against)?;
            Ok(if known { verdict } else { Verdict::Wrong })
        })
        .await
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let failed = |error: &dyn std::error::Error| Error::Hash(error.to_string());
        let turn = Arc::clone(&self.at_once)
            .acquire_owned()
            .await
            .map_err(|error| failed(&error))?;
        self.computed.inc();
        // The turn goes along: who hangs up frees it only when the core is free again.
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        })
        .await
        .map_err(|error| failed(&error))?
    }
}

fn argon2id(params: &Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
}

fn hash(params: &Params, password: &[u8], salt: &[u8]) -> Result<String, Error> {
    let hash = argon2id(params)
        .hash_password_with_salt(password, salt)
        .map_err(|error| Error::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

fn verify(params: &Params, password: &[u8], kept: &str) -> Result<Verdict, Error> {
    let failed = |error: password_hash::Error| Error::Hash(error.to_string());
    let kept = PasswordHash::new(kept).map_err(|error| Error::Hash(error.to_string()))?;
    match argon2id(params).verify_password(password, &kept) {
        Ok(()) => {}
        Err(password_hash::Error::PasswordInvalid) => return Ok(Verdict::Wrong),
        Err(error) => return Err(failed(error)),
    }
    let made_at = Params::try_from(&kept).map_err(failed)?;
    let today = (made_at.m_cost(), made_at.t_cost(), made_at.p_cost())
        == (params.m_cost(), params.t_cost(), params.p_cost());
    Ok(if today { Verdict::Right } else { Verdict::Outdated })
}

#[cfg(test)]
mod tests {
    use platform::{Clock, Moment};

    use super::*;

    fn passwords(passes: u32) -> Passwords {
        let ids = Ids::seeded(Clock::manual(Moment::UNIX_EPOCH), 1);
        let cost = Cost {
            memory_kib: 64,
            passes,
        };
        Passwords::new(cost, ids, IntCounter::new("hashes", "hashes").unwrap()).unwrap()
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_its_cost() {
        let (one, other) = (Password::typed("lune verte 7"), Password::typed("lune verte 8"));
        let cheap = passwords(1);
        let kept = cheap.hash(one.clone()).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{kept}");
        assert_eq!(
            cheap.verify(one.clone(), Some(&kept)).await.unwrap(),
            Verdict::Right
        );
        assert_eq!(cheap.verify(other, Some(&kept)).await.unwrap(), Verdict::Wrong);
        assert_eq!(
            passwords(2).verify(one.clone(), Some(&kept)).await.unwrap(),
            Verdict::Outdated
        );
        assert_ne!(
            cheap.hash(one).await.unwrap(),
            kept,
            "two hashes share their salt"
        );
    }

    #[tokio::test]
    async fn no_hash_costs_as_much_as_a_wrong_one() {
        let passwords = passwords(1);
        let typed = Password::typed("lune verte 7");
        assert_eq!(passwords.verify(typed, None).await.unwrap(), Verdict::Wrong);
        assert_eq!(passwords.computed.get(), 1);
    }
}
