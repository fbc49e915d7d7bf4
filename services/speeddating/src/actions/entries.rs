//! One person or employer at a time, by the rules of the tables.

use std::collections::BTreeMap;

use platform::auth::{Actor, ORGANISERS, READERS};
use uuid::Uuid;

use super::{
    Context, Keyed, held,
    imports::{apply, each_once, known, nothing_clashes},
    owned, recall,
    registrations::change,
    remember,
};
use crate::{
    directory::{Key, Outcome, Who},
    domain::{Flaw, Refusal, Registration, Seen, Side, Standing, Step},
    error::Error,
    import::{Corrections, Known, Placed, Problem, Reading, Sheet, Table, read_sheets},
    store,
};

/// A row of a table, typed into a form.
pub struct Entry {
    /// Which side.
    pub side: Side,
    /// Values by column.
    pub fields: BTreeMap<String, String>,
}

/// Who a new entry is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// The person meant, when it is known.
    pub person: Option<Uuid>,
    /// Another one than the one who looks alike.
    pub apart: bool,
}

/// What became of an entry.
pub enum Entered {
    /// Registered; with what was understood otherwise than typed.
    Registered(Box<Registration>, Vec<Problem>),
    /// Somebody known looks alike; nothing was changed. The person, and what coincides.
    Alike(Uuid, Vec<String>),
}

/// A registration.
pub async fn get_registration(context: &Context, actor: &Actor, id: Uuid) -> Result<Registration, Error> {
    actor.require(READERS)?;
    let mut tx = context.db.read().await?;
    let unknown = || Error::Unknown("inscription");
    let found = store::registrations::find(&mut tx, id)
        .await?
        .ok_or_else(unknown)?;
    let session = store::sessions::find(&mut tx, found.session_id).await?;
    owned(actor, session).map_err(|_| unknown())?;
    Ok(found)
}

/// Registers somebody: the directory first, then here. Without a code the next free one is given.
pub async fn register(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    session: Uuid,
    mut entry: Entry,
    about: About,
) -> Result<Entered, Error> {
    actor.require(ORGANISERS)?;
    let mut tx = context.db.read().await?;
    let session = owned(actor, store::sessions::find(&mut tx, session).await?)?;
    if let Some(made) = recall(&mut tx, &request).await? {
        drop(tx);
        let found = get_registration(context, actor, made).await?;
        return Ok(Entered::Registered(Box::new(found), Vec::new()));
    }
    let people = store::registrations::all(&mut tx, session.id).await?;
    drop(tx);
    session.state.after(Step::Import)?;
    let code = entry.code(&people);
    if people
        .iter()
        .any(|known| known.side == entry.side && known.code == code)
    {
        let told = (
            "est déjà le code d'une autre inscription",
            "is already the code of another registration",
        );
        return Err(Flaw::new(entry.code_field(), told).into());
    }
    entry.fields.insert(entry.code_field().to_owned(), code.clone());
    let seen: Vec<Seen> = people.iter().map(Seen::from).collect();
    let known = known(&session, &seen);
    let mut reading = entry.read(&known)?;
    let mut who = Who::registered(&seen);
    if let Some(person) = about.person {
        who.chosen.insert((entry.table(), code.clone()), person);
    }
    let (owner, kind) = (session.organisation_id, session.kind);
    let found = context
        .directory
        .compare(owner, kind, &mut reading, &who, &known)
        .await?;
    if reading.faulty() {
        return Err(by_field(Error::Faulty(reading.problems)));
    }
    for row in found {
        if let (Outcome::Alike, Some(other), false) = (row.outcome, row.other, about.apart) {
            return Ok(Entered::Alike(other, row.fields));
        }
    }
    let key = Key::Content(request.id, 0);
    let upserted = context.directory.upsert(key, owner, kind, &reading, &who).await;
    let upserted = upserted.map_err(by_field)?;
    let mut tx = context.db.begin().await?;
    let mut session = held(&mut tx, actor, session.id).await?;
    if let Some(made) = recall(&mut tx, &request).await? {
        drop(tx);
        let found = get_registration(context, actor, made).await?;
        return Ok(Entered::Registered(Box::new(found), reading.problems));
    }
    let taken = store::registrations::all(&mut tx, session.id).await?;
    if taken
        .iter()
        .any(|known| known.side == entry.side && known.code == code)
    {
        return Err(Error::Stale);
    }
    session.state = session.state.after(Step::Import)?;
    each_once(&taken, &upserted.rolls, &reading).map_err(by_field)?;
    let (session, _) = apply(&mut tx, context, session, None, upserted.rolls, &[]).await?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    let made = people
        .into_iter()
        .find(|known| known.side == entry.side && known.code == code);
    let made = made.ok_or_else(|| Error::internal("a registration was not written"))?;
    remember(&mut tx, context, &request, made.id).await?;
    tx.commit().await?;
    tracing::info!(registration.id = %made.id, "a registration was made");
    Ok(Entered::Registered(Box::new(made), reading.problems))
}

