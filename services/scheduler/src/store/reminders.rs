use std::collections::BTreeMap;

use jiff::Timestamp;
use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{At, ids};
use crate::domain::{ByHand, Identity, Occasion, Reason, Recorded, Reminder, ReminderState, Snapshot};
use crate::plan::Draft;

/// What can still be held back; `Reminder::is_live` says the same.
macro_rules! live {
    () => {
        "(state = 'planned' OR (state = 'queued' AND NOT released))"
    };
}
pub(super) use live;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    policy: String,
    subject: String,
    kind: String,
    generation: i64,
    occurrence: String,
    recipient: Uuid,
    route: String,
    role: String,
    template: String,
    occasion: Occasion,
    state: ReminderState,
    reason: String,
    intended_at: Moment,
    due_at: Moment,
    useful_until: Moment,
    released: bool,
    uncertain: bool,
    told_before: Option<Json<Snapshot>>,
    delivery_id: Option<Uuid>,
    held_at: Option<Moment>,
    any_hour: bool,
    resend_of: Option<Uuid>,
}

impl Row {
    fn reminder(self) -> Result<Reminder, Error> {
        Ok(Reminder {
            id: self.id,
            identity: Identity {
                policy: self.policy,
                subject: self.subject,
                kind: self.kind,
                generation: self.generation,
                occurrence: self.occurrence,
                recipient: self.recipient,
                route: route(&self.route)?,
            },
            role: self.role,
            template: self.template,
            occasion: self.occasion,
            state: self.state,
            reason: self.reason,
            intended: self.intended_at.timestamp(),
            due: self.due_at.timestamp(),
            useful_until: self.useful_until.timestamp(),
            released: self.released,
            uncertain: self.uncertain,
            delivery: self.delivery_id,
            told_before: self.told_before.map(|json| json.0),
            by_hand: ByHand {
                held: self.held_at.is_some(),
                any_hour: self.any_hour,
                resend_of: self.resend_of,
            },
        })
    }
}

pub(super) fn route(text: &str) -> Result<crate::domain::Route, Error> {
    text.parse()
        .map_err(|error: crate::domain::NoRoute| Error::Sql(sqlx::Error::Decode(Box::new(error))))
}

/// One reminder.
pub async fn find_reminder(tx: &mut Tx, id: Uuid) -> Result<Option<Reminder>, Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM reminders WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(Row::reminder).transpose()
}

/// All reminders of a subject, in the order of their making.
pub async fn of_subject(tx: &mut Tx, subject: &str) -> Result<Vec<Reminder>, Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM reminders WHERE subject = $1 ORDER BY id")
        .bind(subject)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::reminder).collect()
}

/// All reminders of these subjects, by subject, in the order of their making.
pub async fn by_subject(tx: &mut Tx, subjects: &[&str]) -> Result<BTreeMap<String, Vec<Reminder>>, Error> {
    const OF: Sql = Sql {
        postgres: "SELECT * FROM reminders WHERE subject IN (SELECT jsonb_array_elements_text($1)) ORDER BY id",
        sqlite: "SELECT * FROM reminders WHERE subject IN (SELECT value FROM jsonb_each($1)) ORDER BY id",
    };
    let rows: Vec<Row> = tx.query(OF).bind(Json(subjects)).fetch_all().await?;
    let mut found: BTreeMap<String, Vec<Reminder>> = BTreeMap::new();
    for row in rows {
        let reminder = row.reminder()?;
        let subject = reminder.identity.subject.clone();
        found.entry(subject).or_default().push(reminder);
    }
    Ok(found)
}

/// All reminders of the subjects that these deliveries are about.
pub async fn of_deliveries(tx: &mut Tx, deliveries: &[Uuid]) -> Result<Vec<Reminder>, Error> {
    const OF: Sql = Sql {
        postgres:
            "SELECT * FROM reminders WHERE subject IN (SELECT subject FROM reminders WHERE delivery_id IN
                       (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))) ORDER BY id",
        sqlite: "SELECT * FROM reminders WHERE subject IN (SELECT subject FROM reminders WHERE delivery_id IN
                     (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))) ORDER BY id",
    };
    let rows: Vec<Row> = tx.query(OF).bind(ids(deliveries)).fetch_all().await?;
    rows.into_iter().map(Row::reminder).collect()
}

/// A row to add.
#[derive(Debug)]
pub struct NewReminder<'a> {
    /// Its id.
    pub id: Uuid,
    /// What the plan says.
    pub draft: &'a Draft,
}

#[derive(Serialize)]
struct Insert<'a> {
    id: Uuid,
    policy: &'a str,
    generation: i64,
    occurrence: &'a str,
    recipient: Uuid,
    route: String,
    role: &'a str,
    template: &'a str,
    occasion: Occasion,
    state: ReminderState,
    reason: &'a str,
    intended_at: At,
    due_at: At,
    useful_until: At,
    digest: bool,
    told_before: Option<&'a Snapshot>,
    held: bool,
}

