//! A partner who gave the code, for half an hour.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse as _, Redirect, Response},
};
use contracts::speeddating::v1::{
    GetPartnerRollRequest, GetPartnerRollResponse, PartnerVisit, partner_service_client::PartnerServiceClient,
};
use http::request::Parts;
use platform::grpc::Transport;
use serde::Deserialize;
use tonic::Code;

use super::door;
use crate::{
    Clients, Console, cookies,
    error::Error,
    forms::{Form, csrf},
    pages::{At, link},
    view::View,
};

/// Its cookie, of the link's own path.
pub(crate) const COOKIE: &str = "jalon_partenaire";

/// A partner, and what its link shows.
pub(super) struct Visitor {
    pub(super) t: View,
    pub(super) token: String,
    pub(super) roll: GetPartnerRollResponse,
    visit: String,
}

/// What a partner sent from one of the pages of this visit.
pub(super) struct Sent {
    pub(super) visitor: Visitor,
    pub(super) form: Form,
}

impl Clients {
    pub(crate) fn partners(&self) -> PartnerServiceClient<Transport> {
        PartnerServiceClient::new(self.speeddating.clone())
    }
}

impl Visitor {
    /// Where the link's page is.
    pub(super) fn home(&self) -> String {
        format!("/p/{}", self.token)
    }

    /// For requests.
    pub(super) fn visit(&self) -> PartnerVisit {
        PartnerVisit {
            token: self.token.clone(),
            visit: self.visit.clone(),
        }
    }

    /// Back to the list, which says once more what was done: `partner-done-KEY`.
    pub(super) fn done(&self, what: &str) -> Response {
        Redirect::to(&format!("{}?fait={what}", self.home())).into_response()
    }
}

impl FromRequestParts<Console> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Response> {
        #[derive(Deserialize)]
        struct Named {
            token: String,
        }
        let here = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        let mut t = View::outside(&parts.headers, &here);
        let token = match At::<Named>::from_request_parts(parts, console).await {
            Ok(At(named)) if link::plausible(&named.token) => named.token,
            _ => return Err(link::gone(console, t)),
        };
        let Some(visit) = cookies::get(&parts.headers, COOKIE).map(str::to_owned) else {
            return Err(door::again(console, t, &token, parts).await);
        };
        let request = GetPartnerRollRequest {
            visit: Some(PartnerVisit {
                token: token.clone(),
                visit: visit.clone(),
            }),
        };
        let roll = match console.0.service.partners().get_partner_roll(request).await {
            Ok(roll) => roll.into_inner(),
            Err(status) if status.code() == Code::NotFound => {
                return Err(door::again(console, t, &token, parts).await);
            }
            Err(status) => return Err(Error::from(status).outside()),
        };
        t.csrf = csrf::mint(&visit, &console.0.ids);
        Ok(Self {
            t,
            token,
            roll,
            visit,
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
        let values: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
        let mut form = Form::posted(console.0.ids.id(), values);
        if !csrf::holds(&visitor.visit, form.value(csrf::FIELD)) {
            return Err(Error::Forged.outside());
        }
        // The same for every press of one rendered form.
        if let Ok(operation) = form.value("operation").parse() {
            form.operation = operation;
        }
        Ok(Self { visitor, form })
    }
}
