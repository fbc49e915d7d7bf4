//! First step: the files. And the list of imports of a session.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Redirect, Response},
};
use contracts::speeddating::v1::{ListStagesRequest, Stage, StageState, StageTablesRequest, StagedText};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use super::{Named, Steps, base, blame, named, open, table};
use crate::{
    Console,
    error::Error,
    forms::{Form, Uploaded},
    pages::{At, head::Head, instant, show as page},
    staff::Staff,
    view::View,
    words::Badge,
};

#[derive(Template)]
#[template(path = "imports/list.html")]
struct List {
    t: View,
    head: Head,
    lines: Vec<Line>,
}

struct Line {
    address: String,
    files: String,
    state: Badge,
    when: String,
    until: String,
    undo: bool,
}

#[derive(Template)]
#[template(path = "imports/files.html")]
struct Upload {
    t: View,
    head: Head,
    form: Form,
    steps: Steps,
    files: Vec<Kept>,
    until: String,
}

struct Kept {
    table: Named,
    name: String,
    about: String,
}

#[derive(Template)]
#[template(path = "imports/done.html")]
struct Done {
    t: View,
    head: Head,
    base: String,
    undone: bool,
    when: String,
    until: String,
    counts: Vec<super::check::Count>,
    left: Vec<Named>,
    blocked: Vec<String>,
}

pub(super) async fn list(
    State(console): State<Console>,
    staff: Staff,
    At(session): At<Uuid>,
) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    let request = ListStagesRequest {
        session_id: session.to_string(),
    };
    let reply = staff.clients.imports().list_stages(request).await?.into_inner();
    let t = &staff.t;
    let line = |stage: Stage| Line {
        address: base(session, &stage.stage_id),
        files: stage
            .files
            .iter()
            .map(|file| file.name.clone())
            .collect::<Vec<_>>()
            .join(", "),
        state: state(&stage),
        when: moment(
            &console,
            t,
            stage.settled_at.as_ref().or(stage.created_at.as_ref()),
        ),
        until: moment(&console, t, stage.expires_at.as_ref()),
        undo: stage.state() == StageState::Committed && stage.dependents.is_empty(),
    };
    let lines = reply.stages.into_iter().map(line).collect();
    page(&List {
        lines,
        head,
        t: staff.t,
    })
}

pub(super) async fn begin(staff: Staff, At(session): At<Uuid>) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    page(&Upload {
        head,
        form: staff.form(),
        steps: Steps {
            current: "fichier",
            base: String::new(),
        },
        files: Vec::new(),
        until: String::new(),
        t: staff.t,
    })
}

pub(super) async fn show(
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
    if open(&stage) {
        let form = staff.form();
        return page(&kept(&console, staff.t, head, form, session, &stage));
    }
    let t = staff.t;
    page(&Done {
        base: base(session, &stage.stage_id),
        undone: stage.state() == StageState::Undone,
        when: moment(&console, &t, stage.settled_at.as_ref()),
        until: moment(&console, &t, stage.expires_at.as_ref()),
        counts: stage
            .done
            .iter()
            .map(|count| super::check::Count::of(count, &t))
            .collect(),
        left: stage.files.iter().map(|file| named(file.table())).collect(),
        blocked: super::undo::words(&console, &t, &stage.dependents),
        head,
        t,
    })
}

pub(super) async fn keep_first(
    State(console): State<Console>,
    staff: Staff,
    At(session): At<Uuid>,
    Uploaded { form, file }: Uploaded,
) -> Result<Response, Error> {
    staged(
        &console,
        staff,
        session,
        None,
        form,
        file.map(|file| (file.name, file.content)),
    )
    .await
}

pub(super) async fn keep(
    State(console): State<Console>,
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
    Uploaded { form, file }: Uploaded,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    staged(
        &console,
        staff,
        session,
        Some(stage),
        form,
        file.map(|file| (file.name, file.content)),
    )
    .await
}

async fn staged(
    console: &Console,
    staff: Staff,
    session: Uuid,
    stage: Option<Stage>,
    mut form: Form,
    file: Option<(String, Vec<u8>)>,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    let pasted = form.value("texte").trim();
    let given = match file {
        Some(given) => Some(given),
        None if pasted.is_empty() => None,
        None => Some((staff.t.say("imports-pasted"), pasted.as_bytes().to_vec())),
    };
    if let Some((name, content)) = given {
        let request = StageTablesRequest {
            request_id: form.operation(),
            session_id: session.to_string(),
            stage_id: stage
                .as_ref()
                .map(|stage| stage.stage_id.clone())
                .unwrap_or_default(),
            files: vec![StagedText {
                table: table(form.value("table")).unwrap_or_default().into(),
                name: name
                    .chars()
                    .filter(|letter| !letter.is_control())
                    .take(200)
                    .collect(),
                content,
            }],
        };
        match staff.clients.imports().stage_tables(request).await {
            Ok(reply) => {
                let stage = reply.into_inner().stage.unwrap_or_default();
                return Ok(Redirect::to(&base(session, &stage.stage_id)).into_response());
            }
            Err(status) => blame(&mut form, status, &staff.t, |field| {
                let field = if field.contains("].table") {
                    "table"
                } else {
                    "fichier"
                };
                field.to_owned()
            })?,
        }
    } else {
        form.blame("fichier", staff.t.say("imports-file-missing"));
    }
    match stage {
        Some(stage) => Form::again(&kept(console, staff.t, head, form, session, &stage)),
        None => Form::again(&Upload {
            head,
            form,
            steps: Steps {
                current: "fichier",
                base: String::new(),
            },
            files: Vec::new(),
            until: String::new(),
            t: staff.t,
        }),
    }
}

fn kept(console: &Console, t: View, head: Head, form: Form, session: Uuid, stage: &Stage) -> Upload {
    let file = |file: &contracts::speeddating::v1::StageFile| Kept {
        table: named(file.table()),
        name: file.name.clone(),
        about: t
            .with("imports-file-about", "rows", file.rows)
            .and("encoding", &file.encoding)
            .and("delimiter", &file.delimiter)
            .to_string(),
    };
    Upload {
        files: stage.files.iter().map(file).collect(),
        until: moment(console, &t, stage.expires_at.as_ref()),
        steps: Steps {
            current: "fichier",
            base: base(session, &stage.stage_id),
        },
        head,
        form,
        t,
    }
}

fn state(stage: &Stage) -> Badge {
    let (word, tone) = match stage.state() {
        StageState::Committed => ("imports-state-committed", "good"),
        StageState::Undone => ("imports-state-undone", "quiet"),
        StageState::Open | StageState::Unspecified => ("imports-state-open", "info"),
    };
    Badge { word, tone }
}

pub(super) fn moment(console: &Console, t: &View, at: Option<&prost_types::Timestamp>) -> String {
    instant(at).map_or_else(String::new, |at| t.moment(at, &console.0.zone))
}
