//! The scheduler's gRPC: parse the request into domain types, call an action, print the reply.

mod print;
mod reminders;

use std::sync::Arc;

use contracts::scheduler::v1 as proto;
use platform::Moment;
use platform::error::{Failure, Violation};
use platform::grpc::actor;
use platform::page::Page;
use proto::scheduler_service_server::SchedulerService;
use sqlx::types::Json;
use tonic::{Request, Response, Status, async_trait};
use uuid::Uuid;

pub(crate) use reminders::Reminders;

use crate::actions::{self, Ask, Context, Filter};
use crate::domain::ReminderState;
use crate::error::Error;
use crate::events::milestone;

/// Attempts of one `Release`, and milestones of one preview.
const BATCH: usize = 200;
const PREVIEW_BATCH: usize = 500;
/// People that a list may be narrowed to.
const PEOPLE: usize = 500;
/// Bytes of a policy document.
const DOCUMENT_LIMIT: usize = 200_000;

/// Serves the scheduler.
pub(crate) struct Grpc(pub(crate) Arc<Context>);

type Reply<T> = Result<Response<T>, Status>;

#[async_trait]
impl SchedulerService for Grpc {
    async fn release(&self, request: Request<proto::ReleaseRequest>) -> Reply<proto::ReleaseResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        at_most("asks", request.asks.len(), BATCH)?;
        let mut asks = Vec::new();
        for (index, ask) in request.asks.iter().enumerate() {
            let field = format!("asks[{index}].delivery_id");
            let delivery =
                id(&field, &ask.delivery_id)?.ok_or_else(|| Failure::field(&field, "is missing"))?;
            if ask.attempt < 1 {
                return Err(Failure::field(format!("asks[{index}].attempt"), "counts from 1").into());
            }
            asks.push(Ask {
                delivery,
                attempt: i64::from(ask.attempt),
                undelivered: ask.undelivered,
                // A notifier that does not say so may not know.
                uncertain: ask.uncertain.unwrap_or(true),
            });
        }
        let verdicts = actions::release(&self.0, &actor, &asks).await?;
        let answers = asks
            .iter()
            .zip(verdicts)
            .map(|(ask, verdict)| print::answer(ask.delivery, verdict))
            .collect();
        Ok(Response::new(proto::ReleaseResponse { answers }))
    }

    async fn list_reminders(
        &self,
        request: Request<proto::ListRemindersRequest>,
    ) -> Reply<proto::ListRemindersResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let page = Page::<(Moment, Uuid)>::parse(request.page.as_ref())?;
        let filter = Filter {
            person: id("person_id", &request.person_id)?,
            people: people(&request.person_ids)?,
            subject: Some(request.subject.clone()).filter(|text| !text.is_empty()),
            group: Some(request.group.clone()).filter(|text| !text.is_empty()),
            state: match request.state() {
                proto::ReminderState::Unspecified => None,
                proto::ReminderState::Planned => Some(ReminderState::Planned),
                proto::ReminderState::Queued => Some(ReminderState::Queued),
                proto::ReminderState::Sent => Some(ReminderState::Sent),
                proto::ReminderState::Suppressed => Some(ReminderState::Suppressed),
                proto::ReminderState::Failed => Some(ReminderState::Failed),
            },
            channel: match request.channel.as_str() {
                "" => None,
                "mail" => Some("mail"),
                "sms" => Some("sms"),
                _ => return Err(Failure::field("channel", "must be mail, sms or empty").into()),
            },
            organisations: None,
            oldest_first: request.oldest_first,
            after: page.after,
            limit: page.limit(),
        };
        let mut rows = actions::list_reminders(&self.0, &actor, filter).await?;
        let info = page.info(&mut rows, |last| (last.due_at, last.id));
        let reminders = rows.into_iter().map(print::reminder).collect();
        Ok(Response::new(proto::ListRemindersResponse {
            reminders,
            page: Some(info),
        }))
    }

    async fn list_policies(
        &self,
        request: Request<proto::ListPoliciesRequest>,
    ) -> Reply<proto::ListPoliciesResponse> {
        let actor = actor(&request)?;
        let policies = actions::list_policies(&self.0, &actor)?
            .iter()
            .map(print::policy)
            .collect();
        Ok(Response::new(proto::ListPoliciesResponse { policies }))
    }

    async fn check_policies(
        &self,
        request: Request<proto::CheckPoliciesRequest>,
    ) -> Reply<proto::CheckPoliciesResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        at_most("document", request.document.len(), DOCUMENT_LIMIT)?;
        let checked = actions::check_policies(&self.0, &actor, &request.document)?;
        Ok(Response::new(proto::CheckPoliciesResponse {
            problems: checked.problems.into_iter().map(print::problem).collect(),
            policies: checked.policies.iter().map(print::policy).collect(),
        }))
    }

    async fn preview_plan(
        &self,
        request: Request<proto::PreviewPlanRequest>,
    ) -> Reply<proto::PreviewPlanResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        at_most("milestones", request.milestones.len(), PREVIEW_BATCH)?;
        let mut milestones = Vec::new();
        for (index, one) in request.milestones.into_iter().enumerate() {
            let parsed = milestone::parse(one);
            milestones.push(parsed.map_err(|error| Failure::field(format!("milestones[{index}]"), error))?);
        }
        let previews = actions::preview(&self.0, &actor, milestones).await?;
        Ok(Response::new(print::previews(&previews)))
    }

    async fn get_status(&self, request: Request<proto::GetStatusRequest>) -> Reply<proto::GetStatusResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let person = id("person_id", &request.person_id)?;
        let group = Some(request.group).filter(|text| !text.is_empty());
        let status = actions::status(&self.0, &actor, group, person).await?;
        Ok(Response::new(print::status(&status)))
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        Failure::from(&error).into()
    }
}

fn id(field: &str, text: &str) -> Result<Option<Uuid>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| Failure::field(field, "is no id; take it as it was given"))
}

/// As the SQL of the list wants them; none when there are none, which narrows nothing.
fn people(ids: &[String]) -> Result<Option<Json<Vec<String>>>, Failure> {
    at_most("person_ids", ids.len(), PEOPLE)?;
    let ids = ids
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let field = format!("person_ids[{index}]");
            let id = id(&field, text)?.ok_or_else(|| Failure::field(&field, "is missing"))?;
            Ok(id.to_string())
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok((!ids.is_empty()).then_some(Json(ids)))
}

fn at_most(field: &str, length: usize, most: usize) -> Result<(), Failure> {
    if length <= most {
        return Ok(());
    }
    Err(Failure::invalid(vec![Violation::new(
        field,
        format!("holds more than {most}; send it in parts"),
    )]))
}
