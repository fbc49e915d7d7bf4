//! What an import would do: counts, faulty rows with their problems beside the cells, possible duplicates.

use std::collections::{BTreeMap, BTreeSet};

use platform::{auth::Actor, page::Page};
use uuid::Uuid;

use super::{OpenFile, Opened, StageView, get_stage, opened, readable_stage, saved, stage_held};
use crate::{
    actions::{
        Context,
        imports::{Tried, known, resolved, try_rows},
    },
    directory::{Found, Outcome, Who},
    domain::{Flaw, Registration, Roll, Side, Tallied, Wish, merge_wishes},
    error::Error,
    import::{Placed, Problem, Reading, Table, WishRow, read_sheets},
    store,
};

/// Duplicates that a reply shows.
const DUPLICATES_MOST: usize = 200;

/// The line of the last row of a page.
pub type CheckPage = Page<u32>;

/// Which rows to show.
pub struct Choice {
    /// Of this table; none: of the first one that has any.
    pub table: Option<Table>,
    /// Rows with notices too.
    pub notices: bool,
    /// Only the row of this line.
    pub line: Option<u32>,
}

/// What an import would do.
pub struct Checked {
    /// The import.
    pub view: StageView,
    /// By table.
    pub counts: Vec<Tallied>,
    /// Of files as a whole.
    pub file_problems: Vec<Problem>,
    /// The table of the rows.
    pub table: Option<Table>,
    /// A page of rows, one more than it holds.
    pub rows: Vec<CheckedRow>,
    /// People who look like somebody known.
    pub duplicates: Vec<Duplicate>,
    /// How many of them nobody has looked at.
    pub undecided: usize,
    /// People and employers that would come in.
    pub people: usize,
    /// Wishes that would come in.
    pub wishes: usize,
}

/// A row with what was found wrong in it.
#[expect(missing_docs, reason = "as in CheckedRow of the interface")]
pub struct CheckedRow {
    pub line: u32,
    pub key: String,
    pub cells: Vec<CheckedCell>,
    pub problems: Vec<Problem>,
    pub dropped: bool,
    pub faulty: bool,
}

/// A cell with what was found wrong in it.
#[expect(missing_docs, reason = "as in CheckedCell of the interface")]
pub struct CheckedCell {
    pub place: usize,
    pub field: Option<&'static str>,
    pub name: String,
    pub value: String,
    pub original: String,
    pub corrected: bool,
    pub problems: Vec<Problem>,
}

/// A row about somebody who looks like a person who is known.
#[expect(missing_docs, reason = "as in Duplicate of the interface")]
pub struct Duplicate {
    pub table: Table,
    pub line: u32,
    pub key: String,
    pub other: Uuid,
    pub fields: Vec<String>,
    pub given_name: String,
    pub family_name: String,
    pub mail: String,
    pub phone: String,
    pub language: String,
    pub organisation: String,
    pub decision: Option<Decision>,
}

/// Who a row is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision {
    /// The person who is known.
    Same(Uuid),
    /// Another one.
    Other,
}

/// An import read, corrected and compared with who is known.
pub(super) struct Settled {
    pub(super) reading: Reading,
    pub(super) found: Vec<Found>,
    /// Rows are faulty by themselves, or by the directory.
    pub(super) faulty: bool,
    /// What the published timetable says of the others.
    pub(super) tried: Tried,
}

/// What an import would do. Changes nothing.
pub async fn check_stage(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    choice: Choice,
    page: &CheckPage,
) -> Result<Checked, Error> {
    let mut tx = context.db.read().await?;
    let (session, stage) = readable_stage(&mut tx, context, actor, id).await?;
    stage.open()?;
    let open = opened(&mut tx, session, stage).await?;
    drop(tx);
    let settled = settle(context, &open).await?;
    let duplicates = open.duplicates(&settled);
    let (table, rows) = open.rows(&settled.reading, &choice, page);
    let file_problems = settled.reading.problems.iter();
    let file_problems = file_problems.filter(|problem| open.about_file(problem)).cloned();
    Ok(Checked {
        counts: open.counts(&settled),
        file_problems: file_problems.collect(),
        table,
        rows,
        undecided: duplicates.iter().filter(|found| found.decision.is_none()).count(),
        duplicates: duplicates.into_iter().take(DUPLICATES_MOST).collect(),
        people: settled.reading.employers.len() + settled.reading.candidates.len(),
        wishes: settled.reading.wishes.len(),
        view: open.view(),
    })
}

