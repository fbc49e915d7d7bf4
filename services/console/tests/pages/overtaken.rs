//! Somebody else was faster: nothing typed is lost, what stands is shown, and saving again is a decision.

use contracts::{
    scheduler::v1::ReminderState,
    speeddating::v1::{Room, StageColumn, StageField, StageFile, Table, Weights, Wish},
};
use http::{StatusCode, header};

use crate::{
    client::{Answer, Browser, changed, fields, inside},
    imports::with_duplicates,
    world::{self, sample},
};

fn address(rest: &str) -> String {
    format!("/seances/{}{rest}", sample::session_id())
}

/// The same form again: what is typed stands in it, and the notice above.
#[track_caller]
fn overtaken(answer: &Answer, within: &str, typed: &[(&str, &str)]) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(
        answer
            .body
            .contains("Quelqu’un d’autre a enregistré des changements entre-temps")
            && answer.body.contains("Vos saisies sont gardées"),
        "{}",
        answer.body
    );
    let kept = fields(&answer.body, within);
    for (name, value) in typed {
        let found = kept.iter().find(|(known, _)| known == name);
        assert_eq!(found.unwrap().1, *value, "{name}");
    }
}

/// What stands now is said beside a field, which names it, and the notice leads there.
#[track_caller]
fn stands(answer: &Answer, field: &str, value: &str) {
    let beside = format!("id=\"{field}-entretemps\">Maintenant\u{a0}: {value}</p>");
    assert!(answer.body.contains(&beside), "{beside}: {}", answer.body);
    let told = format!("{field}-entretemps");
    assert!(
        answer.body.matches(&told).count() > 1,
        "{field} is not described by it: {}",
        answer.body
    );
    assert!(
        answer.body.contains(&format!("<a href=\"#{field}\">")),
        "the notice does not lead to {field}: {}",
        answer.body
    );
}

/// Pressed once more, what the form shows is saved.
async fn again(browser: &Browser, to: &str, within: &str, answer: &Answer) {
    let saved = browser.post(to, &changed(&answer.body, within, &[])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert!(saved.headers.get(header::LOCATION).is_some());
}

#[tokio::test]
async fn a_person_edited_by_two_keeps_what_both_said() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    let edit = address(&format!("/personnes/{}", sample::candidate(3)));
    let page = browser.page(&edit).await;
    let own = |data: &mut world::Data, change: &dyn Fn(&mut contracts::speeddating::v1::Registration)| {
        let mut all = data.registrations.iter_mut();
        change(
            all.find(|known| known.registration_id == sample::candidate(3))
                .unwrap(),
        );
    };
    world.change(|data| {
        own(data, &|own| {
            own.version += 1;
            "09:30".clone_into(&mut own.arrives);
        });
    });
    let typed = [("mobile", "0639980000"), ("depart", "11:00")];
    let form = changed(&page, "name=\"version\"", &typed);
    let answer = browser.post(&edit, &form).await;
    overtaken(&answer, "name=\"version\"", &typed);
    overtaken(&answer, "name=\"version\"", &[("version", "2"), ("arrivee", "")]);
    stands(&answer, "arrivee", "9\u{a0}h\u{a0}30");
    stands(&answer, "depart", "vide");
    assert!(
        !answer.body.contains("nom-entretemps"),
        "what is the same is not told"
    );
    assert!(
        answer.body.contains("<title>Changé entre-temps\u{a0}: "),
        "{}",
        answer.body
    );
    again(&browser, &edit, "name=\"version\"", &answer).await;
    world.change(|data| {
        assert_eq!(data.people[&sample::person(3)].phone, "0639980000");
        own(data, &|own| {
            assert_eq!((own.version, own.arrives.as_str()), (3, ""));
        });
    });
}

#[tokio::test]
async fn an_address_that_was_corrected_elsewhere_is_not_put_back_by_an_older_form() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    let edit = address(&format!("/personnes/{}", sample::candidate(3)));
    let page = browser.page(&edit).await;
    world.change(|data| {
        let person = data.people.get_mut(&sample::person(3)).unwrap();
        person.version += 1;
        "corrigee@example.org".clone_into(&mut person.mail);
    });
    let answer = browser
        .post(&edit, &changed(&page, "name=\"version\"", &[("depart", "11:00")]))
        .await;
    overtaken(&answer, "name=\"version\"", &[("depart", "11:00")]);
    stands(&answer, "courriel", "corrigee@example.org");
    world.change(|data| {
        assert_eq!(data.people[&sample::person(3)].mail, "corrigee@example.org");
    });
    again(&browser, &edit, "name=\"version\"", &answer).await;
}

