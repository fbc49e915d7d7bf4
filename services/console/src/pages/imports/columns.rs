//! Second step: which column of a file holds what.

use askama::Template;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use contracts::speeddating::v1::{SetColumnsRequest, Stage, StageFile};
use uuid::Uuid;

use super::{Named, Steps, base, blame, named, open, table};
use crate::{
    error::Error,
    forms::{Form, Posted, stale},
    pages::{Asked, At, head::Head, show as page},
    staff::Staff,
    view::View,
};

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct Question {
    table: String,
}

#[derive(Template)]
#[template(path = "imports/columns.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    steps: Steps,
    table: Named,
    /// The other tables of the import: address, word, whether it is this one.
    tabs: Vec<(String, String, bool)>,
    columns: Vec<Line>,
    choices: Vec<(String, String)>,
}

struct Line {
    field: String,
    name: String,
    samples: String,
    guessed: bool,
    ignored: bool,
}

pub(super) async fn show(
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
    Asked(question): Asked<Question>,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    if !open(&stage) {
        return Ok(Redirect::to(&base(session, &stage.stage_id)).into_response());
    }
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    let file = chosen(&stage, &question.table)?;
    let form = known(&staff, &stage, file);
    let html: Html<String> = page(&made(staff.t, head, form, session, &stage, file))?;
    Ok(html.into_response())
}

/// The form as it is filled before anybody chooses.
fn known(staff: &Staff, stage: &Stage, file: &StageFile) -> Form {
    let form = staff.form().fill("version", stage.version);
    file.columns.iter().fold(form, |form, column| {
        form.fill(&format!("colonne-{}", column.place), &column.field)
    })
}

pub(super) async fn set(
    staff: Staff,
    At((session, place)): At<(Uuid, Uuid)>,
    Asked(question): Asked<Question>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, place).await?;
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    let file = chosen(&stage, &question.table)?;
    let fields = (0..file.columns.len()).map(|place| form.text(&format!("colonne-{place}")));
    let request = SetColumnsRequest {
        stage_id: stage.stage_id.clone(),
        version: form.value("version").parse().unwrap_or_default(),
        table: file.table,
        fields: fields.collect(),
    };
    match staff.clients.imports().set_columns(request).await {
        Ok(_) => {
            let mut after = stage
                .files
                .iter()
                .skip_while(|other| other.table != file.table)
                .skip(1);
            let base = base(session, &stage.stage_id);
            let to = match after.next() {
                Some(next) => format!("{base}/colonnes?table={}", named(next.table()).slug),
                None => format!("{base}/verification"),
            };
            Ok(staff.done(&to, staff.t.say("imports-columns-saved")))
        }
        Err(status) if stale(&status) => {
            let stage = staff.clients.stage(session, place).await?;
            let file = chosen(&stage, &question.table)?;
            let (now, t) = (known(&staff, &stage, file), staff.t.clone());
            let mut page = made(staff.t, head, form, session, &stage, file);
            let fields = page
                .columns
                .iter()
                .map(|line| (line.field.clone(), line.name.clone()));
            let fields: Vec<_> = fields.collect();
            page.form.overtaken(t.texts(), &now, fields, |_, value| {
                let choice = page.choices.iter().find(|(known, _)| known == value);
                choice.map(|(_, words)| words.clone()).unwrap_or_default()
            });
            Form::decide(&page)
        }
        Err(status) => {
            blame(&mut form, status, &staff.t, |field| {
                let place = field.trim_start_matches("fields[").trim_end_matches(']');
                format!("colonne-{place}")
            })?;
            Form::again(&made(staff.t, head, form, session, &stage, file))
        }
    }
}

fn chosen<'a>(stage: &'a Stage, slug: &str) -> Result<&'a StageFile, Error> {
    let wanted = table(slug);
    let mut files = stage.files.iter();
    files
        .find(|file| wanted.is_none_or(|wanted| file.table() == wanted))
        .ok_or(Error::NotFound)
}

fn made(t: View, head: Head, form: Form, session: Uuid, stage: &Stage, file: &StageFile) -> Page {
    let base = base(session, &stage.stage_id);
    let tab = |other: &StageFile| {
        let name = named(other.table());
        let address = format!("{base}/colonnes?table={}", name.slug);
        (address, t.say(name.word), other.table == file.table)
    };
    let line = |column: &contracts::speeddating::v1::StageColumn| Line {
        field: format!("colonne-{}", column.place),
        name: if column.name.is_empty() {
            t.say("imports-column-unnamed")
        } else {
            column.name.clone()
        },
        samples: column.samples.join(" · "),
        guessed: !file.columns_set && !column.guess.is_empty(),
        ignored: column.field.is_empty(),
    };
    let field = |field: &contracts::speeddating::v1::StageField| {
        let word = t.find(&format!("field-{}", field.name.replace('_', "-")));
        let word = word.unwrap_or_else(|| field.name.clone());
        let word = if field.needed { format!("{word} *") } else { word };
        (field.name.clone(), word)
    };
    let choices = std::iter::once((String::new(), t.say("imports-column-ignored")));
    Page {
        table: named(file.table()),
        tabs: stage.files.iter().map(tab).collect(),
        columns: file.columns.iter().map(line).collect(),
        choices: choices.chain(file.fields.iter().map(field)).collect(),
        steps: Steps {
            current: "colonnes",
            base,
        },
        head,
        form,
        t,
    }
}
