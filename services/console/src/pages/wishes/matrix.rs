//! The matrix: whole up to 12,000 cells, then in windows; text in the cells, one editor below.

mod drawing;

use askama::Template;
use axum::response::{Html, Response};
use contracts::speeddating::v1::{ChangeWishRequest, ReadMatrixRequest, Window, Wish};
use platform::auth::ORGANISERS;
use serde::Deserialize;
use uuid::Uuid;

use super::cell;
use crate::{
    error::Error,
    forms::{Form, Posted},
    pages::{Asked, At, address, head::Head, imports::blame, show as page},
    roll::{Roll, sort_key},
    staff::Staff,
    view::View,
};
use drawing::{Column, Row};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    /// Words of a candidate's name, or the code.
    nom: String,
    /// Words of an employer's name, or the code.
    employeur: String,
    /// "oui": candidates without a wish.
    sans: String,
    /// The first row and column of a window, from 0.
    ligne: i32,
    colonne: i32,
    /// Candidate and employer of the editor, with a dot between.
    #[serde(rename = "case")]
    chosen: String,
}

#[derive(Template)]
#[template(path = "wishes/matrix.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    question: Question,
    may: bool,
    columns: Vec<Column>,
    rows: Vec<Row>,
    found: String,
    silent: i32,
    wishes: i32,
    filtered: bool,
    nobody: bool,
    windows: Vec<(String, String)>,
    /// Who stands in the editor.
    editor: Option<(String, String)>,
    here: String,
}

pub(super) async fn show(
    staff: Staff,
    At(session): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let form = staff.form();
    page(&made(staff, session, question, form, false).await?)
}

pub(super) async fn change(
    staff: Staff,
    At(session): At<Uuid>,
    Asked(question): Asked<Question>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let (candidate_id, employer_id) = (form.text("candidat"), form.text("employeur"));
    let chosen = format!("{candidate_id}.{employer_id}");
    let question = Question { chosen, ..question };
    let Some(wish) = cell::posted(&mut form, "", &staff.t) else {
        return Form::again(&made(staff, session, question, form, true).await?);
    };
    let wish = Wish {
        candidate_id,
        employer_id,
        ..wish
    };
    let request = ChangeWishRequest {
        session_id: session.to_string(),
        seen: Some(cell::read(form.value("vu"))),
        wish: Some(wish),
    };
    match staff.clients.wishes().change_wish(request).await {
        Ok(_) => Ok(staff.done(&question.address(session), staff.t.say("wishes-saved"))),
        Err(status) => {
            blame(&mut form, status, &staff.t, |field| match field {
                "wish.rank" => "rang".to_owned(),
                "wish.must" => "regle".to_owned(),
                _ => String::new(),
            })?;
            Form::again(&made(staff, session, question, form, true).await?)
        }
    }
}

async fn made(
    staff: Staff,
    session: Uuid,
    question: Question,
    mut form: Form,
    posted: bool,
) -> Result<Page, Error> {
    let may = staff.require(ORGANISERS).is_ok();
    let (request, nobody) = question.request(&staff, session).await?;
    let found = staff.clients.matrix(request).await?;
    let names = drawing::names(&staff, &found).await?;
    let head = Head::new(
        staff.t.texts(),
        found.session.as_ref().ok_or(Error::NotFound)?,
        "souhaits",
    );
    let t = staff.t;
    let (columns, mut rows) = drawing::drawn(&found, &names, &t);
    if nobody {
        rows.clear();
    }
    let editor = question.editor(&found.wishes, &rows, &columns);
    if let (Some((wish, ..)), false) = (&editor, posted) {
        form = cell::fill(form, "", wish)
            .fill("candidat", &wish.candidate_id)
            .fill("employeur", &wish.employer_id);
    }
    Ok(Page {
        editor: editor.map(|(_, candidate, employer)| (candidate, employer)),
        found: t
            .with(
                "wishes-found",
                "candidates",
                if nobody { 0 } else { found.candidates_total },
            )
            .and("employers", found.employers_total)
            .to_string(),
        silent: found.candidates_without_wish,
        wishes: found.wishes_total,
        windows: question.windows(session, &found, &t),
        here: Question {
            chosen: String::new(),
            ..question.clone()
        }
        .address(session),
        nobody: rows.is_empty() || columns.is_empty(),
        filtered: question.filtered() || question.sans == "oui",
        columns,
        rows,
        may,
        head,
        form,
        question,
        t,
    })
}

