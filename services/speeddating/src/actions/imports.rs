//! The import in two steps: a preview that changes nothing, and a commit of all of it or nothing.

mod decisions;
mod trial;

use std::collections::{BTreeMap, BTreeSet};

use platform::{
    Tx,
    auth::{Actor, ORGANISERS},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    Context, Keyed, View, Whole, held, owned, recall, remember, save, sessions::view, telling::tell,
};
use crate::{
    directory::{Comparison, Key, Who},
    domain::{
        Pair, Refusal, Registration, Roll, Seen, Session, Side, Step, Trace, Wish, doubles, merge_wishes,
    },
    error::Error,
    import::{self, Decision, File, Known, Reading, WishRow},
    store,
};

pub(super) use trial::{Tried, nothing_clashes, try_rows};

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

/// Reads the tables and compares them with what is known: it shows all that a commit would refuse.
pub async fn preview_import(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    files: &[File<'_>],
) -> Result<Tables, Error> {
    let (session, people) = known_people(context, actor, session).await?;
    let seen: Vec<Seen> = people.iter().map(Seen::from).collect();
    let known = known(&session, &seen);
    let mut reading = import::read(files, &known);
    let found = context
        .directory
        .compare(
            session.organisation_id,
            session.kind,
            &mut reading,
            &Who::registered(&seen),
            &known,
        )
        .await?;
    let tried = try_rows(context, &session, &mut reading, &known).await?;
    reading.blame_file(&tried.rest);
    Ok(Tables {
        reading,
        comparison: Comparison::of(&found),
        digest: format!("{}-{}", digest(files), people_digest(&seen)),
    })
}

/// Commits the tables: people to the directory first, under the import's id, then everything here in one transaction.
/// Killed in between, the same import goes on where it stopped: with what was decided then, so that the directory is
/// sent the same people again.
pub async fn commit_import(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    import: Import<'_>,
) -> Result<Imported, Error> {
    let of_files = digest(&import.files);
    let (files, previewed) = import.digest.split_once('-').unwrap_or((&import.digest, ""));
    if !files.is_empty() && files != of_files {
        return Err(Error::OtherFiles);
    }
    let (session, people) = known_people(context, actor, import.session).await?;
    session.state.after(Step::Import)?;
    let mut tx = context.db.read().await?;
    let done = recall(&mut tx, &request).await?.is_some();
    let decided = decisions::recall(&mut tx, &request).await?;
    drop(tx);
    let first = decided.is_none();
    let mut decision = decided.unwrap_or_else(|| Decision {
        seen: people.iter().map(Seen::from).collect(),
        left: Vec::new(),
    });
    let digest = format!("{of_files}-{}", people_digest(&decision.seen));
    let known = known(&session, &decision.seen);
    let mut reading = import::read(&import.files, &known);
    if done {
        return imported_before(context, session, reading, digest).await;
    }
    if first {
        // Under a code that was free in the preview somebody else may take part now.
        if !previewed.is_empty() && previewed != people_digest(&decision.seen) {
            return Err(Error::Stale);
        }
        if reading.unreadable() || (reading.faulty() && !import.leave_faulty_rows) {
            return Err(Error::Faulty(reading.problems));
        }
        decision.left = decisions::screened(context, &session, &mut reading, &decision.seen, &known).await?;
        if reading.faulty() && !import.leave_faulty_rows {
            return Err(Error::Faulty(reading.problems));
        }
        let tried = try_rows(context, &session, &mut reading, &known).await?;
        decision.left.extend(tried.permit(import.leave_faulty_rows)?);
        let kept = decisions::keep(context, &request, decision.clone()).await?;
        if kept != decision {
            // The same import runs twice, and the other one decided first.
            reading = import::read(&import.files, &known);
            reading.refuse(kept.left.clone(), &known);
            decision = kept;
        }
    } else {
        reading.refuse(decision.left.clone(), &known);
        nothing_clashes(context, &session, &reading).await?;
    }
    let upserted = loop {
        let upserted = context
            .directory
            .upsert(
                Key::Given(request.id),
                session.organisation_id,
                session.kind,
                &reading,
                &Who::registered(&decision.seen),
            )
            .await;
        match upserted {
            // Somebody was erased since: their rows are left aside too, or the import is refused as by a preview.
            Err(Error::Faulty(problems)) => {
                decision.left.extend(problems.iter().cloned());
                reading.refuse(problems, &known);
                if !import.leave_faulty_rows {
                    decisions::forget(context, &request).await?;
                    return Err(Error::Faulty(reading.problems));
                }
                decisions::change(context, &request, &decision).await?;
            }
            upserted => break upserted?,
        }
    };
    let writing = Writing {
        request: &request,
        session: session.id,
        rolls: upserted.rolls,
        known: &known,
        seen: &decision.seen,
        leave_faulty_rows: import.leave_faulty_rows,
    };
    let view = write(context, actor, writing, &mut reading).await?;
    tracing::info!(
        session.id = %session.id, employers = reading.employers.len(), candidates = reading.candidates.len(),
        wishes = reading.wishes.len(), "tables were imported"
    );
    Ok(Imported {
        tables: Tables {
            reading,
            comparison: upserted.comparison,
            digest,
        },
        view,
    })
}

/// The same again: nothing is written, and the session is told as it stands.
async fn imported_before(
    context: &Context,
    session: Session,
    reading: Reading,
    digest: String,
) -> Result<Imported, Error> {
    let mut tx = context.db.read().await?;
    let view = view(&mut tx, session).await?;
    Ok(Imported {
        tables: Tables {
            reading,
            comparison: Comparison::default(),
            digest,
        },
        view,
    })
}

/// What the import's own transaction works with.
struct Writing<'a> {
    request: &'a Keyed,
    session: Uuid,
    rolls: Vec<Roll>,
    known: &'a Known,
    seen: &'a [Seen],
    leave_faulty_rows: bool,
}

