//! People and milestones that do not exist.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use contracts::{
    common::v1::{Fact, FactItem, FactList, Milestone, MilestoneSet, MilestoneState, Party, fact},
    directory::v1::{OrganisationInput, PersonInput, UpsertPeopleRequest},
};
use jiff::{SignedDuration, civil::DateTime, tz::TimeZone};
use platform::{Moment, Platform, auth::FIRST_ORGANISATION, outbox};
use uuid::Uuid;

use crate::{client::Clients, config::Config};

/// The zone of everything here.
const ZONE: &str = "Europe/Paris";

/// Every reminder of the bench is due so long before its milestone.
pub(super) const BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// What the milestones are.
const KIND: &str = "speed_dating";

/// As many people in one call as the directory takes, and milestones in one transaction.
const CHUNK: usize = 1_000;

/// One mail a day before, at any hour; the built-in policies of the kind are off.
const POLICIES: &str = "apiVersion: jalon/v1
kind: ReminderPolicy
metadata:
  name: bench
spec:
  description: Bench - one mail a day before
  milestone: speed_dating
  trigger: before
  offsets:
    - at: \"-24h\"
  audience:
    - role: candidate
  route: [mail]
  template: speed_dating_day_before
  window: none
";

/// A bench lives in `folder`, which is empty, with policies of its own, and takes no address from a suite that runs beside it.
pub(super) fn settle_in(config: &mut Config, folder: &Path) -> Result<()> {
    let policies = folder.join("policies");
    write_policies(&policies)?;
    config.scheduler.policies = Some(policies);
    config.data = folder.join("data");
    "127.0.0.1:0".clone_into(&mut config.grpc.listen);
    "127.0.0.1:0".clone_into(&mut config.web.listen);
    config.operations.listen.clear();
    Ok(())
}

/// Writes the policies of a bench into `folder`: ours, and the built-in ones of the kind switched off.
fn write_policies(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("bench.yaml"), POLICIES)?;
    let built_in = scheduler::policy::built_in(&contracts::kinds::all()?);
    for policy in built_in.policies.iter().filter(|policy| policy.milestone == KIND) {
        let off = policy
            .document
            .replacen("spec:\n", "spec:\n  enabled: false\n", 1);
        std::fs::write(folder.join(format!("{}.yaml", policy.name)), off)?;
    }
    Ok(())
}

/// So many people with a mail address, and one organisation that they meet.
pub(super) async fn people(
    clients: &Clients,
    platform: &Platform,
    count: usize,
) -> Result<(Vec<String>, String)> {
    let mut people = Vec::with_capacity(count);
    let mut organisation = String::new();
    for first in (0..count).step_by(CHUNK) {
        let input = (first..count.min(first + CHUNK)).map(|number| PersonInput {
            key: number.to_string(),
            given_name: "Camille".to_owned(),
            family_name: format!("Dupont{number}"),
            mail: format!("c{number}@example.org"),
            ..PersonInput::default()
        });
        let request = UpsertPeopleRequest {
            import_id: platform.ids.id().to_string(),
            owner_organisation_id: FIRST_ORGANISATION.to_string(),
            people: input.collect(),
            organisations: vec![OrganisationInput {
                key: "o".to_owned(),
                name: "Ateliers du Rhône".to_owned(),
                kind: "company".to_owned(),
                ..OrganisationInput::default()
            }],
        };
        let response = clients
            .directory
            .clone()
            .upsert_people(request)
            .await?
            .into_inner();
        people.extend(response.people.into_iter().map(|person| person.person_id));
        if let Some(first) = response.organisations.into_iter().next() {
            organisation = first.organisation_id;
        }
    }
    Ok((people, organisation))
}

/// A candidate's part in a session: its reminder is due [`BEFORE`] its start.
pub(super) fn milestone(
    subject: Uuid,
    revision: i64,
    due: Moment,
    person: &str,
    organisation: &str,
) -> Result<Milestone> {
    let zone = TimeZone::get(ZONE)?;
    let starts = due.plus(BEFORE);
    let wall = |at: Moment| at.timestamp().to_zoned(zone.clone()).datetime();
    let (from, to) = (wall(starts), wall(starts.plus(SignedDuration::from_hours(2))));
    let text = |text: &str| fact::Value::Text(text.to_owned());
    let meeting = |minutes: i64, table: &str| -> Result<FactItem> {
        let at =
            |minutes| Ok::<_, anyhow::Error>(hour(from.checked_add(SignedDuration::from_mins(minutes))?));
        Ok(FactItem {
            fields: BTreeMap::from([
                ("starts".to_owned(), at(minutes)?),
                ("ends".to_owned(), at(minutes + 15)?),
                ("table".to_owned(), table.to_owned()),
                ("with".to_owned(), format!("organisation/{organisation}")),
            ]),
        })
    };
    let meetings = FactList {
        items: vec![meeting(0, "3")?, meeting(30, "12")?],
    };
    let facts = [
        ("session_kind", text("employer_candidate")),
        ("session_title", text("Rencontres employeurs de Gerland")),
        ("session_date", text(&from.date().to_string())),
        ("venue_name", text("Salle des fêtes de Gerland")),
        ("venue_address", text("4 rue Exemple, 69007 Lyon")),
        ("arrival", text(&hour(from))),
        ("meetings_count", fact::Value::Number(2)),
        ("meetings", fact::Value::List(meetings)),
        ("confirmed", fact::Value::Flag(false)),
        ("outcomes_missing", fact::Value::Number(0)),
    ];
    Ok(Milestone {
        subject: format!("speeddating.participation/{subject}"),
        kind: KIND.to_owned(),
        revision,
        time_zone: ZONE.to_owned(),
        starts_local: from.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        ends_local: to.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        parties: vec![Party {
            role: "candidate".to_owned(),
            person_id: person.to_owned(),
            organisation_id: String::new(),
        }],
        facts: facts
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Fact { value: Some(value) }))
            .collect(),
        state: MilestoneState::Planned.into(),
        organisation_id: FIRST_ORGANISATION.to_string(),
        group: "speeddating.session/bench".to_owned(),
        ..Milestone::default()
    })
}

/// Publishes milestones as their service does: through its outbox.
pub(super) async fn publish(
    platform: &Platform,
    milestones: impl Iterator<Item = Result<Milestone>>,
) -> Result<()> {
    let mut milestones = milestones.peekable();
    while milestones.peek().is_some() {
        let mut events = Vec::with_capacity(CHUNK);
        for milestone in milestones.by_ref().take(CHUNK) {
            let message = MilestoneSet {
                milestone: Some(milestone?),
            };
            let (ids, clock) = (&platform.ids, &platform.clock);
            events.push(outbox::Event::new(
                ids,
                clock,
                "speeddating.milestone.set.v1",
                &message,
            ));
        }
        let mut tx = platform.db.begin().await?;
        outbox::push_all(&mut tx, &events).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The platform of one of the suite's services.
pub(super) fn platform_of<'a>(platforms: &'a [Platform], service: &str) -> Result<&'a Platform> {
    let found = platforms.iter().find(|platform| platform.service == service);
    found.with_context(|| format!("no {service} runs in this process"))
}

fn hour(at: DateTime) -> String {
    at.strftime("%H:%M").to_string()
}
