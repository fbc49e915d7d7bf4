use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::{Channel, Message};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    delivery_id: Uuid,
    channel: String,
    attempt: i64,
    person_id: Uuid,
    organisation_id: Option<Uuid>,
    recipient: String,
    subject: String,
    body: String,
    html: String,
    calendar: String,
    template: String,
    policy: String,
    language: String,
    provider: String,
    reference: String,
    segments: i64,
    group_key: String,
    state: String,
    created_at: Moment,
    receipt: String,
    receipt_at: Option<Moment>,
}

impl From<Row> for Message {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            delivery_id: row.delivery_id,
            channel: Channel::of(&row.channel).unwrap_or(Channel::Mail),
            attempt: row.attempt,
            person_id: row.person_id,
            organisation_id: row.organisation_id,
            recipient: row.recipient,
            subject: row.subject,
            body: row.body,
            html: row.html,
            calendar: row.calendar,
            template: row.template,
            policy: row.policy,
            language: row.language,
            provider: row.provider,
            reference: row.reference,
            segments: row.segments,
            group: row.group_key,
            state: row.state,
            created_at: row.created_at,
            receipt: row.receipt,
            receipt_at: row.receipt_at,
        }
    }
}

/// Keeps what was rendered; a further attempt on the same channel replaces it, under its first id.
pub async fn upsert_messages(tx: &mut Tx, messages: &[Message]) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct NewRow<'a> {
        id: String,
        delivery_id: String,
        channel: &'static str,
        attempt: i64,
        person_id: String,
        organisation_id: Option<String>,
        recipient: &'a str,
        subject: &'a str,
        body: &'a str,
        html: &'a str,
        calendar: &'a str,
        template: &'a str,
        policy: &'a str,
        language: &'a str,
        provider: &'a str,
        reference: &'a str,
        segments: i64,
        group_key: &'a str,
        created_at: String,
    }
    let rows = messages.iter().map(|message| NewRow {
        id: message.id.to_string(),
        delivery_id: message.delivery_id.to_string(),
        channel: message.channel.name(),
        attempt: message.attempt,
        person_id: message.person_id.to_string(),
        organisation_id: message.organisation_id.map(|id| id.to_string()),
        recipient: &message.recipient,
        subject: &message.subject,
        body: &message.body,
        html: &message.html,
        calendar: &message.calendar,
        template: &message.template,
        policy: &message.policy,
        language: &message.language,
        provider: &message.provider,
        reference: &message.reference,
        segments: message.segments,
        group_key: &message.group,
        created_at: message.created_at.to_string(),
    });
    tx.query(UPSERT)
        .bind(Json(rows.collect::<Vec<_>>()))
        .execute()
        .await
}

const UPSERT: Sql = Sql {
    postgres: "INSERT INTO messages (id, delivery_id, channel, attempt, person_id, organisation_id, recipient, subject,
                   body, html, calendar, template, policy, language, provider, reference, segments, group_key, state,
                   created_at)
               SELECT id, delivery_id, channel, attempt, person_id, organisation_id, recipient, subject, body, html,
                   calendar, template, policy, language, provider, reference, segments, group_key, 'intent', created_at
               FROM jsonb_to_recordset($1) AS r(id UUID, delivery_id UUID, channel TEXT, attempt BIGINT,
                   person_id UUID, organisation_id UUID, recipient TEXT, subject TEXT, body TEXT, html TEXT,
                   calendar TEXT, template TEXT, policy TEXT, language TEXT, provider TEXT, reference TEXT,
                   segments BIGINT, group_key TEXT, created_at TIMESTAMPTZ)
               ON CONFLICT (delivery_id, channel) DO UPDATE SET attempt = excluded.attempt,
                   recipient = excluded.recipient, subject = excluded.subject, body = excluded.body,
                   html = excluded.html, calendar = excluded.calendar, language = excluded.language,
                   provider = excluded.provider, segments = excluded.segments, state = 'intent',
                   created_at = excluded.created_at, receipt = '', receipt_at = NULL",
    sqlite: "INSERT INTO messages (id, delivery_id, channel, attempt, person_id, organisation_id, recipient, subject,
                 body, html, calendar, template, policy, language, provider, reference, segments, group_key, state,
                 created_at)
             SELECT unhex(replace(value->>'id', '-', '')), unhex(replace(value->>'delivery_id', '-', '')),
                 value->>'channel', value->>'attempt', unhex(replace(value->>'person_id', '-', '')),
                 unhex(replace(value->>'organisation_id', '-', '')), value->>'recipient', value->>'subject',
                 value->>'body', value->>'html', value->>'calendar', value->>'template', value->>'policy',
                 value->>'language', value->>'provider', value->>'reference', value->>'segments',
                 value->>'group_key', 'intent', value->>'created_at'
             FROM jsonb_each($1) WHERE TRUE
             ON CONFLICT (delivery_id, channel) DO UPDATE SET attempt = excluded.attempt,
                 recipient = excluded.recipient, subject = excluded.subject, body = excluded.body,
                 html = excluded.html, calendar = excluded.calendar, language = excluded.language,
                 provider = excluded.provider, segments = excluded.segments, state = 'intent',
                 created_at = excluded.created_at, receipt = '', receipt_at = NULL",
};

