use contracts::directory::v1 as proto;
use platform::Moment;
use uuid::Uuid;

use crate::{
    actions::Parties,
    domain::{Channel, Match, Organisation, Outcome, Person, Plan},
};

/// What an import would do. Ids that only the import would make are left out.
pub(super) fn preview(plan: &Plan) -> proto::MatchPeopleResponse {
    let made = plan.made();
    let known = |found: &Match| {
        let shown = if found.outcome == Outcome::PossibleDuplicate {
            found.other
        } else {
            Some(found.id)
        };
        let existing = |id: &Uuid| !made.contains(id);
        Ids {
            own: shown.filter(existing),
            other: found.other.filter(existing),
        }
    };
    proto::MatchPeopleResponse {
        people: plan
            .people
            .iter()
            .map(|found| person_match(found, &known(found)))
            .collect(),
        organisations: plan
            .organisations
            .iter()
            .map(|found| organisation_match(found, &known(found)))
            .collect(),
    }
}

/// What an import did: every row has the id of whom it is about.
pub(super) fn imported(plan: &Plan) -> proto::UpsertPeopleResponse {
    let all = |found: &Match| Ids {
        own: Some(found.id),
        other: found.other,
    };
    proto::UpsertPeopleResponse {
        people: plan
            .people
            .iter()
            .map(|found| person_match(found, &all(found)))
            .collect(),
        organisations: plan
            .organisations
            .iter()
            .map(|found| organisation_match(found, &all(found)))
            .collect(),
    }
}

pub(super) fn person(person: &Person) -> proto::Person {
    let preference = person.preference;
    let refused = [Channel::Mail, Channel::Sms]
        .into_iter()
        .filter(|channel| preference.refuses(*channel));
    proto::Person {
        person_id: person.id.to_string(),
        version: person.version,
        given_name: person.given_name.clone(),
        family_name: person.family_name.clone(),
        mail: text(person.contact.mail.as_ref()),
        phone: text(person.contact.phone.as_ref()),
        mobile: person
            .contact
            .phone
            .as_ref()
            .is_some_and(crate::domain::Phone::is_mobile),
        language: person.contact.language.to_string(),
        access_needs: person.access_needs.clone(),
        organisation_id: text(person.organisation.as_ref()),
        refused: refused.map(|refused| channel(Some(refused))).collect(),
        preferred: channel(preference.preferred),
        erased: person.erased_at.is_some(),
        created_at: Some(timestamp(person.created_at)),
        updated_at: Some(timestamp(person.updated_at)),
        owner_organisation_id: person.owner.to_string(),
    }
}

pub(super) fn organisation(organisation: &Organisation) -> proto::Organisation {
    proto::Organisation {
        organisation_id: organisation.id.to_string(),
        version: organisation.version,
        name: organisation.name.clone(),
        kind: organisation.kind.clone(),
        sector: organisation.sector.clone(),
        siret: text(organisation.siret.as_ref()),
        owner_organisation_id: organisation.owner.to_string(),
    }
}

/// What hand-over needs: an address that was refused is not there.
pub(super) fn resolved(person: &Person) -> proto::ResolvedPerson {
    proto::ResolvedPerson {
        person_id: person.id.to_string(),
        erased: person.erased_at.is_some(),
        given_name: person.given_name.clone(),
        family_name: person.family_name.clone(),
        mail: text(person.mail_allowed()),
        mobile: text(person.mobile_allowed()),
        language: person.contact.language.to_string(),
        mail_refused: person.preference.mail_refused,
        sms_refused: person.preference.sms_refused,
        preferred: channel(person.preference.preferred),
        owner_organisation_id: person.owner.to_string(),
    }
}

pub(super) fn parties(parties: Parties) -> proto::DescribePartiesResponse {
    let named = |(id, name): (Uuid, String)| (id.to_string(), name);
    proto::DescribePartiesResponse {
        erased_person_ids: parties.erased.iter().map(ToString::to_string).collect(),
        people: parties.people.into_iter().map(named).collect(),
        organisations: parties.organisations.into_iter().map(named).collect(),
    }
}

struct Ids {
    own: Option<Uuid>,
    other: Option<Uuid>,
}

fn person_match(found: &Match, ids: &Ids) -> proto::PersonMatch {
    proto::PersonMatch {
        key: found.key.clone(),
        r#match: outcome(found.outcome),
        person_id: text(ids.own.as_ref()),
        fields: found.fields.iter().map(ToString::to_string).collect(),
        other_person_id: text(ids.other.as_ref()),
    }
}

fn organisation_match(found: &Match, ids: &Ids) -> proto::OrganisationMatch {
    proto::OrganisationMatch {
        key: found.key.clone(),
        r#match: outcome(found.outcome),
        organisation_id: text(ids.own.as_ref()),
        fields: found.fields.iter().map(ToString::to_string).collect(),
        other_organisation_id: text(ids.other.as_ref()),
    }
}

fn outcome(outcome: Outcome) -> i32 {
    let outcome = match outcome {
        Outcome::New => proto::Match::New,
        Outcome::Identical => proto::Match::Identical,
        Outcome::Changed => proto::Match::Changed,
        Outcome::PossibleDuplicate => proto::Match::PossibleDuplicate,
    };
    outcome.into()
}

fn channel(channel: Option<Channel>) -> i32 {
    let channel = match channel {
        None => proto::Channel::Unspecified,
        Some(Channel::Mail) => proto::Channel::Mail,
        Some(Channel::Sms) => proto::Channel::Sms,
    };
    channel.into()
}

fn text<T: ToString>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}

pub(super) fn timestamp(moment: Moment) -> prost_types::Timestamp {
    let (seconds, nanos) = moment.parts();
    prost_types::Timestamp { seconds, nanos }
}
