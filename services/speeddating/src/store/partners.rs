//! Links of partners, visits behind them, and whom each registered.

use platform::{Moment, Tx, db};
use uuid::Uuid;

use crate::domain::PartnerLink;

/// Writes a new one.
pub async fn insert(
    tx: &mut Tx,
    link: &PartnerLink,
    token_hash: &[u8],
    code_hash: &[u8],
    by: &str,
) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO partner_links (id, session_id, partner, token_hash, code_hash, wrong_codes, created_by, created_at,
             expires_at, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(link.id)
    .bind(link.session_id)
    .bind(link.partner.as_str())
    .bind(token_hash)
    .bind(code_hash)
    .bind(0_i64)
    .bind(by)
    .bind(link.created_at)
    .bind(link.expires_at)
    .bind(link.revoked_at)
    .execute()
    .await?;
    Ok(())
}

/// One.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<PartnerLink>, db::Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM partner_links WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.map(Row::link))
}

/// The link of a token's digest, with the digest of its code, whether it stands or not.
pub async fn by_token(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<(PartnerLink, Vec<u8>)>, db::Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM partner_links WHERE token_hash = $1")
        .bind(token_hash)
        .fetch_optional()
        .await?;
    Ok(row.map(|row| {
        let code = row.code_hash.clone();
        (row.link(), code)
    }))
}

/// Those of a session, newest first.
pub async fn of_session(tx: &mut Tx, session: Uuid) -> Result<Vec<PartnerLink>, db::Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM partner_links WHERE session_id = $1 ORDER BY id DESC LIMIT 500")
        .bind(session)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Row::link).collect())
}

/// Those of a session that end at one instant end at another.
pub async fn move_ends(tx: &mut Tx, session: Uuid, from: Moment, to: Moment) -> Result<(), db::Error> {
    tx.query("UPDATE partner_links SET expires_at = $3 WHERE session_id = $1 AND expires_at = $2")
        .bind(session)
        .bind(from)
        .bind(to)
        .execute()
        .await?;
    Ok(())
}

/// Ends one, and every visit behind it.
pub async fn revoke(tx: &mut Tx, id: Uuid, at: Moment) -> Result<(), db::Error> {
    tx.query("UPDATE partner_links SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id)
        .bind(at)
        .execute()
        .await?;
    tx.query("DELETE FROM partner_visits WHERE link_id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Counts a wrong code.
pub async fn count_wrong(tx: &mut Tx, id: Uuid) -> Result<(), db::Error> {
    tx.query("UPDATE partner_links SET wrong_codes = wrong_codes + 1 WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Begins a visit: the wrong codes before it are forgiven, visits that are over go.
pub async fn visit(
    tx: &mut Tx,
    link: Uuid,
    visit_hash: &[u8],
    now: Moment,
    until: Moment,
) -> Result<(), db::Error> {
    tx.query("UPDATE partner_links SET wrong_codes = 0 WHERE id = $1")
        .bind(link)
        .execute()
        .await?;
    tx.query("DELETE FROM partner_visits WHERE expires_at <= $1")
        .bind(now)
        .execute()
        .await?;
    tx.query("INSERT INTO partner_visits (visit_hash, link_id, expires_at) VALUES ($1, $2, $3)")
        .bind(visit_hash)
        .bind(link)
        .bind(until)
        .execute()
        .await?;
    Ok(())
}

/// Whether a visit of this link goes on.
pub async fn visiting(tx: &mut Tx, link: Uuid, visit_hash: &[u8], now: Moment) -> Result<bool, db::Error> {
    let row: Option<(Uuid,)> = tx
        .query(
            "SELECT link_id FROM partner_visits WHERE visit_hash = $1 AND link_id = $2 AND expires_at > $3",
        )
        .bind(visit_hash)
        .bind(link)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}

/// Remembers that this link registered somebody.
pub async fn registered(tx: &mut Tx, link: Uuid, registration: Uuid) -> Result<(), db::Error> {
    tx.query("INSERT INTO partner_people (registration_id, link_id) VALUES ($1, $2)")
        .bind(registration)
        .bind(link)
        .execute()
        .await?;
    Ok(())
}

/// Registrations that this link made, in their order.
pub async fn people(tx: &mut Tx, link: Uuid) -> Result<Vec<Uuid>, db::Error> {
    let rows: Vec<(Uuid,)> = tx
        .query("SELECT registration_id FROM partner_people WHERE link_id = $1 ORDER BY registration_id")
        .bind(link)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    session_id: Uuid,
    partner: String,
    code_hash: Vec<u8>,
    wrong_codes: i64,
    created_at: Moment,
    expires_at: Moment,
    revoked_at: Option<Moment>,
}

impl Row {
    fn link(self) -> PartnerLink {
        PartnerLink {
            id: self.id,
            session_id: self.session_id,
            partner: self.partner,
            wrong_codes: self.wrong_codes,
            created_at: self.created_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
        }
    }
}
