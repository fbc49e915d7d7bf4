//! What was changed by hand, by whom; taken back from here, and told to who looks at an older state.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use contracts::speeddating::v1::{Correction, ListCorrectionsRequest, ListCorrectionsResponse};
use http::StatusCode;
use uuid::Uuid;

use super::{
    Ground, Question, grid_address,
    says::{self, Editors},
};
use crate::{
    Clients, Console,
    error::Error,
    live,
    pages::{Asked, At},
    staff::Staff,
    texts::Texts,
    view::View,
};

/// Steps shown under the grid.
const SHOWN: usize = 20;

/// How often the stream looks for changes.
const PACE: Duration = Duration::from_secs(2);

/// A correction as it is listed.
pub(super) struct Step {
    pub(super) id: String,
    /// "14 h 32, Lina Martin".
    pub(super) head: String,
    pub(super) changes: Vec<String>,
    pub(super) undoable: bool,
    /// What to take back so that it is done again; empty when it cannot be.
    pub(super) redo: String,
    /// Who took it back; empty when nobody did.
    pub(super) undone: String,
}

/// Corrections since a version; 0: the newest 20.
pub(super) async fn corrections(
    staff: &Clients,
    ground: &Ground,
    since: i64,
) -> Result<ListCorrectionsResponse, Error> {
    let request = ListCorrectionsRequest {
        session_id: ground.session.session_id.clone(),
        number: ground.timetable.number,
        since_version: since,
    };
    Ok(staff.planning().list_corrections(request).await?.into_inner())
}

/// In words, newest first. A correction that took another back is told with that one.
pub(super) fn steps(t: Texts, ground: &Ground, editors: &Editors, all: &[Correction]) -> Vec<Step> {
    let own = all.iter().filter(|one| one.kind != "UNDO").take(SHOWN);
    own.map(|one| step(t, ground, editors, one)).collect()
}

/// One of them.
pub(super) fn step(t: Texts, ground: &Ground, editors: &Editors, one: &Correction) -> Step {
    let zone = &ground.session.time_zone;
    let by = |key: &'static str, subject: &str, at: Option<&prost_types::Timestamp>| {
        t.with(key, "time", says::hour(t, at, zone))
            .and("name", editors.name(t, subject))
            .to_string()
    };
    Step {
        id: one.correction_id.clone(),
        head: by("planning-step-head", &one.by, one.at.as_ref()),
        changes: one
            .changes
            .iter()
            .map(|change| says::change(t, &ground.roll, change))
            .collect(),
        undoable: one.undoable,
        redo: one.redo_id.clone(),
        undone: if one.undone_at.is_some() {
            by("planning-step-undone", &one.undone_by, one.undone_at.as_ref())
        } else {
            String::new()
        },
    }
}

/// Tells the version of a timetable, whenever it has changed.
pub(super) async fn stream(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Response {
    let clients = staff.clients;
    live::revisions(&console, "planning", PACE, move || {
        let clients = clients.clone();
        async move {
            let request = ListCorrectionsRequest {
                session_id: id.to_string(),
                number: question.numero,
                // Of the far future: the version alone is wanted.
                since_version: i64::MAX,
            };
            let found = clients.planning().list_corrections(request).await?.into_inner();
            Ok(found.timetable_version.to_string())
        }
    })
}

#[derive(Template)]
#[template(path = "planning/banner.html")]
struct Banner {
    t: View,
    steps: Vec<Step>,
    reload: String,
}

/// What others changed since the page was shown; nothing when nobody did.
pub(super) async fn banner(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Response, Error> {
    let ground = Ground::must(&staff.clients, staff.t.texts(), id, question.numero).await?;
    let found = corrections(&staff.clients, &ground, question.depuis.max(1)).await?;
    if found.timetable_version == question.depuis || found.corrections.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let editors = Editors::of(&staff.clients, staff.t.texts(), &found.corrections).await?;
    let newest = &found.corrections[..found.corrections.len().min(5)];
    let t = staff.t.texts();
    let banner = Banner {
        steps: newest.iter().map(|one| step(t, &ground, &editors, one)).collect(),
        reload: grid_address(&ground.session.session_id, ground.timetable.number, &[]),
        t: staff.t,
    };
    Ok(Html(banner.render()?).into_response())
}