const INSERT: Sql = Sql {
    postgres: "INSERT INTO reminders (id, policy, subject, kind, generation, occurrence, recipient, route, role, template,
            occasion, state, reason, intended_at, due_at, useful_until, digest, released, uncertain, told_before, channel,
            grouping, organisation_id, created_at, settled_at, traceparent, held_at)
        SELECT t.id, t.policy, $2, $3, t.generation, t.occurrence, t.recipient, t.route, t.role, t.template,
            t.occasion, t.state, t.reason, t.intended_at, t.due_at, t.useful_until, t.digest, FALSE, FALSE, t.told_before, '',
            $4, $5, $6, CASE WHEN t.state = 'planned' THEN NULL ELSE $6 END, $7,
            CASE WHEN t.held THEN $6 END
        FROM jsonb_to_recordset($1) AS t(id UUID, policy TEXT, generation BIGINT, occurrence TEXT, recipient UUID,
            route TEXT, role TEXT, template TEXT, occasion TEXT, state TEXT, reason TEXT, intended_at TIMESTAMPTZ,
            due_at TIMESTAMPTZ, useful_until TIMESTAMPTZ, digest BOOLEAN, told_before JSONB, held BOOLEAN)",
    sqlite: "INSERT INTO reminders (id, policy, subject, kind, generation, occurrence, recipient, route, role, template,
            occasion, state, reason, intended_at, due_at, useful_until, digest, released, uncertain, told_before, channel,
            grouping, organisation_id, created_at, settled_at, traceparent, held_at)
        SELECT unhex(replace(value ->> 'id', '-', '')), value ->> 'policy', $2, $3, value ->> 'generation',
            value ->> 'occurrence', unhex(replace(value ->> 'recipient', '-', '')), value ->> 'route', value ->> 'role',
            value ->> 'template', value ->> 'occasion', value ->> 'state', value ->> 'reason', value ->> 'intended_at',
            value ->> 'due_at', value ->> 'useful_until', value ->> 'digest', FALSE, FALSE, value ->> 'told_before', '',
            $4, $5, $6, CASE WHEN value ->> 'state' = 'planned' THEN NULL ELSE $6 END, $7,
            CASE WHEN value ->> 'held' THEN $6 END
        FROM jsonb_each($1)",
};

/// Adds reminders of one milestone; `cause` is the trace that planned them.
pub async fn insert(
    tx: &mut Tx,
    recorded: &Recorded,
    rows: &[NewReminder<'_>],
    cause: &str,
    now: Moment,
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows: Vec<Insert<'_>> = rows
        .iter()
        .map(|NewReminder { id, draft }| Insert {
            id: *id,
            policy: &draft.identity.policy,
            generation: draft.identity.generation,
            occurrence: &draft.identity.occurrence,
            recipient: draft.identity.recipient,
            route: draft.identity.route.to_string(),
            role: &draft.role,
            template: &draft.template,
            occasion: draft.occasion,
            state: draft
                .suppressed
                .map_or(ReminderState::Planned, |_| ReminderState::Suppressed),
            reason: draft.suppressed.map_or("", Reason::as_str),
            intended_at: draft.intended.into(),
            due_at: draft.due.into(),
            useful_until: draft.useful_until.into(),
            digest: draft.digest,
            told_before: draft.told_before.as_ref(),
            held: draft.held_from.is_some() && draft.suppressed.is_none(),
        })
        .collect();
    tx.query(INSERT)
        .bind(Json(rows))
        .bind(recorded.milestone.subject.as_str())
        .bind(recorded.milestone.kind.as_str())
        .bind(recorded.milestone.group.as_str())
        .bind(recorded.milestone.organisation)
        .bind(now)
        .bind(cause)
        .execute()
        .await?;
    Ok(())
}

/// Holds a reminder back for a reason; whether it still could be.
pub async fn suppress(tx: &mut Tx, id: Uuid, reason: Reason, now: Moment) -> Result<bool, Error> {
    let rows = tx
        .query(concat!(
            "UPDATE reminders SET state = 'suppressed', reason = $2, settled_at = $3 WHERE id = $1 AND ",
            live!()
        ))
        .bind(id)
        .bind(reason.as_str())
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Plans a reminder (again) with other values, because of `cause` if anybody traces.
pub async fn replan(
    tx: &mut Tx,
    id: Uuid,
    intended: Timestamp,
    due: Timestamp,
    useful_until: Timestamp,
    template: &str,
    cause: &str,
) -> Result<(), Error> {
    tx.query(
        "UPDATE reminders SET state = 'planned', reason = '', settled_at = NULL, delivery_id = NULL, intended_at = $2,
             due_at = $3, useful_until = $4, template = $5, traceparent = CASE WHEN $6 = '' THEN traceparent ELSE $6 END
         WHERE id = $1 AND state IN ('planned', 'suppressed')",
    )
    .bind(id)
    .bind(Moment::from(intended))
    .bind(Moment::from(due))
    .bind(Moment::from(useful_until))
    .bind(template)
    .bind(cause)
    .execute()
    .await?;
    Ok(())
}

/// The subjects that these deliveries are about.
pub async fn subjects_of(tx: &mut Tx, deliveries: &[Uuid]) -> Result<Vec<String>, Error> {
    const OF: Sql = Sql {
        postgres: "SELECT DISTINCT subject FROM reminders
            WHERE delivery_id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v)) ORDER BY subject",
        sqlite: "SELECT DISTINCT subject FROM reminders
            WHERE delivery_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1)) ORDER BY subject",
    };
    let rows: Vec<(String,)> = tx.query(OF).bind(ids(deliveries)).fetch_all().await?;
    Ok(rows.into_iter().map(|(subject,)| subject).collect())
}

/// Everything that can still be held back from an erased person.
pub async fn erase_person(tx: &mut Tx, person: Uuid, now: Moment) -> Result<u64, Error> {
    tx.query(concat!(
        "UPDATE reminders SET state = 'suppressed', reason = 'erased', settled_at = $2 WHERE recipient = $1 AND ",
        live!()
    ))
    .bind(person)
    .bind(now)
    .execute()
    .await
}