#[tokio::test]
async fn somebody_new_is_typed_once_whatever_happens_meanwhile() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    let add = address("/personnes/ajouter?cote=candidat");
    let page = browser.page(&add).await;
    world.change(|data| data.stale = Some(String::new()));
    let typed = [("candidat", "C9001"), ("prenom", "Nadia")];
    let answer = browser
        .post(&add, &changed(&page, "name=\"prenom\"", &typed))
        .await;
    overtaken(&answer, "name=\"prenom\"", &typed);
    world.change(|data| data.stale = None);
    again(&browser, &add, "name=\"prenom\"", &answer).await;
}

#[tokio::test]
async fn a_plan_changed_by_two_shows_rows_that_were_added_too() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    let edit = address("/modifier");
    let page = browser.page(&edit).await;
    world.change(|data| {
        let session = &mut data.sessions[0];
        session.version += 1;
        "Titre de Lina".clone_into(&mut session.title);
        let room = Room {
            name: "Salle Alpes".to_owned(),
            tables: 3,
        };
        session.venue.as_mut().unwrap().rooms.push(room);
    });
    let typed = [("titre", "Mon titre"), ("debut", "08:45")];
    let answer = browser
        .post(&edit, &changed(&page, "name=\"titre\"", &typed))
        .await;
    overtaken(&answer, "name=\"titre\"", &typed);
    overtaken(
        &answer,
        "name=\"titre\"",
        &[("version", "4"), ("salle-3-nom", "")],
    );
    stands(&answer, "titre", "Titre de Lina");
    stands(&answer, "debut", "9\u{a0}h");
    stands(&answer, "salle-3-nom", "Salle Alpes");
    stands(&answer, "salle-3-tables", "3");
    // One more row before that, and all is still there.
    let pressed = changed(&answer.body, "name=\"titre\"", &[]) + "&ajouter=salle";
    let more = browser.post(&edit, &pressed).await;
    assert_eq!(more.status, StatusCode::OK, "{}", more.body);
    stands(&more, "titre", "Titre de Lina");
    stands(&more, "salle-3-nom", "Salle Alpes");
    again(&browser, &edit, "name=\"titre\"", &more).await;
    world.change(|data| {
        let session = &data.sessions[0];
        assert_eq!(
            (session.title.as_str(), session.starts.as_str()),
            ("Mon titre", "08:45")
        );
        assert_eq!(session.venue.as_ref().unwrap().rooms.len(), 2);
    });
}

#[tokio::test]
async fn weights_changed_by_two_are_decided() {
    let mut data = sample::published(4, 12);
    let weights = |first: i64| Weights {
        ranks: vec![first, 4],
        priority: 3,
        yes: 2,
        recommended: 1,
    };
    data.sessions[0].weights = Some(weights(5));
    let (world, browser) = inside(data).await;
    let edit = address("/souhaits/poids");
    let page = browser.page(&edit).await;
    world.change(|data| {
        data.sessions[0].version += 1;
        data.sessions[0].weights = Some(weights(9));
    });
    let typed = [("oui", "7")];
    let answer = browser
        .post(&edit, &changed(&page, "name=\"rang-1\"", &typed))
        .await;
    overtaken(&answer, "name=\"rang-1\"", &typed);
    stands(&answer, "rang-1", "9");
    stands(&answer, "oui", "2");
    again(&browser, &edit, "name=\"rang-1\"", &answer).await;
    world.change(|data| {
        let saved = data.sessions[0].weights.clone().unwrap();
        assert_eq!((saved.ranks[0], saved.yes), (5, 7));
    });
}

#[tokio::test]
async fn columns_read_in_two_ways_are_decided() {
    let mut data = with_duplicates(0, 0);
    let field = |name: &str| StageField {
        name: name.to_owned(),
        needed: false,
    };
    let column = |place: i32, field: &str| StageColumn {
        place,
        name: format!("Colonne {place}"),
        field: field.to_owned(),
        ..StageColumn::default()
    };
    data.stage.as_mut().unwrap().files = vec![StageFile {
        table: Table::Candidates.into(),
        columns: vec![column(0, "prenom"), column(1, "nom")],
        fields: vec![field("prenom"), field("nom"), field("mobile")],
        ..StageFile::default()
    }];
    let (world, browser) = inside(data).await;
    let edit = address(&format!("/imports/{}/colonnes", sample::id(11, 1)));
    let page = browser.page(&edit).await;
    world.change(|data| {
        let stage = data.stage.as_mut().unwrap();
        stage.version += 1;
        "mobile".clone_into(&mut stage.files[0].columns[1].field);
    });
    let typed = [("colonne-0", "")];
    let answer = browser
        .post(&edit, &changed(&page, "name=\"colonne-0\"", &typed))
        .await;
    overtaken(&answer, "name=\"colonne-0\"", &typed);
    stands(&answer, "colonne-0", "Prénom");
    stands(&answer, "colonne-1", "Mobile");
    again(&browser, &edit, "name=\"colonne-0\"", &answer).await;
}

