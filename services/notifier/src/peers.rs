//! The two services that are asked at hand-over, in batches: who can be reached how, and what may still be told.

use std::collections::BTreeMap;

use contracts::{
    common::v1::{Fact as ProtoFact, Milestone, MilestoneState, fact::Value},
    directory::v1::{
        Channel as ProtoChannel, DescribePartiesRequest, ResolveRequest, ResolvedPerson,
        VerifySurnameRequest, directory_service_client::DirectoryServiceClient,
    },
    scheduler::v1::{
        ReleaseAsk, ReleaseRequest, ReleasedItem, release_answer,
        scheduler_service_client::SchedulerServiceClient,
    },
};
use futures::future::{BoxFuture, FutureExt as _};
use jiff::{Timestamp, civil::DateTime};
use platform::{Moment, grpc::Transport};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::{
    content::{Fact, Item},
    domain::{Channel, Reachable},
    error::Error,
};

/// What the scheduler says to a delivery.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Tell this; owned by that organisation.
    Granted(Vec<Item>, Option<Uuid>),
    /// Do not, and why.
    Refused(String),
    /// Not yet.
    Deferred(Moment),
    /// Its answer cannot be read: a fault of ours.
    Unreadable,
}

/// The clients. A clone shares their connections.
#[derive(Clone, Debug)]
pub struct Peers {
    /// Addresses, consent, names.
    pub directory: DirectoryServiceClient<Transport>,
    /// The point of no return.
    pub scheduler: SchedulerServiceClient<Transport>,
}

/// As many as the directory describes in one call.
const DESCRIBED_AT_ONCE: usize = 500;

/// An attempt that asks to go out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ask {
    /// The delivery.
    pub delivery: Uuid,
    /// From 1.
    pub attempt: i64,
    /// Whether it takes the place of what was sent and did not arrive.
    pub undelivered: bool,
    /// Whether nobody knows how an earlier attempt ended.
    pub uncertain: bool,
}

impl Peers {
    /// How these people can be reached at this instant; those unknown to the directory are left out.
    pub async fn resolve(&self, people: &[Uuid]) -> Result<BTreeMap<Uuid, Reachable>, Error> {
        let request = ResolveRequest {
            person_ids: people.iter().map(Uuid::to_string).collect(),
        };
        let response = {
            let mut directory = self.directory.clone();
            sent(async move { directory.resolve(request).await }).await
        }
        .map_err(|status| away("directory", &status))?;
        let people = response.into_inner().people.into_iter();
        Ok(people
            .filter_map(|person| Some((person.person_id.parse().ok()?, reachable(person))))
            .collect())
    }

    /// Asks for each delivery (id, attempt) whether it may still go out. The point of no return.
    pub async fn release(&self, asks: &[Ask]) -> Result<BTreeMap<Uuid, Verdict>, Error> {
        let asks = asks.iter().map(|ask| ReleaseAsk {
            delivery_id: ask.delivery.to_string(),
            attempt: i32::try_from(ask.attempt).unwrap_or(i32::MAX),
            undelivered: ask.undelivered,
            uncertain: Some(ask.uncertain),
        });
        let request = ReleaseRequest { asks: asks.collect() };
        let response = {
            let mut scheduler = self.scheduler.clone();
            sent(async move { scheduler.release(request).await }).await
        }
        .map_err(|status| away("scheduler", &status))?;
        let answers = response.into_inner().answers.into_iter();
        Ok(answers
            .filter_map(|answer| Some((answer.delivery_id.parse().ok()?, verdict(answer.verdict?))))
            .collect())
    }

    /// Display names for references `person/<id>` and `organisation/<id>`.
    pub async fn names(&self, references: &[String]) -> Result<BTreeMap<String, String>, Error> {
        self.names_owned_by(references, &[]).await
    }

    /// As [`Peers::names`], of what these organisations own; whoever owns it when there are none.
    pub async fn names_owned_by(
        &self,
        references: &[String],
        owners: &[Uuid],
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut names = BTreeMap::new();
        for chunk in references.chunks(DESCRIBED_AT_ONCE) {
            let of = |kind: &str| {
                let ids = chunk.iter().filter_map(|reference| reference.strip_prefix(kind));
                ids.map(str::to_owned).collect::<Vec<_>>()
            };
            let request = DescribePartiesRequest {
                person_ids: of("person/"),
                organisation_ids: of("organisation/"),
                owner_organisation_ids: owners.iter().map(Uuid::to_string).collect(),
            };
            let mut directory = self.directory.clone();
            let response = sent(async move { directory.describe_parties(request).await }).await;
            let found = response
                .map_err(|status| away("directory", &status))?
                .into_inner();
            names.extend(
                found
                    .people
                    .into_iter()
                    .map(|(id, name)| (format!("person/{id}"), name)),
            );
            names.extend(
                found
                    .organisations
                    .into_iter()
                    .map(|(id, name)| (format!("organisation/{id}"), name)),
            );
        }
        Ok(names)
    }

