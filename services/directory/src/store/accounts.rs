use std::collections::BTreeSet;

use platform::{
    Moment, Tx,
    auth::{Role, Scope},
    db::{self, Sql},
};
use sqlx::types::Json;
use uuid::Uuid;

use super::json_ids;
use crate::domain::{Access, Account, Language, Mail, Organisation, role_name};

macro_rules! select {
    () => {
        "SELECT a.person, a.version, p.given_name, p.family_name, a.mail, p.language, a.role, a.organisations, a.password,
            a.disabled_at, a.created_at, a.updated_at, a.last_sign_in_at,
            (SELECT MAX(l.expires_at) FROM account_links AS l
             WHERE l.account = a.person AND l.purpose = 'invitation' AND l.ended_at IS NULL) AS invitation_expires_at
         FROM accounts AS a JOIN people AS p ON p.id = a.person WHERE "
    };
}

/// Inserts an account; its person is there already.
pub async fn insert_account(tx: &mut Tx, account: &Account) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO accounts (person, version, mail, role, organisations, password, disabled_at, created_at, updated_at,
            last_sign_in_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(account.id)
    .bind(account.version)
    .bind(account.mail.as_str())
    .bind(role_name(account.access.role))
    .bind(organisations(&account.access))
    .bind(account.password.as_deref())
    .bind(account.disabled_at)
    .bind(account.created_at)
    .bind(account.updated_at)
    .bind(account.last_sign_in_at)
    .execute()
    .await?;
    Ok(())
}

/// Saves what is the account's own, over the version before; whether it was there.
pub async fn save_account(tx: &mut Tx, account: &Account) -> Result<bool, db::Error> {
    let saved = tx
        .query(
            "UPDATE accounts SET version = $2, role = $3, organisations = $4, password = $5, disabled_at = $6, updated_at = $7
             WHERE person = $1 AND version = $2 - 1",
        )
        .bind(account.id)
        .bind(account.version)
        .bind(role_name(account.access.role))
        .bind(organisations(&account.access))
        .bind(account.password.as_deref())
        .bind(account.disabled_at)
        .bind(account.updated_at)
        .execute()
        .await?;
    Ok(saved == 1)
}

/// An account by its id.
pub async fn account(tx: &mut Tx, id: Uuid) -> Result<Option<Account>, db::Error> {
    let row = tx.query(concat!(select!(), "a.person = $1")).bind(id);
    Ok(row.fetch_optional().await?.map(Row::account))
}

/// An account by its address.
pub async fn account_of_mail(tx: &mut Tx, mail: &Mail) -> Result<Option<Account>, db::Error> {
    let row = tx.query(concat!(select!(), "a.mail = $1")).bind(mail.as_str());
    Ok(row.fetch_optional().await?.map(Row::account))
}

/// A page in the order of surnames.
pub async fn list_accounts(
    tx: &mut Tx,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Vec<Account>, db::Error> {
    let (name, id) = after.unzip();
    let rows: Vec<Row> = tx
        .query(concat!(
            select!(),
            "($1 IS NULL OR (p.name_key, p.id) > ($1, $2)) ORDER BY p.name_key, p.id LIMIT $3"
        ))
        .bind(name)
        .bind(id)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Row::account).collect())
}

/// Notes a sign-in with the password of hash `kept`, and its hash at today's cost when there is one; whether that is still
/// the password of an account in use. Holds the row, so that whoever changes it afterwards finds the new session and ends
/// it. No new version: nobody decided anything.
pub async fn note_sign_in(
    tx: &mut Tx,
    account: Uuid,
    kept: Option<&str>,
    rehashed: Option<&str>,
    now: Moment,
) -> Result<bool, db::Error> {
    let noted = tx
        .query(
            "UPDATE accounts SET last_sign_in_at = $2, password = COALESCE($3, password)
             WHERE person = $1 AND password = $4 AND disabled_at IS NULL",
        )
        .bind(account)
        .bind(now)
        .bind(rehashed)
        .bind(kept)
        .execute()
        .await?;
    Ok(noted == 1)
}

/// Removes an account whose person is forgotten, with its sessions and links.
pub async fn remove_account(tx: &mut Tx, account: Uuid) -> Result<(), db::Error> {
    for statement in [
        "DELETE FROM browser_sessions WHERE account = $1",
        "DELETE FROM account_links WHERE account = $1",
        "DELETE FROM accounts WHERE person = $1",
    ] {
        tx.query(statement).bind(account).execute().await?;
    }
    Ok(())
}

