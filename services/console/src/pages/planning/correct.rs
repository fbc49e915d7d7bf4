//! Corrections: one address for all of them. After publication the first post shows who would be told, the second does it.

mod conflict;

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use contracts::speeddating::v1::{
    AddMeetingRequest, CancelMeetingRequest, ListPlacementsResponse, Meeting, MeetingPair,
    MoveMeetingRequest, PreviewCorrectionRequest, SwapMeetingsRequest, UndoCorrectionRequest,
    list_placements_request::What, preview_correction_request::Correction as Asked,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use conflict::conflict;

use super::{
    Ground, Question, grid, grid_address, says, selection,
    telling::{self, Telling},
};
use crate::{
    Clients,
    error::Error,
    forms::{Form, Posted},
    pages::{At, head::Head},
    staff::Staff,
    view::View,
};

/// What the form asks for, read.
struct Wanted {
    asked: Asked,
    /// The meeting that keeps the eye afterwards.
    meeting: String,
    /// Where to, as the form said it: slot and table.
    to: Option<(i32, i32)>,
}

#[derive(Template)]
#[template(path = "planning/confirm.html")]
struct Confirm {
    t: View,
    form: Form,
    head: Head,
    changes: Vec<String>,
    telling: Telling,
    /// A page that was posted cannot show single messages.
    preview: &'static str,
    /// The fields of the form, to be posted again.
    fields: Vec<(&'static str, String)>,
    back: String,
}

/// Fields that travel through the pages in between.
const FIELDS: [&str; 8] = [
    "numero",
    "action",
    "rencontre",
    "version",
    "place",
    "echange",
    "candidat",
    "employeur",
];

pub(super) async fn correct(
    mut staff: Staff,
    At(id): At<Uuid>,
    Posted(form): Posted,
) -> Result<Response, Error> {
    let number = form.value("numero").parse().map_err(|_| Error::Unreadable)?;
    // The switch of language leads back to the grid, not to an address that takes only forms.
    staff.t.here = grid_address(
        &id.to_string(),
        number,
        &[
            ("deplacer", form.value("rencontre")),
            ("candidat", form.value("candidat")),
            ("employeur", form.value("employeur")),
        ],
    );
    let ground = Ground::must(&staff.clients, staff.t.texts(), id, number).await?;
    let Some(wanted) = read(&form, id, number) else {
        return refused(staff, ground, form, None, "planning-choose-place").await;
    };
    if ground.timetable.published && form.value("confirmer") != "oui" {
        return ask(staff, ground, form, wanted).await;
    }
    match make(&staff.clients, &form, &wanted.asked).await {
        Ok(meetings) => {
            let t = staff.t.texts();
            let again = form.value("action") == "refaire";
            let notice = done(&staff, &ground, &wanted, again, &meetings);
            let seen = meetings
                .first()
                .map_or(wanted.meeting.as_str(), |one| one.meeting_id.as_str());
            let to = grid_address(&ground.session.session_id, number, &[("vu", seen)]);
            let notice = if ground.timetable.published {
                format!("{notice} {}", t.say("planning-told-now"))
            } else {
                notice
            };
            Ok(staff.done(&to, notice))
        }
        Err(status) => failed(staff, ground, form, wanted, status).await,
    }
}

/// What a posted form asks for; none when it says no place.
fn read(form: &Form, session: Uuid, number: i32) -> Option<Wanted> {
    let (meeting, version) = (
        form.text("rencontre"),
        form.value("version").parse().unwrap_or_default(),
    );
    let place = form.value("place").split_once('.');
    let to = place.and_then(|(slot, table)| Some((slot.parse().ok()?, table.parse().ok()?)));
    let swap = form.value("echange").split_once('.');
    let swap = swap.and_then(|(other, version)| Some((other.to_owned(), version.parse().ok()?)));
    let session_id = session.to_string();
    let asked = match form.value("action") {
        "annuler" => Asked::Cancel(CancelMeetingRequest {
            meeting_id: meeting.clone(),
            version,
        }),
        "defaire" | "refaire" => Asked::Undo(UndoCorrectionRequest {
            session_id,
            number,
            correction_id: form.text("correction"),
        }),
        "ajouter" => {
            let (slot, table) = to?;
            Asked::Add(AddMeetingRequest {
                request_id: form.operation(),
                session_id,
                number,
                employer_id: form.text("employeur"),
                candidate_id: form.text("candidat"),
                slot,
                table,
            })
        }
        _ => match (to, swap) {
            (_, Some((second_meeting_id, second_version))) => Asked::Swap(SwapMeetingsRequest {
                first_meeting_id: meeting.clone(),
                first_version: version,
                second_meeting_id,
                second_version,
            }),
            (Some((slot, table)), None) => Asked::Move(MoveMeetingRequest {
                meeting_id: meeting.clone(),
                version,
                slot,
                table,
            }),
            (None, None) => return None,
        },
    };
    Some(Wanted { asked, meeting, to })
}

/// Does it; the meetings afterwards.
async fn make(staff: &Clients, form: &Form, asked: &Asked) -> Result<Vec<Meeting>, Status> {
    let mut client = staff.speeddating();
    Ok(match asked.clone() {
        Asked::Move(one) => client
            .move_meeting(one)
            .await?
            .into_inner()
            .meeting
            .into_iter()
            .collect(),
        Asked::Swap(two) => {
            let swapped = client.swap_meetings(two).await?.into_inner();
            swapped.first.into_iter().chain(swapped.second).collect()
        }
        Asked::Add(one) => {
            let one = AddMeetingRequest {
                request_id: form.operation(),
                ..one
            };
            client
                .add_meeting(one)
                .await?
                .into_inner()
                .meeting
                .into_iter()
                .collect()
        }
        Asked::Cancel(one) => client
            .cancel_meeting(one)
            .await?
            .into_inner()
            .meeting
            .into_iter()
            .collect(),
        Asked::Undo(one) => staff.planning().undo_correction(one).await?.into_inner().meetings,
    })
}

/// What was done, in a sentence.
fn done(staff: &Staff, ground: &Ground, wanted: &Wanted, again: bool, meetings: &[Meeting]) -> String {
    let t = staff.t.texts();
    let Some(meeting) = meetings.first() else {
        return t.say("planning-done");
    };
    let who = says::pair(t, &ground.roll, &meeting.candidate_id, &meeting.employer_id);
    let after = says::place(t, &meeting.starts, meeting.table);
    let key = match wanted.asked {
        Asked::Move(_) => "planning-done-moved",
        Asked::Swap(_) => "planning-done-swapped",
        Asked::Add(_) => "planning-done-added",
        Asked::Cancel(_) => "planning-done-cancelled",
        Asked::Undo(_) if again => "planning-done-again",
        Asked::Undo(_) => "planning-done-undone",
    };
    t.with(key, "who", who).and("after", after).into()
}

/// Who would be told, before anything changes.
async fn ask(staff: Staff, ground: Ground, form: Form, wanted: Wanted) -> Result<Response, Error> {
    let t = staff.t.texts();
    let request = PreviewCorrectionRequest {
        session_id: ground.session.session_id.clone(),
        number: ground.timetable.number,
        correction: Some(wanted.asked.clone()),
    };
    let seen = match staff.clients.planning().preview_correction(request).await {
        Ok(seen) => seen.into_inner(),
        Err(status) => return failed(staff, ground, form, wanted, status).await,
    };
    // Few are told of one correction: the first message stands for all.
    let telling = Telling::read(t, &staff.clients, &ground, &seen.milestones, telling::FIRST).await?;
    let changes = seen
        .changes
        .iter()
        .map(|change| says::change(t, &ground.roll, change));
    let page = Confirm {
        changes: changes.collect(),
        head: ground.head(staff.t.texts()),
        telling,
        preview: "",
        fields: fields(&form),
        back: grid_address(
            &ground.session.session_id,
            ground.timetable.number,
            &[("deplacer", &wanted.meeting)],
        ),
        form,
        t: staff.t,
    };
    Ok(crate::pages::show(&page)?.into_response())
}

fn fields(form: &Form) -> Vec<(&'static str, String)> {
    let all = FIELDS
        .into_iter()
        .chain(["correction"])
        .map(|name| (name, form.text(name)));
    all.filter(|(_, value)| !value.is_empty()).collect()
}

/// A correction that was refused: who was first, or why it cannot be.
async fn failed(
    staff: Staff,
    ground: Ground,
    form: Form,
    wanted: Wanted,
    status: Status,
) -> Result<Response, Error> {
    let info = status.get_details_error_info();
    let (reason, told) = info.map(|info| (info.reason, info.metadata)).unwrap_or_default();
    match (status.code(), reason.as_str()) {
        (Code::Aborted, "STALE_VERSION") if told.contains_key("meeting_id") => {
            conflict(staff, ground, form, wanted, &told).await
        }
        (Code::Aborted, "NOT_UNDOABLE") => refused(staff, ground, form, None, "planning-not-undoable").await,
        (Code::FailedPrecondition, "NOTHING_TO_UNDO") => {
            refused(staff, ground, form, None, "planning-nothing-to-undo").await
        }
        (Code::FailedPrecondition, _) => refused(staff, ground, form, Some(wanted), "planning-refused").await,
        _ => Err(status.into()),
    }
}

/// The grid again, with the reason on top.
async fn refused(
    staff: Staff,
    ground: Ground,
    mut form: Form,
    wanted: Option<Wanted>,
    words: &'static str,
) -> Result<Response, Error> {
    let t = staff.t.texts();
    let mut why = String::new();
    if let Some(wanted) = &wanted
        && let Some((slot, table)) = wanted.to
        && let Some(what) = what(&wanted.asked)
    {
        let found = selection::look(&staff.clients, &ground, what).await?;
        why = reason_at(&found, slot, table)
            .map(|reason| says::reason(t, reason))
            .unwrap_or_default();
    }
    if why.is_empty() {
        form.blame("", t.say(words));
    } else {
        form.blame("", t.with("planning-refused-because", "why", why));
    }
    let question = Question {
        deplacer: wanted.map(|wanted| wanted.meeting).unwrap_or_default(),
        candidat: form.text("candidat"),
        employeur: form.text("employeur"),
        posted: true,
        ..Question::default()
    };
    Form::again(&grid::read(staff, ground, &question, form).await?)
}

fn what(asked: &Asked) -> Option<What> {
    match asked {
        Asked::Move(one) => Some(What::MeetingId(one.meeting_id.clone())),
        Asked::Add(one) => Some(What::Pair(MeetingPair {
            candidate_id: one.candidate_id.clone(),
            employer_id: one.employer_id.clone(),
        })),
        Asked::Swap(_) | Asked::Cancel(_) | Asked::Undo(_) => None,
    }
}

fn reason_at(found: &ListPlacementsResponse, slot: i32, table: i32) -> Option<&str> {
    let slot = found.slots.iter().find(|known| known.slot == slot)?;
    let place = slot.tables.iter().find(|place| place.table == table)?;
    Some(place.reason.as_str()).filter(|reason| !reason.is_empty())
}
