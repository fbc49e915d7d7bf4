//! Column names, matched whatever their case, accents and spaces.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A column that a table has.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// Other spellings seen in files, folded.
    pub(crate) aliases: &'static [&'static str],
    /// A missing optional column is no error.
    pub(crate) optional: bool,
    /// No row can be read without it, even where people say which column is what.
    pub(crate) needed: bool,
}

impl Column {
    pub(crate) const fn required(name: &'static str, aliases: &'static [&'static str]) -> Self {
        Self {
            name,
            aliases,
            optional: false,
            needed: false,
        }
    }

    pub(crate) const fn needed(name: &'static str, aliases: &'static [&'static str]) -> Self {
        Self {
            name,
            aliases,
            optional: false,
            needed: true,
        }
    }

    pub(crate) const fn optional(name: &'static str) -> Self {
        Self {
            name,
            aliases: &[],
            optional: true,
            needed: false,
        }
    }
}

/// Where each known column stands in a file.
#[derive(Debug)]
pub(crate) struct Columns {
    places: Vec<(&'static str, usize)>,
    /// Names of the file, in order.
    pub(crate) width: usize,
}

/// What a header line says.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) columns: Columns,
    /// Required columns that are not there.
    pub(crate) missing: Vec<&'static str>,
    /// Columns of the file that mean nothing here, as typed.
    pub(crate) extra: Vec<String>,
    /// Columns given twice.
    pub(crate) twice: Vec<&'static str>,
}

impl Columns {
    /// Columns that somebody has placed: each field with the place of its column.
    pub(crate) fn placed(places: Vec<(&'static str, usize)>, width: usize) -> Self {
        Self { places, width }
    }

    /// The place of a column, if the file has it.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.places
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, place)| *place)
    }
}

/// The column that a name of a file means, whatever its case, accents and spaces.
pub(crate) fn meant(cell: &str, known: &'static [Column]) -> Option<&'static Column> {
    let folded = fold(cell);
    known
        .iter()
        .find(|column| column.name == folded || column.aliases.contains(&&*folded))
}

/// How many columns a header has: trailing empty names are what a spreadsheet adds.
pub(crate) fn width(cells: &[String]) -> usize {
    cells
        .iter()
        .rposition(|cell| !cell.trim().is_empty())
        .map_or(0, |last| last + 1)
}

/// Matches a header line with the columns of a table.
pub(crate) fn header(cells: &[String], known: &'static [Column]) -> Header {
    let mut places: Vec<(&'static str, usize)> = Vec::new();
    let (mut extra, mut twice) = (Vec::new(), Vec::new());
    for (place, cell) in cells.iter().enumerate() {
        match meant(cell, known) {
            Some(column) if places.iter().any(|(name, _)| *name == column.name) => twice.push(column.name),
            Some(column) => places.push((column.name, place)),
            None if fold(cell).is_empty() => {}
            None => extra.push(cell.trim().to_owned()),
        }
    }
    let missing = known
        .iter()
        .filter(|column| !column.optional && !places.iter().any(|(name, _)| *name == column.name))
        .map(|column| column.name)
        .collect();
    let width = width(cells);
    Header {
        columns: Columns { places, width },
        missing,
        extra,
        twice,
    }
}

/// Lower case, no accents, runs of anything else than letters and digits as one `_`.
pub(crate) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.nfd().filter(|character| !is_combining_mark(*character)) {
        if character.is_alphanumeric() {
            folded.extend(character.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with('_') {
            folded.push('_');
        }
    }
    folded.truncate(folded.trim_end_matches('_').len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    static KNOWN: [Column; 2] = [
        Column::required("prenom", &["first_name"]),
        Column::optional("impose"),
    ];

    #[test]
    fn names_match_whatever_their_case_accents_and_spaces() {
        assert_eq!(fold("  Rendez-vous  MAX "), "rendez_vous_max");
        let cells = ["PRÉNOM ".to_owned(), "Couleur".to_owned(), String::new()];
        let header = header(&cells, &KNOWN);
        assert_eq!(header.columns.place("prenom"), Some(0));
        assert_eq!(header.extra, ["Couleur"]);
        assert_eq!(header.columns.width, 2);
        assert!(header.missing.is_empty());
    }

    #[test]
    fn missing_and_doubled_columns_are_named() {
        let cells = ["impose".to_owned(), "Imposé".to_owned()];
        let header = header(&cells, &KNOWN);
        assert_eq!(header.missing, ["prenom"]);
        assert_eq!(header.twice, ["impose"]);
    }
}