/// Whether there was a first administrator.
pub async fn is_set_up(tx: &mut Tx) -> Result<bool, db::Error> {
    let (rows,): (i64,) = tx.query("SELECT COUNT(*) FROM setup").fetch_one().await?;
    Ok(rows > 0)
}

/// Notes that there is a first administrator; a unique violation when there was one. Whoever comes second waits here.
pub async fn set_up(tx: &mut Tx, now: Moment) -> Result<(), db::Error> {
    tx.query("INSERT INTO setup (single, changed_at) VALUES (1, $1)")
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Waits until nobody else changes who administers; notes that there is an administrator, if that is new.
pub async fn lock_administrators(tx: &mut Tx, now: Moment) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO setup (single, changed_at) VALUES (1, $1) ON CONFLICT (single) DO UPDATE SET changed_at = excluded.changed_at",
    )
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// How many accounts but this one can administer the installation.
pub async fn other_administrators(tx: &mut Tx, account: Uuid) -> Result<i64, db::Error> {
    let (rows,): (i64,) = tx
        .query(
            "SELECT COUNT(*) FROM accounts
             WHERE role = 'administrator' AND password IS NOT NULL AND disabled_at IS NULL AND person <> $1",
        )
        .bind(account)
        .fetch_one()
        .await?;
    Ok(rows)
}

/// Organisations and branches of this installation: each owns itself.
pub async fn own_organisations(tx: &mut Tx, only: Option<&[Uuid]>) -> Result<Vec<Organisation>, db::Error> {
    let rows: Vec<(Uuid,)> = tx.query(OWN).bind(only.map(json_ids)).fetch_all().await?;
    let ids: Vec<Uuid> = rows.into_iter().map(|(id,)| id).collect();
    super::organisations(tx, &ids).await
}

/// Branches of these organisations.
pub async fn branches(tx: &mut Tx, of: &BTreeSet<Uuid>) -> Result<Vec<Uuid>, db::Error> {
    let of = Json(of.iter().map(Uuid::to_string).collect::<Vec<_>>());
    let rows: Vec<(Uuid,)> = tx.query(BRANCHES).bind(of).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

const BRANCHES: Sql = Sql {
    postgres: "SELECT id FROM organisations WHERE owner = id
        AND parent IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))",
    sqlite: "SELECT id FROM organisations WHERE owner = id
        AND parent IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
};

const OWN: Sql = Sql {
    postgres: "SELECT id FROM organisations WHERE owner = id
        AND ($1 IS NULL OR id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v)))",
    sqlite: "SELECT id FROM organisations WHERE owner = id
        AND ($1 IS NULL OR id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1)))",
};

#[derive(sqlx::FromRow)]
struct Row {
    person: Uuid,
    version: i64,
    given_name: String,
    family_name: String,
    mail: String,
    language: String,
    role: String,
    organisations: Option<Json<BTreeSet<Uuid>>>,
    password: Option<String>,
    disabled_at: Option<Moment>,
    created_at: Moment,
    updated_at: Moment,
    last_sign_in_at: Option<Moment>,
    invitation_expires_at: Option<Moment>,
}

impl Row {
    fn account(self) -> Account {
        let scope = match self.organisations {
            None => Scope::All,
            Some(Json(own)) => Scope::Organisations(own),
        };
        Account {
            id: self.person,
            version: self.version,
            given_name: self.given_name,
            family_name: self.family_name,
            mail: Mail::stored(self.mail),
            language: Language::parse(&self.language).unwrap_or_default(),
            access: Access {
                role: role(&self.role),
                scope,
            },
            password: self.password,
            disabled_at: self.disabled_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            last_sign_in_at: self.last_sign_in_at,
            invitation_expires_at: self.invitation_expires_at,
        }
    }
}

fn organisations(access: &Access) -> Option<Json<Vec<String>>> {
    access
        .organisations()
        .map(|own| Json(own.iter().map(Uuid::to_string).collect()))
}

/// The table's check allows no other text; should it ever hold one, the least that there is.
fn role(name: &str) -> Role {
    [
        Role::Administrator,
        Role::Coordinator,
        Role::Referent,
        Role::Facilitator,
        Role::Partner,
    ]
    .into_iter()
    .find(|role| role_name(*role) == name)
    .unwrap_or(Role::Auditor)
}
