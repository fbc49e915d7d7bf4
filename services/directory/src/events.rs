//! What the directory tells the others. It consumes no events.

use contracts::{
    common::v1::{Milestone, MilestoneCleared, MilestoneSet, MilestoneState, Party},
    directory::v1::PersonErased,
};
use jiff::tz::TimeZone;
use platform::{Clock, Ids, Moment, outbox::Event};

use crate::domain::{AccountLink, INSTALLATION, Person, Purpose, Spent};

/// Forget what you keep of this person.
pub fn erased(ids: &Ids, clock: &Clock, tomb: &Person) -> Event {
    let message = PersonErased {
        person_id: tomb.id.to_string(),
        version: tomb.version,
    };
    Event::new(ids, clock, "directory.person.erased.v1", &message)
}

/// The zone in which staff read until when a link opens.
const ZONE: &str = "Europe/Paris";

/// The milestone of a link to an account: it is told when it is planned, and starts when the link opens no more.
pub fn link(ids: &Ids, clock: &Clock, link: &AccountLink, spent: Option<Spent>) -> Event {
    let milestone = Some(milestone(link, spent));
    match spent {
        None => Event::new(
            ids,
            clock,
            "directory.milestone.set.v1",
            &MilestoneSet { milestone },
        ),
        Some(_) => Event::new(
            ids,
            clock,
            "directory.milestone.cleared.v1",
            &MilestoneCleared { milestone },
        ),
    }
}

fn milestone(link: &AccountLink, spent: Option<Spent>) -> Milestone {
    let (thing, kind) = match link.purpose {
        Purpose::Invitation => ("invitation", "account_invitation"),
        Purpose::Reset => ("reset", "account_reset"),
    };
    let (state, reason) = match spent {
        None => (MilestoneState::Planned, ""),
        Some(Spent::Used) => (MilestoneState::Cleared, "LINK_USED"),
        Some(Spent::Withdrawn) => (MilestoneState::Cleared, "LINK_WITHDRAWN"),
        Some(Spent::Expired) => (MilestoneState::Cleared, "LINK_EXPIRED"),
    };
    // Rounded to the minute that is read, so that wall clock and instant agree.
    let local = TimeZone::get(ZONE)
        .unwrap_or(TimeZone::UTC)
        .to_datetime(link.expires_at.timestamp())
        .with()
        .second(0)
        .subsec_nanosecond(0)
        .build()
        .unwrap_or_default();
    Milestone {
        subject: format!("directory.{thing}/{}", link.id),
        kind: kind.to_owned(),
        // Set once, cleared once.
        revision: if spent.is_none() { 1 } else { 2 },
        time_zone: ZONE.to_owned(),
        starts_local: local.to_string(),
        ends_local: local.to_string(),
        starts_at: Some(stamp(link.expires_at)),
        ends_at: Some(stamp(link.expires_at)),
        parties: vec![Party {
            role: "staff".to_owned(),
            person_id: link.account.to_string(),
            organisation_id: String::new(),
        }],
        state: state.into(),
        cleared_reason: reason.to_owned(),
        organisation_id: INSTALLATION.to_string(),
        group: format!("directory.account/{}", link.account),
        ..Milestone::default()
    }
}

fn stamp(at: Moment) -> prost_types::Timestamp {
    let (seconds, nanos) = at.parts();
    prost_types::Timestamp { seconds, nanos }
}
