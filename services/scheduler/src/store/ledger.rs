//! The ledger as people read it.

use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::{Occasion, ReminderState};

/// Which reminders to list; what is absent does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this person.
    pub person: Option<Uuid>,
    /// Of any of these people.
    pub people: Option<Json<Vec<String>>>,
    /// Of this subject.
    pub subject: Option<String>,
    /// Of this group.
    pub group: Option<String>,
    /// In this state.
    pub state: Option<ReminderState>,
    /// By this channel: the one it was sent on, else the first of its route.
    pub channel: Option<&'static str>,
    /// Of these organisations; none for all.
    pub organisations: Option<Json<Vec<String>>>,
    /// The last row before the page.
    pub after: Option<(Moment, Uuid)>,
    /// Earliest due first, instead of last.
    pub oldest_first: bool,
    /// Rows at most.
    pub limit: i64,
}

/// A reminder as it is listed.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table, described there")]
pub struct Row {
    pub id: Uuid,
    pub policy: String,
    pub subject: String,
    pub kind: String,
    pub generation: i64,
    pub occurrence: String,
    pub recipient: Uuid,
    pub role: String,
    pub route: String,
    pub template: String,
    pub occasion: Occasion,
    pub state: ReminderState,
    pub reason: String,
    pub due_at: Moment,
    pub intended_at: Moment,
    pub useful_until: Moment,
    pub settled_at: Option<Moment>,
    pub channel: String,
    pub delivery_id: Option<Uuid>,
    pub created_at: Moment,
    pub grouping: String,
    pub organisation_id: Uuid,
    pub uncertain: bool,
    pub held_at: Option<Moment>,
    pub resend_of: Option<Uuid>,
}

/// The list, narrowed first by what the arguments say: SQLite uses an index only for a condition that stands alone.
macro_rules! list {
    ($person:literal, $subject:literal, $group:literal, $beyond:literal, $order:literal) => {
        Sql {
            postgres: list!(
                @text $person, $subject, $group, $beyond, $order,
                "SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($5) AS t(v)",
                "SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($10) AS t(v)"
            ),
            sqlite: list!(
                @text $person, $subject, $group, $beyond, $order,
                "SELECT unhex(replace(value, '-', '')) FROM jsonb_each($5)",
                "SELECT unhex(replace(value, '-', '')) FROM jsonb_each($10)"
            ),
        }
    };
    (@text $person:literal, $subject:literal, $group:literal, $beyond:literal, $order:literal, $owners:literal,
     $people:literal) => {
        concat!(
            "SELECT * FROM reminders WHERE ",
            $person, " AND ", $subject, " AND ", $group,
            " AND ($4 IS NULL OR state = $4) AND ($5 IS NULL OR organisation_id IN (", $owners, "))
              AND ($10 IS NULL OR recipient IN (", $people, "))
              AND ($9 IS NULL OR $9 = CASE WHEN channel <> '' THEN channel WHEN route LIKE 'sms%' THEN 'sms' ELSE 'mail' END)
              AND ($6 IS NULL OR (due_at, id) ", $beyond, " ($6, $7))
            ORDER BY ", $order, " LIMIT $8"
        )
    };
}

/// The same list in both directions.
macro_rules! both_ways {
    ($person:literal, $subject:literal, $group:literal) => {
        [
            list!($person, $subject, $group, "<", "due_at DESC, id DESC"),
            list!($person, $subject, $group, ">", "due_at, id"),
        ]
    };
}

const BY_PERSON: [Sql; 2] = both_ways!(
    "recipient = $1",
    "($2 IS NULL OR subject = $2)",
    "($3 IS NULL OR grouping = $3)"
);
const BY_SUBJECT: [Sql; 2] = both_ways!(
    "($1 IS NULL OR recipient = $1)",
    "subject = $2",
    "($3 IS NULL OR grouping = $3)"
);
const BY_GROUP: [Sql; 2] = both_ways!(
    "($1 IS NULL OR recipient = $1)",
    "($2 IS NULL OR subject = $2)",
    "grouping = $3"
);
const BY_TIME: [Sql; 2] = both_ways!(
    "($1 IS NULL OR recipient = $1)",
    "($2 IS NULL OR subject = $2)",
    "($3 IS NULL OR grouping = $3)"
);

