//! What a coordinator does in these tests.

use anyhow::{Context as _, Result};
use contracts::{
    directory::v1::{ErasePersonRequest, GetPersonRequest, Person},
    speeddating::v1::{
        CancelMeetingRequest, CancelSessionRequest, Meeting, MeetingState, UpdateSessionRequest, Venue,
        WithdrawRegistrationRequest,
    },
};
use jalon::client::Clients;
use tests::{
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    suite::Running,
};

/// A session on that date, published; nobody was waited for.
pub(crate) async fn publish(clients: &Clients, date: &str) -> Result<Coordinator> {
    publish_tables(clients, date, EMPLOYERS, CANDIDATES).await
}

/// As [`publish`], with other people.
pub(crate) async fn publish_tables(
    clients: &Clients,
    date: &str,
    employers: &str,
    candidates: &str,
) -> Result<Coordinator> {
    let coordinator = Coordinator::create(clients, date).await?;
    coordinator.import(employers, candidates, WISHES).await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    Ok(coordinator)
}

/// As [`publish`], and everybody who may be told now was told.
pub(crate) async fn told(running: &Running, date: &str) -> Result<Coordinator> {
    let coordinator = publish(&running.clients, date).await?;
    running.quiet().await?;
    Ok(coordinator)
}

/// The session as it is to be: another date, another venue, or both; empty texts change nothing.
pub(crate) async fn change(coordinator: &Coordinator, date: &str, venue: &str) -> Result<()> {
    let request = UpdateSessionRequest {
        session_id: coordinator.session.clone(),
        version: coordinator.session().await?.version,
        date: date.to_owned(),
        venue: (!venue.is_empty()).then(|| Venue {
            name: venue.to_owned(),
            address: "1 place Exemple, 69003 Lyon".to_owned(),
            rooms: Vec::new(),
        }),
        ..Default::default()
    };
    coordinator
        .clients
        .speeddating
        .clone()
        .update_session(request)
        .await?;
    Ok(())
}

/// Meetings that stand, in a stable order.
pub(crate) async fn meetings(coordinator: &Coordinator) -> Result<Vec<Meeting>> {
    let mut meetings = coordinator.published().await?.meetings;
    meetings.retain(|meeting| meeting.state() != MeetingState::Cancelled);
    meetings.sort_by_key(|meeting| (meeting.slot, meeting.table));
    Ok(meetings)
}

/// Cancels the earliest meeting.
pub(crate) async fn cancel_first_meeting(coordinator: &Coordinator) -> Result<Meeting> {
    let first = meetings(coordinator)
        .await?
        .into_iter()
        .next()
        .context("a meeting")?;
    let request = CancelMeetingRequest {
        meeting_id: first.meeting_id.clone(),
        version: first.version,
    };
    coordinator
        .clients
        .speeddating
        .clone()
        .cancel_meeting(request)
        .await?;
    Ok(first)
}

/// Withdraws somebody by code.
pub(crate) async fn withdraw(coordinator: &Coordinator, code: &str) -> Result<()> {
    let registration = coordinator.registration(code).await?;
    let request = WithdrawRegistrationRequest {
        registration_id: registration.registration_id,
        version: registration.version,
        by: "PARTICIPANT".to_owned(),
    };
    coordinator
        .clients
        .speeddating
        .clone()
        .withdraw_registration(request)
        .await?;
    Ok(())
}

/// Cancels the session.
pub(crate) async fn cancel(coordinator: &Coordinator, reason: &str) -> Result<()> {
    let request = CancelSessionRequest {
        session_id: coordinator.session.clone(),
        version: coordinator.session().await?.version,
        reason: reason.to_owned(),
    };
    coordinator
        .clients
        .speeddating
        .clone()
        .cancel_session(request)
        .await?;
    Ok(())
}

/// Somebody's file, by code.
pub(crate) async fn person(coordinator: &Coordinator, code: &str) -> Result<Person> {
    let request = GetPersonRequest {
        person_id: coordinator.registration(code).await?.person_id,
    };
    let reply = coordinator.clients.directory.clone().get_person(request).await?;
    reply.into_inner().person.context("a person")
}

/// Forgets somebody.
pub(crate) async fn erase(coordinator: &Coordinator, code: &str) -> Result<()> {
    let known = person(coordinator, code).await?;
    let request = ErasePersonRequest {
        person_id: known.person_id,
        version: known.version,
    };
    coordinator
        .clients
        .directory
        .clone()
        .erase_person(request)
        .await?;
    Ok(())
}
