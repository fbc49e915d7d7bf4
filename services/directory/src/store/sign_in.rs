use platform::{Moment, Tx, db};
use uuid::Uuid;

use crate::domain::{BrowserSession, MOST_SESSIONS};

macro_rules! session {
    () => {
        "SELECT id, account, secret_hash, device, created_at, last_seen_at FROM browser_sessions WHERE "
    };
}

/// Counts a try before its answer is looked at, so that tries at once cannot exceed the limit. Gives how many there were
/// since the first, which is forgotten when it is not after `fresh`; none while the door is closed.
pub async fn knock(tx: &mut Tx, key: &[u8], now: Moment, fresh: Moment) -> Result<Option<i64>, db::Error> {
    let row: Option<(i64,)> = tx
        .query(
            "INSERT INTO sign_in_tries (key, tries, since, closed_to) VALUES ($1, 1, $2, $2)
             ON CONFLICT (key) DO UPDATE SET
                tries = CASE WHEN sign_in_tries.since <= $3 THEN 1 ELSE sign_in_tries.tries + 1 END,
                since = CASE WHEN sign_in_tries.since <= $3 THEN excluded.since ELSE sign_in_tries.since END
             WHERE sign_in_tries.closed_to <= $2
             RETURNING tries",
        )
        .bind(key)
        .bind(now)
        .bind(fresh)
        .fetch_optional()
        .await?;
    Ok(row.map(|(tries,)| tries))
}

/// Closes the door until then.
pub async fn close_door(tx: &mut Tx, key: &[u8], until: Moment) -> Result<(), db::Error> {
    tx.query("UPDATE sign_in_tries SET closed_to = $2 WHERE key = $1")
        .bind(key)
        .bind(until)
        .execute()
        .await?;
    Ok(())
}

/// Until when the door is closed.
pub async fn closed_to(tx: &mut Tx, key: &[u8]) -> Result<Option<Moment>, db::Error> {
    let row: Option<(Moment,)> = tx
        .query("SELECT closed_to FROM sign_in_tries WHERE key = $1")
        .bind(key)
        .fetch_optional()
        .await?;
    Ok(row.map(|(until,)| until))
}

/// After the right answer: the address starts anew.
pub async fn forget_knocks(tx: &mut Tx, key: &[u8]) -> Result<(), db::Error> {
    tx.query("DELETE FROM sign_in_tries WHERE key = $1")
        .bind(key)
        .execute()
        .await?;
    Ok(())
}

/// After the right answer: it was no failure of where it came from. Earlier ones stay, or one good account would open
/// the door to guesses at all others.
pub async fn take_back_knock(tx: &mut Tx, key: &[u8], now: Moment) -> Result<(), db::Error> {
    tx.query("UPDATE sign_in_tries SET tries = tries - 1, closed_to = $2 WHERE key = $1 AND tries > 0")
        .bind(key)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Keeps a session; the account's least recently used ones beyond the limit end.
pub async fn insert_session(tx: &mut Tx, session: &BrowserSession) -> Result<(), db::Error> {
    tx.query(
        "DELETE FROM browser_sessions WHERE account = $1 AND id NOT IN
            (SELECT id FROM browser_sessions WHERE account = $1 ORDER BY last_seen_at DESC, id DESC LIMIT $2)",
    )
    .bind(session.account)
    .bind(MOST_SESSIONS - 1)
    .execute()
    .await?;
    tx.query(
        "INSERT INTO browser_sessions (id, account, secret_hash, device, created_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(session.id)
    .bind(session.account)
    .bind(session.secret_hash.as_slice())
    .bind(session.device.as_str())
    .bind(session.created_at)
    .bind(session.last_seen_at)
    .execute()
    .await?;
    Ok(())
}

/// The session of a secret.
pub async fn session_of_secret(tx: &mut Tx, hash: &[u8]) -> Result<Option<BrowserSession>, db::Error> {
    tx.query(concat!(session!(), "secret_hash = $1"))
        .bind(hash)
        .fetch_optional()
        .await
}

/// A session by its id.
pub async fn session(tx: &mut Tx, id: Uuid) -> Result<Option<BrowserSession>, db::Error> {
    tx.query(concat!(session!(), "id = $1"))
        .bind(id)
        .fetch_optional()
        .await
}

/// Sessions of an account, last seen first.
pub async fn sessions_of(tx: &mut Tx, account: Uuid) -> Result<Vec<BrowserSession>, db::Error> {
    tx.query(concat!(
        session!(),
        "account = $1 ORDER BY last_seen_at DESC, id DESC LIMIT $2"
    ))
    .bind(account)
    .bind(MOST_SESSIONS)
    .fetch_all()
    .await
}

/// Notes that a session was used; whether it is still there.
pub async fn see_session(tx: &mut Tx, id: Uuid, now: Moment) -> Result<bool, db::Error> {
    let seen = tx
        .query("UPDATE browser_sessions SET last_seen_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(seen == 1)
}

/// Ends one session; whether it was there.
pub async fn end_session(tx: &mut Tx, id: Uuid) -> Result<bool, db::Error> {
    let ended = tx
        .query("DELETE FROM browser_sessions WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(ended == 1)
}

/// Ends all sessions of an account but one; how many.
pub async fn end_sessions(tx: &mut Tx, account: Uuid, but: Option<Uuid>) -> Result<u64, db::Error> {
    tx.query("DELETE FROM browser_sessions WHERE account = $1 AND ($2 IS NULL OR id <> $2)")
        .bind(account)
        .bind(but)
        .execute()
        .await
}

/// Forgets what is over: sessions not seen since, tries whose first is older than.
pub async fn forget_sign_ins(
    tx: &mut Tx,
    unseen_since: Moment,
    made_before: Moment,
    tries_before: Moment,
) -> Result<u64, db::Error> {
    let sessions = tx
        .query("DELETE FROM browser_sessions WHERE last_seen_at <= $1 OR created_at <= $2")
        .bind(unseen_since)
        .bind(made_before)
        .execute()
        .await?;
    let tries = tx
        .query("DELETE FROM sign_in_tries WHERE since <= $1")
        .bind(tries_before)
        .execute()
        .await?;
    Ok(sessions + tries)
}
