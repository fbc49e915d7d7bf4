//! Milestones as they travel.

use contracts::common::v1 as proto;
use jiff::civil::DateTime;
use uuid::Uuid;

use crate::domain::{Fact, Milestone, Party, State, Times};

/// Reads a milestone; the error names the field.
pub(crate) fn parse(proto: proto::Milestone) -> Result<Milestone, String> {
    let state = match proto.state() {
        proto::MilestoneState::Planned => State::Planned,
        proto::MilestoneState::Cleared => State::Cleared(proto.cleared_reason.chars().take(60).collect()),
        proto::MilestoneState::Unspecified => return Err("state is not set".to_owned()),
    };
    let times = times(&proto)?;
    let facts = proto.facts.into_iter().map(|(name, fact)| {
        let value = match fact.value {
            Some(proto::fact::Value::Text(text)) => Fact::Text(text),
            Some(proto::fact::Value::Number(number)) => Fact::Number(number),
            Some(proto::fact::Value::Flag(flag)) => Fact::Flag(flag),
            Some(proto::fact::Value::List(list)) => Fact::List(
                list.items
                    .into_iter()
                    .map(|item| item.fields.into_iter().collect())
                    .collect(),
            ),
            None => return Err(format!("the fact {name} has no value")),
        };
        Ok((name, value))
    });
    Ok(Milestone {
        facts: facts.collect::<Result<_, String>>()?,
        parties: proto.parties.into_iter().map(party).collect::<Result<_, _>>()?,
        organisation: id("organisation_id", &proto.organisation_id)?
            .ok_or_else(|| "organisation_id is missing".to_owned())?,
        subject: proto.subject,
        kind: proto.kind,
        revision: proto.revision,
        group: proto.group,
        times,
        state,
    })
}

/// Writes a milestone, its instants computed from the wall clock.
pub(crate) fn print(milestone: &Milestone) -> proto::Milestone {
    let times = milestone.times.as_ref();
    let (state, cleared_reason) = match &milestone.state {
        State::Planned => (proto::MilestoneState::Planned, String::new()),
        State::Cleared(reason) => (proto::MilestoneState::Cleared, reason.clone()),
    };
    proto::Milestone {
        subject: milestone.subject.clone(),
        kind: milestone.kind.clone(),
        revision: milestone.revision,
        time_zone: times.map(|times| times.zone.clone()).unwrap_or_default(),
        starts_local: times.map(|times| times.starts.to_string()).unwrap_or_default(),
        ends_local: times.map(|times| times.ends.to_string()).unwrap_or_default(),
        starts_at: times.map(|times| super::stamp(times.starts_at())),
        ends_at: times.map(|times| super::stamp(times.ends_at())),
        parties: milestone.parties.iter().map(print_party).collect(),
        facts: milestone
            .facts
            .iter()
            .map(|(name, fact)| (name.clone(), print_fact(fact)))
            .collect(),
        state: state.into(),
        cleared_reason,
        organisation_id: milestone.organisation.to_string(),
        group: milestone.group.clone(),
    }
}

fn times(proto: &proto::Milestone) -> Result<Option<Times>, String> {
    if proto.starts_local.is_empty() {
        return Ok(None);
    }
    let local = |field: &str, text: &str| {
        text.parse::<DateTime>()
            .map_err(|_| format!("{field} is no wall clock such as 2026-11-25T09:15:00"))
    };
    let starts = local("starts_local", &proto.starts_local)?;
    let ends = if proto.ends_local.is_empty() {
        starts
    } else {
        local("ends_local", &proto.ends_local)?
    };
    Ok(Some(Times {
        zone: proto.time_zone.clone(),
        starts,
        ends,
    }))
}

fn party(proto: proto::Party) -> Result<Party, String> {
    Ok(Party {
        person: id("person_id", &proto.person_id)?,
        organisation: id("organisation_id", &proto.organisation_id)?,
        role: proto.role,
    })
}

fn id(field: &str, text: &str) -> Result<Option<Uuid>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| format!("{field} is no id"))
}

fn print_party(party: &Party) -> proto::Party {
    let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    proto::Party {
        role: party.role.clone(),
        person_id: text(party.person),
        organisation_id: text(party.organisation),
    }
}

fn print_fact(fact: &Fact) -> proto::Fact {
    let value = match fact {
        Fact::Text(text) => proto::fact::Value::Text(text.clone()),
        Fact::Number(number) => proto::fact::Value::Number(*number),
        Fact::Flag(flag) => proto::fact::Value::Flag(*flag),
        Fact::List(items) => {
            let items = items.iter().map(|item| proto::FactItem {
                fields: item
                    .iter()
                    .map(|(name, text)| (name.clone(), text.clone()))
                    .collect(),
            });
            proto::fact::Value::List(proto::FactList {
                items: items.collect(),
            })
        }
    };
    proto::Fact { value: Some(value) }
}
