use platform::{
    Moment, Tx,
    db::{self, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Listing, count, json_ids};
use crate::domain::{Channel, Contact, Language, Lookup, Mail, Person, Phone, Preference};

/// Inserts those that are new and updates those whose row is one version behind; whether all were. An erased row is
/// never written again.
pub async fn save_people(tx: &mut Tx, people: &[Person]) -> Result<bool, db::Error> {
    if people.is_empty() {
        return Ok(true);
    }
    let rows = Json(people.iter().map(Row::of).collect::<Vec<_>>());
    Ok(tx.query(SAVE).bind(&rows).execute().await? == count(people.len()))
}

/// Those of the ids that are known, erased ones too.
pub async fn people(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Person>, db::Error> {
    Ok(read(tx.query(BY_ID).bind(json_ids(ids)).fetch_all().await?))
}

/// A page in the order of surnames, without erased ones and without staff.
pub async fn list_people(tx: &mut Tx, listing: &Listing) -> Result<Vec<Person>, db::Error> {
    let (name, id) = listing.after.clone().unzip();
    let query = tx
        .query(LIST)
        .bind(listing.owners.as_ref())
        .bind(Json(&listing.words));
    Ok(read(
        query.bind(name).bind(id).bind(listing.limit).fetch_all().await?,
    ))
}

/// Those of `owner` whom an import may be about, oldest first; erased ones only when asked for by id.
pub(super) async fn alike(tx: &mut Tx, owner: Uuid, lookup: &Lookup) -> Result<Vec<Person>, db::Error> {
    let query = tx
        .query(ALIKE)
        .bind(owner)
        .bind(Json(&lookup.mails))
        .bind(Json(&lookup.phones));
    Ok(read(
        query
            .bind(Json(&lookup.bare_names))
            .bind(json_ids(&lookup.ids))
            .fetch_all()
            .await?,
    ))
}

/// Named one by one: a star would break the prepared statements of a running service when a column is added.
macro_rules! columns {
    () => {
        "id, owner, version, given_name, family_name, name_key, mail, phone, language, access_needs, organisation,
         mail_refused, sms_refused, preferred, created_at, updated_at, erased_at"
    };
}

const BY_ID: Sql = by_id!(columns!(), "people");

const LIST: Sql = page!(
    columns!(),
    "people WHERE erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.person = people.id)"
);

const ALIKE: Sql = Sql {
    postgres: concat!(
        "SELECT ",
        columns!(),
        " FROM people WHERE owner = $1
            AND (mail IN (SELECT jsonb_array_elements_text($2)) OR phone IN (SELECT jsonb_array_elements_text($3))
                OR (mail IS NULL AND phone IS NULL AND erased_at IS NULL
                    AND name_key IN (SELECT jsonb_array_elements_text($4)))
                OR id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($5) AS t(v)))
          ORDER BY id"
    ),
    sqlite: concat!(
        "SELECT ",
        columns!(),
        " FROM people WHERE owner = $1
            AND (mail IN (SELECT value FROM json_each($2)) OR phone IN (SELECT value FROM json_each($3))
                OR (mail IS NULL AND phone IS NULL AND erased_at IS NULL
                    AND name_key IN (SELECT value FROM json_each($4)))
                OR id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($5)))
          ORDER BY id"
    ),
};

/// The two texts differ in how a JSON list becomes rows, and in nothing else.
macro_rules! save {
    ($rows:literal) => {
        concat!(
            "INSERT INTO people (",
            columns!(),
            ") ",
            $rows,
            " ON CONFLICT (id) DO UPDATE SET version = excluded.version, given_name = excluded.given_name,
                family_name = excluded.family_name, name_key = excluded.name_key, mail = excluded.mail,
                phone = excluded.phone, language = excluded.language, access_needs = excluded.access_needs,
                organisation = excluded.organisation, mail_refused = excluded.mail_refused,
                sms_refused = excluded.sms_refused, preferred = excluded.preferred,
                updated_at = excluded.updated_at, erased_at = excluded.erased_at
              WHERE people.version = excluded.version - 1 AND people.erased_at IS NULL"
        )
    };
}

