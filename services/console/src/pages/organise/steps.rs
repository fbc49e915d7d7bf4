//! A session taken to its next state by hand.

use axum::response::Response;
use contracts::speeddating::v1::{AdvanceSessionRequest, SessionState};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use crate::{error::Error, forms::Posted, pages::At, staff::Staff};

/// Steps as forms name them, the state that they lead to, and what is said afterwards.
const STEPS: [(&str, SessionState, &str); 5] = [
    ("ouvrir", SessionState::RegistrationOpen, "organise-step-open"),
    ("fermer", SessionState::RegistrationClosed, "organise-step-close"),
    ("demarrer", SessionState::Running, "organise-step-start"),
    ("terminer", SessionState::Closed, "organise-step-end"),
    ("clore", SessionState::FollowedUp, "organise-step-follow-up"),
];

pub(super) async fn take(
    staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let asked = form.text("etape");
    let (_, state, words) = STEPS
        .into_iter()
        .find(|(name, ..)| *name == asked)
        .ok_or(Error::Unreadable)?;
    let request = AdvanceSessionRequest {
        session_id: id.to_string(),
        version: form.text("version").parse().map_err(|_| Error::Unreadable)?,
        state: state.into(),
    };
    let back = format!("/seances/{id}");
    match staff.clients.speeddating().advance_session(request).await {
        Ok(_) => Ok(staff.done(&back, staff.t.say(words))),
        Err(status) => {
            form.refused(status, staff.t.texts(), &[])?;
            let words: Vec<_> = form.faults().iter().map(|fault| fault.words.clone()).collect();
            Ok(staff.done(&back, words.join(" ")))
        }
    }
}
