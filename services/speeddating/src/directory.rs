//! What this service asks of the directory: who the people of an import are, and what to print of them in an export.

mod found;
mod newcomer;
mod refusals;
mod rows;

use std::{collections::BTreeMap, time::Duration};

use contracts::directory::v1::{
    GetOrganisationRequest, GetPersonRequest, MatchPeopleRequest, Person, UpdateContactRequest,
    UpsertPeopleRequest, directory_service_client::DirectoryServiceClient,
};
use futures::future::try_join_all;
use platform::grpc::Transport;
use tonic::{Code, Request, Status};
use uuid::Uuid;

use crate::{
    domain::{Kind, Registration, doubles},
    error::Error,
    import::{Known, Reading},
};
use found::found;
pub use newcomer::Newcomer;
use refusals::Keys;
use rows::{Ids, batches, candidates_known};

pub use found::{Comparison, Found, Key, Outcome, Tally, Upserted};
pub use rows::Who;

/// A chunk may take so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Calls for single people at the same time.
const AT_ONCE: usize = 16;

/// The directory, from here.
#[derive(Clone)]
pub struct Directory(DirectoryServiceClient<Transport>);

/// What an export prints of somebody.
#[expect(missing_docs, reason = "as in the directory")]
#[derive(Clone, Debug, Default)]
pub struct Card {
    pub given_name: String,
    pub family_name: String,
    pub mail: String,
    pub phone: String,
    pub language: String,
    pub access_needs: String,
    pub organisation: String,
    pub sector: String,
}

impl Directory {
    /// Over a client.
    pub fn new(client: DirectoryServiceClient<Transport>) -> Self {
        Self(client)
    }

    /// Compares the rows with who is known; changes nothing. Rows that a commit would not take are taken back from the
    /// reading, as problems: those that the directory refuses, and those about somebody who takes part already.
    pub async fn compare(
        &self,
        owner: Uuid,
        kind: Kind,
        reading: &mut Reading,
        who: &Who<'_>,
        known: &Known,
    ) -> Result<Vec<Found>, Error> {
        let mut all = Vec::new();
        let mut matches = Vec::new();
        let mut refused = Vec::new();
        for mut batch in batches(kind, reading, who) {
            // Each round leaves rows out, so that it ends.
            loop {
                let keys = Keys::of(&batch);
                let request = MatchPeopleRequest {
                    owner_organisation_id: owner.to_string(),
                    people: batch.people.clone(),
                    organisations: batch.organisations.clone(),
                };
                match self.0.clone().match_people(patient(request)).await {
                    Ok(reply) => {
                        let reply = reply.into_inner();
                        all.extend(found(&reply.people, &reply.organisations));
                        matches.extend(reply.people);
                        break;
                    }
                    Err(status) => {
                        let problems = keys.refused(&status, reading);
                        if problems.is_empty() {
                            return Err(failed(status));
                        }
                        batch.without(reading, &problems);
                        refused.extend(problems);
                    }
                }
            }
        }
        reading.refuse(refused, known);
        let people = candidates_known(&matches);
        let doubles = doubles(
            people.iter().map(|(code, person)| (code.as_str(), *person)),
            who.seen,
        );
        let doubled = reading.doubled(&doubles);
        reading.refuse(doubled, known);
        Ok(all)
    }

