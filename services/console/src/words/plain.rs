use jiff::Timestamp;

/// For `datetime` of `<time>`: "2026-11-25T13:00Z".
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%MZ").to_string()
}

/// A telephone number as a `tel:` link wants it.
pub(crate) fn dialled(telephone: &str) -> String {
    telephone
        .chars()
        .filter(|sign| sign.is_ascii_digit() || *sign == '+')
        .collect()
}
