use platform::{
    Moment, Tx,
    db::{self, Query},
};
use uuid::Uuid;

use crate::domain::{AccountLink, Purpose};

macro_rules! link {
    () => {
        "id, account, purpose, created_at, expires_at"
    };
}

/// Of those that still open at $1.
macro_rules! opens {
    () => {
        "ended_at IS NULL AND expires_at > $1"
    };
}

/// Links that still open at $1, to be narrowed down.
macro_rules! opening {
    () => {
        concat!("SELECT ", link!(), " FROM account_links WHERE ", opens!())
    };
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

/// Keeps the digest of a link's secret.
pub async fn seal_link(tx: &mut Tx, id: Uuid, secret_hash: &[u8]) -> Result<(), db::Error> {
    tx.query("UPDATE account_links SET secret_hash = $2 WHERE id = $1")
        .bind(id)
        .bind(secret_hash)
        .execute()
        .await?;
    Ok(())
}

/// The link of a secret, if it still opens.
pub async fn sealed_link(
    tx: &mut Tx,
    secret_hash: &[u8],
    now: Moment,
) -> Result<Option<AccountLink>, db::Error> {
    let link = tx
        .query(concat!(opening!(), " AND secret_hash = $2"))
        .bind(now)
        .bind(secret_hash);
    one(link).await
}

/// A link that still opens.
pub async fn open_link(
    tx: &mut Tx,
    id: Uuid,
    purpose: Purpose,
    now: Moment,
) -> Result<Option<AccountLink>, db::Error> {
    let link = tx
        .query(concat!(opening!(), " AND id = $2 AND purpose = $3"))
        .bind(now)
        .bind(id)
        .bind(purpose_name(purpose));
    one(link).await
}

/// Ends a link that still opens; whether it did until now. Of two at once, one is told yes.
pub async fn spend_link(tx: &mut Tx, id: Uuid, now: Moment) -> Result<bool, db::Error> {
    let spent = tx
        .query(concat!(
            "UPDATE account_links SET ended_at = $1 WHERE id = $2 AND ",
            opens!()
        ))
        .bind(now)
        .bind(id)
        .execute()
        .await?;
    Ok(spent == 1)
}

/// Ends the open links of an account, those that are over too; which.
pub async fn spend_links_of(tx: &mut Tx, account: Uuid, now: Moment) -> Result<Vec<AccountLink>, db::Error> {
    let ended = tx
        .query(concat!(
            "UPDATE account_links SET ended_at = $2 WHERE account = $1 AND ended_at IS NULL RETURNING ",
            link!()
        ))
        .bind(account)
        .bind(now);
    all(ended).await
}

/// Ends links whose time is over, some at once; which.
pub async fn expire_links(tx: &mut Tx, now: Moment) -> Result<Vec<AccountLink>, db::Error> {
    all(tx.query(EXPIRE).bind(now)).await
}

const EXPIRE: &str = concat!(
    "UPDATE account_links SET ended_at = $1 WHERE id IN
        (SELECT id FROM account_links WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY id LIMIT 500)
     RETURNING ",
    link!()
);

/// The link that a query finds.
async fn one(query: Query<'_>) -> Result<Option<AccountLink>, db::Error> {
    let row: Option<LinkRow> = query.fetch_optional().await?;
    Ok(row.map(LinkRow::link))
}

/// The links that a query gives.
async fn all(query: Query<'_>) -> Result<Vec<AccountLink>, db::Error> {
    let rows: Vec<LinkRow> = query.fetch_all().await?;
    Ok(rows.into_iter().map(LinkRow::link).collect())
}

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
