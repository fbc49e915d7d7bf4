use super::*;

fn row(key: &str) -> PersonRow {
    PersonRow {
        key: key.to_owned(),
        family_name: "Diallo".to_owned(),
        ..PersonRow::default()
    }
}

#[track_caller]
fn faults(people: &[PersonRow], organisations: &[OrganisationRow]) -> Vec<String> {
    match Drafts::read(people, organisations).unwrap_err() {
        Error::Invalid(found) => found.into_iter().map(|fault| fault.field).collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_row_is_tidied() {
    let typed = PersonRow {
        given_name: " Jean\n Marc ".to_owned(),
        mail: "  ".to_owned(),
        ..row("C1")
    };
    let read = Drafts::read(&[typed], &[]).unwrap();
    assert_eq!(
        (read.people[0].given_name.as_str(), &read.people[0].mail),
        ("Jean Marc", &None)
    );
}

#[test]
fn every_fault_of_every_row_is_named() {
    let wrong = PersonRow {
        family_name: " ".to_owned(),
        mail: "amina".to_owned(),
        phone: "0612".to_owned(),
        language: "klingon".to_owned(),
        organisation_key: "E9".to_owned(),
        person_id: "x".to_owned(),
        ..row("C2")
    };
    assert_eq!(
        faults(
            &[row("C1"), wrong, row("C1"), row("")],
            &[OrganisationRow {
                key: "E1".to_owned(),
                ..Default::default()
            }]
        ),
        [
            "organisations[0].name",
            "people[1].family_name",
            "people[1].mail",
            "people[1].phone",
            "people[1].language",
            "people[1].organisation_key",
            "people[1].person_id",
            "people[2].key",
            "people[3].key",
        ]
    );
}

#[test]
fn a_fault_never_repeats_what_was_typed() {
    let wrong = PersonRow {
        mail: "amina-diallo".to_owned(),
        phone: "0612".to_owned(),
        ..row("C1")
    };
    let Error::Invalid(found) = Drafts::read(&[wrong], &[]).unwrap_err() else {
        panic!("not the rows")
    };
    assert!(
        found
            .iter()
            .all(|fault| !fault.message.contains("amina") && !fault.message.contains("0612"))
    );
}

#[test]
fn an_import_is_bounded_and_so_are_its_faults() {
    let many: Vec<_> = (0..=MOST_ROWS).map(|number| row(&format!("C{number}"))).collect();
    assert_eq!(faults(&many, &[]), ["people"]);
    assert!(Drafts::read(&many[1..], &[]).is_ok());
    assert_eq!(faults(&vec![row(""); 100], &[]).len(), MOST_VIOLATIONS + 1);
}
