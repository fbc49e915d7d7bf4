//! The wishes' table: one pair a row, with what each side says of it.

use platform::said;

use super::{Table, WishRow, fields::Fault, header::Column, row::Row};
use crate::domain::Opinion;

pub(crate) static COLUMNS: [Column; 7] = [
    Column::needed("candidat", &["code_candidat", "participant"]),
    Column::needed("employeur", &["code_employeur", "acheteur"]),
    Column::required("rang", &["ordre"]),
    Column::required("avis_employeur", &["avis"]),
    Column::required("conseille_par_referent", &["conseille"]),
    Column::optional("impose"),
    Column::optional("interdit"),
];

pub(crate) fn read(row: &mut Row<'_>) -> WishRow {
    let candidate = row.safe("candidat", Table::CODE_MOST);
    let employer = row.safe("employeur", Table::CODE_MOST);
    let rank = row.count("rang", 1, 99).unwrap_or_default();
    let opinion = opinion(row);
    let recommended = row.yes_no("conseille_par_referent");
    let must = row.yes_no("impose");
    let must_not = row.yes_no("interdit");
    if must && (must_not || opinion == Some(Opinion::No)) {
        let fault = Fault::new(
            (
                "est à la fois imposé et interdit",
                "is both required and forbidden",
            ),
            ("Gardez l'un des deux.", "Keep one of the two."),
        );
        row.fault("impose", "oui", fault);
    }
    WishRow {
        line: row.line(),
        candidate,
        employer,
        rank,
        opinion,
        recommended,
        must,
        must_not,
    }
}

/// Said of a wish whose candidate or employer is not known.
pub(crate) fn unknown(who: &str, faulty_line: Option<u32>) -> Fault {
    if let Some(line) = faulty_line {
        return Fault::new(
            said!(
                "la ligne {line} de ce code est en erreur",
                "line {line}, with this code, has an error"
            ),
            (
                "Corrigez d'abord cette ligne : ce souhait sera alors accepté.",
                "Correct that line first: this wish will then be accepted.",
            ),
        );
    }
    let whom = if who == "employeur" {
        "employer"
    } else {
        "candidate"
    };
    Fault::new(
        said!(
            "aucun {who} ne porte ce code, ni dans les fichiers ni dans la session",
            "no {whom} has this code, neither in the files nor in the session"
        ),
        (
            "Corrigez le code, ou ajoutez la ligne dans sa table.",
            "Correct the code, or add the row to its table.",
        ),
    )
}

/// Said of the second of two rows with one pair.
pub(crate) fn twice(line: u32) -> Fault {
    Fault::new(
        said!(
            "même couple candidat et employeur qu'à la ligne {line}",
            "same candidate and employer as on line {line}"
        ),
        ("Supprimez l'une des deux lignes.", "Delete one of the two rows."),
    )
}

fn opinion(row: &mut Row<'_>) -> Option<Opinion> {
    let cell = row.text("avis_employeur", 50);
    match cell.to_lowercase().as_str() {
        "" => None,
        "oui" => Some(Opinion::Yes),
        "prioritaire" => Some(Opinion::Priority),
        "non" => Some(Opinion::No),
        _ => {
            let fault = Fault::new(
                ("n'est pas un avis connu", "is no known opinion"),
                (
                    "Écrivez oui, prioritaire, non, ou laissez vide.",
                    "Write “oui”, “prioritaire” or “non”, or leave it empty.",
                ),
            );
            row.fault("avis_employeur", &cell, fault);
            None
        }
    }
}
