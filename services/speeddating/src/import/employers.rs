//! The employers' table: one organisation with its contact and its recruiters.

use platform::said;

use super::{
    EmployerRow, Table,
    fields::{self, Fault},
    header::Column,
    row::Row,
    rows::{presence, reach},
};

pub(crate) static COLUMNS: [Column; 11] = [
    Column::needed("employeur", &["code_employeur", "acheteur"]),
    Column::needed("raison_sociale", &["entreprise", "organisation"]),
    Column::required("secteur", &[]),
    Column::required("poste", &["postes"]),
    Column::required("recruteurs", &["nombre_de_recruteurs"]),
    Column::needed("contact", &["nom_du_contact"]),
    Column::required("courriel", &["mail", "email", "e_mail"]),
    Column::required("telephone", &["tel", "mobile"]),
    Column::required("arrivee", &[]),
    Column::required("depart", &[]),
    Column::required("rendez_vous_max", &["rdv_max"]),
];

/// Recruiters of one employer: more than this is a slip of the keyboard.
const RECRUITERS_MOST: i64 = 50;

pub(crate) fn read(row: &mut Row<'_>) -> EmployerRow {
    let code = row.safe("employeur", Table::CODE_MOST);
    let organisation = row.required("raison_sociale", 200);
    let sector = row.text("secteur", 100);
    let position = row.text("poste", 200);
    let parallel = row.count("recruteurs", 1, RECRUITERS_MOST).unwrap_or(1);
    let contact = row.safe("contact", 100);
    let (given_name, family_name) = match fields::full_name(&contact) {
        _ if row.faulty() && contact.is_empty() => (String::new(), String::new()),
        Ok(names) => names,
        Err(fault) => {
            row.fault("contact", &contact, fault);
            (String::new(), String::new())
        }
    };
    let mail = row.mail("courriel");
    let phone = row.phone("telephone", mail.is_empty());
    reach(row, &mail, phone.is_some(), "courriel");
    let (arrives, leaves) = presence(row);
    let meetings_max = row.count("rendez_vous_max", 1, 200);
    EmployerRow {
        line: row.line(),
        code,
        organisation,
        sector,
        position,
        parallel,
        given_name,
        family_name,
        mail,
        phone: phone.map(|phone| phone.number).unwrap_or_default(),
        arrives,
        leaves,
        meetings_max,
    }
}

/// Said of the second of two rows with one code.
pub(crate) fn twice(line: u32) -> Fault {
    Fault::new(
        said!(
            "même « employeur » qu'à la ligne {line}",
            "same “employeur” as on line {line}"
        ),
        (
            "Donnez un autre code, ou supprimez l'une des deux lignes.",
            "Give another code, or delete one of the two rows.",
        ),
    )
}
