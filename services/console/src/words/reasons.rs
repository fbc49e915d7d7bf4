use std::borrow::Cow;

/// Why a session was cancelled: what the organiser wrote.
pub(crate) fn cancelled(reason: &str) -> Cow<'_, str> {
    match reason {
        "" => Cow::Borrowed("sans raison notée"),
        text => Cow::Borrowed(text),
    }
}
