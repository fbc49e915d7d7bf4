//! Last step: all of it, or nothing. And tables to take away.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use contracts::speeddating::v1::{
    CheckStageRequest, CheckStageResponse, CommitStageRequest, ExportLeftRowsRequest, ExportTableRequest,
    Stage,
};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use tonic::Code;
use uuid::Uuid;

use super::{Steps, base, check::Count, open, table};
use crate::{
    error::Error,
    forms::{Form, Posted},
    pages::{At, head::Head, show as page},
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "imports/commit.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    steps: Steps,
    counts: Vec<Count>,
    people: i32,
    wishes: i32,
    faulty: i32,
    undecided: i32,
    blocked: bool,
}

pub(super) async fn ask(staff: Staff, At((session, stage)): At<(Uuid, Uuid)>) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    if !open(&stage) {
        return Ok(Redirect::to(&base(session, &stage.stage_id)).into_response());
    }
    let form = staff.form().fill("version", stage.version);
    let made = made(staff, session, &stage, form).await?;
    Ok(page(&made)?.into_response())
}

pub(super) async fn commit(
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    let request = CommitStageRequest {
        stage_id: stage.stage_id.clone(),
        version: form.value("version").parse().unwrap_or_default(),
        leave_faulty_rows: form.has("laisser", "oui"),
        undecided_apart: form.has("separer", "oui"),
    };
    let Err(status) = staff.clients.imports().commit_stage(request).await else {
        let notice = staff.t.say("imports-committed");
        return Ok(staff.done(&base(session, &stage.stage_id), notice));
    };
    // Rows that a colleague made faulty meanwhile, an unticked choice, or a state that takes no import.
    let message = staff.t.texts().refusal(&status);
    match status.code() {
        Code::InvalidArgument => form.blame("laisser-oui", staff.t.say("imports-leave-needed")),
        Code::FailedPrecondition => form.blame("", message),
        _ => return Err(status.into()),
    }
    Form::again(&made(staff, session, &stage, form).await?)
}

/// The rows that are left aside, or were, as a table.
pub(super) async fn left(
    staff: Staff,
    At((session, stage, of)): At<(Uuid, Uuid, String)>,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    let request = ExportLeftRowsRequest {
        stage_id: stage.stage_id,
        table: table(&of).ok_or(Error::NotFound)?.into(),
    };
    let reply = staff
        .clients
        .imports()
        .export_left_rows(request)
        .await?
        .into_inner();
    Ok(csv(&reply.name, reply.content))
}

/// A table of the session as it stands.
pub(super) async fn export(staff: Staff, At((session, of)): At<(Uuid, String)>) -> Result<Response, Error> {
    let request = ExportTableRequest {
        session_id: session.to_string(),
        table: table(&of).ok_or(Error::NotFound)?.into(),
    };
    let reply = staff
        .clients
        .speeddating()
        .export_table(request)
        .await?
        .into_inner();
    Ok(csv(&reply.name, reply.content))
}

fn csv(name: &str, content: Vec<u8>) -> Response {
    // Names of ours: letters, digits, hyphens.
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, content).into_response()
}

async fn made(staff: Staff, session: Uuid, stage: &Stage, form: Form) -> Result<Page, Error> {
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    let request = CheckStageRequest {
        stage_id: stage.stage_id.clone(),
        ..CheckStageRequest::default()
    };
    let found: CheckStageResponse = staff.clients.imports().check_stage(request).await?.into_inner();
    Ok(Page {
        counts: found
            .counts
            .iter()
            .map(|count| Count::of(count, &staff.t))
            .collect(),
        people: found.people,
        wishes: found.wishes,
        faulty: found.counts.iter().map(|count| count.faulty_rows).sum(),
        undecided: found.duplicates_undecided,
        blocked: found.file_problems.iter().any(|problem| !problem.notice),
        steps: Steps {
            current: "importer",
            base: base(session, &stage.stage_id),
        },
        head,
        form,
        t: staff.t,
    })
}
