use platform::{
    Moment, Tx,
    db::{self, Sql},
};
use uuid::Uuid;

use super::json_ids;
use crate::domain::Entry;

/// How somebody's data was seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Seen {
    /// Their file was opened.
    File,
    /// On a page of a list.
    List,
}

impl Seen {
    fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::List => "list",
        }
    }
}

/// Notes that `reader` saw the data of these people.
pub async fn record_reads(
    tx: &mut Tx,
    people: &[Uuid],
    reader: &str,
    seen: Seen,
    now: Moment,
) -> Result<(), db::Error> {
    const RECORD: Sql = Sql {
        postgres: "INSERT INTO reads (person, reader, seen, read_at)
            SELECT CAST(v AS UUID), $2, $3, $4 FROM jsonb_array_elements_text($1) AS t(v) ON CONFLICT DO NOTHING",
        sqlite: "INSERT INTO reads (person, reader, seen, read_at)
            SELECT unhex(replace(value, '-', '')), $2, $3, $4 FROM json_each($1) WHERE TRUE ON CONFLICT DO NOTHING",
    };
    tx.query(RECORD)
        .bind(json_ids(people))
        .bind(reader)
        .bind(seen.as_str())
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// The last hundred who saw the data of a person, how and when, latest first.
pub async fn reads_of(tx: &mut Tx, person: Uuid) -> Result<Vec<(String, String, Moment)>, db::Error> {
    tx.query(
        "SELECT reader, seen, read_at FROM reads WHERE person = $1 ORDER BY read_at DESC, reader LIMIT 100",
    )
    .bind(person)
    .fetch_all()
    .await
}

/// Forgets reads older than `before`; how many.
pub async fn forget_reads(tx: &mut Tx, before: Moment) -> Result<u64, db::Error> {
    tx.query("DELETE FROM reads WHERE read_at < $1")
        .bind(before)
        .execute()
        .await
}

/// Counts a try at the second factor before its answer is looked at, so that tries at once cannot exceed the limit.
/// Counting begins anew when the first one is older than `fresh`. Gives the count, and when it began.
pub async fn count_try(
    tx: &mut Tx,
    person: Uuid,
    now: Moment,
    fresh: Moment,
) -> Result<(i64, Moment), db::Error> {
    tx.query(
        "INSERT INTO surname_tries (person, since, tries) VALUES ($1, $2, 1)
         ON CONFLICT (person) DO UPDATE SET
            tries = CASE WHEN surname_tries.since <= $3 THEN 1 ELSE surname_tries.tries + 1 END,
            since = CASE WHEN surname_tries.since <= $3 THEN excluded.since ELSE surname_tries.since END
         RETURNING tries, since",
    )
    .bind(person)
    .bind(now)
    .bind(fresh)
    .fetch_one()
    .await
}

/// After the right answer.
pub async fn forget_tries(tx: &mut Tx, person: Uuid) -> Result<(), db::Error> {
    tx.query("DELETE FROM surname_tries WHERE person = $1")
        .bind(person)
        .execute()
        .await?;
    Ok(())
}

/// Keeps a line of what happened to accounts.
pub async fn record(tx: &mut Tx, entry: &Entry) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO account_audit (id, at, kind, actor, account, detail) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(entry.id)
    .bind(entry.at)
    .bind(entry.kind.as_str())
    .bind(entry.actor.as_str())
    .bind(entry.account)
    .bind(entry.detail.as_str())
    .execute()
    .await?;
    Ok(())
}

/// A page of what happened, newest first; of one account when it is named.
pub async fn list_audit(
    tx: &mut Tx,
    account: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Entry>, db::Error> {
    tx.query(
        "SELECT id, at, kind, actor, account, detail FROM account_audit
         WHERE ($1 IS NULL OR account = $1) AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
    )
    .bind(account)
    .bind(before)
    .bind(limit)
    .fetch_all()
    .await
}

/// Forgets what happened before; how much.
pub async fn forget_audit(tx: &mut Tx, before: Moment) -> Result<u64, db::Error> {
    tx.query("DELETE FROM account_audit WHERE at < $1")
        .bind(before)
        .execute()
        .await
}