/// A page of the ledger, newest due first unless the filter says otherwise.
pub async fn list(tx: &mut Tx, filter: &Filter) -> Result<Vec<Row>, Error> {
    let [newest, oldest] = match filter {
        Filter { subject: Some(_), .. } => BY_SUBJECT,
        Filter { person: Some(_), .. } => BY_PERSON,
        Filter { group: Some(_), .. } => BY_GROUP,
        _ => BY_TIME,
    };
    tx.query(if filter.oldest_first { oldest } else { newest })
        .bind(filter.person)
        .bind(filter.subject.as_deref())
        .bind(filter.group.as_deref())
        .bind(filter.state)
        .bind(filter.organisations.as_ref())
        .bind(filter.after.map(|after| after.0))
        .bind(filter.after.map(|after| after.1))
        .bind(filter.limit)
        .bind(filter.channel)
        .bind(filter.people.as_ref())
        .fetch_all()
        .await
}

/// One reminder as it is listed.
pub async fn find_row(tx: &mut Tx, id: Uuid) -> Result<Option<Row>, Error> {
    tx.query("SELECT * FROM reminders WHERE id = $1 LIMIT 1")
        .bind(id)
        .fetch_optional()
        .await
}

/// Which reminders to count; what is absent does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Of this group.
    pub group: Option<String>,
    /// Of this person.
    pub person: Option<Uuid>,
    /// Of these organisations; none for all.
    pub organisations: Option<Json<Vec<String>>>,
}

/// How many reminders of one policy and channel (empty: not sent) are in one state.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Count {
    /// The policy.
    pub policy: String,
    /// mail, sms, or empty.
    pub channel: String,
    /// The state.
    pub state: ReminderState,
    /// How many.
    pub reminders: i64,
}

/// The counts, narrowed first by what the arguments say, as the list is.
macro_rules! counts {
    ($group:literal, $person:literal) => {
        Sql {
            postgres: counts!(
                @text $group, $person,
                "SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($3) AS t(v)"
            ),
            sqlite: counts!(@text $group, $person, "SELECT unhex(replace(value, '-', '')) FROM jsonb_each($3)"),
        }
    };
    (@text $group:literal, $person:literal, $organisations:literal) => {
        concat!(
            "SELECT policy, channel, state, COUNT(*) AS reminders FROM reminders
            WHERE ", $group, " AND ", $person, " AND ($3 IS NULL OR organisation_id IN (", $organisations, "))
            GROUP BY policy, channel, state ORDER BY policy, channel, state"
        )
    };
}

const COUNT_GROUP: Sql = counts!("grouping = $1", "($2 IS NULL OR recipient = $2)");
const COUNT_PERSON: Sql = counts!("($1 IS NULL OR grouping = $1)", "recipient = $2");
const COUNT_ORGANISATIONS: Sql = counts!("($1 IS NULL OR grouping = $1)", "($2 IS NULL OR recipient = $2)");

/// How many reminders are in each state, by policy and channel.
pub async fn counts(tx: &mut Tx, scope: &Scope) -> Result<Vec<Count>, Error> {
    let sql = match scope {
        Scope { group: Some(_), .. } => COUNT_GROUP,
        Scope { person: Some(_), .. } => COUNT_PERSON,
        Scope {
            organisations: Some(_),
            ..
        } => COUNT_ORGANISATIONS,
        // Of all: the index of the accounts alone answers it.
        Scope { .. } => {
            return tx
                .query(
                    "SELECT policy, channel, state, COUNT(*) AS reminders FROM reminders
                     GROUP BY policy, channel, state ORDER BY policy, channel, state",
                )
                .fetch_all()
                .await;
        }
    };
    tx.query(sql)
        .bind(scope.group.as_deref())
        .bind(scope.person)
        .bind(scope.organisations.as_ref())
        .fetch_all()
        .await
}