/// Records how the attempts (delivery, number, state) of messages ended. A receipt may have been quicker: it knows more.
pub async fn set_message_states(tx: &mut Tx, states: &[(Uuid, i64, &str)]) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct Change<'a> {
        delivery_id: String,
        number: i64,
        state: &'a str,
    }
    let rows = states.iter().map(|(delivery_id, number, state)| Change {
        delivery_id: delivery_id.to_string(),
        number: *number,
        state,
    });
    tx.query(SET_STATES)
        .bind(Json(rows.collect::<Vec<_>>()))
        .execute()
        .await
}

const SET_STATES: Sql = Sql {
    postgres: "UPDATE messages SET state = r.state
               FROM jsonb_to_recordset($1) AS r(delivery_id UUID, number BIGINT, state TEXT)
               WHERE messages.delivery_id = r.delivery_id AND messages.attempt = r.number AND messages.receipt_at IS NULL",
    sqlite: "UPDATE messages SET state = r.state
             FROM (SELECT unhex(replace(value->>'delivery_id', '-', '')) AS delivery_id, value->>'number' AS number,
                          value->>'state' AS state
                   FROM jsonb_each($1)) AS r
             WHERE messages.delivery_id = r.delivery_id AND messages.attempt = r.number AND messages.receipt_at IS NULL",
};

/// Empties what was written to a person; that something was sent, when and by which policy stays.
pub async fn forget_messages(tx: &mut Tx, person: Uuid) -> Result<u64, Error> {
    tx.query(
        "UPDATE messages SET recipient = '', subject = '', body = '', html = '', calendar = ''
         WHERE person_id = $1",
    )
    .bind(person)
    .execute()
    .await
}

/// The state as a reader sees it: an SMS that was accepted at the latest at the parameter, of which nothing more was heard,
/// is unconfirmed. A receipt that comes all the same finds it accepted.
macro_rules! shown_state {
    ($since:literal) => {
        concat!(
            "CASE WHEN channel = 'sms' AND state = 'accepted' AND provider <> 'mailbox' AND created_at <= ",
            $since,
            " THEN 'unconfirmed' ELSE state END AS state"
        )
    };
}
pub(super) use shown_state;

/// Which messages a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// To this person.
    pub person: Option<Uuid>,
    /// About this session.
    pub group: Option<String>,
    /// "mail" or "sms".
    pub channel: Option<String>,
    /// Owned by one of these organisations.
    pub organisations: Option<Json<Vec<String>>>,
}

/// Newest first, without HTML and calendar; after the message of this id. An SMS that nobody confirmed since
/// `unconfirmed` is shown so.
pub async fn list_messages(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<Uuid>,
    limit: i64,
    unconfirmed: Moment,
) -> Result<Vec<Message>, Error> {
    let rows: Vec<Row> = tx
        .query(LIST)
        .bind(filter.person)
        .bind(filter.group.as_deref())
        .bind(filter.channel.as_deref())
        .bind(filter.organisations.as_ref())
        .bind(after)
        .bind(limit)
        .bind(unconfirmed)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Message::from).collect())
}

const LIST: Sql = Sql {
    postgres: concat!("SELECT id, delivery_id, channel, attempt, person_id, organisation_id, recipient, subject, body,
                   '' AS html, '' AS calendar, template, policy, language, provider, reference, segments, group_key, ", shown_state!("$7"), ", created_at, receipt, receipt_at
               FROM messages
               WHERE ($1 IS NULL OR person_id = $1) AND ($2 IS NULL OR group_key = $2)
                 AND ($3 IS NULL OR channel = $3)
                 AND ($4 IS NULL OR organisation_id IN
                      (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($4) AS t(value)))
                 AND ($5 IS NULL OR id < $5)
               ORDER BY id DESC LIMIT $6"),
    sqlite: concat!("SELECT id, delivery_id, channel, attempt, person_id, organisation_id, recipient, subject, body,
                 '' AS html, '' AS calendar, template, policy, language, provider, reference, segments, group_key, ", shown_state!("$7"), ", created_at, receipt, receipt_at
             FROM messages
             WHERE ($1 IS NULL OR person_id = $1) AND ($2 IS NULL OR group_key = $2)
               AND ($3 IS NULL OR channel = $3)
               AND ($4 IS NULL OR organisation_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($4)))
               AND ($5 IS NULL OR id < $5)
             ORDER BY id DESC LIMIT $6"),
};

/// One message, all of it; unconfirmed as in [`list_messages`].
pub async fn find_message(tx: &mut Tx, id: Uuid, unconfirmed: Moment) -> Result<Option<Message>, Error> {
    let row: Option<Row> = tx
        .query(concat!(
            "SELECT id, delivery_id, channel, attempt, person_id, organisation_id, recipient, subject, body, html,
                 calendar, template, policy, language, provider, reference, segments, group_key, ",
            shown_state!("$2"),
            ", created_at, receipt, receipt_at
             FROM messages WHERE id = $1",
        ))
        .bind(id)
        .bind(unconfirmed)
        .fetch_optional()
        .await?;
    Ok(row.map(Message::from))
}

/// Who owns what the messages of a delivery are about; none while there is no message.
pub async fn owner_of_delivery(tx: &mut Tx, delivery: Uuid) -> Result<Option<Uuid>, Error> {
    let row: Option<(Option<Uuid>,)> = tx
        .query("SELECT organisation_id FROM messages WHERE delivery_id = $1 LIMIT 1")
        .bind(delivery)
        .fetch_optional()
        .await?;
    Ok(row.and_then(|(owner,)| owner))
}
