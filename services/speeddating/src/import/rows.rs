//! Rows against each other and against what the session knows: doubles, unknown codes, hours.

use std::collections::{BTreeMap, btree_map::Entry};

use jiff::civil::Time;
use platform::said;

use super::{
    Known, Problem, Reading, Table, WishRow, candidates, employers,
    faces::Faces,
    fields::{Fault, clock},
    header::Columns,
    open::Opened,
    row::Row,
    text::Record,
    wishes,
};

/// Codes read so far: the line of their row, and whether it is accepted.
#[derive(Default)]
pub(super) struct Codes {
    employers: BTreeMap<String, (u32, bool)>,
    candidates: BTreeMap<String, (u32, bool)>,
}

/// Reads the rows of one table; returns how many are accepted.
pub(super) fn rows_of(
    table: Table,
    opened: &Opened,
    records: &[Record],
    known: &Known,
    codes: &mut Codes,
    problems: &mut Vec<Problem>,
    reading: &mut Reading,
) -> usize {
    let mut accepted = 0;
    let mut pairs = BTreeMap::new();
    let mut ranks = BTreeMap::new();
    let mut faces = Faces::default();
    for record in records {
        let mut row = Row::new(table, &opened.columns, record, problems);
        row.name(key(table, &opened.columns, record));
        let complete = row.complete();
        match table {
            Table::Employers => {
                let found = complete.then(|| employers::read(&mut row));
                let code = found
                    .as_ref()
                    .map_or_else(|| row.key().to_owned(), |found| found.code.clone());
                let gone = once(
                    &mut row,
                    "employeur",
                    code,
                    &mut codes.employers,
                    &known.employers,
                    employers::twice,
                );
                if let Some(found) = found.filter(|_| !row.faulty()) {
                    hours(&mut row, known, found.arrives, found.leaves);
                    // Nothing of somebody who withdrew is taken: they may have been erased since the file was written.
                    if !gone {
                        reading.employers.push(found);
                    }
                }
            }
            Table::Candidates => {
                let found = complete.then(|| candidates::read(&mut row));
                let code = found
                    .as_ref()
                    .map_or_else(|| row.key().to_owned(), |found| found.code.clone());
                let gone = once(
                    &mut row,
                    "candidat",
                    code,
                    &mut codes.candidates,
                    &known.candidates,
                    candidates::twice,
                );
                // Who is registered under a code is that person, whatever the row says.
                if let Some(found) = found.as_ref().filter(|_| !row.faulty() && !gone)
                    && let Some((column, value, fault)) = faces.meet(found)
                    && !known.candidates.contains_key(&found.code)
                {
                    row.fault(column, &value, fault);
                    if let Some((_, accepted)) = codes.candidates.get_mut(&found.code) {
                        *accepted = false;
                    }
                }
                if let Some(found) = found.filter(|_| !row.faulty()) {
                    hours(&mut row, known, found.arrives, found.leaves);
                    // Nothing of somebody who withdrew is taken: they may have been erased since the file was written.
                    if !gone {
                        reading.candidates.push(found);
                    }
                }
            }
            Table::Wishes => {
                if let Some(found) = complete.then(|| wishes::read(&mut row)) {
                    wish(&mut row, &found, known, codes, &mut pairs, &mut ranks);
                    if !row.faulty() {
                        reading.wishes.push(found);
                    }
                }
            }
        }
        accepted += usize::from(!row.faulty());
    }
    accepted
}

/// The key of a record as far as it can be read.
fn key(table: Table, columns: &Columns, record: &Record) -> String {
    let cell = |column| {
        columns
            .place(column)
            .and_then(|place| record.cells.get(place))
            .map_or("", |cell| cell.trim())
    };
    let short = |text: &str| text.chars().take(Table::CODE_MOST).collect::<String>();
    match table {
        Table::Employers => short(cell("employeur")),
        Table::Candidates => short(cell("candidat")),
        Table::Wishes => format!("{} {}", short(cell("candidat")), short(cell("employeur"))),
    }
}

