//! Speaks to a running `jalon serve` or `jalon demo` of this machine.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use contracts::{
    directory::v1::{
        account_service_client::AccountServiceClient, directory_service_client::DirectoryServiceClient,
    },
    notifier::v1::notifier_service_client::NotifierServiceClient,
    operations::v1::operations_service_client::OperationsServiceClient,
    scheduler::v1::scheduler_service_client::SchedulerServiceClient,
    speeddating::v1::speed_dating_service_client::SpeedDatingServiceClient,
};
use platform::{
    Clock,
    auth::{Actor, SigningKey, TokenSource},
    grpc::{self, Transport},
};
use tonic::transport::Endpoint;

use crate::{
    compose::{self, EVENT_SERVICES, Running},
    config::Config,
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

    /// To the process that uses the configuration's data folder.
    pub fn connect(config: &Config) -> Result<Self> {
        let running = Running::read(&config.data)?;
        let endpoint = Endpoint::from_shared(format!("http://{}", running.grpc))?;
        let tokens = tokens(&config.data, Actor::administrator())?;
        let transport = grpc::remote(endpoint, tokens);
        Ok(Self::over(|_| transport.clone()))
    }
}

/// Tokens signed with the key of a data folder, in the time of that folder.
pub fn tokens(data: &Path, actor: Actor) -> Result<TokenSource> {
    let file = compose::key_file(data);
    anyhow::ensure!(
        file.exists(),
        "no key in the data folder {}: start `jalon serve` or `jalon demo` first, or name the folder with --data",
        data.display()
    );
    let key = SigningKey::open(&file, || [0; 32]).context("the key of the data folder cannot be used")?;
    let clock = Clock::shifted(compose::read_shift(data)?);
    Ok(TokenSource::new(std::sync::Arc::new(key), clock, actor))
}
