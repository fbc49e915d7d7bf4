//! Publication: who is told what, first; then the deed; then a receipt.

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use contracts::{
    scheduler::v1::{GetStatusRequest, ReminderState},
    speeddating::v1::{
        CompareTimetablesRequest, PreviewPublicationRequest, PreviewPublicationResponse, PublishRequest,
        SessionState,
    },
};
use http::StatusCode;
use tonic::Code;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::{
    Ground, Question, compare,
    grid::Nothing,
    history::{self, Step},
    says::Editors,
    tabs,
    telling::Telling,
};
use crate::{
    Clients,
    beside::beside,
    error::Error,
    forms::{Form, Posted},
    pages::{Asked, At, address, head::Head},
    peers,
    staff::Staff,
    texts::{Language, Texts},
    view::View,
};

#[derive(Template)]
#[template(path = "planning/publish.html")]
struct Page {
    t: View,
    form: Form,
    head: Head,
    tabs: Vec<(String, String, bool)>,
    number: i32,
    session_version: i64,
    timetable_version: i64,
    /// Published before, so that this one replaces another: its number, else 0.
    before: i32,
    again: bool,
    /// Whom the replacement changes.
    changes: usize,
    compare: String,
    clashes: Vec<String>,
    telling: Telling,
    /// Shows one message of those that would be sent: the person's id is put behind it.
    preview: String,
    outdated: bool,
    /// What others changed since the preview that was posted.
    moved: Vec<Step>,
}

#[derive(Template)]
#[template(path = "planning/receipt.html")]
struct Receipt {
    t: View,
    head: Head,
    tabs: Vec<(String, String, bool)>,
    number: i32,
    candidates: usize,
    employers: usize,
    meetings: usize,
    counts: Vec<(String, String)>,
    next: String,
    reminders: String,
}

