use contracts::directory::v1 as proto;
use uuid::Uuid;

use crate::{
    domain::{Channel, Contact, Drafts, Language, Mail, OrganisationRow, PersonRow, Phone, Preference},
    error::{Error, Violation},
};

/// Ids of one request at most.
const MOST_IDS: usize = 500;

pub(super) fn id(field: &str, text: &str) -> Result<Uuid, Error> {
    Uuid::parse_str(text).map_err(|_| Error::field(field, "is not an id: take it as another reply gave it"))
}

pub(super) fn ids(field: &str, texts: &[String]) -> Result<Vec<Uuid>, Error> {
    if texts.len() > MOST_IDS {
        let told = format!("holds {} ids, at most {MOST_IDS} are taken at once", texts.len());
        return Err(Error::field(field, told));
    }
    texts
        .iter()
        .enumerate()
        .map(|(place, text)| id(&format!("{field}[{place}]"), text))
        .collect()
}

pub(super) fn drafts(
    people: Vec<proto::PersonInput>,
    organisations: Vec<proto::OrganisationInput>,
) -> Result<Drafts, Error> {
    let people: Vec<_> = people.into_iter().map(person).collect();
    let organisations: Vec<_> = organisations.into_iter().map(organisation).collect();
    Drafts::read(&people, &organisations)
}

pub(super) fn contact(request: &proto::UpdateContactRequest) -> Result<Contact, Error> {
    let mut wrong = Vec::new();
    let mail = optional(&mut wrong, "mail", &request.mail, |typed| {
        Mail::parse(typed).map_err(str::to_owned)
    });
    let phone = optional(&mut wrong, "phone", &request.phone, Phone::parse);
    let language = optional(&mut wrong, "language", &request.language, |typed| {
        Language::parse(typed).map_err(str::to_owned)
    });
    if wrong.is_empty() {
        Ok(Contact {
            mail,
            phone,
            language: language.unwrap_or_default(),
        })
    } else {
        Err(Error::Invalid(wrong))
    }
}

pub(super) fn preference(request: &proto::SetPreferenceRequest) -> Result<Preference, Error> {
    let mut preference = Preference::default();
    for (place, refused) in request.refused.iter().enumerate() {
        match channel(*refused) {
            Some(Channel::Mail) => preference.mail_refused = true,
            Some(Channel::Sms) => preference.sms_refused = true,
            None => return Err(Error::field(format!("refused[{place}]"), "must be MAIL or SMS")),
        }
    }
    preference.preferred = match request.preferred {
        0 => None,
        known => Some(channel(known).ok_or_else(|| Error::field("preferred", "must be MAIL, SMS or none"))?),
    };
    Ok(preference)
}

fn channel(number: i32) -> Option<Channel> {
    match proto::Channel::try_from(number) {
        Ok(proto::Channel::Mail) => Some(Channel::Mail),
        Ok(proto::Channel::Sms) => Some(Channel::Sms),
        Ok(proto::Channel::Unspecified) | Err(_) => None,
    }
}

fn optional<T>(
    wrong: &mut Vec<Violation>,
    field: &str,
    typed: &str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    let typed = Some(typed.trim()).filter(|typed| !typed.is_empty())?;
    read(typed)
        .map_err(|message| wrong.push(Violation::new(field, message)))
        .ok()
}

fn person(input: proto::PersonInput) -> PersonRow {
    PersonRow {
        key: input.key,
        given_name: input.given_name,
        family_name: input.family_name,
        mail: input.mail,
        phone: input.phone,
        language: input.language,
        access_needs: input.access_needs,
        organisation_key: input.organisation_key,
        person_id: input.person_id,
    }
}

fn organisation(input: proto::OrganisationInput) -> OrganisationRow {
    OrganisationRow {
        key: input.key,
        name: input.name,
        kind: input.kind,
        sector: input.sector,
        siret: input.siret,
    }
}
