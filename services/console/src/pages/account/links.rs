//! Links that set a password: an invitation, or another password for one that was forgotten.

use std::net::SocketAddr;

use askama::Template;
use axum::{
    Extension,
    extract::{ConnectInfo, State},
    response::{Html, IntoResponse as _, Response},
};
use contracts::{
    directory::v1::{
        AcceptInvitationRequest, OpenResetLinkRequest, RequestPasswordResetRequest, ResetPasswordRequest,
    },
    notifier::v1::OpenLinkRequest,
};
use http::{HeaderMap, HeaderValue, StatusCode, header::REFERRER_POLICY};
use tonic::Code;

use super::{
    super::{At, show},
    chosen,
    sign_in::source,
};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted, flash},
    staff::Visit,
    view::View,
};

/// Tokens are 22 characters; none of another length is worth a call.
const TOKEN: std::ops::RangeInclusive<usize> = 16..=64;

#[derive(Template)]
#[template(path = "account/forgotten.html")]
struct Forgotten {
    t: View,
    form: Form,
    sent: bool,
}

/// Asks for the letters and the password at once: nothing personal is shown in between.
#[derive(Template)]
#[template(path = "account/link.html")]
struct Page {
    t: View,
    form: Form,
}

/// Unknown, used, replaced and expired links lead to the same page.
#[derive(Template)]
#[template(path = "account/link_gone.html")]
struct Gone {
    t: View,
}

pub(super) async fn forgotten(State(console): State<Console>, t: View) -> Result<Html<String>, Error> {
    let form = Form::new(console.0.ids.id());
    show(&Forgotten { t, form, sent: false })
}

/// The answer is the same whether there is such an account or not.
pub(super) async fn send(
    State(console): State<Console>,
    headers: HeaderMap,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    t: View,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let mail = form.required("adresse", t.say("account-mail-missing"));
    if !form.faulty() {
        let request = RequestPasswordResetRequest {
            mail,
            source: source(console.0.settings.proxies, &headers, peer.as_deref()),
        };
        let asked = console.0.service.accounts().request_password_reset(request).await;
        match asked {
            Ok(_) => return Ok(show(&Forgotten { t, form, sent: true })?.into_response()),
            Err(status) => form.refused(
                status,
                t.texts(),
                &[
                    ("mail", "adresse", "account-mail-wrong"),
                    ("TOO_MANY_TRIES", "", "account-too-many-tries"),
                ],
            )?,
        }
    }
    Form::again(&Forgotten { t, form, sent: false })
}

pub(super) async fn ask(
    State(console): State<Console>,
    At(token): At<String>,
    t: View,
) -> Result<Response, Error> {
    let form = Form::new(console.0.ids.id());
    Ok(match open(&console, &token, "").await? {
        Opened::Gone => gone(t)?,
        Opened::TooOften => return Err(Error::TooOften),
        Opened::Closed | Opened::Subject(_) => private(show(&Page { t, form })?.into_response()),
    })
}

pub(super) async fn set(
    State(console): State<Console>,
    At(token): At<String>,
    headers: HeaderMap,
    visit: Option<Extension<Visit>>,
    t: View,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let letters = form.required("lettres", t.say("account-letters-missing"));
    let password = chosen(&mut form, t.texts());
    if !form.faulty() {
        if !console.0.throttle.allows(&token, console.0.clock.now()) {
            return Err(Error::TooOften);
        }
        match open(&console, &token, &letters).await? {
            Opened::Gone => return gone(t),
            Opened::TooOften => form.blame("", t.say("account-too-many-tries")),
            Opened::Closed => form.blame("lettres", t.say("account-letters-wrong")),
            Opened::Subject(subject) => match keep(&console, &subject, password).await {
                Ok(()) => {
                    console.0.sessions.forget();
                    let secret = visit.map(|Extension(visit)| visit.0).unwrap_or_default();
                    let notice = t.say("account-password-set");
                    return Ok(flash::leave(&console, &headers, &secret, "/connexion", &notice));
                }
                Err(status) if status.code() == Code::FailedPrecondition => return gone(t),
                Err(status) => form.refused(
                    status,
                    t.texts(),
                    &[("password", super::PASSWORD_FIELD, "account-password-wrong")],
                )?,
            },
        }
    }
    Ok(private(Form::again(&Page { t, form })?))
}

/// What a link says of itself.
enum Opened {
    /// Leads nowhere.
    Gone,
    /// Asks for the letters, or for others.
    Closed,
    TooOften,
    /// What it is about.
    Subject(String),
}

async fn open(console: &Console, token: &str, letters: &str) -> Result<Opened, Error> {
    let plausible = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
    if !TOKEN.contains(&token.len()) || !token.chars().all(plausible) {
        return Ok(Opened::Gone);
    }
    let surname_letters: String = letters.chars().take(40).collect();
    let request = OpenLinkRequest {
        token: token.to_owned(),
        surname_letters: surname_letters.clone(),
    };
    let mut found = console
        .0
        .service
        .notifier()
        .open_link(request)
        .await
        .map(|reply| {
            let reply = reply.into_inner();
            (reply.verified, reply.subject)
        });
    if found
        .as_ref()
        .is_err_and(|status| status.code() == Code::NotFound)
    {
        // No message had it: the command line may have made it.
        let request = OpenResetLinkRequest {
            secret: token.to_owned(),
            surname_letters,
        };
        found = console
            .0
            .service
            .accounts()
            .open_reset_link(request)
            .await
            .map(|reply| {
                let reply = reply.into_inner();
                (reply.verified, reply.subject)
            });
    }
    match found {
        Ok((true, subject)) => Ok(Opened::Subject(subject)),
        Ok(_) => Ok(Opened::Closed),
        Err(status) => match status.code() {
            Code::NotFound | Code::FailedPrecondition => Ok(Opened::Gone),
            Code::PermissionDenied | Code::InvalidArgument => Ok(Opened::Closed),
            Code::ResourceExhausted => Ok(Opened::TooOften),
            _ => Err(status.into()),
        },
    }
}

/// Sets the password of what the link is about.
async fn keep(console: &Console, subject: &str, password: String) -> Result<(), tonic::Status> {
    let mut accounts = console.0.service.accounts();
    match subject.split_once('/') {
        Some(("directory.invitation", id)) => {
            let invitation_id = id.to_owned();
            let request = AcceptInvitationRequest {
                invitation_id,
                password,
            };
            accounts.accept_invitation(request).await.map(drop)
        }
        Some(("directory.reset", id)) => {
            let reset_id = id.to_owned();
            let request = ResetPasswordRequest { reset_id, password };
            accounts.reset_password(request).await.map(drop)
        }
        // The link of a participant is no account's.
        _ => Err(tonic::Status::failed_precondition("no link to an account")),
    }
}

fn gone(t: View) -> Result<Response, Error> {
    Ok((StatusCode::NOT_FOUND, show(&Gone { t })?).into_response())
}

/// The address is a secret: not even our own pages are told it.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