impl Question {
    fn filtered(&self) -> bool {
        !self.nom.trim().is_empty() || !self.employeur.trim().is_empty()
    }

    /// What to ask the service, and whether a search by name found nobody.
    async fn request(&self, staff: &Staff, session: Uuid) -> Result<(ReadMatrixRequest, bool), Error> {
        let window = |first: i32| {
            Some(Window {
                first: first.max(0),
                most: 0,
            })
        };
        let mut request = ReadMatrixRequest {
            session_id: session.to_string(),
            candidates: window(self.ligne),
            employers: window(self.colonne),
            without_wish: self.sans == "oui",
            ..ReadMatrixRequest::default()
        };
        if !self.filtered() {
            return Ok((request, false));
        }
        // Names are the directory's: they are searched here, and the service is asked for ids.
        let roll = Roll::read(&staff.clients, staff.t.texts(), session).await?;
        let found = |words: &str, employers: bool| -> Vec<String> {
            let words = sort_key(words.trim());
            let side = roll
                .sorted()
                .into_iter()
                .filter(|guest| guest.employer == employers);
            let named = side.filter(|guest| {
                [&guest.name, &guest.contact, &guest.code]
                    .iter()
                    .any(|text| sort_key(text).contains(&words))
            });
            named.map(|guest| guest.id.clone()).collect()
        };
        let mut nobody = false;
        if !self.nom.trim().is_empty() {
            request.candidate_ids = found(&self.nom, false);
            nobody |= request.candidate_ids.is_empty();
        }
        if !self.employeur.trim().is_empty() {
            request.employer_ids = found(&self.employeur, true);
            nobody |= request.employer_ids.is_empty();
        }
        Ok((request, nobody))
    }

    /// The pair of the editor, when it is in this window: what is known of it, and both names.
    fn editor(&self, wishes: &[Wish], rows: &[Row], columns: &[Column]) -> Option<(Wish, String, String)> {
        let (candidate, employer) = self.chosen.split_once('.')?;
        let row = rows.iter().find(|row| row.id == candidate)?;
        let column = columns.iter().find(|column| column.id == employer)?;
        let known = wishes
            .iter()
            .find(|wish| wish.candidate_id == candidate && wish.employer_id == employer);
        let wish = known.cloned().unwrap_or_else(|| Wish {
            candidate_id: candidate.to_owned(),
            employer_id: employer.to_owned(),
            ..Wish::default()
        });
        let said = |code: &str, name: &str| format!("{name} ({code})");
        Some((wish, said(&row.code, &row.name), said(&column.code, &column.name)))
    }

    /// The other windows of a large matrix: address and words.
    fn windows(
        &self,
        session: Uuid,
        found: &contracts::speeddating::v1::ReadMatrixResponse,
        t: &View,
    ) -> Vec<(String, String)> {
        let count = |lines: usize| i32::try_from(lines).unwrap_or(i32::MAX);
        let (rows, columns) = (count(found.candidates.len()), count(found.employers.len()));
        let (row, column) = (found.first_candidate, found.first_employer);
        let other = |ligne: i32, colonne: i32, words: String| {
            let chosen = String::new();
            (
                Self {
                    ligne,
                    colonne,
                    chosen,
                    ..self.clone()
                }
                .address(session),
                words,
            )
        };
        let mut all = Vec::new();
        if row > 0 {
            all.push(other((row - rows).max(0), column, t.say("wishes-window-up")));
        }
        if row + rows < found.candidates_total {
            all.push(other(row + rows, column, t.say("wishes-window-down")));
        }
        if column > 0 {
            all.push(other(row, (column - columns).max(0), t.say("wishes-window-left")));
        }
        if column + columns < found.employers_total {
            all.push(other(row, column + columns, t.say("wishes-window-right")));
        }
        all
    }

    fn address(&self, session: Uuid) -> String {
        let number = |number: i32| {
            if number > 0 {
                number.to_string()
            } else {
                String::new()
            }
        };
        let questions = [
            ("nom", self.nom.as_str()),
            ("employeur", &self.employeur),
            ("sans", &self.sans),
            ("ligne", &number(self.ligne)),
            ("colonne", &number(self.colonne)),
            ("case", &self.chosen),
        ];
        address(&format!("/seances/{session}/souhaits"), &questions)
    }
}
