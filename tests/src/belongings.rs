//! What an organisation has, as parts of addresses.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use contracts::{
    notifier::v1::ListMessagesRequest,
    speeddating::v1::{
        CreatePartnerLinkRequest, StageTablesRequest, StagedText, StartTimetableRequest,
        import_service_client::ImportServiceClient, partner_service_client::PartnerServiceClient,
        planning_service_client::PlanningServiceClient,
    },
};
use platform::{
    auth::Actor,
    grpc::{self, Transport},
};
use tonic::transport::Endpoint;

use crate::{
    coordinator::{CANDIDATES, Coordinator, request},
    suite::Running,
    telling::reminders,
};

/// Nobody's.
pub const FOREIGN: &str = "01980000-0000-7000-8000-00000000dead";

/// The address with these parts; what has no value is nobody's.
pub fn filled(route: &str, values: &BTreeMap<&str, String>) -> String {
    let mut out = String::new();
    for (at, part) in route.split(['{', '}']).enumerate() {
        out.push_str(match part {
            part if at % 2 == 0 => part,
            "table" => "candidats",
            "channel" => "mail",
            "service" => "speeddating",
            "act" => "retenir",
            name => values.get(name).map_or(FOREIGN, String::as_str),
        });
    }
    out
}

/// How an administrator speaks to the sessions' service.
pub fn speeddating(running: &Running) -> Result<Transport> {
    let endpoint = Endpoint::from_shared(running.address("speeddating")?)?;
    let tokens = running.suite.ground.tokens(Actor::administrator());
    let patience = running.suite.ground.patience();
    Ok(grpc::remote("speeddating", endpoint, tokens, patience))
}

/// What an organisation has: an id for every part of an address.
pub async fn belongings(
    running: &Running,
    coordinator: &Coordinator,
) -> Result<BTreeMap<&'static str, String>> {
    let transport = speeddating(running)?;
    let session = coordinator.session.clone();
    let registration = coordinator.registration("C0001").await?;
    let start = StartTimetableRequest {
        request_id: request(70),
        session_id: session.clone(),
        seconds: 1,
        ..Default::default()
    };
    let mut planning = PlanningServiceClient::new(transport.clone());
    let job = planning.start_timetable(start).await?.into_inner().job;
    let stage = StageTablesRequest {
        request_id: request(71),
        session_id: session.clone(),
        files: vec![StagedText {
            name: "candidats.csv".to_owned(),
            content: CANDIDATES.as_bytes().to_vec(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let mut imports = ImportServiceClient::new(transport.clone());
    let stage = imports.stage_tables(stage).await?.into_inner().stage;
    let link = CreatePartnerLinkRequest {
        request_id: request(72),
        session_id: session.clone(),
        partner: "Mission locale du 8e".to_owned(),
        expires_at: None,
    };
    let mut partners = PartnerServiceClient::new(transport);
    let link = partners.create_partner_link(link).await?.into_inner().link;
    let mut notifier = running.clients.notifier.clone();
    let messages = notifier
        .list_messages(ListMessagesRequest::default())
        .await?
        .into_inner();
    let message = messages
        .messages
        .into_iter()
        .find(|one| one.template != "account_invitation");
    let reminder = reminders(&running.clients, &registration.person_id).await?;
    Ok(BTreeMap::from([
        ("session", session),
        ("registration", registration.registration_id),
        ("person", registration.person_id),
        ("message", message.context("a message")?.message_id),
        (
            "reminder",
            reminder.into_iter().next().context("a reminder")?.reminder_id,
        ),
        ("job", job.context("a search")?.job_id),
        ("stage", stage.context("an import")?.stage_id),
        ("link", link.context("a link")?.link_id),
    ]))
}
