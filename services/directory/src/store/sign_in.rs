use platform::{Moment, Tx, db};
use uuid::Uuid;

use crate::domain::{AccountLink, BrowserSession, MOST_SESSIONS, Purpose};

macro_rules! session {
    () => {
        "SELECT id, account, secret_hash, device, created_at, last_seen_at FROM browser_sessions WHERE "
    };
}

macro_rules! link {
    () => {
        "id, account, purpose, created_at, expires_at"
    };
}

/// Counts a try before its answer is looked at, so that tries at once cannot exceed the limit. Gives how many there were
/// since `fresh`; none while the door is closed.
pub async fn knock(tx: &mut Tx, key: &[u8], now: Moment, fresh: Moment) -> Result<Option<i64>, db::Error> {
    let row: Option<(i64,)> = tx
        .query(
            "INSERT INTO sign_in_tries (key, tries, last_at, closed_to) VALUES ($1, 1, $2, $2)
             ON CONFLICT (key) DO UPDATE SET
                tries = CASE WHEN sign_in_tries.last_at <= $3 THEN 1 ELSE sign_in_tries.tries + 1 END,
                last_at = excluded.last_at
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

/// Forgets what is over: sessions not seen since, tries older than.
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
        .query("DELETE FROM sign_in_tries WHERE last_at <= $1")
        .bind(tries_before)
        .execute()
        .await?;
    Ok(sessions + tries)
}

/// Keeps a link.
pub async fn insert_link(tx: &mut Tx, link: &AccountLink) -> Result<(), db::Error> {
    tx.query("INSERT INTO account_links (id, account, purpose, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(link.id)
        .bind(link.account)
        .bind(purpose_name(link.purpose))
        .bind(link.created_at)
        .bind(link.expires_at)
        .execute()
        .await?;
    Ok(())
}

/// A link that still opens.
pub async fn open_link(
    tx: &mut Tx,
    id: Uuid,
    purpose: Purpose,
    now: Moment,
) -> Result<Option<AccountLink>, db::Error> {
    let row: Option<LinkRow> = tx
        .query(concat!(
            "SELECT ",
            link!(),
            " FROM account_links WHERE id = $1 AND purpose = $2 AND ended_at IS NULL AND expires_at > $3"
        ))
        .bind(id)
        .bind(purpose_name(purpose))
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(row.map(LinkRow::link))
}

/// Ends a link that still opens; whether it did until now. Of two at once, one is told yes.
pub async fn spend_link(tx: &mut Tx, id: Uuid, now: Moment) -> Result<bool, db::Error> {
    let spent = tx
        .query(
            "UPDATE account_links SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(spent == 1)
}

/// Ends the open links of an account, those that are over too; which.
pub async fn spend_links_of(tx: &mut Tx, account: Uuid, now: Moment) -> Result<Vec<AccountLink>, db::Error> {
    let rows: Vec<LinkRow> = tx
        .query(concat!(
            "UPDATE account_links SET ended_at = $2 WHERE account = $1 AND ended_at IS NULL RETURNING ",
            link!()
        ))
        .bind(account)
        .bind(now)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(LinkRow::link).collect())
}

/// Ends links whose time is over, some at once; which.
pub async fn expire_links(tx: &mut Tx, now: Moment) -> Result<Vec<AccountLink>, db::Error> {
    let rows: Vec<LinkRow> = tx.query(EXPIRE).bind(now).fetch_all().await?;
    Ok(rows.into_iter().map(LinkRow::link).collect())
}

const EXPIRE: &str = concat!(
    "UPDATE account_links SET ended_at = $1 WHERE id IN
        (SELECT id FROM account_links WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY id LIMIT 500)
     RETURNING ",
    link!()
);

#[derive(sqlx::FromRow)]
struct LinkRow {
    id: Uuid,
    account: Uuid,
    purpose: String,
    created_at: Moment,
    expires_at: Moment,
}

impl LinkRow {
    fn link(self) -> AccountLink {
        let purpose = if self.purpose == purpose_name(Purpose::Reset) {
            Purpose::Reset
        } else {
            Purpose::Invitation
        };
        AccountLink {
            id: self.id,
            account: self.account,
            purpose,
            created_at: self.created_at,
            expires_at: self.expires_at,
        }
    }
}

fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Invitation => "invitation",
        Purpose::Reset => "reset",
    }
}
