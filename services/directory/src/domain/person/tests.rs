use super::*;
use crate::domain::{Channel, Language};

fn person() -> Person {
    let draft = PersonDraft {
        given_name: "Amina".to_owned(),
        family_name: "Diallo".to_owned(),
        mail: Some(Mail::parse("amina@example.org").unwrap()),
        phone: Some(Phone::parse("06 39 98 01 01").unwrap()),
        access_needs: "fauteuil roulant".to_owned(),
        ..PersonDraft::default()
    };
    Person::new(
        Uuid::from_u128(1),
        Uuid::from_u128(2),
        &draft,
        None,
        Moment::UNIX_EPOCH,
    )
}

#[test]
fn an_import_never_empties_what_is_known() {
    let mut known = person();
    let changed = known.merge(
        &PersonDraft {
            family_name: "Diallo".to_owned(),
            ..PersonDraft::default()
        },
        None,
    );
    assert_eq!((changed, known), (vec![], person()));
}

#[test]
fn what_an_import_knows_better_is_taken_and_named() {
    let mut known = person();
    let draft = PersonDraft {
        family_name: "Diallo".to_owned(),
        mail: Some(Mail::parse("a.diallo@example.org").unwrap()),
        language: Some(Language::parse("en").unwrap()),
        ..PersonDraft::default()
    };
    assert_eq!(
        known.merge(&draft, Some(Uuid::from_u128(3))),
        ["mail", "language", "organisation"]
    );
    assert_eq!(known.contact.mail, draft.mail);
    assert_eq!(known.merge(&draft, Some(Uuid::from_u128(3))), Vec::<&str>::new());
}

#[test]
fn a_refused_channel_gives_no_address() {
    let refused = Preference {
        mail_refused: true,
        ..Preference::default()
    };
    let person = person().with_preference(1, refused, Moment::UNIX_EPOCH).unwrap();
    assert_eq!(person.mail_allowed(), None);
    assert!(person.mobile_allowed().is_some());
}

#[test]
fn a_landline_is_no_mobile() {
    let contact = Contact {
        phone: Some(Phone::parse("04 65 71 28 76").unwrap()),
        ..Contact::default()
    };
    assert_eq!(
        person()
            .with_contact(1, contact, Moment::UNIX_EPOCH)
            .unwrap()
            .mobile_allowed(),
        None
    );
}

#[test]
fn a_refused_channel_cannot_be_the_preferred_one() {
    let wish = Preference {
        sms_refused: true,
        preferred: Some(Channel::Sms),
        ..Preference::default()
    };
    assert!(person().with_preference(1, wish, Moment::UNIX_EPOCH).is_err());
}

#[test]
fn erasure_leaves_nothing_that_tells_who_it_was() {
    let tomb = person().erase(1, Moment::UNIX_EPOCH).unwrap();
    assert_eq!(
        (tomb.version, tomb.display_name()),
        (2, "Personne effacée".to_owned())
    );
    let shown = format!("{tomb:?}").to_lowercase();
    for trace in ["amina", "diallo", "example.org", "639980101", "fauteuil"] {
        assert!(!shown.contains(trace), "{trace} is still there");
    }
    assert!(matches!(
        tomb.clone().erase(2, Moment::UNIX_EPOCH),
        Err(Error::Erased)
    ));
    assert!(matches!(
        tomb.with_contact(2, Contact::default(), Moment::UNIX_EPOCH),
        Err(Error::Erased)
    ));
}

#[test]
fn a_stale_version_is_refused() {
    assert!(matches!(
        person().with_contact(0, Contact::default(), Moment::UNIX_EPOCH),
        Err(Error::Stale)
    ));
}