#[tokio::test]
async fn wishes_that_nobody_typed_over_follow_what_stands() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    let edit = address(&format!("/souhaits/de/{}", sample::candidate(1)));
    let page = browser.page(&edit).await;
    let wish = |employer: usize, rank: i32| Wish {
        candidate_id: sample::candidate(1),
        employer_id: sample::employer(employer),
        rank,
        ..Wish::default()
    };
    world.change(|data| data.wishes = vec![wish(1, 2), wish(2, 3)]);
    let rank = |employer: usize| format!("rang-{}", sample::employer(employer));
    let (first, second, third) = (rank(1), rank(2), rank(3));
    let typed = [(first.as_str(), "1"), (third.as_str(), "4")];
    let answer = browser.post(&edit, &changed(&page, &first, &typed)).await;
    overtaken(&answer, &first, &typed);
    overtaken(&answer, &first, &[(&second, "3")]);
    stands(&answer, &first, "2");
    assert!(!answer.body.contains(&format!("{second}-entretemps")));
    again(&browser, &edit, &first, &answer).await;
    world.change(|data| {
        let mut saved: Vec<_> = data.wishes.iter().map(|wish| wish.rank).collect();
        saved.sort_unstable();
        assert_eq!(saved, [1, 3, 4]);
    });
}

#[tokio::test]
async fn a_rank_that_is_no_number_is_said_and_saves_nothing() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    let edit = address(&format!("/souhaits/de/{}", sample::candidate(1)));
    let page = browser.page(&edit).await;
    let rank = |employer: usize| format!("rang-{}", sample::employer(employer));
    let (first, second) = (rank(1), rank(2));
    let mut before = Vec::new();
    world.change(|data| before.clone_from(&data.wishes));
    let typed = [(first.as_str(), "7"), (second.as_str(), "O2")];
    let answer = browser.post(&edit, &changed(&page, &first, &typed)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    assert!(
        answer.body.contains(&format!("id=\"{second}-faute\"")),
        "{}",
        answer.body
    );
    let kept = fields(&answer.body, &first);
    for (name, value) in typed {
        assert!(
            kept.iter().any(|(known, typed)| known == name && typed == value),
            "{name}"
        );
    }
    world.change(|data| assert_eq!(data.wishes, before));
    // Spaces around a number are nobody's fault.
    let typed = [(second.as_str(), " 2 ")];
    let saved = browser.post(&edit, &changed(&page, &first, &typed)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
}

#[tokio::test]
async fn an_address_corrected_by_two_is_decided() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    let mut found = None;
    world.change(|data| {
        let mut all = data.reminders.iter();
        let failed = all.find(|one| one.state() == ReminderState::Failed);
        found = failed.map(|one| (one.reminder_id.clone(), one.recipient_person_id.clone()));
    });
    let (reminder, person) = found.unwrap();
    let edit = format!("/rappels/{reminder}/coordonnees");
    let page = browser.page(&edit).await;
    world.change(|data| {
        data.stale = Some(person.clone());
        let known = data.people.get_mut(&person).unwrap();
        known.version += 1;
        "de.lina@example.org".clone_into(&mut known.mail);
    });
    let typed = [("mail", "juste@example.org")];
    let answer = browser
        .post(&edit, &changed(&page, "name=\"mail\"", &typed))
        .await;
    overtaken(&answer, "name=\"mail\"", &typed);
    overtaken(&answer, "name=\"mail\"", &[("version", "2")]);
    stands(&answer, "mail", "de.lina@example.org");
    world.change(|data| data.stale = None);
    again(&browser, &edit, "name=\"mail\"", &answer).await;
    world.change(|data| assert_eq!(data.people[&person].mail, "juste@example.org"));
}

#[tokio::test]
async fn the_reason_of_a_cancellation_is_kept() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    let cancel = address("/annuler");
    let page = browser.page(&cancel).await;
    world.change(|data| data.sessions[0].version += 1);
    let typed = [("raison", "La salle est inondée")];
    let answer = browser
        .post(&cancel, &changed(&page, "name=\"raison\"", &typed))
        .await;
    overtaken(&answer, "name=\"raison\"", &typed);
    again(&browser, &cancel, "name=\"raison\"", &answer).await;
}