    /// Makes the people and organisations of the rows known; the same import again changes nothing more. Rows that it
    /// refuses, because somebody was erased since they were compared, are an [`Error::Faulty`].
    pub async fn upsert(
        &self,
        key: Key,
        owner: Uuid,
        kind: Kind,
        reading: &Reading,
        who: &Who<'_>,
    ) -> Result<Upserted, Error> {
        let (mut all, mut requests) = (Vec::new(), Vec::new());
        let (mut people, mut organisations) = (BTreeMap::new(), BTreeMap::new());
        for (number, batch) in batches(kind, reading, who).into_iter().enumerate() {
            let keys = Keys::of(&batch);
            let mut request = UpsertPeopleRequest {
                import_id: String::new(),
                owner_organisation_id: owner.to_string(),
                people: batch.people,
                organisations: batch.organisations,
            };
            let id = key.of(number, &request);
            request.import_id = id.to_string();
            requests.push(id);
            let reply = match self.0.clone().upsert_people(patient(request)).await {
                Ok(reply) => reply.into_inner(),
                Err(status) => {
                    let problems = keys.refused(&status, reading);
                    return Err(if problems.is_empty() {
                        failed(status)
                    } else {
                        Error::Faulty(problems)
                    });
                }
            };
            all.extend(found(&reply.people, &reply.organisations));
            people.extend(reply.people.into_iter().map(|row| (row.key, row.person_id)));
            organisations.extend(
                reply
                    .organisations
                    .into_iter()
                    .map(|row| (row.key, row.organisation_id)),
            );
        }
        let ids = Ids {
            people,
            organisations,
        };
        let employers = reading.employers.iter().map(|row| ids.employer(row));
        let candidates = reading.candidates.iter().map(|row| ids.candidate(row));
        Ok(Upserted {
            rolls: employers.chain(candidates).collect::<Result<_, _>>()?,
            comparison: Comparison::of(&all),
            requests,
        })
    }

    /// Takes away the mail or the telephone of a person: an import leaves what it does not say, a form means it.
    pub async fn clear_contact(&self, person: Uuid, mail: bool, phone: bool) -> Result<(), Error> {
        let mut client = self.0.clone();
        let request = GetPersonRequest {
            person_id: person.to_string(),
        };
        let reply = client.get_person(patient(request)).await.map_err(failed)?;
        let known = reply.into_inner().person.unwrap_or_default();
        let there = (mail && !known.mail.is_empty()) || (phone && !known.phone.is_empty());
        if !there {
            return Ok(());
        }
        let keep = |clear: bool, value: String| if clear { String::new() } else { value };
        let request = UpdateContactRequest {
            person_id: known.person_id,
            version: known.version,
            mail: keep(mail, known.mail),
            phone: keep(phone, known.phone),
            language: known.language,
        };
        client.update_contact(patient(request)).await.map_err(failed)?;
        Ok(())
    }

    /// What to print of these people, in their order.
    pub async fn cards(&self, of: &[Registration]) -> Result<Vec<Card>, Error> {
        let mut cards = Vec::with_capacity(of.len());
        for some in of.chunks(AT_ONCE) {
            let asked = some
                .iter()
                .map(|who| card(self.0.clone(), who.person_id, who.organisation_id));
            cards.extend(try_join_all(asked).await?);
        }
        Ok(cards)
    }
}

async fn card(
    mut client: DirectoryServiceClient<Transport>,
    person: Uuid,
    organisation: Option<Uuid>,
) -> Result<Card, Error> {
    let request = GetPersonRequest {
        person_id: person.to_string(),
    };
    let person = match client.get_person(patient(request)).await {
        Ok(reply) => reply.into_inner().person.unwrap_or_default(),
        // Erased people keep their place in the table, without a name.
        Err(status) if status.code() == Code::NotFound => Person::default(),
        Err(status) => return Err(failed(status)),
    };
    let mut card = Card {
        given_name: person.given_name,
        family_name: person.family_name,
        mail: person.mail,
        phone: person.phone,
        language: person.language,
        access_needs: person.access_needs,
        ..Card::default()
    };
    if let Some(id) = organisation {
        let request = GetOrganisationRequest {
            organisation_id: id.to_string(),
        };
        let reply = client
            .get_organisation(patient(request))
            .await
            .map_err(failed)?
            .into_inner();
        let organisation = reply.organisation.unwrap_or_default();
        card.organisation = organisation.name;
        card.sector = organisation.sector;
    }
    Ok(card)
}

fn patient<T>(request: T) -> Request<T> {
    let mut request = Request::new(request);
    request.set_timeout(PATIENCE);
    request
}

fn failed(status: Status) -> Error {
    let away = matches!(
        status.code(),
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Aborted
    );
    match status.code() {
        Code::InvalidArgument | Code::FailedPrecondition | Code::NotFound | Code::PermissionDenied => {}
        _ if away => {}
        _ => return Error::internal(status),
    }
    Error::Directory {
        away,
        message: status.message().to_owned(),
    }
}
