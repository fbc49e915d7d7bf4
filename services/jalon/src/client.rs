//! Speaks to a running `jalon serve` or `jalon demo` of this machine.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use contracts::{
    directory::v1::{
        account_service_client::AccountServiceClient, directory_service_client::DirectoryServiceClient,
    },
    notifier::{
        self,
        v1::{GetStatusResponse as NotifierStatus, notifier_service_client::NotifierServiceClient},
    },
    operations::v1::operations_service_client::OperationsServiceClient,
    scheduler::v1::{GetStatusRequest, GetStatusResponse, scheduler_service_client::SchedulerServiceClient},
    speeddating::v1::speed_dating_service_client::SpeedDatingServiceClient,
};
use platform::{
    Clock, Ids,
    auth::{Actor, SigningKey, TokenSource},
    grpc::{Patience, Transport},
};

use tonic::Status;

use crate::{
    apart,
    compose::EVENT_SERVICES,
    config::Config,
    running::{Running, read_shift},
};

/// Largest message either way: an import of three tables of 10 MB.
const LARGEST: usize = 40 * 1024 * 1024;

/// Clients of all services.
#[derive(Clone)]
pub struct Clients {
    pub directory: DirectoryServiceClient<Transport>,
    pub accounts: AccountServiceClient<Transport>,
    pub speeddating: SpeedDatingServiceClient<Transport>,
    pub scheduler: SchedulerServiceClient<Transport>,
    pub notifier: NotifierServiceClient<Transport>,
    operations: BTreeMap<&'static str, OperationsServiceClient<Transport>>,
}

impl Clients {
    /// Over one transport for each service.
    pub fn over(transport: impl Fn(&'static str) -> Transport) -> Self {
        Self {
            directory: DirectoryServiceClient::new(transport("directory")).max_decoding_message_size(LARGEST),
            accounts: AccountServiceClient::new(transport("directory")),
            speeddating: SpeedDatingServiceClient::new(transport("speeddating"))
                .max_decoding_message_size(LARGEST)
                .max_encoding_message_size(LARGEST),
            scheduler: SchedulerServiceClient::new(transport("scheduler")).max_decoding_message_size(LARGEST),
            notifier: NotifierServiceClient::new(transport("notifier")).max_decoding_message_size(LARGEST),
            operations: EVENT_SERVICES
                .into_iter()
                .map(|name| (name, OperationsServiceClient::new(transport(name))))
                .collect(),
        }
    }

    /// Where the dead letters of a service are asked for: whoever hosts the service.
    pub fn operations(&self, service: &str) -> Result<OperationsServiceClient<Transport>> {
        self.operations
            .get(service)
            .cloned()
            .with_context(|| format!("no service {service} has dead letters"))
    }

    /// Where the scheduler's ledger and the notifier's deliveries stand, one after the other.
    pub async fn statuses(&self) -> Result<(GetStatusResponse, NotifierStatus), Status> {
        let (mut scheduler, mut notifier) = (self.scheduler.clone(), self.notifier.clone());
        let scheduler = scheduler.get_status(GetStatusRequest::default()).await?;
        let notifier = notifier.get_status(notifier::v1::GetStatusRequest {}).await?;
        Ok((scheduler.into_inner(), notifier.into_inner()))
    }

    /// To the services that the configuration names, and for the others to the process that uses its data folder.
    pub fn connect(config: &Config) -> Result<Self> {
        let tokens = tokens(config, Actor::administrator())?;
        let patience = Patience::uncounted(Ids::system(Clock::system()));
        let mut transports = BTreeMap::new();
        for name in EVENT_SERVICES {
            let address = match config.peers.address(name) {
                "" => format!("http://{}", Running::read(&config.data)?.grpc),
                address => address.to_owned(),
            };
            transports.insert(
                name,
                apart::remote(name, &address, tokens.clone(), patience.clone())?,
            );
        }
        let away = apart::nowhere(tokens, patience);
        Ok(Self::over(|name| {
            transports.get(name).cloned().unwrap_or_else(|| away.clone())
        }))
    }
}

/// Tokens signed with the key of a data folder, in the time of that folder.
pub fn tokens(config: &Config, actor: Actor) -> Result<TokenSource> {
    let (data, file) = (&config.data, config.key_file());
    anyhow::ensure!(
        file.exists(),
        "no key in the data folder {}: start `jalon serve` or `jalon demo` first, or name the folder with --data",
        data.display()
    );
    let key = SigningKey::open(&file, || [0; 32]).context("the key of the data folder cannot be used")?;
    let clock = Clock::shifted(read_shift(data)?);
    Ok(TokenSource::new(std::sync::Arc::new(key), clock, actor))
}
