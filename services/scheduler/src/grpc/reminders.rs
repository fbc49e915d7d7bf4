use std::sync::Arc;

use contracts::scheduler::v1 as proto;
use jiff::Timestamp;
use platform::error::Failure;
use platform::grpc::actor;
use platform::idempotency;
use prost::Message as _;
use proto::reminder_service_server::ReminderService;
use tonic::{Request, Response, async_trait};
use uuid::Uuid;

use super::{DOCUMENT_LIMIT, Reply, at_most, id, print};
use crate::actions::{self, Context, Detail, Keyed, Supposition};
use crate::by_hand::Act;
use crate::events::{milestone, stamp};

/// Bytes of a group's key.
const GROUP_LIMIT: usize = 200;

/// Serves single reminders and the trial of policies.
pub(crate) struct Reminders(pub(crate) Arc<Context>);

/// One act: the request names the key and the reminder, the reply is its detail.
macro_rules! act {
    ($service:expr, $request:expr, $reply:ident, $act:expr) => {{
        let (actor, request) = (actor(&$request)?, $request.into_inner());
        let act: fn(&_) -> Act = $act;
        let act = act(&request);
        // Requests of two acts may have the same bytes.
        let mut whole = request.encode_to_vec();
        whole.extend_from_slice(act.as_str().as_bytes());
        let keyed = Keyed {
            id: required("request_id", &request.request_id)?,
            fingerprint: idempotency::fingerprint(&whole),
        };
        let reminder = required("reminder_id", &request.reminder_id)?;
        let done = actions::act(&$service.0, &actor, keyed, reminder, act).await?;
        Ok(Response::new(proto::$reply {
            detail: Some(detail(done)),
        }))
    }};
}

#[async_trait]
impl ReminderService for Reminders {
    async fn get_reminder(
        &self,
        request: Request<proto::GetReminderRequest>,
    ) -> Reply<proto::GetReminderResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let reminder = required("reminder_id", &request.reminder_id)?;
        let found = actions::reminder(&self.0, &actor, reminder).await?;
        Ok(Response::new(proto::GetReminderResponse {
            detail: Some(detail(found)),
        }))
    }

    async fn hold_reminder(
        &self,
        request: Request<proto::HoldReminderRequest>,
    ) -> Reply<proto::HoldReminderResponse> {
        act!(self, request, HoldReminderResponse, |_| Act::Hold)
    }

    async fn resume_reminder(
        &self,
        request: Request<proto::ResumeReminderRequest>,
    ) -> Reply<proto::ResumeReminderResponse> {
        act!(self, request, ResumeReminderResponse, |_| Act::Resume)
    }

    async fn send_reminder_now(
        &self,
        request: Request<proto::SendReminderNowRequest>,
    ) -> Reply<proto::SendReminderNowResponse> {
        act!(
            self,
            request,
            SendReminderNowResponse,
            |request: &proto::SendReminderNowRequest| Act::SendNow {
                any_hour: request.any_hour
            }
        )
    }

    async fn resend_reminder(
        &self,
        request: Request<proto::ResendReminderRequest>,
    ) -> Reply<proto::ResendReminderResponse> {
        act!(self, request, ResendReminderResponse, |_| Act::Resend)
    }

    async fn try_policies(
        &self,
        request: Request<proto::TryPoliciesRequest>,
    ) -> Reply<proto::TryPoliciesResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        at_most("document", request.document.len(), DOCUMENT_LIMIT)?;
        at_most("group", request.group.len(), GROUP_LIMIT)?;
        if request.group.is_empty() {
            return Err(Failure::field("group", "is missing: what groups the milestones").into());
        }
        let supposition = match request.suppose() {
            proto::Supposition::Unspecified => Supposition::Nothing,
            proto::Supposition::Moved => Supposition::Moved,
            proto::Supposition::Cancelled => Supposition::Cancelled,
            proto::Supposition::Changed => Supposition::Changed,
        };
        let at = request
            .at
            .map(|at| Timestamp::new(at.seconds, at.nanos).map_err(|_| Failure::field("at", "is no instant")))
            .transpose()?;
        let trial = actions::try_policies(
            &self.0,
            &actor,
            &request.group,
            &request.document,
            supposition,
            at,
        )
        .await?;
        let reminders = trial
            .planned
            .iter()
            .flat_map(|(milestone, drafts)| drafts.iter().map(|draft| print::draft(milestone, draft)));
        Ok(Response::new(proto::TryPoliciesResponse {
            reminders: reminders.collect(),
            milestones: trial
                .planned
                .iter()
                .map(|(one, _)| milestone::print(one))
                .collect(),
            problems: trial.problems.into_iter().map(print::problem).collect(),
            policies: trial.policies.iter().map(print::policy).collect(),
            partial: trial.partial,
        }))
    }
}

fn required(field: &str, text: &str) -> Result<Uuid, Failure> {
    id(field, text)?.ok_or_else(|| Failure::field(field, "is missing"))
}

fn detail(detail: Detail) -> proto::ReminderDetail {
    let acts = detail.acts.into_iter().map(|act| proto::Act {
        act: act.act,
        actor: act.actor,
        at: Some(stamp(act.at.timestamp())),
        other_reminder_id: act.other_id.map(|id| id.to_string()).unwrap_or_default(),
    });
    proto::ReminderDetail {
        acts: acts.collect(),
        milestone: detail.milestone.as_ref().map(milestone::print),
        previous_starts_local: detail
            .previous_starts
            .map(|at| at.to_string())
            .unwrap_or_default(),
        reminder: Some(print::reminder(detail.row)),
    }
}
