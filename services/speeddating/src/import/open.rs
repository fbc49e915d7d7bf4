//! A file to records under a known header, or the reason why the file cannot be read at all.

use platform::{Said, said};

use super::{
    FILE_MOST, File, Problem, ROWS_MOST, Summary, Table,
    header::{self, Columns},
    text::{self, Malformed, NotText, Record},
};

/// A file whose header is right.
pub(super) struct Opened {
    pub(super) columns: Columns,
    pub(super) summary: Summary,
}

/// Decodes a file and reads its header; what is wrong with the file as a whole goes to `problems`.
pub(super) fn records(
    file: &File<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(Opened, Vec<Record>), Summary> {
    let mut summary = unread(file.table);
    let mut rows = match rows(file, &mut summary) {
        Ok(rows) => rows,
        Err(problem) => {
            problems.push(*problem);
            return Err(summary);
        }
    };
    let first = rows.remove(0);
    match columns(file.table, &first, problems) {
        Some(columns) => Ok((Opened { columns, summary }, rows)),
        None => Err(summary),
    }
}

/// What is known of a file before it is read.
pub(super) fn unread(table: Table) -> Summary {
    Summary {
        table,
        rows: 0,
        accepted: 0,
        unreadable: true,
        encoding: "",
        delimiter: ';',
    }
}

/// The records of a file, its header first: at least one.
pub(super) fn rows(file: &File<'_>, summary: &mut Summary) -> Result<Vec<Record>, Box<Problem>> {
    let refuse = |line, column: &str, message: (&str, &str), cure: (&str, &str)| {
        Box::new(about_file(file.table, line, column, message, cure, false))
    };
    let too_large = |line, message| {
        let cure = ("Découpez le fichier.", "Split the file.");
        refuse(line, "(fichier)", message, cure)
    };
    if file.content.len() > FILE_MOST {
        let message = ("le fichier dépasse 10 Mo", "the file is over 10 MB");
        return Err(too_large(1, message));
    }
    let decoded = text::decode(file.content).map_err(|not_text| {
        let message = match not_text {
            NotText::Workbook => (
                "le fichier est un classeur, pas une table en texte",
                "the file is a workbook, not a table in text",
            ),
            NotText::Utf16 => ("le fichier est en UTF-16", "the file is in UTF-16"),
            NotText::Binary => ("le fichier n'est pas du texte", "the file is not text"),
        };
        let cure = (
            "Dans le tableur : enregistrer sous, format CSV (UTF-8, séparateur point-virgule).",
            "In the spreadsheet: save as, format CSV (UTF-8, semicolons).",
        );
        refuse(1, "(fichier)", message, cure)
    })?;
    summary.encoding = decoded.encoding;
    summary.delimiter = text::delimiter(&decoded.text);
    let rows =
        text::records(&decoded.text, summary.delimiter, ROWS_MOST + 1).map_err(
            |malformed| match malformed {
                Malformed::OpenQuote(line) => {
                    let message = (
                        "un guillemet ouvert n'est jamais refermé",
                        "a quotation mark is opened and never closed",
                    );
                    let cure = (
                        "Fermez ou doublez le guillemet.",
                        "Close or double the quotation mark.",
                    );
                    refuse(line, "(ligne)", message, cure)
                }
                Malformed::TooMany(line) => {
                    let message = (
                        "le fichier dépasse 20 000 lignes",
                        "the file has more than 20,000 rows",
                    );
                    too_large(line, message)
                }
            },
        )?;
    if rows.is_empty() {
        let message = ("le fichier est vide", "the file is empty");
        let cure = (
            "Choisissez le fichier qui porte les lignes.",
            "Choose the file that holds the rows.",
        );
        return Err(refuse(1, "(fichier)", message, cure));
    }
    Ok(rows)
}

/// The columns of a header; none when one is missing or given twice.
fn columns(table: Table, first: &Record, problems: &mut Vec<Problem>) -> Option<Columns> {
    let known = table.columns();
    let header = header::header(&first.cells, known);
    let expected: Vec<&str> = known
        .iter()
        .filter(|column| !column.optional)
        .map(|column| column.name)
        .collect();
    let expected = expected.join(", ");
    let expected = said!(
        "Colonnes attendues : {expected}.",
        "Expected columns: {expected}."
    );
    let mut tell = |column: &str, message: (&str, &str), cure: Said, notice| {
        problems.push(about_file(table, first.line, column, message, cure, notice));
    };
    for column in &header.missing {
        let message = ("la colonne manque", "the column is missing");
        tell(column, message, expected.clone(), false);
    }
    for column in &header.twice {
        let message = ("la colonne est donnée deux fois", "the column is there twice");
        let cure = ("Gardez une seule de ces colonnes.", "Keep one of these columns.");
        tell(column, message, cure.into(), false);
    }
    for column in &header.extra {
        let message = (
            "la colonne n'est pas connue, elle est laissée de côté",
            "the column is not known and is left aside",
        );
        tell(column, message, expected.clone(), true);
    }
    (header.missing.is_empty() && header.twice.is_empty()).then_some(header.columns)
}

pub(super) fn about_file(
    table: Table,
    line: u32,
    column: &str,
    message: impl Into<Said>,
    cure: impl Into<Said>,
    notice: bool,
) -> Problem {
    Problem {
        table,
        line,
        column: column.to_owned(),
        value: String::new(),
        message: message.into(),
        cure: cure.into(),
        notice,
        key: String::new(),
    }
}
