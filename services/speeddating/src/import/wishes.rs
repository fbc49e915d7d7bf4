//! The wishes' table: one pair a row, with what each side says of it.

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
        let fault = Fault::new("est à la fois imposé et interdit", "Gardez l'un des deux.");
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
    match faulty_line {
        Some(line) => Fault::new(
            format!("la ligne {line} de ce code est en erreur"),
            "Corrigez d'abord cette ligne : ce vœu sera alors accepté.",
        ),
        None => Fault::new(
            format!("aucun {who} ne porte ce code, ni dans les fichiers ni dans la session"),
            "Corrigez le code, ou ajoutez la ligne dans sa table.",
        ),
    }
}

/// Said of the second of two rows with one pair.
pub(crate) fn twice(line: u32) -> Fault {
    Fault::new(
        format!("même couple candidat et employeur qu'à la ligne {line}"),
        "Supprimez l'une des deux lignes.",
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
            let cure = "Écrivez oui, prioritaire, non, ou laissez la cellule vide.";
            row.fault(
                "avis_employeur",
                &cell,
                Fault::new("n'est pas un avis connu", cure),
            );
            None
        }
    }
}
