//! The fields of a person's form: the columns of its table, with what is known.

use std::collections::BTreeMap;

use contracts::{
    directory::v1::{GetOrganisationRequest, GetPersonRequest, Person},
    speeddating::v1::{Entry, Registration, Session, SessionKind, Side},
};
use tonic::Code;

use crate::{error::Error, forms::Form, pages::head, staff::Staff, texts::Texts, view::View};

/// A field: its column, the keys of its word and hint.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) words: String,
    pub(super) hint: String,
    pub(super) kind: &'static str,
}

/// Name, whether it is for B2B sessions only, and how it is typed.
const CANDIDATE: [(&str, &str); 10] = [
    ("prenom", "text"),
    ("nom", "text"),
    ("courriel", "mail"),
    ("mobile", "text"),
    ("langue", "text"),
    ("accessibilite", "text"),
    ("arrivee", "time"),
    ("depart", "time"),
    ("rendez_vous_max", "number"),
    ("referent", "text"),
];
const EMPLOYER: [(&str, &str); 10] = [
    ("raison_sociale", "text"),
    ("secteur", "text"),
    ("poste", "text"),
    ("recruteurs", "number"),
    ("contact", "text"),
    ("courriel", "mail"),
    ("telephone", "text"),
    ("arrivee", "time"),
    ("depart", "time"),
    ("rendez_vous_max", "number"),
];

/// The fields of one side; `code` when it can still be chosen.
pub(super) fn of(session: &Session, side: Side, code: bool, t: &View) -> Vec<Field> {
    let employer = side == Side::Employer;
    let columns = if employer { &EMPLOYER } else { &CANDIDATE };
    let organisation = !employer && session.kind() == SessionKind::B2b;
    let field = |(name, kind): (&'static str, &'static str)| Field {
        words: t
            .find(&format!("field-{}", name.replace('_', "-")))
            .unwrap_or_default(),
        hint: t
            .find(&format!("roster-hint-{}", name.replace('_', "-")))
            .unwrap_or_default(),
        name,
        kind,
    };
    let code = code.then_some((if employer { "employeur" } else { "candidat" }, "text"));
    code.into_iter()
        .chain(organisation.then_some(("raison_sociale", "text")))
        .chain(columns.iter().copied())
        .map(field)
        .collect()
}

/// What a field is called on the form.
pub(super) fn label(fields: &[Field], name: &str) -> Option<String> {
    let field = fields.iter().find(|field| field.name == name)?;
    Some(field.words.clone())
}

/// A value of a field, in words.
pub(super) fn said(t: Texts, fields: &[Field], name: &str, value: &str) -> String {
    let time = fields
        .iter()
        .any(|field| field.name == name && field.kind == "time");
    let time = time.then(|| head::time(value)).flatten();
    time.map_or_else(|| value.to_owned(), |time| t.clock(time))
}

/// What was typed, by column.
pub(super) fn entry(form: &Form, fields: &[Field], side: Side) -> Entry {
    let typed = fields
        .iter()
        .map(|field| (field.name.to_owned(), form.value(field.name).to_owned()));
    Entry {
        side: side.into(),
        fields: typed.collect(),
    }
}

/// The hidden field of the version of the person's file: an address may be corrected elsewhere than in the session.
pub(super) const PERSON_VERSION: &str = "fiche";

/// What is known of somebody, as it would stand in their table.
pub(super) async fn known(
    staff: &Staff,
    registration: &Registration,
) -> Result<BTreeMap<&'static str, String>, Error> {
    let person = person(staff, &registration.person_id).await?;
    let number = |number: i32| {
        if number > 0 {
            number.to_string()
        } else {
            String::new()
        }
    };
    let mut known = BTreeMap::from([
        ("arrivee", registration.arrives.clone()),
        ("depart", registration.leaves.clone()),
        ("rendez_vous_max", number(registration.meetings_max)),
        ("courriel", person.mail.clone()),
        (PERSON_VERSION, person.version.to_string()),
    ]);
    if !registration.organisation_id.is_empty() {
        let request = GetOrganisationRequest {
            organisation_id: registration.organisation_id.clone(),
        };
        let reply = staff
            .clients
            .directory()
            .get_organisation(request)
            .await?
            .into_inner();
        let organisation = reply.organisation.unwrap_or_default();
        known.insert("raison_sociale", organisation.name);
        known.insert("secteur", organisation.sector);
    }
    if registration.side() == Side::Employer {
        known.insert("poste", registration.position.clone());
        known.insert("recruteurs", number(registration.parallel));
        known.insert(
            "contact",
            format!("{} {}", person.given_name, person.family_name)
                .trim()
                .to_owned(),
        );
        known.insert("telephone", person.phone);
    } else {
        known.insert("prenom", person.given_name);
        known.insert("nom", person.family_name);
        known.insert("mobile", person.phone);
        known.insert("langue", person.language);
        known.insert("accessibilite", person.access_needs);
        known.insert("referent", registration.referent.clone());
    }
    Ok(known)
}

/// A person's file, with the reader's own rights; an erased one is empty.
pub(super) async fn person(staff: &Staff, id: &str) -> Result<Person, Error> {
    let request = GetPersonRequest {
        person_id: id.to_owned(),
    };
    match staff.clients.directory().get_person(request).await {
        Ok(reply) => Ok(reply.into_inner().person.unwrap_or_default()),
        Err(status) if status.code() == Code::NotFound => Ok(Person::default()),
        Err(status) => Err(status.into()),
    }
}
