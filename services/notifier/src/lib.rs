#![doc = include_str!("../README.md")]

pub mod actions;
mod callbacks;
pub mod content;
pub mod context;
pub mod domain;
pub mod error;
mod events;
mod grpc;
mod handover;
pub mod mail;
mod metrics;
pub mod peers;
pub mod probe;
pub mod provider;
mod reach;
mod settings;
pub mod sms;
pub mod store;
pub mod templates;
pub mod writing;

use std::sync::Arc;

use contracts::{
    directory::v1::directory_service_client::DirectoryServiceClient,
    notifier::v1::{
        delivery_service_server::DeliveryServiceServer, link_service_server::LinkServiceServer,
        notifier_service_server::NotifierServiceServer, preview_service_server::PreviewServiceServer,
    },
    scheduler::v1::scheduler_service_client::SchedulerServiceClient,
};
use jiff::SignedDuration;
use platform::{Platform, db::Migrations, grpc::Transport};
use tokio::sync::Notify;
use tonic::service::Routes;

use callbacks::Callback;
use context::Context;
use domain::Channel;
use metrics::Metrics;
use peers::Peers;
use probe::{Probe, Unwatched};
use provider::{Brevo, Carrier, Kannel, Mailbox, Ovh, Provider, Providers, Smtp};
use templates::Templates;

pub use error::StartError as Error;
pub use events::PATTERNS;
pub use settings::{
    BrevoSettings, CallbackSettings, DkimAlgorithm, DkimSettings, KannelSettings, OrganiserSettings,
    OvhSettings, Sender, Settings, SmsSettings, SmtpSettings, Tls,
};

/// The history of the service's tables.
pub static MIGRATIONS: Migrations = Migrations {
    postgres: sqlx::migrate!("migrations/postgres"),
    sqlite: sqlx::migrate!("migrations/sqlite"),
};

/// The services that the notifier calls.
#[derive(Clone, Debug)]
pub struct Clients {
    /// Addresses, consent, names, the second factor of links.
    pub directory: DirectoryServiceClient<Transport>,
    /// The point of no return.
    pub scheduler: SchedulerServiceClient<Transport>,
}

/// The notifier.
#[derive(Clone)]
pub struct Service {
    platform: Platform,
    context: Context,
    callback: Option<Callback>,
    /// Of the address for mails that came back.
    reports: Option<String>,
}

impl Service {
    /// Loads and checks the templates and the settings; starts nothing yet.
    pub fn new(platform: Platform, settings: Settings, clients: Clients) -> Result<Self, Error> {
        Self::watched(platform, settings, clients, Arc::new(Unwatched))
    }

    /// The same, with a watcher that may stop the hand-over at its stages.
    pub fn watched(
        platform: Platform,
        settings: Settings,
        clients: Clients,
        probe: Arc<dyn Probe>,
    ) -> Result<Self, Error> {
        settings.check()?;
        let mailbox = Provider::Mailbox(Mailbox::new(platform.db.clone(), platform.clock.clone()));
        let mail = match &settings.smtp {
            Some(smtp) => Provider::Smtp(Smtp::new(&settings, smtp)?),
            None => mailbox.clone(),
        };
        let callback = settings.sms.callback.as_ref().map(Callback::new).transpose()?;
        let reports = callbacks::reports_secret(settings.smtp.as_ref())?;
        let providers = Providers {
            mail: [Carrier::new(mail, 0)].into(),
            sms: gateways(&settings, &platform.clock, callback.as_ref(), mailbox)?,
        };
        let metrics = Metrics::new(&platform.metrics)?;
        for channel in [Channel::Mail, Channel::Sms] {
            for carrier in providers.of(channel) {
                metrics.expect(channel.name(), carrier.name());
            }
        }
        let context = Context {
            db: platform.db.clone(),
            clock: platform.clock.clone(),
            ids: platform.ids.clone(),
            tasks: platform.tasks.clone(),
            templates: Templates::built_in(contracts::kinds::all()?)?,
            providers,
            peers: Peers {
                directory: clients.directory,
                scheduler: clients.scheduler,
            },
            metrics,
            settings: Arc::new(settings),
            wake: Arc::new(Notify::new()),
            budget: Arc::default(),
            outage: Arc::default(),
            probe,
        };
        Ok(Self {
            platform,
            context,
            callback,
            reports,
        })
    }