async fn write(
    context: &Context,
    actor: &Actor,
    mut writing: Writing<'_>,
    reading: &mut Reading,
) -> Result<View, Error> {
    let mut tx = context.db.begin().await?;
    let mut session = held(&mut tx, actor, writing.session).await?;
    if recall(&mut tx, writing.request).await?.is_some() {
        return view(&mut tx, session).await;
    }
    session.state = session.state.after(Step::Import)?;
    let registered = store::registrations::all(&mut tx, session.id).await?;
    no_code_was_given(&registered, writing.seen, &writing.rolls)?;
    once_each(&registered, &mut writing, reading)?;
    let (session, _) = apply(&mut tx, context, session, None, writing.rolls, &reading.wishes).await?;
    remember(&mut tx, context, writing.request, session.id).await?;
    store::imports::forget(&mut tx, writing.request.id).await?;
    let view = view(&mut tx, session).await?;
    tx.commit().await?;
    Ok(view)
}

/// Writes rows whose people are known into a held session, and tells whom it concerns. `stage` is the import that they come
/// from, if it was staged. Says what it did.
pub(super) async fn apply(
    tx: &mut Tx,
    context: &Context,
    mut session: Session,
    stage: Option<Uuid>,
    rolls: Vec<Roll>,
    wishes: &[WishRow],
) -> Result<(Session, Trace), Error> {
    session.inputs += 1;
    store::stages::outdate(tx, session.id, stage).await?;
    let registered = store::registrations::all(tx, session.id).await?;
    let change = Roll::merge(rolls, session.id, &registered, || context.ids.id());
    store::registrations::insert(tx, &change.added).await?;
    if !store::registrations::update(tx, &change.changed).await? {
        return Err(Error::Stale);
    }
    let people = store::registrations::all(tx, session.id).await?;
    let before = store::wishes::all(tx, session.id).await?;
    let (written, dropped) = merge_wishes(&before, resolved(wishes, &people));
    store::wishes::remove(tx, &dropped).await?;
    store::wishes::write(tx, session.id, &written).await?;
    let trace = Trace::of(
        &change,
        &registered,
        (&before, &written, &dropped),
        store::timetables::newest(tx, session.id).await?,
    );
    let mut whole = Whole::load(tx, session).await?;
    let board = whole.published(tx).await?;
    let clashes = board.clashes();
    if !clashes.is_empty() {
        return Err(Refusal::Clashes(clashes).into());
    }
    save(tx, &mut whole.session).await?;
    tell(tx, context, &whole.session, &board, None).await?;
    Ok((whole.session, trace))
}

