//! The one-shot notice: what was just done, said on the next page. It travels in a cookie that only we can write.

use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header::SET_COOKIE};
use sha2::{Digest as _, Sha256};

use crate::{Console, cookies};

/// Its cookie.
pub(crate) const COOKIE: &str = "jalon_avis";

/// Longer notices are cut: browsers drop cookies over 4 kB.
const MOST: usize = 600;

/// To the next page (303), which says so once.
pub(crate) fn leave(console: &Console, headers: &HeaderMap, secret: &str, to: &str, text: &str) -> Response {
    let cookie = cookies::set(console, headers, COOKIE, &seal(secret, text), Some(300));
    let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
    (AppendHeaders(cookie), Redirect::to(to)).into_response()
}

/// The notice as a cookie's value.
fn seal(secret: &str, text: &str) -> String {
    let text: String = text.chars().take(MOST).collect();
    let text = URL_SAFE_NO_PAD.encode(text);
    format!("{}.{text}", seal_of(secret, &text))
}

/// The notice of a cookie that we wrote for this session.
pub(crate) fn open(secret: &str, sealed: &str) -> Option<String> {
    let (seal, text) = sealed.split_once('.')?;
    if seal != seal_of(secret, text) {
        return None;
    }
    String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

fn seal_of(secret: &str, text: &str) -> String {
    let digest = Sha256::new()
        .chain_update("jalon notice\0")
        .chain_update(secret)
        .chain_update("\0")
        .chain_update(text)
        .finalize();
    URL_SAFE_NO_PAD.encode(&digest[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_read_in_its_session_only() {
        let sealed = seal("a", "Séance créée");
        assert_eq!(open("a", &sealed).as_deref(), Some("Séance créée"));
        assert_eq!(open("b", &sealed), None);
        assert_eq!(open("a", &sealed.replace('.', ".A")), None);
        assert_eq!(open("a", "x"), None);
    }
}
