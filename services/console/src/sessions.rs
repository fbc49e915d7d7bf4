//! Who a browser's cookie is: asked of the directory, and remembered for a moment.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use contracts::directory::v1::{Account, OpenSessionRequest, OpenSessionResponse, StaffRole};
use http::HeaderMap;
use jiff::SignedDuration;
use platform::{Moment, auth::Role, grpc};
use sha2::{Digest as _, Sha256};
use tonic::Code;

use crate::{Clients, Console, cookies, entry, error::Error, staff::Signed, texts::Language};

/// So long an ended session, a disabled account or another role may go unnoticed here.
const FRESH: SignedDuration = SignedDuration::from_secs(30);
/// Browsers that are remembered.
const MOST: usize = 2_000;
/// Secrets are 22 characters; what is much longer is none, and not worth a call.
const LONGEST: usize = 64;

type Hash = [u8; 32];

/// Opened sessions by the hash of their secret. Lives as long as the process; the sessions themselves are the directory's.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<Hash, (Signed, Moment)>>);

impl Sessions {
    fn get(&self, secret: &str, now: Moment) -> Option<Signed> {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (signed, until) = open.get(&hash(secret))?;
        (*until > now).then(|| signed.clone())
    }

    fn keep(&self, signed: &Signed, now: Moment) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST {
            open.retain(|_, (_, until)| *until > now);
        }
        if open.len() < MOST {
            open.insert(hash(&signed.secret), (signed.clone(), now.plus(FRESH)));
        }
    }

    /// Something about sessions or accounts has changed: the directory is asked again for every browser.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Who the cookie of a browser is, if it is in.
pub(crate) async fn identify(console: &Console, headers: &HeaderMap) -> Result<Option<Signed>, Error> {
    let Some(secret) = cookies::get(headers, entry::COOKIE).filter(|secret| secret.len() <= LONGEST) else {
        return Ok(None);
    };
    if console.0.doors.admitted(secret) {
        return Ok(Some(guest(console, secret)));
    }
    let now = console.0.clock.now();
    if let Some(signed) = console.0.sessions.get(secret, now) {
        return Ok(Some(signed));
    }
    let request = OpenSessionRequest {
        secret: secret.to_owned(),
    };
    let opened = match console.0.service.accounts().open_session(request).await {
        Ok(reply) => reply.into_inner(),
        Err(status) if status.code() == Code::Unauthenticated => return Ok(None),
        Err(status) => return Err(status.into()),
    };
    let signed = signed(console, secret, opened)?;
    console.0.sessions.keep(&signed, now);
    Ok(Some(signed))
}

/// In by a one-time address, where there are no accounts: the demo.
fn guest(console: &Console, secret: &str) -> Signed {
    Signed {
        secret: secret.to_owned(),
        account_id: String::new(),
        session_id: String::new(),
        name: String::new(),
        role: Role::Administrator,
        everything: true,
        language: None,
        clients: console.0.staff.clone(),
    }
}

fn signed(console: &Console, secret: &str, opened: OpenSessionResponse) -> Result<Signed, Error> {
    let account = opened.account.ok_or(Error::Internal)?;
    Ok(Signed {
        secret: secret.to_owned(),
        session_id: opened
            .session
            .map(|session| session.session_id)
            .unwrap_or_default(),
        name: name(&account),
        role: role(account.role()).ok_or(Error::Denied)?,
        everything: account.scope.as_ref().is_some_and(|scope| scope.everything),
        language: Language::of(&account.language),
        clients: console.0.service.bearing(&opened.token).ok_or(Error::Internal)?,
        account_id: account.account_id,
    })
}

impl Clients {
    /// The same services, asked with this token.
    fn bearing(&self, token: &str) -> Option<Self> {
        Some(Self {
            directory: grpc::bearing(&self.directory, token)?,
            speeddating: grpc::bearing(&self.speeddating, token)?,
            scheduler: grpc::bearing(&self.scheduler, token)?,
            notifier: grpc::bearing(&self.notifier, token)?,
        })
    }
}

/// "Lina Martin".
pub(crate) fn name(account: &Account) -> String {
    format!("{} {}", account.given_name, account.family_name)
        .trim()
        .to_owned()
}

fn role(role: StaffRole) -> Option<Role> {
    Some(match role {
        StaffRole::Unspecified => return None,
        StaffRole::Administrator => Role::Administrator,
        StaffRole::Coordinator => Role::Coordinator,
        StaffRole::Referent => Role::Referent,
        StaffRole::Facilitator => Role::Facilitator,
        StaffRole::Partner => Role::Partner,
        StaffRole::Auditor => Role::Auditor,
    })
}

fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}
