use super::*;
use crate::domain::{OrganisationRow, PersonRow};

const OWNER: Uuid = Uuid::from_u128(0xA);

fn person(key: &str, given: &str, family: &str, mail: &str, phone: &str) -> PersonRow {
    PersonRow {
        key: key.to_owned(),
        given_name: given.to_owned(),
        family_name: family.to_owned(),
        mail: mail.to_owned(),
        phone: phone.to_owned(),
        ..PersonRow::default()
    }
}

fn organisation(key: &str, name: &str, siret: &str) -> OrganisationRow {
    OrganisationRow {
        key: key.to_owned(),
        name: name.to_owned(),
        siret: siret.to_owned(),
        ..OrganisationRow::default()
    }
}

/// Enters rows into a book where `known` were entered before.
fn plan(known: &[PersonRow], people: &[PersonRow]) -> Plan {
    let mut number = 0;
    let mut id = || {
        number += 1;
        Uuid::from_u128(number)
    };
    let before = Drafts::read(known, &[]).unwrap();
    let before = Plan::of(&before, Known::default(), OWNER, Moment::UNIX_EPOCH, &mut id).unwrap();
    let drafts = Drafts::read(people, &[]).unwrap();
    Plan::of(&drafts, before.save, OWNER, Moment::UNIX_EPOCH, &mut id).unwrap()
}

fn amina() -> PersonRow {
    person("C1", "Amina", "Diallo", "amina@example.org", "06 39 98 01 01")
}

#[test]
fn the_same_mail_and_name_is_the_same_person_whatever_the_spelling() {
    let plan = plan(
        &[amina()],
        &[person("X", "Amina", "Diallo", "AMINA@example.org", "")],
    );
    assert_eq!(
        (plan.people[0].outcome, plan.people[0].id),
        (Outcome::Identical, Uuid::from_u128(1))
    );
    assert!(plan.save.people.is_empty());
}

#[test]
fn the_same_number_and_name_is_the_same_person_with_a_new_mail() {
    let plan = plan(
        &[amina()],
        &[person("X", "Amina", "Diallo", "new@example.org", "+33639980101")],
    );
    assert_eq!(
        (plan.people[0].outcome, plan.people[0].fields.as_slice()),
        (Outcome::Changed, &["mail"][..])
    );
    assert_eq!((plan.save.people.len(), plan.save.people[0].version), (1, 2));
}

#[test]
fn the_same_contact_with_another_name_is_imported_apart_and_shown() {
    for (mail, phone, field) in [("amina@example.org", "", "mail"), ("", "0639980101", "phone")] {
        let plan = plan(&[amina()], &[person("X", "Paul", "Roux", mail, phone)]);
        let found = &plan.people[0];
        assert_eq!(found.outcome, Outcome::PossibleDuplicate);
        assert_eq!(
            (found.id, found.other),
            (Uuid::from_u128(2), Some(Uuid::from_u128(1)))
        );
        assert_eq!(
            (found.fields.as_slice(), plan.save.people.len()),
            (&[field][..], 1)
        );
    }
}

#[test]
fn namesakes_with_other_contacts_are_two_people() {
    let plan = plan(
        &[amina()],
        &[person(
            "X",
            "Amina",
            "Diallo",
            "other@example.org",
            "06 39 98 02 02",
        )],
    );
    assert_eq!(plan.people[0].outcome, Outcome::New);
}

#[test]
fn namesakes_without_any_contact_are_never_taken_for_one() {
    let bare = |key| person(key, "Amina", "Diallo", "", "");
    let plan = plan(&[bare("C0"), amina()], &[bare("X"), bare("Y")]);
    for found in &plan.people {
        assert_eq!(
            (found.outcome, found.other),
            (Outcome::PossibleDuplicate, Some(Uuid::from_u128(1)))
        );
    }
    assert_eq!(plan.save.people.len(), 2);
}

#[test]
fn a_caller_that_knows_the_person_is_believed() {
    let row = PersonRow {
        person_id: Uuid::from_u128(1).to_string(),
        ..person("X", "Aminata", "Diallo", "", "")
    };
    let plan = plan(&[amina()], &[row]);
    assert_eq!(
        (plan.people[0].outcome, plan.people[0].id),
        (Outcome::Changed, Uuid::from_u128(1))
    );
    assert_eq!(plan.people[0].fields, ["given_name"]);
}

