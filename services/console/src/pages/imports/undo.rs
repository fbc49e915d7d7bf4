//! An import taken back, or given up before it was made.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::speeddating::v1::{Dependent, DiscardStageRequest, UndoImportRequest};
use uuid::Uuid;

use super::{base, open};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    pages::{At, head::Head, show as page},
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "imports/confirm.html")]
struct Confirm {
    t: View,
    head: Head,
    form: Form,
    title: String,
    consequence: String,
    /// What keeps it from being done.
    blocked: Vec<String>,
    button: String,
    to: String,
    back: String,
}

pub(super) async fn ask(
    State(console): State<Console>,
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
) -> Result<Html<String>, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    let form = staff.form().fill("version", stage.version);
    page(&asked(
        &console,
        staff.t,
        head,
        form,
        &base(session, &stage.stage_id),
        &stage.dependents,
    ))
}

pub(super) async fn undo(
    State(console): State<Console>,
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    let request = UndoImportRequest {
        stage_id: stage.stage_id.clone(),
        version: form.value("version").parse().unwrap_or_default(),
    };
    match staff.clients.imports().undo_import(request).await {
        Ok(reply) => {
            let undone = reply.into_inner();
            let notice = staff
                .t
                .with("imports-undone", "removed", undone.registrations_removed)
                .and("restored", undone.registrations_restored)
                .to_string();
            Ok(staff.done(&base(session, &stage.stage_id), notice))
        }
        Err(status) => {
            let message = staff.t.texts().refusal(&status);
            if status.code() == tonic::Code::FailedPrecondition {
                form.blame("", message);
            } else {
                return Err(status.into());
            }
            let head = Head::new(
                staff.t.texts(),
                &staff.clients.session(session).await?,
                "personnes",
            );
            let base = base(session, &stage.stage_id);
            Form::again(&asked(&console, staff.t, head, form, &base, &stage.dependents))
        }
    }
}

pub(super) async fn ask_discard(
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
) -> Result<Html<String>, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    if !open(&stage) {
        return Err(Error::NotFound);
    }
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    let back = base(session, &stage.stage_id);
    let t = staff.t.clone();
    page(&Confirm {
        head,
        form: staff.form(),
        title: t.say("imports-discard"),
        consequence: t.say("imports-discard-consequence"),
        blocked: Vec::new(),
        button: t.say("imports-discard"),
        to: format!("{back}/abandonner"),
        back,
        t,
    })
}

pub(super) async fn discard(
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
    Posted(_form): Posted,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    let request = DiscardStageRequest {
        stage_id: stage.stage_id,
    };
    staff.clients.imports().discard_stage(request).await?;
    Ok(staff.done(
        &format!("/seances/{session}/imports"),
        staff.t.say("imports-discarded"),
    ))
}

fn asked(
    console: &Console,
    t: View,
    head: Head,
    form: Form,
    base: &str,
    dependents: &[Dependent],
) -> Confirm {
    Confirm {
        head,
        form,
        title: t.say("imports-undo"),
        consequence: t.say("imports-undo-consequence"),
        blocked: words(console, &t, dependents),
        button: t.say("imports-undo"),
        to: format!("{base}/annuler"),
        back: base.to_owned(),
        t,
    }
}

/// What rests on an import, in words.
pub(super) fn words(console: &Console, t: &View, dependents: &[Dependent]) -> Vec<String> {
    let word = |dependent: &Dependent| {
        let what = dependent.what.as_str();
        match dependent.kind.as_str() {
            "TIMETABLE" => t.with("imports-rests-timetable", "n", what).to_string(),
            "REGISTRATION" => t.with("imports-rests-registration", "code", what).to_string(),
            "WISH" => {
                let (candidate, employer) = what.split_once(' ').unwrap_or((what, ""));
                t.with("imports-rests-wish", "candidate", candidate)
                    .and("employer", employer)
                    .to_string()
            }
            "MEETING" => t.with("imports-rests-meeting", "code", what).to_string(),
            "IMPORT" => {
                // What is no instant is shown as it came.
                let at = what.parse::<jiff::Timestamp>().ok();
                let at = at.map_or_else(|| what.to_owned(), |at| t.moment(at, &console.0.zone));
                t.with("imports-rests-import", "when", at).to_string()
            }
            _ => t.say("imports-rests-forgotten"),
        }
    };
    dependents.iter().map(word).collect()
}
