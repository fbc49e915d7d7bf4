//! Possible duplicates: whoever is known beside what the row says, and what would come of both.

use axum::response::Response;
use contracts::{
    directory::v1::GetPersonRequest,
    speeddating::v1::{DecideDuplicateRequest, Duplicate, DuplicateDecision},
};
use futures::future::try_join_all;
use tonic::Code;
use uuid::Uuid;

use super::{Named, base, named, table};
use crate::{error::Error, forms::Posted, pages::At, staff::Staff};

/// Pairs that a page shows: one looks at each.
const SHOWN: usize = 20;

/// Somebody known, and a row that may be about them.
pub(super) struct Pair {
    pub(super) table: Named,
    pub(super) line: i32,
    pub(super) key: String,
    pub(super) person_id: String,
    /// "", "meme" or "autre".
    pub(super) decision: &'static str,
    pub(super) fields: Vec<Field>,
}

/// A field on both sides.
pub(super) struct Field {
    /// The key of its word.
    pub(super) word: &'static str,
    pub(super) known: String,
    pub(super) row: String,
    pub(super) merged: String,
    pub(super) same: bool,
}

impl Pair {
    pub(super) async fn all(staff: &Staff, found: &[Duplicate]) -> Result<Vec<Self>, Error> {
        let shown = found.iter().take(SHOWN);
        try_join_all(shown.map(|duplicate| Self::read(staff, duplicate))).await
    }

    async fn read(staff: &Staff, duplicate: &Duplicate) -> Result<Self, Error> {
        let request = GetPersonRequest {
            person_id: duplicate.other_person_id.clone(),
        };
        // The person's file is read with the reader's own rights, and the reading is recorded.
        let known = match staff.clients.directory().get_person(request).await {
            Ok(reply) => reply.into_inner().person.unwrap_or_default(),
            Err(status) if status.code() == Code::NotFound => contracts::directory::v1::Person::default(),
            Err(status) => return Err(status.into()),
        };
        let field = |word, known: &str, row: &str| Field {
            word,
            known: known.to_owned(),
            row: row.to_owned(),
            merged: if row.is_empty() { known } else { row }.to_owned(),
            same: known == row || row.is_empty(),
        };
        Ok(Self {
            table: named(duplicate.table()),
            line: duplicate.line,
            key: duplicate.key.clone(),
            person_id: duplicate.other_person_id.clone(),
            decision: match duplicate.decision() {
                DuplicateDecision::Unspecified => "",
                DuplicateDecision::Same => "meme",
                DuplicateDecision::Other => "autre",
            },
            fields: vec![
                field("field-prenom", &known.given_name, &duplicate.given_name),
                field("field-nom", &known.family_name, &duplicate.family_name),
                field("field-courriel", &known.mail, &duplicate.mail),
                field("field-telephone", &known.phone, &duplicate.phone),
                field("field-langue", &known.language, &duplicate.language),
            ],
        })
    }
}

pub(super) async fn decide(
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
    Posted(form): Posted,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    let decision = match form.value("decision") {
        "meme" => DuplicateDecision::Same,
        "autre" => DuplicateDecision::Other,
        _ => DuplicateDecision::Unspecified,
    };
    let request = DecideDuplicateRequest {
        stage_id: stage.stage_id.clone(),
        table: table(form.value("table")).ok_or(Error::Unreadable)?.into(),
        key: form.value("cle").to_owned(),
        decision: decision.into(),
        person_id: form.value("personne").to_owned(),
    };
    match staff.clients.imports().decide_duplicate(request).await {
        Ok(_) => {
            let to = format!("{}/verification#doublons", base(session, &stage.stage_id));
            Ok(staff.done(&to, staff.t.with("imports-decided", "key", form.value("cle"))))
        }
        // The one who looks alike is another one by now.
        Err(status) if status.code() == Code::InvalidArgument => Err(Error::Stale),
        Err(status) => Err(status.into()),
    }
}