/// Other values for somebody who is registered. The code stays.
pub async fn edit_registration(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    mut entry: Entry,
) -> Result<(Registration, Vec<Problem>), Error> {
    actor.require(ORGANISERS)?;
    let registration = get_registration(context, actor, id).await?;
    if registration.side != entry.side {
        return Err(Flaw::new("side", "n'est pas celui de cette inscription").into());
    }
    if registration.version != version {
        return Err(Error::Stale);
    }
    if registration.standing == Standing::Withdrawn {
        return Err(Refusal::Registration {
            code: registration.code,
            standing: registration.standing,
            wanted: "modifiée",
        }
        .into());
    }
    let mut tx = context.db.read().await?;
    let session = owned(
        actor,
        store::sessions::find(&mut tx, registration.session_id).await?,
    )?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    drop(tx);
    session.state.after(Step::Import)?;
    entry
        .fields
        .insert(entry.code_field().to_owned(), registration.code.clone());
    let seen: Vec<Seen> = people.iter().map(Seen::from).collect();
    let reading = entry.read(&known(&session, &seen))?;
    // What is refused here has changed nobody in the directory.
    nothing_clashes(context, &session, &reading).await?;
    let upserted = context
        .directory
        .upsert(
            Key::Content(id, version),
            session.organisation_id,
            session.kind,
            &reading,
            &Who::registered(&seen),
        )
        .await
        .map_err(by_field)?;
    let mut tx = context.db.begin().await?;
    let session = held(&mut tx, actor, session.id).await?;
    let stands = store::registrations::find(&mut tx, id).await?;
    if stands.is_none_or(|stands| stands.version != version) {
        return Err(Error::Stale);
    }
    apply(&mut tx, context, session, None, upserted.rolls, &[]).await?;
    let edited = store::registrations::find(&mut tx, id).await?;
    let mut edited = edited.ok_or(Error::Unknown("inscription"))?;
    if edited.version == version {
        // Only what the directory keeps was changed. Whoever has the form of before open must hear of it all the same, and the
        // same values a second time are another edit to the directory.
        change(&mut tx, &mut edited).await?;
    }
    tx.commit().await?;
    // Last: an edit that is refused must not have taken away how to reach somebody.
    let empty = |field: &str| {
        entry
            .fields
            .get(field)
            .is_none_or(|value| value.trim().is_empty())
    };
    let phone = if entry.side == Side::Employer {
        "telephone"
    } else {
        "mobile"
    };
    context
        .directory
        .clear_contact(registration.person_id, empty("courriel"), empty(phone))
        .await?;
    Ok((edited, reading.problems))
}

impl Entry {
    fn table(&self) -> Table {
        match self.side {
            Side::Employer => Table::Employers,
            Side::Candidate => Table::Candidates,
        }
    }

    fn code_field(&self) -> &'static str {
        match self.side {
            Side::Employer => "employeur",
            Side::Candidate => "candidat",
        }
    }

    /// The code as typed, else the next free one in the manner of the others.
    fn code(&self, people: &[Registration]) -> String {
        let typed = self.fields.get(self.code_field()).map_or("", |code| code.trim());
        if !typed.is_empty() {
            return typed.to_owned();
        }
        let (letter, least) = match self.side {
            Side::Employer => ("E", 3),
            Side::Candidate => ("C", 4),
        };
        let number = |known: &Registration| {
            let digits = known.code.strip_prefix(letter)?;
            Some((digits.parse::<u64>().ok()?, digits.len()))
        };
        let same_side = people.iter().filter(|known| known.side == self.side);
        let (last, width) = same_side.filter_map(number).max().unwrap_or((0, least));
        format!("{letter}{:0width$}", last.saturating_add(1))
    }

    /// Reads it by the rules of its table. What is wrong is told by column.
    fn read(&self, known: &Known) -> Result<Reading, Error> {
        let table = self.table();
        let unknown = self.fields.keys().filter(|name| table.field(name).is_none());
        let flaws: Vec<Flaw> = unknown
            .map(|name| Flaw::new(name.as_str(), "n'est pas une colonne de cette table"))
            .collect();
        if !flaws.is_empty() {
            return Err(flaws.into());
        }
        let sheet = Sheet::entry(table, &self.fields);
        let fields: Vec<Option<&'static str>> = table.fields().map(|(field, _)| Some(field)).collect();
        let placed = Placed {
            sheet: &sheet,
            fields: &fields,
            corrections: &Corrections::new(),
        };
        let reading = read_sheets(&[placed], known);
        if reading.faulty() {
            return Err(by_field(Error::Faulty(reading.problems)));
        }
        Ok(reading)
    }
}

/// Problems of the one row as fields that are wrong.
fn by_field(error: Error) -> Error {
    match error {
        Error::Faulty(problems) => {
            let errors = problems.into_iter().filter(|problem| !problem.notice);
            let flaw = |problem: Problem| Flaw::new(problem.column, problem.message.then(&problem.cure));
            Error::Invalid(errors.map(flaw).collect())
        }
        other => other,
    }
}
