//! Declining one meeting or all: the consequence is named first, and it can be taken back until a stated hour.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use contracts::speeddating::v1::{DeclineMeetingsRequest, TakeBackDeclineRequest};
use serde::Deserialize;
use tonic::Status;

use super::{
    part::{Line, lines, until},
    visit::{Sent, Visitor},
};
use crate::{
    Console,
    error::Error,
    pages::{self, Asked},
    view::View,
};

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    rencontre: String,
}

#[derive(Template)]
#[template(path = "link/decline.html")]
struct Page<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    /// None: all of them.
    one: Option<Line>,
    /// Meetings that would be declined.
    count: usize,
    /// It is the last one, so that nothing is left.
    last: bool,
    until: String,
}

/// Names the consequence.
pub(super) async fn ask(
    State(console): State<Console>,
    visitor: Visitor,
    Asked(which): Asked<Which>,
) -> Response {
    match page(&console, visitor, &which.rencontre).await {
        Ok(page) => page,
        Err(error) => error.outside(),
    }
}

async fn page(console: &Console, visitor: Visitor, which: &str) -> Result<Response, Error> {
    let part = visitor.participation().await?;
    if !part.can_change || part.declined_all {
        return Ok(visitor.done("", "trop-tard"));
    }
    let standing = part.meetings.iter().filter(|own| !own.declined).count();
    let mut lines = lines(console, &visitor.t, &part).await?;
    lines.truncate(standing);
    let until = until(console, &visitor.t, &part);
    let one = lines.into_iter().find(|line| line.id == which);
    if one.is_none() && !which.is_empty() {
        return Err(Error::NotFound);
    }
    let settings = &console.0.settings;
    let page = Page {
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token: &visitor.token,
        count: if one.is_some() { 1 } else { standing },
        last: one.is_some() && standing == 1,
        one,
        until,
        t: visitor.t,
    };
    Ok(pages::show(&page)?.into_response())
}

/// Declines.
pub(super) async fn decline(State(console): State<Console>, sent: Sent) -> Response {
    let (visitor, form) = (sent.visitor, sent.form);
    let declined = async {
        let request = DeclineMeetingsRequest {
            registration_id: visitor.registration().await?,
            person_id: visitor.person.person_id.clone(),
            meeting_id: form.text("rencontre"),
        };
        let reply = console.0.service.participation().decline_meetings(request).await;
        Ok::<_, Error>(reply)
    };
    let all = form.text("rencontre").is_empty();
    match declined.await {
        Ok(Ok(_)) => visitor.done("", if all { "decline-tout" } else { "decline" }),
        Ok(Err(status)) => refused(&visitor, status),
        Err(error) => error.outside(),
    }
}

/// Takes one decline back, or all.
pub(super) async fn take_back(State(console): State<Console>, sent: Sent) -> Response {
    let (visitor, form) = (sent.visitor, sent.form);
    let taken = async {
        let request = TakeBackDeclineRequest {
            registration_id: visitor.registration().await?,
            person_id: visitor.person.person_id.clone(),
            meeting_id: form.text("rencontre"),
        };
        let reply = console.0.service.participation().take_back_decline(request).await;
        Ok::<_, Error>(reply)
    };
    match taken.await {
        Ok(Ok(reply)) => {
            let lost = reply.into_inner().lost > 0;
            visitor.done("", if lost { "repris-en-partie" } else { "repris" })
        }
        Ok(Err(status)) => refused(&visitor, status),
        Err(error) => error.outside(),
    }
}

/// What a service refuses for a reason that the person can understand is said on their page.
fn refused(visitor: &Visitor, status: Status) -> Response {
    use tonic_types::StatusExt as _;
    let reason = status.get_details_error_info().map(|info| info.reason);
    match reason.as_deref() {
        Some("TOO_LATE" | "NOT_IN_THIS_STATE") => visitor.done("", "trop-tard"),
        Some("CLASH") => visitor.done("", "place-prise"),
        _ => Error::from(status).outside(),
    }
}
