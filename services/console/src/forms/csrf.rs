//! The token of forms: bound to the browser session, masked anew in every page, so that compressed pages do not leak it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::Ids;
use sha2::{Digest as _, Sha256};

/// The field of the token.
pub(crate) const FIELD: &str = "csrf";

const LENGTH: usize = 16;

/// A token of this session.
pub(crate) fn mint(secret: &str, ids: &Ids) -> String {
    let mut out = URL_SAFE_NO_PAD.decode(ids.token()).unwrap_or_default();
    out.resize(LENGTH, 0);
    let masked: Vec<_> = own(secret)
        .iter()
        .zip(&out)
        .map(|(byte, mask)| byte ^ mask)
        .collect();
    out.extend(masked);
    URL_SAFE_NO_PAD.encode(out)
}

/// Whether it is a token of this session. Looks at all of it, so that the time taken tells nothing.
pub(crate) fn holds(secret: &str, token: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else {
        return false;
    };
    if bytes.len() != 2 * LENGTH || secret.is_empty() {
        return false;
    }
    let (mask, masked) = bytes.split_at(LENGTH);
    let own = own(secret);
    let difference = own
        .iter()
        .zip(mask)
        .zip(masked)
        .fold(0, |sum, ((byte, mask), masked)| sum | (byte ^ mask ^ masked));
    std::hint::black_box(difference) == 0
}

fn own(secret: &str) -> [u8; LENGTH] {
    let digest = Sha256::new()
        .chain_update("jalon form\0")
        .chain_update(secret)
        .finalize();
    let mut own = [0; LENGTH];
    own.copy_from_slice(&digest[..LENGTH]);
    own
}

#[cfg(test)]
mod tests {
    use platform::{Clock, Moment};

    use super::*;

    #[test]
    fn a_token_is_good_for_its_session_only_and_never_twice_the_same() {
        let ids = Ids::seeded(Clock::manual(Moment::UNIX_EPOCH), 1);
        let (first, second) = (mint("a", &ids), mint("a", &ids));
        assert_ne!(first, second);
        assert!(holds("a", &first) && holds("a", &second));
        assert!(!holds("b", &first));
        let mut changed = first.clone().into_bytes();
        changed[30] = if changed[30] == b'A' { b'B' } else { b'A' };
        for wrong in ["", "AAAA", &String::from_utf8(changed).unwrap()] {
            assert!(!holds("a", wrong), "{wrong}");
        }
        assert!(!holds("", &mint("", &ids)));
    }
}
