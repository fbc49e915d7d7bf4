//! Cookies: read, and written with the flags that keep them to us.

use http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, HOST},
};

use crate::Console;

/// A year, for choices.
pub(crate) const YEAR: u32 = 31_536_000;

/// The value of a cookie.
pub(crate) fn get<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(known, value)| (known == name).then_some(value))
}

/// A `Set-Cookie` that no script reads and no other site's form sends; over encrypted connections only where there are
/// any. `seconds` is how long it is kept: none until the browser closes, 0 to drop it.
pub(crate) fn set(
    console: &Console,
    headers: &HeaderMap,
    name: &str,
    value: &str,
    seconds: Option<u32>,
) -> Option<HeaderValue> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let secure = if host.is_some_and(|host| console.0.hosts.encrypted(host)) {
        "; Secure"
    } else {
        ""
    };
    let kept = seconds
        .map(|seconds| format!("; Max-Age={seconds}"))
        .unwrap_or_default();
    HeaderValue::from_str(&format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Lax{kept}{secure}"
    ))
    .ok()
}
