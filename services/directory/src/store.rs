//! Every SQL statement of the service. Lists of rows travel as one JSON parameter: one statement for one person or for
//! five thousand.

/// Rows by their ids ($1).
macro_rules! by_id {
    ($columns:expr, $table:literal) => {
        platform::db::Sql {
            postgres: concat!(
                "SELECT ",
                $columns,
                " FROM ",
                $table,
                " WHERE id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))"
            ),
            sqlite: concat!(
                "SELECT ",
                $columns,
                " FROM ",
                $table,
                " WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))"
            ),
        }
    };
}

/// A page of a [`Listing`]: owners ($1), words ($2), the last row before it ($3, $4), rows at most ($5).
macro_rules! page {
    ($columns:expr, $rows:literal) => {
        platform::db::Sql {
            postgres: concat!(
                "SELECT ",
                $columns,
                " FROM ",
                $rows,
                " AND ($1 IS NULL OR owner IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v)))
                  AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements_text($2) AS t(word)
                    WHERE strpos(' ' || name_key, ' ' || word) = 0)
                  AND ($3 IS NULL OR (name_key, id) > ($3, $4)) ORDER BY name_key, id LIMIT $5"
            ),
            sqlite: concat!(
                "SELECT ",
                $columns,
                " FROM ",
                $rows,
                " AND ($1 IS NULL OR owner IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1)))
                  AND NOT EXISTS (SELECT 1 FROM json_each($2) AS t
                    WHERE instr(' ' || name_key, ' ' || t.value) = 0)
                  AND ($3 IS NULL OR (name_key, id) > ($3, $4)) ORDER BY name_key, id LIMIT $5"
            ),
        }
    };
}

mod account_links;
mod accounts;
mod audit;
mod organisations;
mod people;
mod sign_in;

use platform::{Moment, Tx, db};
use serde::Serializer;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::{Known, Lookup};

pub use account_links::{
    expire_links, insert_link, open_link, seal_link, sealed_link, spend_link, spend_links_of,
};
pub use accounts::{
    account, account_of_mail, branches, insert_account, is_set_up, list_accounts, lock_administrators,
    note_sign_in, other_administrators, own_organisations, remove_account, save_account, set_up,
};
pub use audit::{
    Seen, count_try, forget_audit, forget_reads, forget_tries, list_audit, reads_of, record, record_reads,
};
pub use organisations::{list_organisations, organisations, save_organisations};
pub use people::{list_people, people, save_people};
pub use sign_in::{
    close_door, closed_to, end_session, end_sessions, forget_knocks, forget_sign_ins, insert_session, knock,
    see_session, session, session_of_secret, sessions_of, take_back_knock,
};

/// A page of a list: whose, which words, after which row, how many.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Owners whose rows may be seen; none for all.
    pub owners: Option<Json<Vec<String>>>,
    /// Words of the name, normalised; each must begin a word of the row.
    pub words: Vec<String>,
    /// Name key and id of the last row before the page.
    pub after: Option<(String, Uuid)>,
    /// Rows at most.
    pub limit: i64,
}

/// Waits until no other import of this owner runs; holds until the end of the transaction.
pub async fn lock_imports(tx: &mut Tx, owner: Uuid, now: Moment) -> Result<(), db::Error> {
    tx.query("INSERT INTO imports (owner, last_at) VALUES ($1, $2) ON CONFLICT (owner) DO UPDATE SET last_at = excluded.last_at")
        .bind(owner)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Those of `owner` whom rows may be about, oldest first.
pub async fn look_up(tx: &mut Tx, owner: Uuid, lookup: &Lookup) -> Result<Known, db::Error> {
    Ok(Known {
        people: people::alike(tx, owner, lookup).await?,
        organisations: organisations::alike(tx, owner, lookup).await?,
    })
}

/// Saves all of it; whether every row was as the import had read it.
pub async fn save(tx: &mut Tx, changed: &Known) -> Result<bool, db::Error> {
    Ok(save_organisations(tx, &changed.organisations).await? && save_people(tx, &changed.people).await?)
}

/// Ids for a JSON parameter.
fn json_ids(ids: &[Uuid]) -> Json<Vec<String>> {
    Json(ids.iter().map(Uuid::to_string).collect())
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// As SQLite stores instants, and as PostgreSQL reads them.
fn fixed_width<S: Serializer>(moment: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

#[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
fn fixed_width_or_none<S: Serializer>(moment: &Option<Moment>, serializer: S) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => serializer.collect_str(moment),
        None => serializer.serialize_none(),
    }
}
