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

/// Decodes a file and reads its header.
pub(super) fn records(
    file: &File<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(Opened, Vec<Record>), Summary> {
    let table = file.table;
    let unreadable = |encoding, delimiter| Summary {
        table,
        rows: 0,
        accepted: 0,
        unreadable: true,
        encoding,
        delimiter,
    };
    let mut refuse = |line, column: &str, message: &str, cure: &str| {
        problems.push(about_file(table, line, column, message, cure, false));
    };
    let save_as = "Dans le tableur : enregistrer sous, format CSV (UTF-8, séparateur point-virgule).";
    if file.content.len() > FILE_MOST {
        refuse(1, "(fichier)", "le fichier dépasse 10 Mo", "Découpez le fichier.");
        return Err(unreadable("", ';'));
    }
    let decoded = match text::decode(file.content) {
        Ok(decoded) => decoded,
        Err(not_text) => {
            let message = match not_text {
                NotText::Workbook => "le fichier est un classeur, pas une table en texte",
                NotText::Utf16 => "le fichier est en UTF-16",
                NotText::Binary => "le fichier n'est pas du texte",
            };
            refuse(1, "(fichier)", message, save_as);
            return Err(unreadable("", ';'));
        }
    };
    let delimiter = text::delimiter(&decoded.text);
    let unreadable = || unreadable(decoded.encoding, delimiter);
    let mut rows = match text::records(&decoded.text, delimiter, ROWS_MOST + 1) {
        Ok(rows) => rows,
        Err(Malformed::OpenQuote(line)) => {
            refuse(
                line,
                "(ligne)",
                "un guillemet ouvert n'est jamais refermé",
                "Fermez ou doublez le guillemet.",
            );
            return Err(unreadable());
        }
        Err(Malformed::TooMany(line)) => {
            refuse(
                line,
                "(fichier)",
                "le fichier dépasse 20 000 lignes",
                "Découpez le fichier.",
            );
            return Err(unreadable());
        }
    };
    if rows.is_empty() {
        refuse(
            1,
            "(fichier)",
            "le fichier est vide",
            "Choisissez le fichier qui porte les lignes.",
        );
        return Err(unreadable());
    }
    let first = rows.remove(0);
    let header = header::header(&first.cells, table.columns());
    let expected = table
        .columns()
        .iter()
        .filter(|column| !column.optional)
        .map(|column| column.name);
    let expected = format!(
        "Colonnes attendues : {}.",
        expected.collect::<Vec<_>>().join(", ")
    );
    for column in &header.missing {
        refuse(first.line, column, "la colonne manque", &expected);
    }
    for column in &header.twice {
        refuse(
            first.line,
            column,
            "la colonne est donnée deux fois",
            "Gardez une seule de ces colonnes.",
        );
    }
    if !header.missing.is_empty() || !header.twice.is_empty() {
        return Err(unreadable());
    }
    for column in &header.extra {
        let message = "la colonne n'est pas connue, elle est laissée de côté";
        problems.push(about_file(table, first.line, column, message, &expected, true));
    }
    let summary = Summary {
        unreadable: false,
        ..unreadable()
    };
    Ok((
        Opened {
            columns: header.columns,
            summary,
        },
        rows,
    ))
}

fn about_file(table: Table, line: u32, column: &str, message: &str, cure: &str, notice: bool) -> Problem {
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
