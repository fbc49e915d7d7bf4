use platform::{
    Moment, Tx,
    db::{self, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Listing, count, json_ids};
use crate::domain::{Lookup, Organisation, Siret};

/// Inserts those that are new and updates those whose row is one version behind; whether all were.
pub async fn save_organisations(tx: &mut Tx, organisations: &[Organisation]) -> Result<bool, db::Error> {
    if organisations.is_empty() {
        return Ok(true);
    }
    let rows = Json(organisations.iter().map(Row::of).collect::<Vec<_>>());
    Ok(tx.query(SAVE).bind(&rows).execute().await? == count(organisations.len()))
}

/// Those of the ids that are known.
pub async fn organisations(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Organisation>, db::Error> {
    Ok(read(tx.query(BY_ID).bind(json_ids(ids)).fetch_all().await?))
}

/// A page in the order of names, without those of this installation, which own themselves.
pub async fn list_organisations(tx: &mut Tx, listing: &Listing) -> Result<Vec<Organisation>, db::Error> {
    let (name, id) = listing.after.clone().unzip();
    let query = tx
        .query(LIST)
        .bind(listing.owners.as_ref())
        .bind(Json(&listing.words));
    Ok(read(
        query.bind(name).bind(id).bind(listing.limit).fetch_all().await?,
    ))
}

/// Those of `owner` that an import may be about, oldest first.
pub(super) async fn alike(tx: &mut Tx, owner: Uuid, lookup: &Lookup) -> Result<Vec<Organisation>, db::Error> {
    let query = tx.query(ALIKE).bind(owner).bind(Json(&lookup.sirets));
    Ok(read(
        query.bind(Json(&lookup.organisation_names)).fetch_all().await?,
    ))
}

macro_rules! columns {
    () => {
        "id, owner, parent, version, name, name_key, kind, sector, siret, created_at, updated_at"
    };
}

const BY_ID: Sql = by_id!(columns!(), "organisations");

const LIST: Sql = page!(columns!(), "organisations WHERE owner <> id");

const ALIKE: Sql = Sql {
    postgres: concat!(
        "SELECT ",
        columns!(),
        " FROM organisations WHERE owner = $1 AND (siret IN (SELECT jsonb_array_elements_text($2))
            OR name_key IN (SELECT jsonb_array_elements_text($3))) ORDER BY id"
    ),
    sqlite: concat!(
        "SELECT ",
        columns!(),
        " FROM organisations WHERE owner = $1 AND (siret IN (SELECT value FROM json_each($2))
            OR name_key IN (SELECT value FROM json_each($3))) ORDER BY id"
    ),
};

macro_rules! save {
    ($rows:literal) => {
        concat!(
            "INSERT INTO organisations (",
            columns!(),
            ") ",
            $rows,
            " ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name,
                name_key = excluded.name_key, kind = excluded.kind, sector = excluded.sector,
                siret = excluded.siret, updated_at = excluded.updated_at
              WHERE organisations.version = excluded.version - 1"
        )
    };
}

const SAVE: Sql = Sql {
    postgres: save!(
        "SELECT * FROM jsonb_to_recordset($1) AS r(id UUID, owner UUID, parent UUID, version BIGINT, name TEXT, name_key TEXT,
            kind TEXT, sector TEXT, siret TEXT, created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ)"
    ),
    sqlite: save!(
        "SELECT unhex(replace(value ->> 'id', '-', '')), unhex(replace(value ->> 'owner', '-', '')),
            unhex(replace(value ->> 'parent', '-', '')), value ->> 'version', value ->> 'name', value ->> 'name_key', value ->> 'kind', value ->> 'sector',
            value ->> 'siret', value ->> 'created_at', value ->> 'updated_at'
         FROM json_each($1) WHERE TRUE"
    ),
};

#[derive(Serialize, sqlx::FromRow)]
struct Row {
    id: Uuid,
    owner: Uuid,
    parent: Option<Uuid>,
    version: i64,
    name: String,
    name_key: String,
    kind: String,
    sector: String,
    siret: Option<String>,
    #[serde(serialize_with = "super::fixed_width")]
    created_at: Moment,
    #[serde(serialize_with = "super::fixed_width")]
    updated_at: Moment,
}

fn read(rows: Vec<Row>) -> Vec<Organisation> {
    rows.into_iter().map(Row::organisation).collect()
}

impl Row {
    fn of(organisation: &Organisation) -> Self {
        Self {
            id: organisation.id,
            owner: organisation.owner,
            parent: organisation.parent,
            version: organisation.version,
            name: organisation.name.clone(),
            name_key: organisation.name_key(),
            kind: organisation.kind.clone(),
            sector: organisation.sector.clone(),
            siret: organisation.siret.as_ref().map(Siret::to_string),
            created_at: organisation.created_at,
            updated_at: organisation.updated_at,
        }
    }

    fn organisation(self) -> Organisation {
        Organisation {
            id: self.id,
            owner: self.owner,
            parent: self.parent,
            version: self.version,
            name: self.name,
            kind: self.kind,
            sector: self.sector,
            siret: self.siret.map(Siret::stored),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
