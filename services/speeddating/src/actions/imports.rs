//! The import in two steps: a preview that changes nothing, and a commit of all of it or nothing.

use std::collections::BTreeMap;

use platform::auth::{Actor, ORGANISERS};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    Context, Keyed, View, Whole, held, owned, recall, remember, save, sessions::view, telling::tell,
};
use crate::{
    directory::Comparison,
    domain::{Pair, Refusal, Registration, Roll, Session, Side, Standing, Step, Wish, merge_wishes},
    error::Error,
    import::{self, File, Known, Reading, WishRow},
    store,
};

/// What a preview shows, and what a commit did.
pub struct Tables {
    /// What was read.
    pub reading: Reading,
    /// Who the rows are.
    pub comparison: Comparison,
    /// Of the files; a commit that gives it back commits exactly these.
    pub digest: String,
}

/// Files to commit.
pub struct Import<'a> {
    /// The session.
    pub session: Uuid,
    /// At most one for each table.
    pub files: Vec<File<'a>>,
    /// Faulty rows are left aside instead of refusing the whole: an explicit choice.
    pub leave_faulty_rows: bool,
    /// From the preview; empty skips the comparison.
    pub digest: String,
}

/// What a commit did.
pub struct Imported {
    /// As in the preview.
    pub tables: Tables,
    /// The session afterwards.
    pub view: View,
}

/// Reads the tables and compares them with what is known.
pub async fn preview_import(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    files: &[File<'_>],
) -> Result<Tables, Error> {
    let (session, people) = known_people(context, actor, session).await?;
    let mut reading = import::read(files, &known(&session, &people));
    let compared = context
        .directory
        .compare(session.organisation_id, session.kind, &reading, &people)
        .await;
    let comparison = match compared {
        // A preview shows what a commit would refuse.
        Err(Error::Faulty(problems)) => {
            reading.refuse(problems);
            Comparison::default()
        }
        compared => compared?,
    };
    Ok(Tables {
        reading,
        comparison,
        digest: digest(files),
    })
}

/// Commits the tables: people to the directory first, under the import's id, then everything here in one transaction.
/// Killed in between, the same import goes on where it stopped.
pub async fn commit_import(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    import: Import<'_>,
) -> Result<Imported, Error> {
    let digest = digest(&import.files);
    if !import.digest.is_empty() && import.digest != digest {
        return Err(Error::OtherFiles);
    }
    let (session, people) = known_people(context, actor, import.session).await?;
    session.state.after(Step::Import)?;
    let reading = import::read(&import.files, &known(&session, &people));
    let mut tx = context.db.read().await?;
    if recall(&mut tx, &request).await?.is_some() {
        let view = view(&mut tx, session).await?;
        return Ok(Imported {
            tables: Tables {
                reading,
                comparison: Comparison::default(),
                digest,
            },
            view,
        });
    }
    drop(tx);
    if reading.unreadable() || (reading.faulty() && !import.leave_faulty_rows) {
        return Err(Error::Faulty(reading.problems));
    }
    let (rolls, comparison) = context
        .directory
        .upsert(
            request.id,
            session.organisation_id,
            session.kind,
            &reading,
            &people,
        )
        .await?;
    let view = write(context, actor, &request, session.id, rolls, &reading.wishes).await?;
    tracing::info!(
        session.id = %session.id, employers = reading.employers.len(), candidates = reading.candidates.len(),
        wishes = reading.wishes.len(), "tables were imported"
    );
    Ok(Imported {
        tables: Tables {
            reading,
            comparison,
            digest,
        },
        view,
    })
}

async fn write(
    context: &Context,
    actor: &Actor,
    request: &Keyed,
    session: Uuid,
    rolls: Vec<Roll>,
    wishes: &[WishRow],
) -> Result<View, Error> {
    let mut tx = context.db.begin().await?;
    let mut session = held(&mut tx, actor, session).await?;
    if recall(&mut tx, request).await?.is_some() {
        return view(&mut tx, session).await;
    }
    session.state = session.state.after(Step::Import)?;
    session.inputs += 1;
    let registered = store::registrations::all(&mut tx, session.id).await?;
    let change = Roll::merge(rolls, session.id, &registered, || context.ids.id());
    store::registrations::insert(&mut tx, &change.added).await?;
    if !store::registrations::update(&mut tx, &change.changed).await? {
        return Err(Error::Stale);
    }
    let people = store::registrations::all(&mut tx, session.id).await?;
    let before = store::wishes::all(&mut tx, session.id).await?;
    let (written, dropped) = merge_wishes(&before, resolved(wishes, &people));
    store::wishes::remove(&mut tx, &dropped).await?;
    store::wishes::write(&mut tx, session.id, &written).await?;
    let mut whole = Whole::load(&mut tx, session).await?;
    let board = whole.published(&mut tx).await?;
    let clashes = board.clashes();
    if !clashes.is_empty() {
        return Err(Refusal::Clashes(clashes).into());
    }
    save(&mut tx, &mut whole.session).await?;
    tell(&mut tx, context, &whole.session, &board, None).await?;
    remember(&mut tx, context, request, whole.session.id).await?;
    let view = view(&mut tx, whole.session).await?;
    tx.commit().await?;
    Ok(view)
}

async fn known_people(
    context: &Context,
    actor: &Actor,
    session: Uuid,
) -> Result<(Session, Vec<Registration>), Error> {
    actor.require(ORGANISERS)?;
    let mut tx = context.db.read().await?;
    let session = owned(actor, store::sessions::find(&mut tx, session).await?)?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    Ok((session, people))
}

fn known(session: &Session, people: &[Registration]) -> Known {
    let codes = |side| {
        let these = people.iter().filter(move |person| person.side == side);
        these
            .map(|person| (person.code.clone(), person.standing == Standing::Withdrawn))
            .collect()
    };
    Known {
        hours: (session.plan.starts, session.plan.ends),
        employers: codes(Side::Employer),
        candidates: codes(Side::Candidate),
    }
}

/// Wishes by registration. Codes are known: the reading has checked them, or the person has vanished meanwhile, and
/// the wish with them.
fn resolved(rows: &[WishRow], people: &[Registration]) -> Vec<Wish> {
    let ids = |side| -> BTreeMap<&str, Uuid> {
        let these = people.iter().filter(move |person| person.side == side);
        these.map(|person| (person.code.as_str(), person.id)).collect()
    };
    let (candidates, employers) = (ids(Side::Candidate), ids(Side::Employer));
    let wish = |row: &WishRow| {
        let candidate = *candidates.get(row.candidate.as_str())?;
        let employer = *employers.get(row.employer.as_str())?;
        Some(Wish {
            pair: Pair { candidate, employer },
            rank: row.rank,
            opinion: row.opinion,
            recommended: row.recommended,
            must: row.must,
            must_not: row.must_not,
        })
    };
    rows.iter().filter_map(wish).collect()
}

fn digest(files: &[File<'_>]) -> String {
    let mut files: Vec<&File<'_>> = files.iter().collect();
    files.sort_by_key(|file| file.table);
    let mut hash = Sha256::new();
    for file in files {
        hash.update(format!("{:?}:{}:", file.table, file.content.len()));
        hash.update(file.content);
    }
    format!("{:x}", hash.finalize())
}
