//! Directory and scheduler as the notifier meets them: real gRPC services, told by the test what to answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
};

use contracts::{
    directory::v1::{
        DescribePartiesRequest, DescribePartiesResponse, ResolveRequest, ResolveResponse, ResolvedPerson,
        VerifySurnameRequest, VerifySurnameResponse,
    },
    scheduler::v1::{
        Deferred, Granted, Refused, ReleaseAnswer, ReleaseRequest, ReleaseResponse, ReleasedItem,
        release_answer::Verdict,
    },
};
use platform::Moment;
use tonic::{
    Request, Response, Status,
    body::Body,
    server::{NamedService, UnaryService},
};
use tower::Service;
use uuid::Uuid;

/// What the peers know and how they behave.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) people: BTreeMap<Uuid, ResolvedPerson>,
    pub(crate) items: BTreeMap<Uuid, Vec<ReleasedItem>>,
    pub(crate) refused: BTreeMap<Uuid, String>,
    pub(crate) deferred: BTreeMap<Uuid, Moment>,
    pub(crate) directory_away: bool,
    pub(crate) scheduler_away: bool,
    /// Every (delivery, attempt) that was asked for, in order.
    pub(crate) asks: Vec<(Uuid, i32)>,
    /// Of these asks, those in place of what did not arrive.
    pub(crate) instead: Vec<(Uuid, i32)>,
    /// Of these asks, those after an attempt of which nobody knows the end.
    pub(crate) doubtful: Vec<(Uuid, i32)>,
    /// Granted once, granted for ever: a repeated ask for the same attempt has the same answer.
    granted: BTreeSet<(Uuid, i32)>,
}

#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    fn resolve(&self, request: &ResolveRequest) -> Result<ResolveResponse, Status> {
        let world = self.world();
        if world.directory_away {
            return Err(Status::unavailable("away"));
        }
        let people = request
            .person_ids
            .iter()
            .filter_map(|id| world.people.get(&id.parse().ok()?).cloned());
        Ok(ResolveResponse {
            people: people.collect(),
        })
    }

    /// Everybody has the same name, but those who were erased.
    fn describe(&self, request: DescribePartiesRequest) -> DescribePartiesResponse {
        let owners = &request.owner_organisation_ids;
        if !owners.is_empty() && !owners.contains(&Uuid::from_u128(1).to_string()) {
            return DescribePartiesResponse::default();
        }
        let world = self.world();
        let name = |id: String| {
            let known = id.parse().ok().and_then(|id: Uuid| world.people.get(&id));
            let erased = known.is_some_and(|person| person.erased);
            (
                id,
                if erased {
                    "personne effacée"
                } else {
                    "Amina Diallo"
                }
                .to_owned(),
            )
        };
        let organisation = |id: String| (id, "Ateliers du Rhône".to_owned());
        DescribePartiesResponse {
            people: request.person_ids.into_iter().map(name).collect(),
            organisations: request.organisation_ids.into_iter().map(organisation).collect(),
            erased_person_ids: Vec::new(),
        }
    }

    fn verify(&self, request: &VerifySurnameRequest) -> Result<VerifySurnameResponse, Status> {
        let world = self.world();
        let person = request
            .person_id
            .parse()
            .ok()
            .and_then(|id: Uuid| world.people.get(&id));
        let person = person.ok_or_else(|| Status::not_found("unknown"))?;
        let surname = person.family_name.to_lowercase();
        Ok(VerifySurnameResponse {
            correct: surname.starts_with(&request.letters.to_lowercase()),
        })
    }

    fn release(&self, request: ReleaseRequest) -> Result<ReleaseResponse, Status> {
        let mut world = self.world();
        if world.scheduler_away {
            return Err(Status::unavailable("away"));
        }
        let answers = request.asks.into_iter().map(|ask| {
            let id: Uuid = ask.delivery_id.parse().unwrap();
            world.asks.push((id, ask.attempt));
            if ask.undelivered {
                world.instead.push((id, ask.attempt));
            }
            if ask.uncertain() {
                world.doubtful.push((id, ask.attempt));
            }
            let verdict = if world.granted.contains(&(id, ask.attempt)) {
                Verdict::Granted(Granted {
                    items: world.items[&id].clone(),
                })
            } else if let Some(reason) = world.refused.get(&id) {
                Verdict::Refused(Refused {
                    reason: reason.clone(),
                })
            } else if let Some(until) = world.deferred.get(&id) {
                let (seconds, nanos) = until.parts();
                Verdict::Deferred(Deferred {
                    until: Some(prost_types::Timestamp { seconds, nanos }),
                })
            } else {
                world.granted.insert((id, ask.attempt));
                Verdict::Granted(Granted {
                    items: world.items[&id].clone(),
                })
            };
            ReleaseAnswer {
                delivery_id: ask.delivery_id,
                verdict: Some(verdict),
            }
        });
        Ok(ReleaseResponse {
            answers: answers.collect(),
        })
    }
}

/// The two services, by the methods that the notifier uses: another method is not found, as in an older server.
#[derive(Clone)]
pub(crate) struct Directory(pub(crate) Shared);
#[derive(Clone)]
pub(crate) struct Scheduler(pub(crate) Shared);

impl NamedService for Directory {
    const NAME: &'static str = "jalon.directory.v1.DirectoryService";
}

impl NamedService for Scheduler {
    const NAME: &'static str = "jalon.scheduler.v1.SchedulerService";
}

type Reply = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

impl Service<http::Request<Body>> for Directory {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Reply;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Reply {
        let shared = self.0.clone();
        match request.uri().path().rsplit('/').next().unwrap_or_default() {
            "Resolve" => unary(request, move |ask| shared.resolve(&ask)),
            "DescribeParties" => unary(request, move |ask| Ok(shared.describe(ask))),
            "VerifySurname" => unary(request, move |ask| shared.verify(&ask)),
            _ => not_found(),
        }
    }
}

impl Service<http::Request<Body>> for Scheduler {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Reply;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Reply {
        let shared = self.0.clone();
        match request.uri().path().rsplit('/').next().unwrap_or_default() {
            "Release" => unary(request, move |ask| shared.release(ask)),
            _ => not_found(),
        }
    }
}

fn not_found() -> Reply {
    Box::pin(std::future::ready(Ok(
        Status::unimplemented("not in this test").into_http()
    )))
}

struct Unary<F>(F);

impl<Ask, Answer, F> UnaryService<Ask> for Unary<F>
where
    F: Fn(Ask) -> Result<Answer, Status>,
{
    type Response = Answer;
    type Future = std::future::Ready<Result<Response<Answer>, Status>>;

    fn call(&mut self, request: Request<Ask>) -> Self::Future {
        std::future::ready((self.0)(request.into_inner()).map(Response::new))
    }
}

fn unary<Ask, Answer, F>(request: http::Request<Body>, answer: F) -> Reply
where
    Ask: prost::Message + Default + 'static,
    Answer: prost::Message + Default + 'static,
    F: Fn(Ask) -> Result<Answer, Status> + Send + 'static,
{
    Box::pin(async move {
        let codec = tonic_prost::ProstCodec::default();
        Ok(tonic::server::Grpc::new(codec)
            .unary(Unary(answer), request)
            .await)
    })
}
