//! Reminders one by one and what is done to them by hand, rules and their trial, refused addresses, events that could not
//! be applied: what organisers and administrators need to see that each person is told.

mod act;
mod contact;
mod dead;
mod list;
mod one;
mod refused;
mod rules;
mod seen;
mod sums;
mod trial;
mod words;

use axum::{
    Router,
    routing::{get, post},
};
use contracts::{
    notifier::v1::delivery_service_client::DeliveryServiceClient,
    scheduler::v1::reminder_service_client::ReminderServiceClient,
};
use platform::{
    auth::{ORGANISERS, Role},
    grpc::Transport,
};

use crate::{Clients, Console, texts::Texts};

pub(super) use list::{Line, STATES, line, messages};
pub(super) use words::{channel, title};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/seances/{session}/rappels", get(list::of_session))
        .route("/rappels", get(list::of_all))
        .route("/rappels/{reminder}", get(one::show))
        .route("/rappels/{reminder}/apercu", get(one::body))
        .route(
            "/rappels/{reminder}/coordonnees",
            get(contact::ask).post(contact::save),
        )
        .route("/rappels/{reminder}/gestes/{act}", get(act::ask).post(act::done))
        .route("/regles", get(rules::show))
        .route("/regles/essai", get(trial::ask).post(trial::attempt))
        .route("/adresses-refusees", get(refused::list))
        .route(
            "/adresses-refusees/{person}/{channel}",
            get(refused::ask).post(refused::lift),
        )
        .route("/evenements", get(dead::list))
        .route("/evenements/{service}/{event}", get(dead::show))
        .route("/evenements/{service}/{event}/rejouer", post(dead::replay))
        .route(
            "/evenements/{service}/{event}/abandonner",
            get(dead::ask).post(dead::drop),
        )
}

impl Clients {
    /// Single reminders.
    fn by_hand(&self) -> ReminderServiceClient<Transport> {
        ReminderServiceClient::new(self.scheduler.clone()).max_decoding_message_size(16 << 20)
    }

    /// What became of messages.
    fn deliveries(&self) -> DeliveryServiceClient<Transport> {
        DeliveryServiceClient::new(self.notifier.clone())
    }
}

/// Where one is among the pages of this area: address, words, whether it is this one.
pub(super) fn tabs(t: Texts, administers: bool, here: &str) -> Vec<(&'static str, String, bool)> {
    let mut all = vec![
        ("/rappels", t.say("telling-tab-reminders")),
        ("/messages", t.say("telling-tab-messages")),
        ("/regles", t.say("telling-tab-rules")),
        ("/adresses-refusees", t.say("telling-tab-refused")),
    ];
    if administers {
        all.push(("/evenements", t.say("telling-tab-events")));
    }
    all.into_iter()
        .map(|(address, words)| (address, words, address == here))
        .collect()
}

/// Whether the role may act, so that nobody is shown a button that refuses.
fn organises(role: Role) -> bool {
    ORGANISERS.contains(&role)
}