    /// Its gRPC interface.
    pub fn routes(&self) -> Routes {
        Routes::new(NotifierServiceServer::new(grpc::Grpc(self.context.clone())))
            .add_service(DeliveryServiceServer::new(grpc::Deliveries(self.context.clone())))
            .add_service(PreviewServiceServer::new(grpc::Previews(self.context.clone())))
            .add_service(LinkServiceServer::new(grpc::Links(self.context.clone())))
    }

    /// What SMS gateways and the mail server call, to be served over HTTP where they can reach it.
    pub fn callbacks(&self) -> axum::Router {
        callbacks::router(self.context.clone(), self.callback.clone(), self.reports.clone())
    }

    /// Starts to consume events, to hand over, and to tidy.
    pub fn run(&self) {
        self.platform
            .run(Some(Arc::new(events::Consumer(self.context.clone()))));
        self.platform
            .tasks
            .spawn("hand-over", handover::run(self.context.clone()));
        self.platform
            .tasks
            .spawn("links", remove_expired_links(self.context.clone()));
        let context = self.context.clone();
        self.platform.refresh_before_scrape(Arc::new(move || {
            let context = context.clone();
            Box::pin(async move { count(&context).await })
        }));
    }
}

/// The SMS gateways that are set, in the order that is set; the local mailbox when there is none.
fn gateways(
    settings: &Settings,
    clock: &platform::Clock,
    callback: Option<&Callback>,
    mailbox: Provider,
) -> Result<Arc<[Carrier]>, Error> {
    let sms = &settings.sms;
    let mut set = Vec::new();
    if let Some(kannel) = &sms.kannel {
        let provider = Provider::Kannel(Kannel::new(settings, kannel, callback.cloned())?);
        set.push(Carrier::new(provider, kannel.per_second));
    }
    if let Some(ovh) = &sms.ovh {
        let provider = Provider::Ovh(Ovh::new(settings, ovh, clock.clone())?);
        set.push(Carrier::new(provider, ovh.per_second));
    }
    if let Some(brevo) = &sms.brevo {
        let provider = Provider::Brevo(Brevo::new(settings, brevo, callback.cloned())?);
        set.push(Carrier::new(provider, brevo.per_second));
    }
    if set.is_empty() {
        return Ok([Carrier::new(mailbox, 0)].into());
    }
    let names: Vec<&str> = sms
        .gateways
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() {
        return Ok(set.into());
    }
    let ordered: Option<Vec<Carrier>> = names
        .iter()
        .map(|name| set.iter().find(|carrier| carrier.name() == *name).cloned())
        .collect();
    ordered.map(Into::into).ok_or_else(|| Error::Setting {
        setting: "sms.gateways",
        reason: "names a gateway that has no section of its own".to_owned(),
    })
}

/// Gauges are counted when they are looked at.
async fn count(context: &Context) {
    let counted = async {
        let mut tx = context.db.read().await?;
        store::counts(&mut tx, context.clock.now()).await
    };
    match counted.await {
        Ok(counts) => {
            context.metrics.show(counts);
            let limit = context.settings.sms.daily_segments;
            context.metrics.budget(context.budget.today(), limit);
        }
        Err(error) => tracing::warn!(%error, "deliveries were not counted"),
    }
}

/// Links that are over are removed every hour.
async fn remove_expired_links(context: Context) {
    let stopping = context.tasks.stopping();
    while !stopping.is_cancelled() {
        let removed = async {
            let mut tx = context.db.begin().await?;
            let removed = store::remove_expired_links(&mut tx, context.clock.now()).await?;
            store::remove_expired_unsubscribes(&mut tx, context.clock.now()).await?;
            store::remove_old_ids(&mut tx, context.clock.now()).await?;
            tx.commit().await.map(|()| removed)
        };
        if let Err(error) = removed.await {
            tracing::warn!(%error, "old links were not removed; next try in an hour");
        }
        tokio::select! {
            () = stopping.cancelled() => {}
            () = context.clock.sleep(SignedDuration::from_hours(1)) => {}
        }
    }
}
