//! What this service asks of the directory: who the people of an import are, and what to print of them in an export.

mod newcomer;
mod refusals;
mod rows;

use std::{collections::BTreeMap, time::Duration};

use contracts::directory::v1::{
    GetOrganisationRequest, GetPersonRequest, Match, MatchPeopleRequest, Person, PersonMatch,
    UpsertPeopleRequest, directory_service_client::DirectoryServiceClient,
};
use futures::future::try_join_all;
use platform::grpc::Transport;
use sha2::{Digest as _, Sha256};
use tonic::{Code, Request, Status};
use uuid::Uuid;

use crate::{
    domain::{Kind, Registration, Roll, Seen, doubles},
    error::Error,
    import::{Known, Reading},
};
pub use newcomer::Newcomer;
use refusals::Keys;
use rows::{Ids, batches, candidates_known};

/// A chunk may take so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Calls for single people at the same time.
const AT_ONCE: usize = 16;

/// The directory, from here.
#[derive(Clone)]
pub struct Directory(DirectoryServiceClient<Transport>);

/// Rows compared with the people who are known.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Nobody known.
    pub new: i64,
    /// Known, something changes.
    pub changed: i64,
    /// Known, nothing changes.
    pub identical: i64,
    /// The same contact under another name.
    pub duplicates: i64,
}

/// Who the rows are, by side.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Comparison {
    /// Of the employers' table.
    pub employers: Tally,
    /// Of the candidates' table.
    pub candidates: Tally,
}

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
        seen: &[Seen],
        known: &Known,
    ) -> Result<Comparison, Error> {
        let mut matches = Vec::new();
        let mut refused = Vec::new();
        for mut batch in batches(kind, reading, seen) {
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
                        matches.extend(reply.into_inner().people);
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
        let doubles = doubles(people.iter().map(|(code, person)| (code.as_str(), *person)), seen);
        let doubled = reading.doubled(&doubles);
        reading.refuse(doubled, known);
        let mut comparison = Comparison::default();
        comparison.add(&matches);
        Ok(comparison)
    }

    /// Makes the people and organisations of the rows known; the same import again changes nothing more. Rows that it
    /// refuses, because somebody was erased since they were compared, are an [`Error::Faulty`].
    pub async fn upsert(
        &self,
        import_id: Uuid,
        owner: Uuid,
        kind: Kind,
        reading: &Reading,
        seen: &[Seen],
    ) -> Result<(Vec<Roll>, Comparison), Error> {
        let mut comparison = Comparison::default();
        let (mut people, mut organisations) = (BTreeMap::new(), BTreeMap::new());
        for (number, batch) in batches(kind, reading, seen).into_iter().enumerate() {
            let keys = Keys::of(&batch);
            let request = UpsertPeopleRequest {
                import_id: part(import_id, number).to_string(),
                owner_organisation_id: owner.to_string(),
                people: batch.people,
                organisations: batch.organisations,
            };
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
            comparison.add(&reply.people);
            people.extend(reply.people.into_iter().map(|row| (row.key, row.person_id)));
            organisations.extend(
                reply
                    .organisations
                    .into_iter()
                    .map(|row| (row.key, row.organisation_id)),
            );
        }
        let rolls = Ids {
            people,
            organisations,
        };
        let employers = reading.employers.iter().map(|row| rolls.employer(row));
        let candidates = reading.candidates.iter().map(|row| rolls.candidate(row));
        Ok((employers.chain(candidates).collect::<Result<_, _>>()?, comparison))
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

impl Comparison {
    fn add(&mut self, people: &[PersonMatch]) {
        for row in people {
            let tally = if row.key.starts_with("e:") {
                &mut self.employers
            } else {
                &mut self.candidates
            };
            match row.r#match() {
                Match::New | Match::Unspecified => tally.new += 1,
                Match::Identical => tally.identical += 1,
                Match::Changed => tally.changed += 1,
                Match::PossibleDuplicate => tally.duplicates += 1,
            }
        }
    }
}

/// The id of a part of an import: the import's own for the first, then one that the same import always has.
fn part(import_id: Uuid, number: usize) -> Uuid {
    if number == 0 {
        return import_id;
    }
    let digest = Sha256::new()
        .chain_update(import_id.as_bytes())
        .chain_update(number.to_be_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
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
