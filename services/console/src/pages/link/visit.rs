//! Whoever has given the letters, for half an hour.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse as _, Redirect, Response},
};
use contracts::{
    directory::v1::{GetPersonRequest, Person},
    notifier::v1::{ResumeVisitRequest, link_service_client::LinkServiceClient},
    speeddating::v1::{
        GetParticipationRequest, Participation, participation_service_client::ParticipationServiceClient,
    },
};
use http::{HeaderMap, HeaderValue, header::HOST, request::Parts};
use platform::grpc::Transport;
use tonic::Code;

use super::{door, gone};
use crate::{
    Clients, Console, cookies,
    error::Error,
    forms::{Form, csrf},
    pages::At,
    peers,
    texts::{Language, Texts},
    view::{self, View},
};

/// Its cookie. Of the link's own path: no other page is sent it.
pub(crate) const COOKIE: &str = "jalon_visite";

/// Somebody whose letters were right, and the link that they opened.
pub(super) struct Visitor {
    pub(super) t: View,
    pub(super) token: String,
    pub(super) visit: String,
    pub(super) person: Person,
    subject: String,
    group: String,
    clients: Clients,
}

/// What a visitor sent from one of the pages of this visit.
pub(super) struct Sent {
    pub(super) visitor: Visitor,
    pub(super) form: Form,
}

impl Clients {
    pub(crate) fn participation(&self) -> ParticipationServiceClient<Transport> {
        ParticipationServiceClient::new(self.speeddating.clone())
    }

    pub(crate) fn links(&self) -> LinkServiceClient<Transport> {
        LinkServiceClient::new(self.notifier.clone())
    }
}

impl Visitor {
    /// Where the link's first page is.
    pub(super) fn home(&self) -> String {
        format!("/r/{}", self.token)
    }

    /// Back to a page of the link, which says once more what was done: `link-done-KEY`.
    pub(super) fn done(&self, page: &str, what: &str) -> Response {
        Redirect::to(&format!("/r/{}{page}?fait={what}", self.token)).into_response()
    }

    /// The person's part in the session that the message was about.
    pub(super) async fn participation(&self) -> Result<Participation, Error> {
        let mut client = self.clients.participation();
        let registration = self.subject.strip_prefix("speeddating.participation/");
        if let Some(registration) = registration {
            let request = GetParticipationRequest {
                registration_id: registration.to_owned(),
                person_id: self.person.person_id.clone(),
                session_id: String::new(),
            };
            match client.get_participation(request).await {
                Ok(reply) => return reply.into_inner().participation.ok_or(Error::NotFound),
                Err(status) if matches!(status.code(), Code::NotFound | Code::InvalidArgument) => {}
                Err(status) => return Err(status.into()),
            }
        }
        let session = peers::session_of(&self.group).ok_or(Error::NotFound)?;
        let request = GetParticipationRequest {
            registration_id: String::new(),
            person_id: self.person.person_id.clone(),
            session_id: session.to_string(),
        };
        let reply = client.get_participation(request).await?.into_inner();
        reply.participation.ok_or(Error::NotFound)
    }

    /// The registration that the link is about.
    pub(super) async fn registration(&self) -> Result<String, Error> {
        let part = self.participation().await?;
        Ok(part.registration.unwrap_or_default().registration_id)
    }
}

impl FromRequestParts<Console> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Response> {
        let here = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        let mut t = View::outside(&parts.headers, &here);
        let token = token(parts, console)
            .await
            .map_err(|()| gone(console, t.clone()))?;
        let Some(visit) = cookies::get(&parts.headers, COOKIE).map(str::to_owned) else {
            return Err(door::again(console, t, &token, parts).await);
        };
        let clients = console.0.service.clone();
        let request = ResumeVisitRequest {
            token: token.clone(),
            visit: visit.clone(),
        };
        let link = match clients.links().resume_visit(request).await {
            Ok(link) => link.into_inner(),
            Err(status) if status.code() == Code::NotFound => {
                return Err(door::again(console, t, &token, parts).await);
            }
            Err(status) => return Err(Error::from(status).outside()),
        };
        let request = GetPersonRequest {
            person_id: link.person_id,
        };
        let person = clients.directory().get_person(request).await;
        let person = person.map_err(|status| match status.code() {
            Code::NotFound => gone(console, t.clone()),
            _ => Error::from(status).outside(),
        })?;
        let person = person.into_inner().person.unwrap_or_default();
        t.speak(speaks(&parts.headers, &person));
        t.csrf = csrf::mint(&visit, &console.0.ids);
        Ok(Self {
            t,
            token,
            visit,
            person,
            subject: link.subject,
            group: link.group,
            clients,
        })
    }
}

impl FromRequest<Console> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, console).await?;
        let body = Bytes::from_request(Request::from_parts(parts, body), console).await;
        let body = body.map_err(|_| Error::TooLarge.outside())?;
        let values = form_urlencoded::parse(&body).into_owned().collect();
        let form = Form::posted(console.0.ids.id(), values);
        if csrf::holds(&visitor.visit, form.value(csrf::FIELD)) {
            Ok(Self { visitor, form })
        } else {
            Err(Error::Forged.outside())
        }
    }
}

/// A cookie that the browser sends below `path` only; 0 seconds drop it.
pub(crate) fn cookie(
    console: &Console,
    headers: &HeaderMap,
    name: &str,
    path: &str,
    value: &str,
    seconds: u32,
) -> Option<HeaderValue> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let secure = if host.is_some_and(|host| console.0.hosts.encrypted(host)) {
        "; Secure"
    } else {
        ""
    };
    HeaderValue::from_str(&format!(
        "{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"
    ))
    .ok()
}

/// The token of the address, if it can be one.
async fn token(parts: &mut Parts, console: &Console) -> Result<String, ()> {
    #[derive(serde::Deserialize)]
    struct Named {
        token: String,
    }
    let At(Named { token }) = At::from_request_parts(parts, console).await.map_err(|_| ())?;
    if door::plausible(&token) {
        Ok(token)
    } else {
        Err(())
    }
}

/// What this browser chose, else the person's own language.
fn speaks(headers: &HeaderMap, person: &Person) -> Texts {
    let chosen = cookies::get(headers, view::LANGUAGE).and_then(Language::of);
    view::language(headers, chosen.or_else(|| Language::of(&person.language)))
}
