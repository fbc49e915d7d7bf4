//! One person whom a partner registers.

use contracts::directory::v1::{Match, MatchPeopleRequest, PersonInput, UpsertPeopleRequest};
use platform::error::violations;
use tonic::{Code, Status};
use uuid::Uuid;

use super::{Directory, failed, patient};
use crate::{
    domain::{Flaw, invisible},
    error::Error,
};

/// Characters of a name.
const NAME_MOST: usize = 80;
/// Characters of an address or a number.
const CONTACT_MOST: usize = 254;

/// Somebody who may not be known yet.
#[expect(missing_docs, reason = "as in the directory")]
#[derive(Clone, Debug, Default)]
pub struct Newcomer {
    pub given_name: String,
    pub family_name: String,
    pub mail: String,
    pub phone: String,
    pub language: String,
}

impl Newcomer {
    /// What is wrong with it; the directory knows more about addresses and numbers.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for (field, value, needed, most) in [
            ("given_name", &self.given_name, true, NAME_MOST),
            ("family_name", &self.family_name, true, NAME_MOST),
            ("mail", &self.mail, false, CONTACT_MOST),
            ("phone", &self.phone, false, CONTACT_MOST),
        ] {
            if value.contains(char::is_control) || value.contains(invisible) || value.chars().count() > most {
                flaws.push(Flaw::new(
                    field,
                    format!("au plus {most} caractères, sur une ligne"),
                ));
            } else if needed && value.is_empty() {
                flaws.push(Flaw::new(field, "à remplir"));
            }
        }
        if self.mail.is_empty() && self.phone.is_empty() {
            flaws.push(Flaw::new(
                "mail",
                "donnez un courriel ou un mobile, sans quoi aucun message n'arrivera",
            ));
        }
        if !matches!(self.language.as_str(), "" | "fr" | "en") {
            flaws.push(Flaw::new("language", "fr ou en"));
        }
        flaws
    }

    fn input(&self) -> PersonInput {
        PersonInput {
            key: "p".to_owned(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            mail: self.mail.clone(),
            phone: self.phone.clone(),
            language: self.language.clone(),
            ..PersonInput::default()
        }
    }
}

impl Directory {
    /// The person of a newcomer. Who is known already stays as they are: the holder of a link must not change the
    /// address of somebody whose name and mail they happen to know.
    pub async fn upsert_one(&self, import_id: Uuid, owner: Uuid, newcomer: &Newcomer) -> Result<Uuid, Error> {
        let request = MatchPeopleRequest {
            owner_organisation_id: owner.to_string(),
            people: vec![newcomer.input()],
            organisations: Vec::new(),
        };
        let reply = self.0.clone().match_people(patient(request)).await;
        let found = reply
            .map_err(|status| faulty(&status).unwrap_or_else(|| failed(status)))?
            .into_inner()
            .people
            .pop();
        let known = found
            .filter(|found| matches!(found.r#match(), Match::Identical | Match::Changed))
            .and_then(|found| found.person_id.parse().ok());
        if let Some(known) = known {
            return Ok(known);
        }
        let request = UpsertPeopleRequest {
            import_id: import_id.to_string(),
            owner_organisation_id: owner.to_string(),
            people: vec![newcomer.input()],
            organisations: Vec::new(),
        };
        let reply = self.0.clone().upsert_people(patient(request)).await;
        let made = reply
            .map_err(|status| faulty(&status).unwrap_or_else(|| failed(status)))?
            .into_inner()
            .people
            .pop();
        made.and_then(|made| made.person_id.parse().ok())
            .ok_or_else(|| Error::internal("the directory gave a newcomer no id"))
    }
}

/// `people[0].mail` is the form's `mail`.
fn faulty(status: &Status) -> Option<Error> {
    if status.code() != Code::InvalidArgument {
        return None;
    }
    let flaws: Vec<Flaw> = violations(status)
        .into_iter()
        .filter_map(|violation| {
            let (_, field) = violation.field.split_once("].")?;
            Some(Flaw::new(field, (violation.message, violation.english)))
        })
        .collect();
    (!flaws.is_empty()).then_some(Error::Invalid(flaws))
}