#[test]
fn an_erased_person_or_one_of_others_cannot_be_named() {
    let row = |id: u128| PersonRow {
        person_id: Uuid::from_u128(id).to_string(),
        ..amina()
    };
    let drafts = Drafts::read(&[row(1)], &[]).unwrap();
    let erased = Person::new(
        Uuid::from_u128(1),
        OWNER,
        &drafts.people[0],
        None,
        Moment::UNIX_EPOCH,
    )
    .erase(1, Moment::UNIX_EPOCH)
    .unwrap();
    for (known, told) in [(vec![erased], "was erased"), (vec![], "is not known")] {
        let known = Known {
            people: known,
            organisations: vec![],
        };
        let refused = Plan::of(&drafts, known, OWNER, Moment::UNIX_EPOCH, Uuid::nil).unwrap_err();
        let Error::Invalid(faults) = refused else {
            panic!("not a field")
        };
        assert_eq!(faults[0].field, "people[0].person_id");
        assert!(faults[0].message.contains(told));
    }
}

#[test]
fn a_person_who_stands_twice_in_an_import_is_one_person() {
    let mut again = person("C2", "AMINA", "DIALLO", "amina@example.org", "");
    again.language = "en".to_owned();
    let plan = plan(&[], &[amina(), again]);
    assert_eq!(plan.people[0].id, plan.people[1].id);
    assert_eq!((plan.save.people.len(), plan.save.people[0].version), (1, 1));
    assert_eq!(plan.save.people[0].contact.language.as_str(), "en");
}

#[test]
fn two_changes_of_one_person_raise_the_version_once() {
    let mut first = amina();
    first.language = "en".to_owned();
    let mut second = person("C2", "Amina", "Diallo", "", "06 39 98 01 01");
    second.access_needs = "boucle magnétique".to_owned();
    let plan = plan(&[amina()], &[first, second]);
    assert_eq!((plan.save.people.len(), plan.save.people[0].version), (1, 2));
}

#[test]
fn an_address_that_somebody_gave_up_is_theirs_no_more() {
    let moves = person("C1", "Amina", "Diallo", "new@example.org", "06 39 98 01 01");
    let plan = plan(
        &[amina()],
        &[moves, person("C2", "Paul", "Roux", "amina@example.org", "")],
    );
    assert_eq!(plan.people[1].outcome, Outcome::New);
}

fn organisations(known: &[OrganisationRow], rows: &[OrganisationRow]) -> Plan {
    let mut number = 0;
    let mut id = || {
        number += 1;
        Uuid::from_u128(number)
    };
    let before = Drafts::read(&[], known).unwrap();
    let before = Plan::of(&before, Known::default(), OWNER, Moment::UNIX_EPOCH, &mut id).unwrap();
    Plan::of(
        &Drafts::read(&[], rows).unwrap(),
        before.save,
        OWNER,
        Moment::UNIX_EPOCH,
        &mut id,
    )
    .unwrap()
}

const ONE: &str = "73282932000074";
const OTHER: &str = "35600000000048";

#[test]
fn an_organisation_is_known_by_its_siret_then_by_its_name() {
    let known = [organisation("E1", "Ateliers du Rhône", ONE)];
    let renamed = organisations(&known, &[organisation("X", "Ateliers Rhône-Alpes", ONE)]);
    assert_eq!(
        (
            renamed.organisations[0].outcome,
            renamed.organisations[0].fields.as_slice()
        ),
        (Outcome::Changed, &["name"][..])
    );
    let by_name = organisations(&known, &[organisation("X", "ATELIERS DU RHONE", "")]);
    assert_eq!(by_name.organisations[0].id, Uuid::from_u128(1));
    let elsewhere = organisations(&known, &[organisation("X", "Ateliers du Rhône", OTHER)]);
    assert_eq!(elsewhere.organisations[0].outcome, Outcome::PossibleDuplicate);
    let learnt = organisations(
        &[organisation("E1", "Clair & Net", "")],
        &[organisation("X", "Clair & Net", ONE)],
    );
    assert_eq!(learnt.organisations[0].fields, ["siret"]);
}

#[test]
fn a_contact_joins_the_organisation_of_its_row() {
    let contact = PersonRow {
        organisation_key: "E1".to_owned(),
        ..amina()
    };
    let drafts = Drafts::read(&[contact], &[organisation("E1", "Clair & Net", "")]).unwrap();
    let mut number = 0;
    let id = || {
        number += 1;
        Uuid::from_u128(number)
    };
    let plan = Plan::of(&drafts, Known::default(), OWNER, Moment::UNIX_EPOCH, id).unwrap();
    assert_eq!(plan.save.people[0].organisation, Some(plan.organisations[0].id));
}
