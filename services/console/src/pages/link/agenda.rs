//! The calendar file, and the private feed that a calendar subscribes to.

use askama::Template;
use axum::{
    extract::State,
    response::{AppendHeaders, IntoResponse as _, Response},
};
use contracts::{
    notifier::v1::{GetMessageRequest, ListMessagesRequest},
    speeddating::v1::{CreateFeedRequest, RevokeFeedRequest},
};
use http::{HeaderMap, header::SET_COOKIE};

use super::{
    feed::{self, Entry},
    part::{Query, said},
    visit::{Sent, Visitor, cookie},
};
use crate::{
    Console, calendar, cookies,
    error::Error,
    forms::Form,
    pages::{self, Asked, mail},
    peers,
    view::View,
};

/// The address of a new feed, for the page that shows it once: it is not kept anywhere else.
const COOKIE: &str = "jalon_agenda";
/// So long the page shows it.
const SHOWN: u32 = 600;

#[derive(Template)]
#[template(path = "link/agenda.html")]
struct Page<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    notice: String,
    /// There is something to put into a calendar.
    file: bool,
    has_feed: bool,
    /// Just made; empty later.
    address: String,
    webcal: String,
    form: Form,
}

pub(super) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    headers: HeaderMap,
    Asked(query): Asked<Query>,
) -> Response {
    match page(&console, visitor, &headers, &query.fait).await {
        Ok(page) => page,
        Err(error) => error.outside(),
    }
}

async fn page(
    console: &Console,
    visitor: Visitor,
    headers: &HeaderMap,
    done: &str,
) -> Result<Response, Error> {
    let part = visitor.participation().await?;
    let token = cookies::get(headers, COOKIE).filter(|_| part.has_feed);
    let address = token.map(|token| {
        let base = console.0.settings.public_url.trim_end_matches('/');
        format!("{base}/agenda/{token}.ics")
    });
    let address = address.unwrap_or_default();
    let settings = &console.0.settings;
    let page = Page {
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token: &visitor.token,
        notice: said(&visitor.t, done),
        file: part
            .told
            .as_ref()
            .is_some_and(|told| told.cleared_reason.is_empty()),
        has_feed: part.has_feed,
        webcal: webcal(&address),
        address,
        form: Form::new(console.0.ids.id()),
        t: visitor.t,
    };
    Ok(pages::show(&page)?.into_response())
}

/// Makes the feed, in the place of one before, or ends it.
pub(super) async fn change(State(console): State<Console>, headers: HeaderMap, sent: Sent) -> Response {
    let (visitor, form) = (sent.visitor, sent.form);
    let mut client = console.0.service.participation();
    let person_id = visitor.person.person_id.clone();
    let (token, what) = if form.has("agenda", "finir") {
        match client.revoke_feed(RevokeFeedRequest { person_id }).await {
            Ok(_) => (String::new(), "agenda-fini"),
            Err(status) => return Error::from(status).outside(),
        }
    } else {
        match client.create_feed(CreateFeedRequest { person_id }).await {
            Ok(reply) => (reply.into_inner().token, "agenda"),
            Err(status) => return Error::from(status).outside(),
        }
    };
    let seconds = if token.is_empty() { 0 } else { SHOWN };
    let cookie = cookie(&console, &headers, COOKIE, &visitor.home(), &token, seconds);
    let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
    (AppendHeaders(cookie), visitor.done("/agenda", what)).into_response()
}

/// The person's part as a file with one entry.
pub(super) async fn file(State(console): State<Console>, visitor: Visitor) -> Response {
    match written(&console, &visitor).await {
        Ok(calendar) => mail::file(calendar),
        Err(error) => error.outside(),
    }
}

async fn written(console: &Console, visitor: &Visitor) -> Result<String, Error> {
    let part = visitor.participation().await?;
    let told = part.told.filter(|told| told.cleared_reason.is_empty());
    let told = told.ok_or(Error::NotFound)?;
    let known = entered(console, visitor, &told.group).await?;
    let entries = feed::entries(console, visitor.t.texts(), &[told]).await?;
    let entry = entries.into_iter().next().ok_or(Error::NotFound)?;
    let entry = match known {
        Some((uid, sequence)) => Entry {
            uid,
            sequence,
            ..entry
        },
        None => entry,
    };
    Ok(calendar::write(&entry.event(console.0.clock.now().timestamp())))
}

/// UID and SEQUENCE of the entry that a mail put into the person's calendar, so that the file renews it and does not
/// stand beside it. None when no mail did.
async fn entered(
    console: &Console,
    visitor: &Visitor,
    group: &str,
) -> Result<Option<(String, String)>, Error> {
    let request = ListMessagesRequest {
        page: Some(peers::page(10, String::new())),
        person_id: visitor.person.person_id.clone(),
        group: group.to_owned(),
        channel: "mail".to_owned(),
    };
    let mut notifier = console.0.service.notifier();
    for message in notifier.list_messages(request).await?.into_inner().messages {
        let request = GetMessageRequest {
            message_id: message.message_id,
        };
        let whole = notifier.get_message(request).await?.into_inner().message;
        let entries = calendar::read(
            &whole.unwrap_or_default().calendar,
            visitor.t.texts(),
            &console.0.zone,
        );
        // A digest speaks of several sessions: which entry is this one's cannot be told.
        if let [one] = entries.as_slice()
            && !one.uid.is_empty()
        {
            return Ok(Some((one.uid.clone(), one.sequence.clone())));
        }
    }
    Ok(None)
}

/// Programs that know this scheme subscribe at a press.
fn webcal(address: &str) -> String {
    address
        .split_once("://")
        .map(|(_, rest)| format!("webcal://{rest}"))
        .unwrap_or_default()
}