/// Notes whether a row is about the person who looks alike; none forgets what was said.
pub async fn decide_duplicate(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    table: Table,
    code: &str,
    decision: Option<Decision>,
) -> Result<StageView, Error> {
    let mut tx = context.db.read().await?;
    let (session, stage) = readable_stage(&mut tx, context, actor, id).await?;
    stage.open()?;
    let seen = stage.version;
    let open = opened(&mut tx, session, stage).await?;
    drop(tx);
    let settled = settle(context, &open).await?;
    let known = open.duplicates(&settled);
    let known = known
        .iter()
        .find(|found| found.table == table && found.key == code);
    let known = known.ok_or(Error::Unknown("doublon possible"))?;
    let choice = match decision {
        // Only the person who was shown: whoever looks alike may be another one by now.
        Some(Decision::Same(person)) if person != known.other => {
            let told = (
                "ce n'est plus cette personne qui ressemble à la ligne : relisez",
                "another person now looks like this row: read it again",
            );
            return Err(Flaw::new("person_id", told).into());
        }
        Some(Decision::Same(person)) => Some(Some(person)),
        Some(Decision::Other) => Some(None),
        None => None,
    };
    let mut tx = context.db.begin().await?;
    let (_, mut stage) = stage_held(&mut tx, context, actor, id).await?;
    stage.open()?;
    if stage.version != seen {
        // While the directory was asked another file may have come, in which the code is somebody else's.
        return Err(Error::Stale);
    }
    store::stage_work::choose(&mut tx, id, table, code, choice).await?;
    saved(&mut tx, &mut stage).await?;
    tx.commit().await?;
    get_stage(context, actor, id).await
}

/// Reads the files and compares the rows with who is known; rows that the directory refuses, or with which published meetings
/// could not stand, are faulty like others.
pub(super) async fn settle(context: &Context, open: &Opened) -> Result<Settled, Error> {
    let placed: Vec<Placed<'_>> = open.files.iter().map(OpenFile::placed).collect();
    let known = known(&open.session, &open.seen);
    let mut reading = read_sheets(&placed, &known);
    let who = open.who();
    let (owner, kind) = (open.session.organisation_id, open.session.kind);
    let found = context
        .directory
        .compare(owner, kind, &mut reading, &who, &known)
        .await?;
    let faulty = reading.faulty();
    let tried = try_rows(context, &open.session, &mut reading, &known).await?;
    reading.blame_file(&tried.rest);
    Ok(Settled {
        reading,
        found,
        faulty,
        tried,
    })
}

