//! The gRPC interface: requests are read into the domain, actions are called, replies printed.

mod deliveries;
mod links;
mod previews;
mod print;

use contracts::notifier::v1::{
    GetDeliveryRequest, GetDeliveryResponse, GetMessageRequest, GetMessageResponse, GetStatusRequest,
    GetStatusResponse, ListMessagesRequest, ListMessagesResponse, OpenLinkRequest, OpenLinkResponse,
    PreviewSmsRequest, PreviewSmsResponse, notifier_service_server::NotifierService,
};
use platform::{auth::READERS, error::Failure, grpc::actor, page::Page};
use tonic::{Request, Response, Status, async_trait};
use uuid::Uuid;

pub(crate) use deliveries::Deliveries;
pub(crate) use previews::Previews;

use crate::{actions, context::Context, domain::Channel, error::Error, sms};

/// As long as a preview may be: ten segments and more.
const LONGEST_TEXT: usize = 5_000;

pub(crate) use links::Links;

/// The service as clients see it.
pub(crate) struct Grpc(pub(crate) Context);

#[async_trait]
impl NotifierService for Grpc {
    async fn list_messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> Result<Response<ListMessagesResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let page = Page::<Uuid>::parse(request.page.as_ref())?;
        let channel = Channel::of(&request.channel);
        if channel.is_none() && !request.channel.is_empty() {
            return Err(failed(&Error::Field {
                field: "channel",
                message: "must be mail, sms or empty",
            }));
        }
        let given = |text: String| (!text.is_empty()).then_some(text);
        let question = actions::Question {
            person: given(request.person_id)
                .map(|id| parse(&id, "person_id"))
                .transpose()?,
            group: given(request.group),
            channel,
        };
        let mut messages = actions::messages(&self.0, &actor, question, &page)
            .await
            .map_err(|error| failed(&error))?;
        let info = page.info(&mut messages, |message| message.id);
        Ok(Response::new(ListMessagesResponse {
            messages: messages.into_iter().map(print::message).collect(),
            page: Some(info),
        }))
    }

    async fn get_message(
        &self,
        request: Request<GetMessageRequest>,
    ) -> Result<Response<GetMessageResponse>, Status> {
        let actor = actor(&request)?;
        let id = parse(&request.get_ref().message_id, "message_id")?;
        let message = actions::message(&self.0, &actor, id)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(GetMessageResponse {
            message: Some(print::message(message)),
        }))
    }

    async fn get_delivery(
        &self,
        request: Request<GetDeliveryRequest>,
    ) -> Result<Response<GetDeliveryResponse>, Status> {
        let actor = actor(&request)?;
        let id = parse(&request.get_ref().delivery_id, "delivery_id")?;
        let found = actions::delivery(&self.0, &actor, id)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(print::delivery(found)))
    }

    async fn preview_sms(
        &self,
        request: Request<PreviewSmsRequest>,
    ) -> Result<Response<PreviewSmsResponse>, Status> {
        actor(&request)?.require(READERS).map_err(Failure::from)?;
        let request = request.into_inner();
        if request.text.chars().count() > LONGEST_TEXT {
            return Err(failed(&Error::Field {
                field: "text",
                message: "must have at most 5,000 characters",
            }));
        }
        Ok(Response::new(print::preview(sms::compose(
            &request.text,
            request.keep_unicode,
        ))))
    }

    async fn open_link(
        &self,
        request: Request<OpenLinkRequest>,
    ) -> Result<Response<OpenLinkResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let opened = actions::open_link(&self.0, &actor, &request.token, &request.surname_letters).await;
        Ok(Response::new(print::link(
            opened.map_err(|error| failed(&error))?,
        )))
    }

    async fn get_status(
        &self,
        request: Request<GetStatusRequest>,
    ) -> Result<Response<GetStatusResponse>, Status> {
        let status = actions::status(&self.0, &actor(&request)?)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(print::status(status)))
    }
}

fn parse(text: &str, field: &'static str) -> Result<Uuid, Status> {
    text.parse().map_err(|_| {
        failed(&Error::Field {
            field,
            message: "must be a UUID",
        })
    })
}

fn failed(error: &Error) -> Status {
    Failure::from(error).into()
}
