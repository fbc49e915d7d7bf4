//! Wishes of both sides.

use std::collections::BTreeMap;

use platform::{
    Tx,
    db::{self, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{ids, names::Name, stored};
use crate::domain::{Opinion, Pair, Wish};

/// All of a session, in the order of candidates and employers.
pub async fn all(tx: &mut Tx, session: Uuid) -> Result<Vec<Wish>, db::Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM wishes WHERE session_id = $1 ORDER BY candidate_id, employer_id")
        .bind(session)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::wish).collect()
}

/// Those of a session that forbid their pair (`Wish::forbidden`), in the same order.
pub async fn forbidding(tx: &mut Tx, session: Uuid) -> Result<Vec<Wish>, db::Error> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT * FROM wishes WHERE session_id = $1 AND (must_not OR opinion = $2)
             ORDER BY candidate_id, employer_id",
        )
        .bind(session)
        .bind(Opinion::No.name())
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::wish).collect()
}

/// One, if anything is known of the pair.
pub async fn find(tx: &mut Tx, pair: Pair) -> Result<Option<Wish>, db::Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM wishes WHERE candidate_id = $1 AND employer_id = $2")
        .bind(pair.candidate)
        .bind(pair.employer)
        .fetch_optional()
        .await?;
    row.map(Row::wish).transpose()
}

/// A page, in the order of candidates and employers, after a pair.
pub async fn list(
    tx: &mut Tx,
    session: Uuid,
    after: Option<Pair>,
    limit: i64,
) -> Result<Vec<Wish>, db::Error> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT * FROM wishes
             WHERE session_id = $1 AND ($2 IS NULL OR (candidate_id, employer_id) > ($2, $3))
             ORDER BY candidate_id, employer_id LIMIT $4",
        )
        .bind(session)
        .bind(after.map(|pair| pair.candidate))
        .bind(after.map(|pair| pair.employer))
        .bind(limit)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::wish).collect()
}

/// How many wishes each candidate made, and how many were made for each employer.
pub async fn tallies(tx: &mut Tx, session: Uuid) -> Result<BTreeMap<Uuid, i64>, db::Error> {
    let rows: Vec<(Uuid, i64)> = tx
        .query(
            "SELECT candidate_id, COUNT(*) FROM wishes WHERE session_id = $1 AND rank > 0 GROUP BY candidate_id
             UNION ALL
             SELECT employer_id, COUNT(*) FROM wishes WHERE session_id = $1 AND rank > 0 GROUP BY employer_id",
        )
        .bind(session)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().collect())
}

const WITHIN: Sql = Sql {
    postgres: "SELECT * FROM wishes WHERE session_id = $1
          AND candidate_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($2) AS t(value))
          AND employer_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($3) AS t(value))",
    sqlite: "SELECT * FROM wishes WHERE session_id = $1
          AND candidate_id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($2))
          AND employer_id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($3))",
};

/// What is known of pairs of these candidates and employers.
pub async fn within(
    tx: &mut Tx,
    session: Uuid,
    candidates: &[Uuid],
    employers: &[Uuid],
) -> Result<Vec<Wish>, db::Error> {
    let rows: Vec<Row> = tx
        .query(WITHIN)
        .bind(session)
        .bind(ids(candidates))
        .bind(ids(employers))
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::wish).collect()
}

const WRITE: Sql = Sql {
    postgres: "INSERT INTO wishes (session_id, candidate_id, employer_id, rank, opinion, recommended, must, must_not)
        SELECT $2, candidate_id, employer_id, rank, opinion, recommended, must, must_not
        FROM jsonb_to_recordset($1) AS r(candidate_id UUID, employer_id UUID, rank BIGINT, opinion TEXT, recommended BOOLEAN,
            must BOOLEAN, must_not BOOLEAN)
        ON CONFLICT (candidate_id, employer_id) DO UPDATE SET rank = excluded.rank, opinion = excluded.opinion,
            recommended = excluded.recommended, must = excluded.must, must_not = excluded.must_not",
    sqlite: "INSERT INTO wishes (session_id, candidate_id, employer_id, rank, opinion, recommended, must, must_not)
        SELECT $2, unhex(replace(value ->> 'candidate_id', '-', '')), unhex(replace(value ->> 'employer_id', '-', '')),
            value ->> 'rank', value ->> 'opinion', value ->> 'recommended', value ->> 'must', value ->> 'must_not'
        FROM json_each($1) WHERE TRUE
        ON CONFLICT (candidate_id, employer_id) DO UPDATE SET rank = excluded.rank, opinion = excluded.opinion,
            recommended = excluded.recommended, must = excluded.must, must_not = excluded.must_not",
};

/// Writes wishes, over those that are known of the same pairs.
pub async fn write(tx: &mut Tx, session: Uuid, wishes: &[Wish]) -> Result<(), db::Error> {
    if !wishes.is_empty() {
        let rows: Vec<Written> = wishes.iter().map(Written::new).collect();
        tx.query(WRITE).bind(Json(rows)).bind(session).execute().await?;
    }
    Ok(())
}

const REMOVE: Sql = Sql {
    postgres: "DELETE FROM wishes USING jsonb_to_recordset($1) AS r(candidate_id UUID, employer_id UUID)
        WHERE wishes.candidate_id = r.candidate_id AND wishes.employer_id = r.employer_id",
    sqlite: "DELETE FROM wishes WHERE (candidate_id, employer_id) IN (
        SELECT unhex(replace(value ->> 'candidate_id', '-', '')), unhex(replace(value ->> 'employer_id', '-', ''))
        FROM json_each($1))",
};

/// Forgets what is known of these pairs.
pub async fn remove(tx: &mut Tx, pairs: &[Pair]) -> Result<(), db::Error> {
    #[derive(Serialize)]
    struct Named {
        candidate_id: Uuid,
        employer_id: Uuid,
    }
    if !pairs.is_empty() {
        let named = pairs.iter().map(|pair| Named {
            candidate_id: pair.candidate,
            employer_id: pair.employer,
        });
        tx.query(REMOVE)
            .bind(Json(named.collect::<Vec<_>>()))
            .execute()
            .await?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Written {
    candidate_id: Uuid,
    employer_id: Uuid,
    rank: i64,
    opinion: Option<&'static str>,
    recommended: bool,
    must: bool,
    must_not: bool,
}

impl Written {
    fn new(wish: &Wish) -> Self {
        Self {
            candidate_id: wish.pair.candidate,
            employer_id: wish.pair.employer,
            rank: wish.rank,
            opinion: wish.opinion.map(Name::name),
            recommended: wish.recommended,
            must: wish.must,
            must_not: wish.must_not,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    candidate_id: Uuid,
    employer_id: Uuid,
    rank: i64,
    opinion: Option<String>,
    recommended: bool,
    must: bool,
    must_not: bool,
}

impl Row {
    fn wish(self) -> Result<Wish, db::Error> {
        Ok(Wish {
            pair: Pair {
                candidate: self.candidate_id,
                employer: self.employer_id,
            },
            rank: self.rank,
            opinion: self
                .opinion
                .map(|name| stored(Opinion::named(&name), "opinion"))
                .transpose()?,
            recommended: self.recommended,
            must: self.must,
            must_not: self.must_not,
        })
    }
}
