#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod assets;
mod beside;
mod calendar;
mod cookies;
mod entry;
mod error;
mod forms;
mod guard;
mod live;
mod owners;
mod pages;
mod peers;
mod roll;
mod sessions;
mod settings;
mod staff;
mod texts;
mod throttle;
mod view;
mod way_in;
mod ways;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
};
use jiff::{civil::Date, tz::TimeZone};
use platform::{Clock, Ground, Ids, grpc::Transport};
use tokio_util::sync::CancellationToken;
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};

pub use settings::{Settings, SettingsError};

use entry::Doors;
use sessions::Sessions;
use settings::Hosts;
use throttle::Throttle;

/// No form behind a link is longer, in bytes. Those of staff have bounds of their own.
const FORM_MOST: usize = 4_096;

/// What the console speaks through to each service.
#[derive(Clone)]
pub struct Clients {
    /// People, organisations, contact data.
    pub directory: Transport,
    /// Sessions and timetables.
    pub speeddating: Transport,
    /// Reminders.
    pub scheduler: Transport,
    /// Messages and links.
    pub notifier: Transport,
}

/// The web pages. A clone is the same console: same sessions, same addresses.
#[derive(Clone)]
pub struct Console(Arc<Inner>);

struct Inner {
    settings: Settings,
    zone: TimeZone,
    hosts: Hosts,
    staff: Clients,
    service: Clients,
    clock: Clock,
    ids: Ids,
    stopping: CancellationToken,
    doors: Doors,
    // The one-time address of the first administrator.
    setup: Doors,
    sessions: Sessions,
    throttle: Throttle,
}

impl Console {
    /// `staff` carries the token of whoever is signed in; `service` the console's own, for the pages behind a link.
    pub fn new(
        settings: Settings,
        staff: Clients,
        service: Clients,
        ground: &Ground,
    ) -> Result<Self, SettingsError> {
        let (zone, hosts) = settings.check()?;
        Ok(Self(Arc::new(Inner {
            settings,
            zone,
            hosts,
            staff,
            service,
            clock: ground.clock.clone(),
            ids: ground.ids.clone(),
            stopping: ground.tasks.stopping(),
            doors: Doors::default(),
            setup: Doors::default(),
            sessions: Sessions::default(),
            throttle: Throttle::default(),
        })))
    }

    /// Makes a one-time address of the staff pages, to print: good for one entry as the administrator, until the process
    /// ends. For folders without accounts: the demo's, and those of tests.
    /// `base` is where the pages listen: `http://127.0.0.1:8080`.
    pub fn entry_url(&self, base: &str) -> String {
        let token = self.0.ids.token();
        self.0.doors.open(&token);
        format!("{}/entree/{token}", base.trim_end_matches('/'))
    }

    /// The day on the installation's wall clock.
    fn today(&self) -> Date {
        self.0
            .clock
            .now()
            .timestamp()
            .to_zoned(self.0.zone.clone())
            .date()
    }

    /// All pages. Serve them with `platform::http::serve`.
    pub fn router(&self) -> Router {
        // Within the guards, so that the page speaks the language of whoever is signed in.
        let staff = pages::staff()
            .method_not_allowed_fallback(pages::forms_only)
            .route_layer(from_fn_with_state(self.clone(), guard::signed_in));
        let anybody = pages::anybody()
            .method_not_allowed_fallback(pages::forms_only)
            .route_layer(from_fn_with_state(self.clone(), guard::anybody));
        pages::open()
            .method_not_allowed_fallback(pages::forms_only)
            .merge(staff)
            .merge(anybody)
            .fallback(pages::nowhere)
            .layer(DefaultBodyLimit::max(FORM_MOST))
            .layer(CatchPanicLayer::custom(error::panicked))
            .layer(from_fn(guard::same_origin))
            .layer(from_fn_with_state(self.clone(), guard::known_host))
            .layer(from_fn(error::dressed))
            .layer(from_fn(guard::headers))
            // Fastest: a page is made anew each time, and nobody waits for the last tenth of its size. That lengths
            // tell secrets (BREACH) needs requests that carry the cookie from another site: SameSite keeps it back.
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .with_state(self.clone())
    }
}
