use contracts::notifier::v1::{
    CountMessagesRequest, CountMessagesResponse, FindMessagesRequest, FindMessagesResponse,
    LiftSuppressionRequest, LiftSuppressionResponse, ListSuppressionsRequest, ListSuppressionsResponse,
    MessageBrief, MessageCount as ProtoCount, Suppression as ProtoSuppression,
    delivery_service_server::DeliveryService,
};
use platform::{error::Failure, grpc::actor, page::Page};
use tonic::{Request, Response, Status, async_trait};
use uuid::Uuid;

use super::{failed, parse, print};
use crate::{
    actions::{self, After, Listed},
    context::Context,
    domain::Channel,
};

/// Deliveries of one request.
const LIMIT: usize = 500;

/// Deliveries as clients see them.
pub(crate) struct Deliveries(pub(crate) Context);

#[async_trait]
impl DeliveryService for Deliveries {
    async fn count_messages(
        &self,
        request: Request<CountMessagesRequest>,
    ) -> Result<Response<CountMessagesResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let person = given(&request.person_id)?;
        let group = (!request.group.is_empty()).then_some(request.group.as_str());
        let counts = actions::count_messages(&self.0, &actor, group, person)
            .await
            .map_err(|error| failed(&error))?;
        let counts = counts.into_iter().map(|count| ProtoCount {
            channel: count.channel,
            state: count.state,
            messages: count.messages,
            segments: count.segments,
        });
        Ok(Response::new(CountMessagesResponse {
            counts: counts.collect(),
        }))
    }

    async fn find_messages(
        &self,
        request: Request<FindMessagesRequest>,
    ) -> Result<Response<FindMessagesResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        if request.delivery_ids.len() > LIMIT {
            return Err(Failure::field("delivery_ids", format!("may be at most {LIMIT}")).into());
        }
        let deliveries = request.delivery_ids.iter().map(|id| parse(id, "delivery_ids"));
        let briefs = actions::find_messages(&self.0, &actor, deliveries.collect::<Result<_, _>>()?)
            .await
            .map_err(|error| failed(&error))?;
        let messages = briefs.into_iter().map(|brief| MessageBrief {
            delivery_id: brief.delivery_id.to_string(),
            message_id: brief.id.to_string(),
            channel: brief.channel,
            state: brief.state,
            created_at: Some(print::timestamp(brief.created_at)),
            segments: print::small(brief.segments),
        });
        Ok(Response::new(FindMessagesResponse {
            messages: messages.collect(),
        }))
    }

    async fn list_suppressions(
        &self,
        request: Request<ListSuppressionsRequest>,
    ) -> Result<Response<ListSuppressionsResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let page = Page::<After>::parse(request.page.as_ref())?;
        let person = given(&request.person_id)?;
        let (listed, next) = actions::suppressions(&self.0, &actor, person, &page)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(ListSuppressionsResponse {
            suppressions: listed.into_iter().map(suppression).collect(),
            page: Some(contracts::common::v1::PageInfo { next_token: next }),
        }))
    }

    async fn lift_suppression(
        &self,
        request: Request<LiftSuppressionRequest>,
    ) -> Result<Response<LiftSuppressionResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let person = parse(&request.person_id, "person_id")?;
        let channel =
            Channel::of(&request.channel).ok_or_else(|| Failure::field("channel", "must be mail or sms"))?;
        let lifted = actions::lift_suppression(&self.0, &actor, person, channel)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(LiftSuppressionResponse {
            lifted: i32::try_from(lifted).unwrap_or(i32::MAX),
        }))
    }
}

fn given(person: &str) -> Result<Option<Uuid>, Status> {
    if person.is_empty() {
        return Ok(None);
    }
    parse(person, "person_id").map(Some)
}

fn suppression(listed: Listed) -> ProtoSuppression {
    let Listed { suppression, current } = listed;
    ProtoSuppression {
        person_id: suppression.person_id.to_string(),
        channel: suppression.channel,
        reason: suppression.reason,
        created_at: Some(print::timestamp(suppression.created_at)),
        current,
    }
}
