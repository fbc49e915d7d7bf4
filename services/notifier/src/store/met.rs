//! Who else was found at a refused address.

use platform::{
    Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::hex;
use crate::domain::Channel;

/// Somebody whose address was found refused: by which digest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Met {
    /// By which channel.
    pub channel: Channel,
    /// Which address.
    pub address_hash: Vec<u8>,
    /// Who.
    pub person_id: Uuid,
}

#[derive(Serialize)]
struct MetRow {
    channel: &'static str,
    address_hash: String,
    person_id: String,
}

fn met_rows(met: &[Met]) -> Json<Vec<MetRow>> {
    let row = |one: &Met| MetRow {
        channel: one.channel.name(),
        address_hash: hex(&one.address_hash),
        person_id: one.person_id.to_string(),
    };
    Json(met.iter().map(row).collect())
}

/// How many of these are noted already.
pub async fn count_met(tx: &mut Tx, met: &[Met]) -> Result<i64, Error> {
    let (noted,): (i64,) = tx.query(COUNT).bind(met_rows(met)).fetch_one().await?;
    Ok(noted)
}

const COUNT: Sql = Sql {
    postgres: "SELECT COUNT(*) FROM suppression_people
               WHERE (channel, address_hash, person_id) IN (SELECT channel, decode(address_hash, 'hex'), person_id
                   FROM jsonb_to_recordset($1) AS r(channel TEXT, address_hash TEXT, person_id UUID))",
    sqlite: "SELECT COUNT(*) FROM suppression_people
             WHERE (channel, address_hash, person_id) IN (SELECT value->>'channel', unhex(value->>'address_hash'),
                     unhex(replace(value->>'person_id', '-', '')) FROM jsonb_each($1))",
};

/// Notes whom else refused addresses concern; what was lifted meanwhile is left out.
pub async fn insert_met(tx: &mut Tx, met: &[Met]) -> Result<u64, Error> {
    tx.query(INSERT).bind(met_rows(met)).execute().await
}

/// On PostgreSQL the address is locked: one that is being lifted is waited for, and then left out.
const INSERT: Sql = Sql {
    postgres: "INSERT INTO suppression_people (channel, address_hash, person_id)
               SELECT s.channel, s.address_hash, r.person_id
               FROM jsonb_to_recordset($1) AS r(channel TEXT, address_hash TEXT, person_id UUID)
               JOIN suppressions AS s ON s.channel = r.channel AND s.address_hash = decode(r.address_hash, 'hex')
               ORDER BY s.channel, s.address_hash, r.person_id FOR KEY SHARE OF s
               ON CONFLICT DO NOTHING",
    sqlite: "INSERT INTO suppression_people (channel, address_hash, person_id)
             SELECT s.channel, s.address_hash, unhex(replace(value->>'person_id', '-', ''))
             FROM jsonb_each($1) JOIN suppressions AS s
                 ON s.channel = value->>'channel' AND s.address_hash = unhex(value->>'address_hash')
             WHERE TRUE ON CONFLICT DO NOTHING",
};
