//! Accounts as their owners meet them: the first one, signing in and out, links that set a password, one's own account.

mod links;
mod own;
mod password;
mod setup;
mod sign_in;

use axum::{
    Router,
    routing::{get, post},
};

use crate::Console;

/// Pages for whoever is not signed in yet.
pub(super) fn outside() -> Router<Console> {
    Router::new()
        .route("/premier-acces/{token}", get(setup::ask).post(setup::make))
        .route("/connexion", get(sign_in::ask).post(sign_in::enter))
        .route("/deconnexion", post(sign_in::leave))
        .route("/mot-de-passe-oublie", get(links::forgotten).post(links::send))
        .route("/compte/{token}", get(links::ask).post(links::set))
}

/// Pages of one's own account.
pub(super) fn own() -> Router<Console> {
    Router::new()
        .route("/mon-compte", get(own::show))
        .route(
            "/mon-compte/mot-de-passe",
            get(password::ask).post(password::change),
        )
        .route("/mon-compte/sessions/autres", post(own::end_others))
        .route("/mon-compte/sessions/{session}", post(own::end))
}

/// What every password field is blamed for; `field` is the service's.
const PASSWORD_FIELD: &str = "motdepasse";
const AGAIN_FIELD: &str = "encore";

/// The new password of a form, typed twice; blames what cannot be.
fn chosen(form: &mut crate::forms::Form, t: crate::texts::Texts) -> String {
    let password = form.value(PASSWORD_FIELD).to_owned();
    if password.is_empty() {
        form.blame(PASSWORD_FIELD, t.say("account-password-missing"));
    } else if password != form.value(AGAIN_FIELD) {
        form.blame(AGAIN_FIELD, t.say("account-password-differs"));
    }
    password
}
