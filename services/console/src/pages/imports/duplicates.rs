//! Possible duplicates: whoever is known beside what the row says, and what would come of both.

use axum::response::Response;
use contracts::{
    directory::v1::GetPersonRequest,
    speeddating::v1::{CheckStageResponse, DecideDuplicateRequest, Duplicate, DuplicateDecision},
};
use futures::future::try_join_all;
use tonic::Code;
use uuid::Uuid;

use super::{Named, base, check::Question, named, table};
use crate::{
    error::Error,
    forms::Posted,
    pages::{Asked, At},
    staff::Staff,
};

/// Pairs that a page shows: one looks at each, and each reading of a file is recorded.
const SHOWN: usize = 20;

/// One page of possible duplicates.
pub(super) struct Pairs {
    pub(super) shown: Vec<Pair>,
    /// Addresses of the pages beside this one; empty where there is none.
    pub(super) previous: String,
    pub(super) next: String,
    /// "Doublons 21 à 40 sur 45"; empty when all are shown.
    pub(super) place: String,
    /// Where decisions go, with the place kept.
    pub(super) to: String,
    /// Undecided ones that the service did not give.
    pub(super) beyond: i32,
}

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

impl Pairs {
    /// The page that is asked for, else the last one. Whoever waits for a decision stands before those decided.
    pub(super) async fn read(
        staff: &Staff,
        found: &CheckStageResponse,
        base: &str,
        question: &Question,
    ) -> Result<Self, Error> {
        let mut all: Vec<&Duplicate> = found.duplicates.iter().collect();
        let open = |found: &&Duplicate| found.decision() == DuplicateDecision::Unspecified;
        let waiting = i32::try_from(all.iter().filter(|found| open(found)).count()).unwrap_or(i32::MAX);
        all.sort_by_key(|found| !open(found));
        let pages = all.len().div_ceil(SHOWN).max(1);
        let page = question.doublons.clamp(1, pages);
        let first = (page - 1) * SHOWN;
        let shown: Vec<&Duplicate> = all.iter().skip(first).take(SHOWN).copied().collect();
        let at = |page: usize| {
            if (1..=pages).contains(&page) {
                format!("{}#doublons", question.at(&format!("{base}/verification"), page))
            } else {
                String::new()
            }
        };
        Ok(Self {
            previous: at(page - 1),
            next: at(page + 1),
            place: if pages > 1 {
                let place = staff.t.with("imports-duplicates-place", "from", first + 1);
                place.and("to", first + shown.len()).and("all", all.len()).into()
            } else {
                String::new()
            },
            to: question.at(&format!("{base}/doublons"), page),
            beyond: found.duplicates_undecided - waiting,
            shown: try_join_all(shown.into_iter().map(|one| Pair::read(staff, one))).await?,
        })
    }
}

impl Pair {
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
    Asked(question): Asked<Question>,
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
            let check = format!("{}/verification", base(session, &stage.stage_id));
            let to = format!("{}#doublons", question.at(&check, question.doublons));
            Ok(staff.done(&to, staff.t.with("imports-decided", "key", form.value("cle"))))
        }
        // The one who looks alike is another one by now.
        Err(status) if status.code() == Code::InvalidArgument => Err(Error::Stale),
        Err(status) => Err(status.into()),
    }
}