/// Nobody else has come to take part under a code of the rows since it was seen who does: the rows would be taken for theirs.
pub(super) fn no_code_was_given(
    registered: &[Registration],
    seen: &[Seen],
    rolls: &[Roll],
) -> Result<(), Error> {
    let known: BTreeSet<(bool, &str)> = seen
        .iter()
        .map(|seen| (seen.employer, seen.code.as_str()))
        .collect();
    let wanted: BTreeMap<(bool, &str), Uuid> = rolls
        .iter()
        .map(|roll| ((roll.side == Side::Employer, roll.code.as_str()), roll.person_id))
        .collect();
    let given = registered.iter().any(|person| {
        let code = (person.side == Side::Employer, person.code.as_str());
        let meant = wanted.get(&code);
        !known.contains(&code) && meant.is_some_and(|meant| *meant != person.person_id)
    });
    if given { Err(Error::Stale) } else { Ok(()) }
}

/// As [`once_each`], when no row may be left aside any more.
pub(super) fn each_once(registered: &[Registration], rolls: &[Roll], reading: &Reading) -> Result<(), Error> {
    let seen: Vec<Seen> = registered.iter().map(Seen::from).collect();
    let candidates = rolls.iter().filter(|roll| roll.side == Side::Candidate);
    let doubles = doubles(candidates.map(|roll| (roll.code.as_str(), roll.person_id)), &seen);
    if doubles.is_empty() {
        Ok(())
    } else {
        Err(Error::Faulty(reading.doubled(&doubles)))
    }
}

/// Takes back rows about somebody who takes part under another code: the directory knows more spellings of one person
/// than we do, and somebody may have been registered since the rows were compared.
fn once_each(
    registered: &[Registration],
    writing: &mut Writing<'_>,
    reading: &mut Reading,
) -> Result<(), Error> {
    let seen: Vec<Seen> = registered.iter().map(Seen::from).collect();
    let candidates = writing.rolls.iter().filter(|roll| roll.side == Side::Candidate);
    let doubles = doubles(candidates.map(|roll| (roll.code.as_str(), roll.person_id)), &seen);
    if doubles.is_empty() {
        return Ok(());
    }
    let problems = reading.doubled(&doubles);
    reading.refuse(problems, writing.known);
    if !writing.leave_faulty_rows {
        return Err(Error::Faulty(std::mem::take(&mut reading.problems)));
    }
    let gone: BTreeSet<&str> = doubles.iter().map(|double| double.code.as_str()).collect();
    writing
        .rolls
        .retain(|roll| roll.side == Side::Employer || !gone.contains(roll.code.as_str()));
    Ok(())
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

pub(super) fn known(session: &Session, seen: &[Seen]) -> Known {
    let codes = |employers| {
        let these = seen.iter().filter(move |seen| seen.employer == employers);
        these.map(|seen| (seen.code.clone(), seen.withdrawn)).collect()
    };
    Known {
        hours: (session.plan.starts, session.plan.ends),
        employers: codes(true),
        candidates: codes(false),
    }
}

/// Wishes by registration. Codes are known: the reading has checked them, or the person has vanished meanwhile, and
/// the wish with them.
pub(super) fn resolved(rows: &[WishRow], people: &[Registration]) -> Vec<Wish> {
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

/// Of who takes part under which code.
fn people_digest(seen: &[Seen]) -> String {
    let mut lines: Vec<String> = seen
        .iter()
        .map(|seen| format!("{}:{}:{}", seen.employer, seen.code, seen.person_id))
        .collect();
    lines.sort_unstable();
    format!("{:x}", Sha256::digest(lines.join("\n")))
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
