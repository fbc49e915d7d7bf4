//! One record being read: its cells by column name, and the problems found on the way.

use jiff::civil::Time;
use platform::{Said, said};

use super::{
    Problem, Table,
    fields::{self, Fault, Phone},
    header::Columns,
    text::Record,
};
use crate::domain::invisible;

/// Characters of a cell that a problem repeats.
const SHOWN: usize = 80;

/// A record with the table it belongs to.
pub(crate) struct Row<'a> {
    table: Table,
    columns: &'a Columns,
    record: &'a Record,
    problems: &'a mut Vec<Problem>,
    key: String,
    faulty: bool,
}

impl<'a> Row<'a> {
    pub(crate) fn new(
        table: Table,
        columns: &'a Columns,
        record: &'a Record,
        problems: &'a mut Vec<Problem>,
    ) -> Self {
        Self {
            table,
            columns,
            record,
            problems,
            key: String::new(),
            faulty: false,
        }
    }

    /// The key of the record, shown with each of its problems from now on.
    pub(crate) fn name(&mut self, key: String) {
        self.key = key;
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn line(&self) -> u32 {
        self.record.line
    }

    pub(crate) fn faulty(&self) -> bool {
        self.faulty
    }

    /// Whether the record has as many cells as the header; says so when not.
    pub(crate) fn complete(&mut self) -> bool {
        let (cells, width) = (self.record.cells.len(), self.columns.width);
        let surplus = self
            .record
            .cells
            .iter()
            .skip(width)
            .any(|cell| !cell.trim().is_empty());
        if cells >= width && !surplus {
            return true;
        }
        let column = if cells < width {
            "(ligne)"
        } else {
            "(ligne, colonnes en trop)"
        };
        self.fault(
            column,
            "",
            Fault::new(
                said!(
                    "la ligne a {cells} colonnes au lieu de {width}",
                    "the row has {cells} columns instead of {width}"
                ),
                (
                    "Complétez la ligne ; un texte qui contient le séparateur se met entre guillemets.",
                    "Complete the row; a text with the separator in it goes between quotation marks.",
                ),
            ),
        );
        false
    }

    /// The cell, trimmed, defusing undone, line breaks read as spaces (with a notice). Empty when absent or too long.
    pub(crate) fn text(&mut self, column: &'static str, most: usize) -> String {
        let Some(cell) = self
            .columns
            .place(column)
            .and_then(|place| self.record.cells.get(place))
        else {
            return String::new();
        };
        let seen = self.seen(column, cell);
        let cell = fields::undo_defusing(seen.trim());
        if cell.chars().count() > most {
            self.fault(
                column,
                cell,
                Fault::new(
                    said!("dépasse {most} caractères", "has more than {most} characters"),
                    ("Raccourcissez le texte.", "Shorten the text."),
                ),
            );
            return String::new();
        }
        if !cell.contains(char::is_control) {
            return cell.to_owned();
        }
        if cell.contains('\n') {
            self.note(
                column,
                cell,
                (
                    "contient un retour à la ligne, lu comme une espace",
                    "contains a line break, read as a space",
                ),
                Said::nothing(),
            );
        }
        cell.split(|character: char| character.is_control() || character == ' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The cell without what nobody sees; says so when something was taken out. Controls are read as spaces by the
    /// caller.
    fn seen(&mut self, column: &'static str, cell: &str) -> String {
        let hidden = |character: &char| invisible(*character) && !character.is_control();
        if !cell.chars().any(|character| hidden(&character)) {
            return cell.to_owned();
        }
        let seen: String = cell.chars().filter(|character| !hidden(character)).collect();
        let message = (
            "contenait des caractères invisibles, retirés",
            "contained invisible characters, removed",
        );
        let cure = ("Vérifiez le texte lu.", "Check the text as it was read.");
        self.note(column, seen.trim(), message, cure);
        seen
    }

    /// A text that must be there.
    pub(crate) fn required(&mut self, column: &'static str, most: usize) -> String {
        let found = self.problems.len();
        let text = self.text(column, most);
        if text.is_empty() && !self.problems[found..].iter().any(|problem| !problem.notice) {
            let fault = Fault::new(
                ("est vide", "is empty"),
                ("Il faut le remplir.", "It must be filled in."),
            );
            self.fault(column, "", fault);
        }
        text
    }

    /// A name or a code: required, and never something that a spreadsheet would run. Free text elsewhere is kept and
    /// defused on export; in a name it can only be an attack or a slip.
    pub(crate) fn safe(&mut self, column: &'static str, most: usize) -> String {
        let text = self.required(column, most);
        if let Some(first) = text.chars().next().filter(|_| fields::would_run(&text)) {
            let message = said!(
                "commence par {first}, un tableur l'exécuterait comme une formule",
                "begins with {first}: a spreadsheet would run it as a formula"
            );
            let cure = (
                "Remplacez la formule par le texte voulu.",
                "Replace the formula with the text that is meant.",
            );
            self.fault(column, &text, Fault::new(message, cure));
        }
        text
    }

    pub(crate) fn time(&mut self, column: &'static str) -> Option<Time> {
        let cell = self.text(column, 20);
        if cell.is_empty() {
            return None;
        }
        let (time, rewritten) = self.parsed(column, &cell, fields::time(&cell))?;
        if rewritten {
            let clock = fields::clock(time);
            let message = said!("lu comme {clock}", "read as {clock}");
            self.note(column, &cell, message, Said::nothing());
        }
        Some(time)
    }

    pub(crate) fn count(&mut self, column: &'static str, least: i64, most: i64) -> Option<i64> {
        let cell = self.text(column, 50);
        if cell.is_empty() {
            return None;
        }
        self.parsed(column, &cell, fields::count(&cell, least, most))
    }

    pub(crate) fn yes_no(&mut self, column: &'static str) -> bool {
        let cell = self.text(column, 50);
        self.parsed(column, &cell, fields::yes_no(&cell))
            .unwrap_or_default()
    }

    pub(crate) fn language(&mut self, column: &'static str) -> String {
        let cell = self.text(column, 50);
        if cell.is_empty() {
            return "fr".to_owned();
        }
        self.parsed(column, &cell, fields::language(&cell))
            .unwrap_or_default()
    }

    pub(crate) fn mail(&mut self, column: &'static str) -> String {
        let cell = self.text(column, 300);
        if !cell.is_empty() {
            let sane = fields::mail(&cell);
            self.parsed(column, &cell, sane);
        }
        cell
    }

    /// A telephone number; `alone` says that the record has no other contact.
    pub(crate) fn phone(&mut self, column: &'static str, alone: bool) -> Option<Phone> {
        let cell = self.text(column, 50);
        if cell.is_empty() {
            return None;
        }
        let parsed = fields::phone(&cell).map_err(|mut fault| {
            if alone {
                fault.message.french.push_str(" ; aucun autre moyen de contact");
                fault
                    .message
                    .english
                    .push_str("; there is no other way to reach this person");
            }
            fault
        });
        let phone = self.parsed(column, &cell, parsed)?;
        if phone.restored {
            let number = &phone.number;
            let message = said!(
                "lu comme {number} : le tableur avait retiré le début",
                "read as {number}: the spreadsheet had removed the beginning"
            );
            self.note(column, &cell, message, Said::nothing());
        }
        Some(phone)
    }

    /// Records a problem that refuses the row.
    pub(crate) fn fault(&mut self, column: &str, value: &str, fault: Fault) {
        self.faulty = true;
        self.push(column, value, fault, false);
    }

    /// Records something that a person should see; the row is accepted.
    pub(crate) fn note(
        &mut self,
        column: &str,
        value: &str,
        message: impl Into<Said>,
        cure: impl Into<Said>,
    ) {
        self.push(column, value, Fault::new(message, cure), true);
    }

    fn parsed<T>(&mut self, column: &'static str, cell: &str, parsed: Result<T, Fault>) -> Option<T> {
        parsed.map_err(|fault| self.fault(column, cell, fault)).ok()
    }

    fn push(&mut self, column: &str, value: &str, fault: Fault, notice: bool) {
        self.problems.push(Problem {
            table: self.table,
            line: self.record.line,
            column: column.to_owned(),
            value: value.chars().take(SHOWN).collect(),
            message: fault.message,
            cure: fault.cure,
            notice,
            key: self.key.clone(),
        });
    }
}
