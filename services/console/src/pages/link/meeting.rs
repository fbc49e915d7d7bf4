//! A recruiter's word on one meeting: late, absent, what came of it, a note.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use contracts::speeddating::v1::{MeetingState, TellMeetingRequest, WriteMeetingNoteRequest};
use serde::Deserialize;
use tonic::{Code, Status};

use super::{
    part::{Line, Query, lines, outcomes, said},
    visit::{Sent, Visitor},
};
use crate::{
    Console,
    error::Error,
    forms::Form,
    pages::{self, Asked, At},
    view::View,
};

/// Characters of a note.
const NOTE_MOST: usize = 500;

#[derive(Deserialize)]
pub(super) struct Place {
    meeting: String,
}

#[derive(Template)]
#[template(path = "link/meeting.html")]
struct Page<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    notice: String,
    line: Line,
    outcomes: Vec<(&'static str, String)>,
    form: Form,
}

pub(super) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    At(place): At<Place>,
    Asked(query): Asked<Query>,
) -> Response {
    let notice = said(&visitor.t, &query.fait);
    match page(&console, visitor, &place.meeting, notice, None).await {
        Ok(page) => page,
        Err(error) => error.outside(),
    }
}

/// One press says one thing: `etat` and `issue`, or `retard`. What was not pressed stays.
pub(super) async fn tell(State(console): State<Console>, At(place): At<Place>, sent: Sent) -> Response {
    let (visitor, form) = (sent.visitor, sent.form);
    let state = match form.value("etat") {
        "tenu" => MeetingState::Held,
        "absent" => MeetingState::NoShowCandidate,
        _ => MeetingState::Unspecified,
    };
    let told = async {
        let part = visitor.participation().await?;
        let meeting = part.meetings.iter().find(|own| own.meeting_id == place.meeting);
        let meeting = meeting.ok_or(Error::NotFound)?;
        let request = TellMeetingRequest {
            registration_id: part.registration.unwrap_or_default().registration_id,
            person_id: visitor.person.person_id.clone(),
            meeting_id: place.meeting.clone(),
            version: form.value("version").parse().unwrap_or_default(),
            state: state.into(),
            outcome: form.text("issue"),
            late: match form.value("retard") {
                "oui" => true,
                "non" => false,
                _ => meeting.late,
            },
        };
        Ok::<_, Error>(console.0.service.participation().tell_meeting(request).await)
    };
    let back = if form.has("retour", "liste") {
        String::new()
    } else {
        format!("/rencontre/{}", place.meeting)
    };
    match told.await {
        Ok(Ok(_)) => visitor.done(&back, "note"),
        Ok(Err(status)) => refused(&visitor, &back, status),
        Err(error) => error.outside(),
    }
}

/// Keeps a note.
pub(super) async fn note(State(console): State<Console>, At(place): At<Place>, sent: Sent) -> Response {
    let (mut visitor, mut form) = (sent.visitor, sent.form);
    // The switch of language leads back to the meeting, not to an address that takes only forms.
    visitor.t.here = format!("{}/rencontre/{}", visitor.home(), place.meeting);
    // Browsers send two signs for the end of a line, and count one.
    let note = form.text("note").replace("\r\n", "\n");
    if note.chars().count() > NOTE_MOST {
        form.blame("note", visitor.t.say("link-note-long"));
        return match page(&console, visitor, &place.meeting, String::new(), Some(form)).await {
            Ok(page) => (http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
            Err(error) => error.outside(),
        };
    }
    let written = async {
        let request = WriteMeetingNoteRequest {
            registration_id: visitor.registration().await?,
            person_id: visitor.person.person_id.clone(),
            meeting_id: place.meeting.clone(),
            note,
        };
        Ok::<_, Error>(
            console
                .0
                .service
                .participation()
                .write_meeting_note(request)
                .await,
        )
    };
    let back = format!("/rencontre/{}", place.meeting);
    match written.await {
        Ok(Ok(_)) => visitor.done(&back, "note-gardee"),
        Ok(Err(status)) => refused(&visitor, &back, status),
        Err(error) => error.outside(),
    }
}

async fn page(
    console: &Console,
    visitor: Visitor,
    meeting: &str,
    notice: String,
    form: Option<Form>,
) -> Result<Response, Error> {
    let part = visitor.participation().await?;
    let employer = part
        .registration
        .as_ref()
        .is_some_and(|own| own.side() == contracts::speeddating::v1::Side::Employer);
    let lines = lines(console, &visitor.t, &part).await?;
    let line = lines.into_iter().find(|line| line.id == meeting && employer);
    let line = line.ok_or(Error::NotFound)?;
    let form = form.unwrap_or_else(|| Form::new(console.0.ids.id()).fill("note", &line.note));
    let settings = &console.0.settings;
    let page = Page {
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token: &visitor.token,
        notice,
        line,
        outcomes: outcomes(&visitor.t),
        form,
        t: visitor.t,
    };
    Ok(pages::show(&page)?.into_response())
}

fn refused(visitor: &Visitor, back: &str, status: Status) -> Response {
    match status.code() {
        // Said in another tab, or by a coordinator: the page shows what stands now.
        Code::Aborted => visitor.done(back, "change-entre-temps"),
        Code::FailedPrecondition => visitor.done(back, "pas-encore"),
        _ => Error::from(status).outside(),
    }
}
