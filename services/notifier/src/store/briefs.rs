//! Messages in short: counts, and those of a list of deliveries.

use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{ids, messages::shown_state};

/// How many messages of a channel are in a state.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub struct MessageCount {
    /// mail or sms.
    pub channel: String,
    /// As a reader sees it: intent, accepted, refused, unknown …, or unconfirmed.
    pub state: String,
    /// How many.
    pub messages: i64,
    /// SMS segments of them.
    pub segments: i64,
}

/// A message without its text.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Brief {
    /// Its own id.
    pub id: Uuid,
    /// Of which delivery.
    pub delivery_id: Uuid,
    /// mail or sms.
    pub channel: String,
    /// As a reader sees it: intent, accepted, refused, unknown …, or unconfirmed.
    pub state: String,
    /// When it was rendered.
    pub created_at: Moment,
    /// Parts of an SMS.
    pub segments: i64,
}

macro_rules! count {
    ($group:literal, $person:literal) => {
        Sql {
            postgres: count!(
                @text $group, $person,
                "SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($3) AS t(value)"
            ),
            sqlite: count!(@text $group, $person, "SELECT unhex(replace(value, '-', '')) FROM jsonb_each($3)"),
        }
    };
    (@text $group:literal, $person:literal, $organisations:literal) => {
        concat!(
            "SELECT channel, state, COUNT(*) AS messages, CAST(SUM(segments) AS BIGINT) AS segments
             FROM (SELECT channel, segments, ", shown_state!("$4"), " FROM messages
                   WHERE ", $group, " AND ", $person, " AND ($3 IS NULL OR organisation_id IN (", $organisations, "))) AS shown
             GROUP BY channel, state ORDER BY channel, state"
        )
    };
}

const COUNT_GROUP: Sql = count!("group_key = $1", "($2 IS NULL OR person_id = $2)");
const COUNT_PERSON: Sql = count!("($1 IS NULL OR group_key = $1)", "person_id = $2");
const COUNT_ALL: Sql = count!("($1 IS NULL OR group_key = $1)", "($2 IS NULL OR person_id = $2)");

/// Counts by channel and state, narrowed by what is given. An SMS that nobody confirmed since `unconfirmed` counts as such.
pub async fn count_messages(
    tx: &mut Tx,
    group: Option<&str>,
    person: Option<Uuid>,
    organisations: Option<&Json<Vec<String>>>,
    unconfirmed: Moment,
) -> Result<Vec<MessageCount>, Error> {
    // SQLite uses an index only for a condition that stands alone.
    let sql = match (group, person) {
        (Some(_), _) => COUNT_GROUP,
        (None, Some(_)) => COUNT_PERSON,
        (None, None) => COUNT_ALL,
    };
    tx.query(sql)
        .bind(group)
        .bind(person)
        .bind(organisations)
        .bind(unconfirmed)
        .fetch_all()
        .await
}

/// The messages of deliveries, of these organisations (none for all); unconfirmed as in [`count_messages`].
pub async fn find_briefs(
    tx: &mut Tx,
    deliveries: Vec<Uuid>,
    organisations: Option<&Json<Vec<String>>>,
    unconfirmed: Moment,
) -> Result<Vec<Brief>, Error> {
    const FIND: Sql = Sql {
        postgres: concat!(
            "SELECT id, delivery_id, channel, ",
            shown_state!("$3"),
            ", created_at, segments FROM messages
            WHERE delivery_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))
              AND ($2 IS NULL OR organisation_id IN
                   (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($2) AS t(value)))
            ORDER BY id"
        ),
        sqlite: concat!(
            "SELECT id, delivery_id, channel, ",
            shown_state!("$3"),
            ", created_at, segments FROM messages
            WHERE delivery_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))
              AND ($2 IS NULL OR organisation_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($2)))
            ORDER BY id"
        ),
    };
    tx.query(FIND)
        .bind(ids(deliveries))
        .bind(organisations)
        .bind(unconfirmed)
        .fetch_all()
        .await
}
