//! The candidates' table: one person a row.

use platform::{Said, said};

use super::{
    CandidateRow, Table,
    fields::Fault,
    header::Column,
    row::Row,
    rows::{presence, reach},
};

pub(crate) static COLUMNS: [Column; 12] = [
    Column::needed("candidat", &["code_candidat", "participant"]),
    Column::needed("prenom", &[]),
    Column::needed("nom", &["nom_de_famille"]),
    Column::required("courriel", &["mail", "email", "e_mail"]),
    Column::required("mobile", &["telephone", "tel", "portable"]),
    Column::required("langue", &[]),
    Column::required("accessibilite", &["besoins"]),
    Column::required("arrivee", &[]),
    Column::required("depart", &[]),
    Column::required("rendez_vous_max", &["rdv_max"]),
    Column::required("referent", &[]),
    Column::optional("raison_sociale"),
];

pub(crate) fn read(row: &mut Row<'_>) -> CandidateRow {
    let code = row.safe("candidat", Table::CODE_MOST);
    let given_name = row.safe("prenom", 100);
    let family_name = row.safe("nom", 100);
    let mail = row.mail("courriel");
    let phone = row.phone("mobile", mail.is_empty());
    reach(row, &mail, phone.is_some(), "mobile");
    if let Some(phone) = phone.as_ref().filter(|phone| !phone.mobile) {
        row.note(
            "mobile",
            &phone.number.clone(),
            (
                "n'est pas un mobile français : aucun SMS ne partira",
                "is not a French mobile number: no text message will be sent",
            ),
            Said::nothing(),
        );
    }
    let language = row.language("langue");
    let access_needs = row.text("accessibilite", 500);
    let (arrives, leaves) = presence(row);
    let meetings_max = row.count("rendez_vous_max", 1, 200);
    let organisation = row.text("raison_sociale", 200);
    let referent = row.text("referent", 254);
    CandidateRow {
        line: row.line(),
        code,
        given_name,
        family_name,
        mail,
        phone: phone.map(|phone| phone.number).unwrap_or_default(),
        language,
        organisation,
        access_needs,
        arrives,
        leaves,
        meetings_max,
        referent,
    }
}

/// Said of the second of two rows with one code.
pub(crate) fn twice(line: u32) -> Fault {
    Fault::new(
        said!(
            "même « candidat » qu'à la ligne {line}",
            "same “candidat” as on line {line}"
        ),
        (
            "Donnez un autre code, ou supprimez l'une des deux lignes.",
            "Give another code, or delete one of the two rows.",
        ),
    )
}