/// Refuses a code that the file has already; tells of one that withdrew, and returns whether it did.
fn once(
    row: &mut Row<'_>,
    column: &'static str,
    code: String,
    seen: &mut BTreeMap<String, (u32, bool)>,
    known: &BTreeMap<String, bool>,
    twice: fn(u32) -> Fault,
) -> bool {
    if code.is_empty() {
        return false;
    }
    match seen.entry(code) {
        Entry::Occupied(entry) => {
            let (code, line) = (entry.key().clone(), entry.get().0);
            row.fault(column, &code, twice(line));
            false
        }
        Entry::Vacant(entry) => {
            let gone = known.get(entry.key()) == Some(&true);
            if gone {
                let message = (
                    "s'est désisté de cette session, et le reste : la ligne est laissée de côté",
                    "withdrew from this session, and stays so: the row is left aside",
                );
                let cure = (
                    "Rien à faire, ou donnez un nouveau code.",
                    "Nothing to do, or give a new code.",
                );
                row.note(column, &entry.key().clone(), message, cure);
            }
            entry.insert((row.line(), !row.faulty()));
            gone
        }
    }
}

fn wish(
    row: &mut Row<'_>,
    wish: &WishRow,
    known: &Known,
    codes: &Codes,
    pairs: &mut BTreeMap<(String, String), u32>,
    ranks: &mut BTreeMap<(String, i64), u32>,
) {
    let sides = [
        ("candidat", &wish.candidate, &codes.candidates, &known.candidates),
        ("employeur", &wish.employer, &codes.employers, &known.employers),
    ];
    for (column, code, read, registered) in sides {
        let in_file = read.get(code);
        if code.is_empty() || in_file.is_some_and(|(_, accepted)| *accepted) || registered.contains_key(code)
        {
            continue;
        }
        row.fault(
            column,
            code,
            wishes::unknown(column, in_file.map(|(line, _)| *line)),
        );
    }
    match pairs.entry((wish.candidate.clone(), wish.employer.clone())) {
        Entry::Occupied(first) => row.fault("employeur", &wish.employer, wishes::twice(*first.get())),
        Entry::Vacant(entry) => {
            entry.insert(row.line());
        }
    }
    if wish.rank > 0 {
        match ranks.entry((wish.candidate.clone(), wish.rank)) {
            Entry::Occupied(first) => {
                let line = first.get();
                let message = said!(
                    "ce candidat a déjà un souhait de ce rang à la ligne {line}",
                    "this candidate already has a wish of this rank on line {line}"
                );
                let cure = (
                    "Les deux souhaits comptent de même.",
                    "Both wishes count the same.",
                );
                row.note("rang", &wish.rank.to_string(), message, cure);
            }
            Entry::Vacant(entry) => {
                entry.insert(row.line());
            }
        }
    }
}

/// Arrival and departure, in that order.
pub(super) fn presence(row: &mut Row<'_>) -> (Option<Time>, Option<Time>) {
    let (arrives, leaves) = (row.time("arrivee"), row.time("depart"));
    if let (Some(arrival), Some(departure)) = (arrives, leaves)
        && departure <= arrival
    {
        let at = clock(arrival);
        let message = said!(
            "n'est pas après l'arrivée, {at}",
            "is not after the arrival, {at}"
        );
        let cure = (
            "Corrigez l'heure d'arrivée ou de départ.",
            "Correct the time of arrival or departure.",
        );
        row.fault("depart", &clock(departure), Fault::new(message, cure));
    }
    (arrives, leaves)
}

/// Tells of somebody whom no message can reach.
pub(super) fn reach(row: &mut Row<'_>, mail: &str, phone: bool, column: &'static str) {
    if mail.is_empty() && !phone && !row.faulty() {
        let message = (
            "aucun moyen de contact : il faudra un planning sur papier",
            "no way to reach this person: a schedule on paper will be needed",
        );
        let cure = (
            "Prévoyez un planning sur papier, ou ajoutez un courriel ou un mobile.",
            "Plan for a schedule on paper, or add an email address or a mobile number.",
        );
        row.note(column, "", message, cure);
    }
}

/// Tells of a presence that no slot of the session can use.
fn hours(row: &mut Row<'_>, known: &Known, arrives: Option<Time>, leaves: Option<Time>) {
    let (starts, ends) = known.hours;
    if arrives.is_some_and(|time| time >= ends) || leaves.is_some_and(|time| time <= starts) {
        let (from, to) = (clock(starts), clock(ends));
        let message = said!(
            "présence hors de la séance ({from} à {to})",
            "present outside the session ({from} to {to})"
        );
        let cure = (
            "Aucun rendez-vous ne sera possible.",
            "No meeting will be possible.",
        );
        row.note("arrivee", &arrives.map(clock).unwrap_or_default(), message, cure);
    }
}
