//! A file to records under a known header, or the reason why the file cannot be read at all.

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
    let refuse = |line, column: &str, message: &str, cure: &str| {
        Box::new(about_file(file.table, line, column, message, cure, false))
    };
    let too_large = |line, message| refuse(line, "(fichier)", message, "Découpez le fichier.");
    if file.content.len() > FILE_MOST {
        return Err(too_large(1, "le fichier dépasse 10 Mo"));
    }
    let decoded = text::decode(file.content).map_err(|not_text| {
        let message = match not_text {
            NotText::Workbook => "le fichier est un classeur, pas une table en texte",
            NotText::Utf16 => "le fichier est en UTF-16",
            NotText::Binary => "le fichier n'est pas du texte",
        };
        let cure = "Dans le tableur : enregistrer sous, format CSV (UTF-8, séparateur point-virgule).";
        refuse(1, "(fichier)", message, cure)
    })?;
    summary.encoding = decoded.encoding;
    summary.delimiter = text::delimiter(&decoded.text);
    let rows =
        text::records(&decoded.text, summary.delimiter, ROWS_MOST + 1).map_err(
            |malformed| match malformed {
                Malformed::OpenQuote(line) => {
                    let cure = "Fermez ou doublez le guillemet.";
                    refuse(line, "(ligne)", "un guillemet ouvert n'est jamais refermé", cure)
                }
                Malformed::TooMany(line) => too_large(line, "le fichier dépasse 20 000 lignes"),
            },
        )?;
    if rows.is_empty() {
        let cure = "Choisissez le fichier qui porte les lignes.";
        return Err(refuse(1, "(fichier)", "le fichier est vide", cure));
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
    let expected = format!("Colonnes attendues : {}.", expected.join(", "));
    let mut tell = |column: &str, message: &str, cure: &str, notice| {
        problems.push(about_file(table, first.line, column, message, cure, notice));
    };
    for column in &header.missing {
        tell(column, "la colonne manque", &expected, false);
    }
    for column in &header.twice {
        tell(
            column,
            "la colonne est donnée deux fois",
            "Gardez une seule de ces colonnes.",
            false,
        );
    }
    for column in &header.extra {
        tell(
            column,
            "la colonne n'est pas connue, elle est laissée de côté",
            &expected,
            true,
        );
    }
    (header.missing.is_empty() && header.twice.is_empty()).then_some(header.columns)
}

pub(super) fn about_file(
    table: Table,
    line: u32,
    column: &str,
    message: &str,
    cure: &str,
    notice: bool,
) -> Problem {
    Problem {
        table,
        line,
        column: column.to_owned(),
        value: String::new(),
        message: message.to_owned(),
        cure: cure.to_owned(),
        notice,
        key: String::new(),
    }
}
