//! The rows that a check shows, each problem beside its cell.

use std::collections::BTreeSet;

use super::{
    Opened,
    check::{CheckPage, CheckedCell, CheckedRow, Choice},
    file::OpenFile,
};
use crate::import::{Cell, Correction, Placed, Problem, Reading, Table};

impl Opened {
    pub(super) fn rows(
        &self,
        reading: &Reading,
        choice: &Choice,
        page: &CheckPage,
    ) -> (Option<Table>, Vec<CheckedRow>) {
        let shown = |file: &OpenFile| {
            let wrong = reading.problems.iter().filter(|problem| {
                problem.table == file.sheet.table
                    && !file.placed().about_file(problem)
                    && (choice.notices || !problem.notice)
            });
            let dropped = file.corrections.iter().filter(|(_, fix)| fix.dropped);
            let mut lines: BTreeSet<u32> = wrong.map(|problem| problem.line).collect();
            lines.extend(dropped.map(|(line, _)| *line));
            if let Some(line) = choice.line {
                lines = BTreeSet::from([line]);
            }
            lines
        };
        let mut files = self.files.iter().map(|file| (file, shown(file)));
        let Some((file, lines)) = (match choice.table {
            Some(table) => files.find(|(file, _)| file.sheet.table == table),
            None => files.find(|(_, lines)| !lines.is_empty()),
        }) else {
            return (choice.table, Vec::new());
        };
        let most = usize::try_from(page.limit()).unwrap_or(usize::MAX);
        let lines = lines
            .into_iter()
            .filter(|line| page.after.is_none_or(|after| *line > after))
            .take(most);
        let rows = lines.filter_map(|line| file.row(line, &reading.problems));
        (Some(file.sheet.table), rows.collect())
    }
}

impl OpenFile {
    pub(super) fn placed(&self) -> Placed<'_> {
        Placed {
            sheet: &self.sheet,
            fields: &self.fields,
            corrections: &self.corrections,
        }
    }

    /// A row with its problems, each beside its cell when it has one.
    fn row(&self, line: u32, problems: &[Problem]) -> Option<CheckedRow> {
        let none = Correction::default();
        let fix = self.corrections.get(&line).unwrap_or(&none);
        let mut mine: Vec<Problem> = problems
            .iter()
            .filter(|problem| problem.table == self.sheet.table && problem.line == line)
            .cloned()
            .collect();
        let (key, faulty) = (
            mine.first().map(|problem| problem.key.clone()),
            mine.iter().any(|problem| !problem.notice),
        );
        let cell = |cell: Cell| {
            let field = self.fields.get(cell.place).copied().flatten();
            let (here, rest) = std::mem::take(&mut mine)
                .into_iter()
                .partition(|problem| Some(problem.column.as_str()) == field);
            mine = rest;
            let typed = fix.cells.get(&cell.place);
            CheckedCell {
                place: cell.place,
                field,
                name: cell.name,
                corrected: typed.is_some(),
                value: typed.unwrap_or(&cell.value).clone(),
                original: cell.value,
                problems: here,
            }
        };
        let cells = self.sheet.cells(line)?.into_iter().map(cell).collect();
        Some(CheckedRow {
            line,
            key: key.unwrap_or_else(|| self.code(line)),
            cells,
            problems: mine,
            dropped: fix.dropped,
            faulty,
        })
    }
}