impl Opened {
    /// Who codes stand for: registered, or chosen by a person.
    pub(super) fn who(&self) -> Who<'_> {
        let chosen = self.choices.iter();
        let chosen = chosen.filter_map(|(row, person)| Some((row.clone(), (*person)?)));
        Who {
            seen: &self.seen,
            chosen: chosen.collect(),
        }
    }

    fn about_file(&self, problem: &Problem) -> bool {
        self.files.iter().any(|file| file.placed().about_file(problem))
    }

    /// Rows by what the import does with them.
    pub(super) fn counts(&self, settled: &Settled) -> Vec<Tallied> {
        let reading = &settled.reading;
        let count = |summary: &crate::import::Summary| {
            let table = summary.table;
            let dropped = self.files.iter().find(|file| file.sheet.table == table);
            let dropped = dropped.map_or(0, |file| {
                file.corrections.values().filter(|fix| fix.dropped).count()
            });
            let (new, changed, removed) = match table {
                Table::Wishes => self.wish_counts(&reading.wishes),
                Table::Employers | Table::Candidates => self.people_counts(settled, table),
            };
            let accepted = if summary.unreadable { 0 } else { summary.accepted };
            Tallied {
                table: table.name().to_owned(),
                rows: whole(summary.rows + dropped),
                new: whole(new),
                changed: whole(changed),
                identical: whole(accepted.saturating_sub(new + changed)),
                faulty: whole(summary.rows - accepted),
                dropped: whole(dropped),
                removed: whole(removed),
            }
        };
        reading.summaries.iter().map(count).collect()
    }

    fn people_counts(&self, settled: &Settled, table: Table) -> (usize, usize, usize) {
        let side = side(table);
        let registered: BTreeMap<&str, &Registration> = self
            .people
            .iter()
            .filter(|person| person.side == side)
            .map(|person| (person.code.as_str(), person))
            .collect();
        let rolls: BTreeMap<String, Roll> = settled.reading.rolls(table);
        let (mut new, mut changed) = (0, 0);
        for found in settled.found.iter().filter(|found| found.table == table) {
            match (registered.get(found.code.as_str()), rolls.get(&found.code)) {
                (None, Some(_)) => new += 1,
                (Some(known), Some(roll)) => {
                    let moved = found.organisation.is_some() && found.organisation != known.organisation_id;
                    let same = found.outcome == Outcome::Identical && !moved && roll.says(known);
                    changed += usize::from(!same);
                }
                (_, None) => {}
            }
        }
        (new, changed, 0)
    }

    fn wish_counts(&self, rows: &[WishRow]) -> (usize, usize, usize) {
        let before: BTreeMap<_, &Wish> = self.wishes.iter().map(|wish| (wish.pair, wish)).collect();
        let placed = resolved(rows, &self.people);
        let of_new_people = rows.len() - placed.len();
        let pairs: BTreeSet<_> = placed.iter().map(|wish| wish.pair).collect();
        let (written, dropped) = merge_wishes(&self.wishes, placed);
        let (of_file, left): (Vec<Wish>, Vec<Wish>) =
            written.into_iter().partition(|wish| pairs.contains(&wish.pair));
        let changed = of_file
            .iter()
            .filter(|wish| before.contains_key(&wish.pair))
            .count();
        (
            of_new_people + of_file.len() - changed,
            changed,
            dropped.len() + left.len(),
        )
    }

    /// Rows that look like somebody known, decided or not.
    pub(super) fn duplicates(&self, settled: &Settled) -> Vec<Duplicate> {
        let found = settled.found.iter().filter_map(|found| {
            let chosen = self.choices.get(&(found.table, found.code.clone()));
            let (other, decision) = match (chosen, found.outcome, found.other) {
                (Some(Some(person)), _, _) => (*person, Some(Decision::Same(*person))),
                (Some(None), Outcome::Alike, Some(other)) => (other, Some(Decision::Other)),
                (None, Outcome::Alike, Some(other)) => (other, None),
                _ => return None,
            };
            Some(Duplicate {
                other,
                decision,
                fields: found.fields.clone(),
                ..settled.reading.person(found.table, &found.code)?
            })
        });
        let mut found: Vec<Duplicate> = found.collect();
        // A reply has so many at most: those that wait for a decision are among them.
        found.sort_by_key(|found| found.decision.is_some());
        found
    }
}

impl Reading {
    /// What the rows say of a registration, by code. Who they are about is left open.
    fn rolls(&self, table: Table) -> BTreeMap<String, Roll> {
        let nobody = (Uuid::nil(), None);
        let rolls: Vec<Roll> = match table {
            Table::Employers => self.employers.iter().map(|row| row.roll(nobody)).collect(),
            Table::Candidates => self.candidates.iter().map(|row| row.roll(nobody)).collect(),
            Table::Wishes => Vec::new(),
        };
        rolls.into_iter().map(|roll| (roll.code.clone(), roll)).collect()
    }

    /// What a row says of a person, for a comparison side by side.
    fn person(&self, table: Table, code: &str) -> Option<Duplicate> {
        let blank = |line, given: &str, family: &str, mail: &str, phone: &str| Duplicate {
            table,
            line,
            key: code.to_owned(),
            other: Uuid::nil(),
            fields: Vec::new(),
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            mail: mail.to_owned(),
            phone: phone.to_owned(),
            language: String::new(),
            organisation: String::new(),
            decision: None,
        };
        if table == Table::Employers {
            let row = self.employers.iter().find(|row| row.code == code)?;
            return Some(Duplicate {
                organisation: row.organisation.clone(),
                ..blank(row.line, &row.given_name, &row.family_name, &row.mail, &row.phone)
            });
        }
        let row = self.candidates.iter().find(|row| row.code == code)?;
        Some(Duplicate {
            organisation: row.organisation.clone(),
            language: row.language.clone(),
            ..blank(row.line, &row.given_name, &row.family_name, &row.mail, &row.phone)
        })
    }
}

fn side(table: Table) -> Side {
    if table == Table::Employers {
        Side::Employer
    } else {
        Side::Candidate
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
