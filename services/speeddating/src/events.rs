//! Events in and out: milestones and publications leave, erasures arrive.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::{
    common::v1::{
        self as common, FactItem, FactList, MilestoneCleared, MilestoneSet, MilestoneState, fact::Value,
    },
    directory::v1::PersonErased,
    speeddating::v1::TimetablePublished,
};
use jiff::civil::DateTime;
use platform::{
    Clock, Ids, Tx,
    bus::{Envelope, HandleError, Handler},
    outbox::Event,
};
use prost_types::Timestamp;
use uuid::Uuid;

use crate::{
    actions::{self, Context},
    domain::{Content, Emitted, Fact, MilestoneKind, Party, Reason, Session},
    error::Error,
};

const SET: &str = "speeddating.milestone.set.v1";
const CLEARED: &str = "speeddating.milestone.cleared.v1";
const PUBLISHED: &str = "speeddating.timetable.published.v1";
const ERASED: &str = "directory.person.erased.v1";

/// The event of a milestone.
pub(crate) fn milestone(ids: &Ids, clock: &Clock, session: &Session, told: &Emitted) -> Result<Event, Error> {
    let milestone = Some(print(session, told)?);
    Ok(match told.cleared {
        None => Event::new(ids, clock, SET, &MilestoneSet { milestone }),
        Some(_) => Event::new(ids, clock, CLEARED, &MilestoneCleared { milestone }),
    })
}

/// The event of a publication.
pub(crate) fn published(ids: &Ids, clock: &Clock, session: &Session) -> Event {
    let message = TimetablePublished {
        session_id: session.id.to_string(),
        number: i32::try_from(session.published_timetable).unwrap_or(i32::MAX),
        version: session.version,
    };
    Event::new(ids, clock, PUBLISHED, &message)
}

/// What is consumed of others.
pub const PATTERNS: &[&str] = &[ERASED];

/// What is published for whoever wants it; nobody of ours does.
pub const ANNOUNCED: &[&str] = &[PUBLISHED];

/// What is done with the events of others.
pub(crate) struct Events(pub(crate) Arc<Context>);

#[async_trait]
impl Handler for Events {
    fn patterns(&self) -> &'static [&'static str] {
        PATTERNS
    }

    async fn handle(&self, tx: &mut Tx, event: &Envelope) -> Result<(), HandleError> {
        let erased: PersonErased = event.decode()?;
        let Ok(person) = erased.person_id.parse::<Uuid>() else {
            return Err(HandleError::Poison(format!("{ERASED} names no person")));
        };
        actions::forget_person(tx, &self.0, person)
            .await
            .map_err(|error| HandleError::Retry(Box::new(error)))
    }
}

/// A milestone as its event carries it.
pub(crate) fn print(session: &Session, told: &Emitted) -> Result<common::Milestone, Error> {
    let content = &told.content;
    Ok(common::Milestone {
        subject: format!("speeddating.participation/{}", told.registration_id),
        kind: kind_name(told.kind).to_owned(),
        revision: told.revision,
        time_zone: content.time_zone.clone(),
        starts_local: content.starts.to_string(),
        ends_local: content.ends.to_string(),
        starts_at: Some(instant(session, content, content.starts)?),
        ends_at: Some(instant(session, content, content.ends)?),
        parties: content.parties.iter().map(party).collect(),
        facts: content
            .facts
            .iter()
            .map(|(name, value)| (name.clone(), fact(value)))
            .collect(),
        state: match told.cleared {
            None => MilestoneState::Planned,
            Some(_) => MilestoneState::Cleared,
        }
        .into(),
        cleared_reason: told.cleared.map(reason_name).unwrap_or_default().to_owned(),
        organisation_id: session.organisation_id.to_string(),
        group: format!("speeddating.session/{}", session.id),
    })
}

fn instant(session: &Session, content: &Content, local: DateTime) -> Result<Timestamp, Error> {
    let zone =
        jiff::tz::TimeZone::get(&content.time_zone).map_err(|_| Error::internal("unknown time zone"))?;
    let instant = zone
        .to_zoned(local)
        .map_err(|_| Error::internal(format!("no instant for {}", session.id)))?;
    let timestamp = instant.timestamp();
    Ok(Timestamp {
        seconds: timestamp.as_second(),
        nanos: timestamp.subsec_nanosecond(),
    })
}

fn party(party: &Party) -> common::Party {
    common::Party {
        role: party.role.clone(),
        person_id: party.person_id.to_string(),
        organisation_id: party.organisation_id.map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn fact(fact: &Fact) -> common::Fact {
    let value = match fact {
        Fact::Text(text) => Value::Text(text.clone()),
        Fact::Number(number) => Value::Number(*number),
        Fact::Flag(flag) => Value::Flag(*flag),
        Fact::List(items) => Value::List(FactList {
            items: items
                .iter()
                .map(|fields| FactItem {
                    fields: fields.clone(),
                })
                .collect(),
        }),
    };
    common::Fact { value: Some(value) }
}

fn kind_name(kind: MilestoneKind) -> &'static str {
    match kind {
        MilestoneKind::SpeedDating => "speed_dating",
        MilestoneKind::EmployerConfirmation => "employer_confirmation",
    }
}

fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::SessionCancelled => "SESSION_CANCELLED",
        Reason::ParticipationCancelled => "PARTICIPATION_CANCELLED",
        Reason::ParticipantWithdrew => "PARTICIPANT_WITHDREW",
    }
}