    /// Whether the letters begin the person's surname.
    pub async fn verify_surname(&self, person: Uuid, letters: &str) -> Result<bool, Error> {
        let request = VerifySurnameRequest {
            person_id: person.to_string(),
            letters: letters.to_owned(),
        };
        let mut directory = self.directory.clone();
        match sent(async move { directory.verify_surname(request).await }).await {
            Ok(response) => Ok(response.into_inner().correct),
            Err(status) if status.code() == Code::ResourceExhausted => Err(Error::Throttled),
            Err(status) if matches!(status.code(), Code::NotFound | Code::FailedPrecondition) => {
                Err(Error::DeadLink)
            }
            Err(status) => Err(away("directory", &status)),
        }
    }
}

/// Boxed: the compiler cannot prove that a generated client's future may change threads while it sees through it.
fn sent<T>(call: impl Future<Output = T> + Send + 'static) -> BoxFuture<'static, T> {
    call.boxed()
}

fn away(peer: &'static str, status: &Status) -> Error {
    tracing::warn!(peer, code = ?status.code(), "a peer did not answer");
    Error::Away(peer)
}

fn reachable(person: ResolvedPerson) -> Reachable {
    let refused = [
        (person.mail_refused, Channel::Mail),
        (person.sms_refused, Channel::Sms),
    ];
    Reachable {
        erased: person.erased,
        preferred: match person.preferred() {
            ProtoChannel::Mail => Some(Channel::Mail),
            ProtoChannel::Sms => Some(Channel::Sms),
            ProtoChannel::Unspecified => None,
        },
        opted_out: refused
            .into_iter()
            .filter_map(|(refused, channel)| refused.then_some(channel))
            .collect(),
        given_name: person.given_name,
        family_name: person.family_name,
        mail: person.mail,
        mobile: person.mobile,
        language: person.language,
        suppressed: Vec::new(),
        unsubscribed: false,
        owner: person.owner_organisation_id.parse().ok(),
    }
}

fn verdict(verdict: release_answer::Verdict) -> Verdict {
    match verdict {
        release_answer::Verdict::Refused(refused) => Verdict::Refused(refused.reason),
        release_answer::Verdict::Deferred(deferred) => {
            let until = deferred
                .until
                .and_then(|until| Moment::from_parts(until.seconds, until.nanos));
            until.map_or(Verdict::Unreadable, Verdict::Deferred)
        }
        release_answer::Verdict::Granted(granted) => {
            let owner = granted
                .items
                .iter()
                .find_map(|item| item.milestone.as_ref()?.organisation_id.parse().ok());
            let items: Option<Vec<Item>> = granted.items.into_iter().map(item).collect();
            match items {
                Some(mut items) if !items.is_empty() => {
                    items.sort_by(|one, other| {
                        one.starts
                            .cmp(&other.starts)
                            .then_with(|| one.subject.cmp(&other.subject))
                    });
                    Verdict::Granted(items, owner)
                }
                _ => Verdict::Unreadable,
            }
        }
    }
}

/// None when the milestone's times cannot be read.
pub(crate) fn item(item: ReleasedItem) -> Option<Item> {
    let milestone = item.milestone?;
    let starts: DateTime = milestone.starts_local.parse().ok()?;
    let ends: DateTime = milestone.ends_local.parse().unwrap_or(starts);
    let starts_at = instant(milestone.starts_at)?;
    let ends_at = instant(milestone.ends_at).unwrap_or(starts_at);
    let cleared = (milestone.state() == MilestoneState::Cleared).then(|| milestone.cleared_reason.clone());
    Some(Item {
        about: about(&milestone, &item.role),
        kind: milestone.kind,
        subject: milestone.subject,
        group: milestone.group,
        revision: milestone.revision,
        role: item.role,
        occasion: item.occasion,
        cleared,
        starts,
        ends,
        starts_at,
        ends_at,
        previous_starts: item.previous_starts_local.parse().ok(),
        facts: milestone
            .facts
            .into_iter()
            .filter_map(|(name, fact)| Some((name, self::fact(fact)?)))
            .collect(),
    })
}

/// The organisation that it concerns, else the person, other than the recipient's own role when there is one: a
/// reference, resolved with the others.
pub(crate) fn about(milestone: &Milestone, role: &str) -> String {
    let mut parties: Vec<_> = milestone.parties.iter().collect();
    parties.sort_by_key(|party| party.role == role);
    let organisation = parties
        .iter()
        .map(|party| &party.organisation_id)
        .find(|id| !id.is_empty());
    let person = parties
        .iter()
        .map(|party| &party.person_id)
        .find(|id| !id.is_empty());
    match (organisation, person) {
        (Some(id), _) => format!("organisation/{id}"),
        (None, Some(id)) => format!("person/{id}"),
        (None, None) => String::new(),
    }
}

fn fact(fact: ProtoFact) -> Option<Fact> {
    Some(match fact.value? {
        Value::Text(text) => Fact::Text(text),
        Value::Number(number) => Fact::Number(number),
        Value::Flag(flag) => Fact::Flag(flag),
        Value::List(list) => Fact::List(list.items.into_iter().map(|item| item.fields).collect()),
    })
}

fn instant(timestamp: Option<prost_types::Timestamp>) -> Option<Timestamp> {
    let timestamp = timestamp?;
    Timestamp::new(timestamp.seconds, timestamp.nanos).ok()
}