const SAVE: Sql = Sql {
    postgres: save!(
        "SELECT * FROM jsonb_to_recordset($1) AS r(id UUID, owner UUID, version BIGINT, given_name TEXT,
            family_name TEXT, name_key TEXT, mail TEXT, phone TEXT, language TEXT, access_needs TEXT,
            organisation UUID, mail_refused BOOLEAN, sms_refused BOOLEAN, preferred TEXT,
            created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, erased_at TIMESTAMPTZ)"
    ),
    sqlite: save!(
        "SELECT unhex(replace(value ->> 'id', '-', '')), unhex(replace(value ->> 'owner', '-', '')),
            value ->> 'version', value ->> 'given_name', value ->> 'family_name', value ->> 'name_key',
            value ->> 'mail', value ->> 'phone', value ->> 'language', value ->> 'access_needs',
            unhex(replace(value ->> 'organisation', '-', '')), value ->> 'mail_refused', value ->> 'sms_refused',
            value ->> 'preferred', value ->> 'created_at', value ->> 'updated_at', value ->> 'erased_at'
         FROM json_each($1) WHERE TRUE"
    ),
};

/// A row as the database has it, and as it goes there: instants as text of fixed width, which both read.
#[derive(Serialize, sqlx::FromRow)]
struct Row {
    id: Uuid,
    owner: Uuid,
    version: i64,
    given_name: String,
    family_name: String,
    name_key: String,
    mail: Option<String>,
    phone: Option<String>,
    language: String,
    access_needs: String,
    organisation: Option<Uuid>,
    mail_refused: bool,
    sms_refused: bool,
    preferred: Option<String>,
    #[serde(serialize_with = "super::fixed_width")]
    created_at: Moment,
    #[serde(serialize_with = "super::fixed_width")]
    updated_at: Moment,
    #[serde(serialize_with = "super::fixed_width_or_none")]
    erased_at: Option<Moment>,
}

fn read(rows: Vec<Row>) -> Vec<Person> {
    rows.into_iter().map(Row::person).collect()
}

impl Row {
    fn of(person: &Person) -> Self {
        let preferred = person.preference.preferred.map(|channel| match channel {
            Channel::Mail => "mail",
            Channel::Sms => "sms",
        });
        Self {
            id: person.id,
            owner: person.owner,
            version: person.version,
            given_name: person.given_name.clone(),
            family_name: person.family_name.clone(),
            name_key: person.name_key(),
            mail: person.contact.mail.as_ref().map(Mail::to_string),
            phone: person.contact.phone.as_ref().map(Phone::to_string),
            language: person.contact.language.to_string(),
            access_needs: person.access_needs.clone(),
            organisation: person.organisation,
            mail_refused: person.preference.mail_refused,
            sms_refused: person.preference.sms_refused,
            preferred: preferred.map(str::to_owned),
            created_at: person.created_at,
            updated_at: person.updated_at,
            erased_at: person.erased_at,
        }
    }

    fn person(self) -> Person {
        let preferred = self.preferred.as_deref().and_then(|channel| match channel {
            "mail" => Some(Channel::Mail),
            "sms" => Some(Channel::Sms),
            _ => None,
        });
        Person {
            id: self.id,
            owner: self.owner,
            version: self.version,
            given_name: self.given_name,
            family_name: self.family_name,
            contact: Contact {
                mail: self.mail.map(Mail::stored),
                phone: self.phone.map(Phone::stored),
                language: Language::parse(&self.language).unwrap_or_default(),
            },
            access_needs: self.access_needs,
            organisation: self.organisation,
            preference: Preference {
                mail_refused: self.mail_refused,
                sms_refused: self.sms_refused,
                preferred,
            },
            created_at: self.created_at,
            updated_at: self.updated_at,
            erased_at: self.erased_at,
        }
    }
}