pub(super) async fn ask(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Response, Error> {
    let form = staff.form();
    let found = Ground::read(&staff.clients, staff.t.texts(), id, question.numero);
    // What it would set off is asked for beside it, once the number is known.
    let (found, seen) = match question.numero {
        number if number > 0 => {
            let seen = beside(preview(staff.clients.clone(), id, number));
            let (seen, found) = futures::join!(seen, found);
            (found, Some(seen))
        }
        _ => (found.await, None),
    };
    let (session, ground) = found?;
    let Some(ground) = ground else {
        let head = Head::new(staff.t.texts(), &session, "planning");
        return Ok(crate::pages::show(&Nothing { t: staff.t, head })?.into_response());
    };
    if !ground.publishable() {
        return Err(Error::NotFound);
    }
    let seen = match seen {
        Some(seen) => seen?,
        None => preview(staff.clients.clone(), id, ground.timetable.number).await?,
    };
    let page = page(staff, ground, seen, form, &question.apercu, Vec::new()).await?;
    Ok(crate::pages::show(&page)?.into_response())
}

async fn preview(clients: Clients, id: Uuid, number: i32) -> Result<PreviewPublicationResponse, Error> {
    let request = PreviewPublicationRequest {
        session_id: id.to_string(),
        number,
    };
    Ok(clients
        .planning()
        .preview_publication(request)
        .await?
        .into_inner())
}

/// The page again, after a publication that was refused.
async fn read(staff: Staff, id: Uuid, ground: Ground, form: Form, moved: Vec<Step>) -> Result<Page, Error> {
    if !ground.publishable() {
        return Err(Error::NotFound);
    }
    let seen = preview(staff.clients.clone(), id, ground.timetable.number).await?;
    page(staff, ground, seen, form, "", moved).await
}

async fn page(
    staff: Staff,
    ground: Ground,
    seen: PreviewPublicationResponse,
    form: Form,
    shown: &str,
    moved: Vec<Step>,
) -> Result<Page, Error> {
    let t = staff.t.texts();
    let clients = &staff.clients;
    let (id, number) = (&ground.session.session_id, ground.timetable.number);
    let head = ground.head(staff.t.texts());
    let tabs = tabs(t, id, number, "/publier");
    let telling = Telling::read(t, clients, &ground, &seen.milestones, shown).await?;
    let before = ground.session.published_timetable;
    let replaces = before > 0 && before != number;
    let changes = if replaces {
        let request = CompareTimetablesRequest {
            session_id: id.clone(),
            from: before,
            to: number,
        };
        clients
            .planning()
            .compare_timetables(request)
            .await?
            .into_inner()
            .people
            .len()
    } else {
        0
    };
    Ok(Page {
        compare: compare::between(id, before, number),
        before: if replaces { before } else { 0 },
        again: before == number,
        changes,
        head,
        tabs,
        number,
        session_version: seen.session_version,
        timetable_version: seen.timetable_version,
        clashes: clashes(staff.t.texts(), seen.clashes, seen.clashes_en),
        telling,
        preview: format!("/seances/{id}/planning/publier?numero={number}&apercu="),
        outdated: ground.timetable.outdated,
        moved,
        form,
        t: staff.t,
    })
}

pub(super) async fn publish(staff: Staff, At(id): At<Uuid>, Posted(form): Posted) -> Result<Response, Error> {
    let read_number = |field: &str| form.value(field).parse::<i64>().map_err(|_| Error::Unreadable);
    let number = i32::try_from(read_number("numero")?).map_err(|_| Error::Unreadable)?;
    let (version, timetable_version) = (read_number("version_seance")?, read_number("version")?);
    let request = PublishRequest {
        session_id: id.to_string(),
        version,
        number,
        timetable_version,
    };
    let receipt = address(
        &format!("/seances/{id}/planning/publie"),
        &[("numero", &number.to_string())],
    );
    let Err(status) = staff.clients.speeddating().publish(request).await else {
        let notice = staff.t.say("planning-published-now");
        return Ok(staff.done(&receipt, notice));
    };
    let reason = status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default();
    let ground = Ground::must(&staff.clients, staff.t.texts(), id, number).await?;
    match (status.code(), reason.as_str()) {
        // Pressed twice: the first press did it, and nobody was told twice.
        (Code::Aborted, _)
            if ground.session.published_timetable == number
                && ground.timetable.version == timetable_version =>
        {
            Ok(staff.done(&receipt, staff.t.say("planning-published-already")))
        }
        (Code::Aborted, _) => {
            let t = staff.t.texts();
            let found = history::corrections(&staff.clients, &ground, timetable_version.max(1)).await?;
            let editors = Editors::of(&staff.clients, staff.t.texts(), &found.corrections).await?;
            let moved = found
                .corrections
                .iter()
                .map(|one| history::step(t, &ground, &editors, one))
                .collect();
            let mut again = staff.form();
            again.blame("", t.say("planning-publish-moved"));
            let page = read(staff, id, ground, again, moved).await?;
            Ok((StatusCode::CONFLICT, Html(page.render()?)).into_response())
        }
        (Code::FailedPrecondition, _) => {
            let mut again = staff.form();
            again.blame("", staff.t.say("planning-publish-refused"));
            Form::again(&read(staff, id, ground, again, Vec::new()).await?)
        }
        _ => Err(status.into()),
    }
}

/// What stands since, and what is on its way.
pub(super) async fn receipt(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(_question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let ground = Ground::must(&staff.clients, staff.t.texts(), id, 0).await?;
    if !ground.timetable.published {
        return Err(Error::NotFound);
    }
    let t = staff.t.texts();
    let request = GetStatusRequest {
        group: peers::group(id),
        ..GetStatusRequest::default()
    };
    let status = staff.clients.scheduler().get_status(request).await?.into_inner();
    let counts = [
        (ReminderState::Planned, status.planned),
        (ReminderState::Queued, status.queued),
        (ReminderState::Sent, status.sent),
        (ReminderState::Suppressed, status.suppressed),
        (ReminderState::Failed, status.failed),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let word = |state| t.say(crate::words::reminder_state(state).word);
    let counts = counts.map(|(state, count)| (word(state), t.number(count)));
    let meeting = crate::roll::meetings_by_registration(Some(&ground.timetable));
    let of = |employer| {
        let own = meeting.keys().filter(|id| {
            ground
                .roll
                .get(id)
                .is_some_and(|guest| guest.employer == employer)
        });
        own.count()
    };
    let next = match ground.session.state() {
        SessionState::SchedulePublished | SessionState::Running => format!("/seances/{id}"),
        _ => String::new(),
    };
    crate::pages::show(&Receipt {
        head: ground.head(staff.t.texts()),
        tabs: tabs(t, &ground.session.session_id, ground.timetable.number, "/publier"),
        number: ground.timetable.number,
        candidates: of(false),
        employers: of(true),
        meetings: crate::roll::standing(&ground.timetable, None).count(),
        counts: counts.collect(),
        next,
        reminders: format!("/seances/{id}/rappels"),
        t: staff.t,
    })
}

/// What stands in the way of a publication, in the language of the page.
fn clashes(t: Texts, french: Vec<String>, english: Vec<String>) -> Vec<String> {
    match t.0 {
        Language::English if english.len() == french.len() => english,
        _ => french,
    }
}
