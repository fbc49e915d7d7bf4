use std::collections::HashMap;

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use contracts::speeddating::v1::preview_correction_request::Correction as Asked;
use http::StatusCode;

use super::{
    super::{
        Ground, grid_address,
        says::{self, Editors},
    },
    Wanted, fields,
};
use crate::{error::Error, forms::Form, pages::head::Head, staff::Staff, view::View};

#[derive(Template)]
#[template(path = "planning/conflict.html")]
struct Conflict {
    t: View,
    form: Form,
    head: Head,
    /// "Lina Martin", or somebody.
    who: String,
    at: String,
    pair: String,
    theirs: String,
    mine: String,
    fields: Vec<(&'static str, String)>,
    back: String,
}

/// Somebody was first: both versions, and the choice.
pub(super) async fn conflict(
    staff: Staff,
    ground: Ground,
    form: Form,
    wanted: Wanted,
    told: &HashMap<String, String>,
) -> Result<Response, Error> {
    let t = staff.t.texts();
    let of = |key: &str| told.get(key).map(String::as_str).unwrap_or_default();
    let slot_starts = |slot: &str| {
        let slot: usize = slot.parse().unwrap_or(usize::MAX);
        ground
            .timetable
            .slots
            .get(slot)
            .map(|slot| slot.starts.clone())
            .unwrap_or_default()
    };
    let place =
        |slot: &str, table: &str| says::place(t, &slot_starts(slot), table.parse().unwrap_or_default());
    let meeting = ground
        .timetable
        .meetings
        .iter()
        .find(|one| one.meeting_id == of("meeting_id"));
    let editors = Editors::read(&staff.clients, staff.t.texts(), [of("changed_by")]).await?;
    // None when nobody corrected it: what was noted of a meeting makes a new version too.
    let at = of("changed_at").parse::<jiff::Timestamp>().ok();
    let zone = jiff::tz::TimeZone::get(&ground.session.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let mut fields = fields(&form);
    for (name, value) in &mut fields {
        match *name {
            "version" if of("meeting_id") == wanted.meeting => of("version").clone_into(value),
            // The other meeting of an exchange is the one that changed.
            "echange" if of("meeting_id") != wanted.meeting => {
                *value = format!("{}.{}", of("meeting_id"), of("version"));
            }
            _ => {}
        }
    }
    let page = Conflict {
        who: editors.name(t, of("changed_by")),
        at: at.map(|at| t.clock(at.to_zoned(zone).time())).unwrap_or_default(),
        pair: meeting
            .map(|one| says::pair(t, &ground.roll, &one.candidate_id, &one.employer_id))
            .unwrap_or_default(),
        theirs: if of("cancelled") == "true" {
            t.say("planning-conflict-cancelled")
        } else {
            place(of("slot"), of("table"))
        },
        mine: match (&wanted.asked, wanted.to) {
            (Asked::Cancel(_), _) => t.say("planning-conflict-cancel"),
            (Asked::Swap(_), _) => t.say("planning-conflict-swap"),
            (_, Some((slot, table))) => place(&slot.to_string(), &table.to_string()),
            (_, None) => t.say("planning-conflict-undo"),
        },
        fields,
        back: grid_address(
            &ground.session.session_id,
            ground.timetable.number,
            &[("vu", of("meeting_id"))],
        ),
        head: ground.head(staff.t.texts()),
        form: staff.form(),
        t: staff.t,
    };
    Ok((StatusCode::CONFLICT, Html(page.render()?)).into_response())
}
