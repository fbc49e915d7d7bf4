use super::*;
use crate::content::Fact;

/// Loading renders every sample: once is enough for all tests.
fn built_in() -> Templates {
    static LOADED: std::sync::LazyLock<Templates> =
        std::sync::LazyLock::new(|| match Templates::built_in(kinds()) {
            Ok(templates) => templates,
            Err(faulty) => panic!("{faulty}"),
        });
    LOADED.clone()
}

fn kinds() -> BTreeMap<String, Kind> {
    contracts::kinds::all().unwrap()
}

const ONE: [Declaration; 1] = [Declaration {
    name: "one",
    purpose: "",
    kinds: &["speed_dating"],
    media: &[Medium::Mail, Medium::Sms],
    calendar: false,
    optional: false,
}];

/// A faultless template with one file replaced.
fn problems_with(file: &'static str, text: &'static str) -> Vec<String> {
    let mut files = vec![
        ("one.fr.subject", "Sujet"),
        ("one.fr.txt", "Texte"),
        ("one.fr.html", "<p>Texte</p>"),
        ("one.fr.sms", "SMS {{ link }}"),
        ("one.en.subject", "Subject"),
        ("one.en.txt", "Text"),
        ("one.en.html", "<p>Text</p>"),
        ("one.en.sms", "SMS {{ link }}"),
    ];
    files.retain(|(name, _)| *name != file);
    if !text.is_empty() {
        files.push((file, text));
    }
    match Templates::load(&ONE, &files, kinds()) {
        Ok(_) => Vec::new(),
        Err(Faulty(problems)) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_templates_of_the_crate_are_faultless() {
    built_in();
}

#[test]
fn a_faulty_template_is_refused_at_load_with_its_file_and_line() {
    assert_eq!(problems_with("one.fr.txt", "Texte"), Vec::<String>::new());
    assert_eq!(
        problems_with("one.fr.txt", "a\n{{ facts.salary }}"),
        ["one.fr.txt:2: salary is no fact of speed_dating"]
    );
    assert_eq!(
        problems_with("one.fr.sms", "{{ link }}\n\n{{ facts.session_title }}"),
        ["one.fr.sms:3: the fact session_title may not be printed in an SMS or a subject line"]
    );
    assert_eq!(
        problems_with("one.en.subject", "{{ facts.session_title }}"),
        ["one.en.subject:1: the fact session_title may not be printed in an SMS or a subject line"]
    );
    assert_eq!(
        problems_with("one.fr.subject", "{{ item.about }}"),
        ["one.fr.subject:1: item.about may not be printed in an SMS or a subject line"]
    );
    assert_eq!(
        problems_with("one.fr.html", "\n{{ nom }}"),
        ["one.fr.html:2: unknown variable nom"]
    );
    assert_eq!(
        problems_with(
            "one.fr.html",
            "{% if false %}{{ recipient.family_name }}{% endif %}"
        ),
        ["one.fr.html:1: unknown variable recipient.family_name"]
    );
    assert!(problems_with("one.fr.html", "a\n{% if %}")[0].starts_with("one.fr.html:2: "));
    assert_eq!(
        problems_with("one.fr.sms", "Bonjour"),
        ["one.fr.sms: prints no link: the reader cannot answer an SMS"]
    );
    assert_eq!(
        problems_with("one.en.html", "").len(),
        1,
        "a missing language is a fault"
    );
}

fn sample(change: impl Fn(&Content) -> bool) -> Content {
    sample::contents(&kinds()["speed_dating"])
        .into_iter()
        .find(|content| change(content))
        .unwrap()
}

#[test]
fn every_sms_of_a_usual_session_is_one_segment() {
    let templates = built_in();
    for declaration in DECLARATIONS
        .iter()
        .filter(|declaration| declaration.media.contains(&Medium::Sms))
    {
        for kind in declaration.kinds {
            for content in sample::contents(&kinds()[*kind]) {
                for language in Language::ALL {
                    let sms = templates.sms(declaration.name, language, &content).unwrap();
                    assert_eq!(sms.parts.len(), 1, "{} units: {}", sms.units, sms.text);
                    assert_eq!(sms.encoding, sms::Encoding::Gsm7);
                }
            }
        }
    }
}

#[test]
fn the_reminder_reads_as_the_domain_paper_wants() {
    let templates = built_in();
    let content = sample(|content| content.items[0].cleared.is_none());
    let sms = templates
        .sms("speed_dating_two_days_before", Language::French, &content)
        .unwrap();
    insta::assert_snapshot!(sms.text, @"Rappel : rencontres employeurs mercredi 25/11 à 14h, arrivée 13h45, 4 rue Exemple Lyon 8. Votre planning : rdv.exemple.fr/r/AbCdEfGhIjKlMnOpQrStUv");
    let mail = templates
        .mail("speed_dating_week_before", Language::French, &content)
        .unwrap();
    insta::assert_snapshot!(mail.subject, @"Bientôt : rencontres employeurs du mercredi 25 novembre 2026");
    insta::assert_snapshot!(mail.text, @r##"
    Bonjour Amina,

    Les rencontres employeurs approchent. Nous vous attendons le mercredi 25 novembre 2026. Votre premier rendez-vous est à 14 h.

    Où : Maison des associations, 4 rue Exemple Lyon 8
    Arrivée : à 13 h 45. Nous vous montrons votre table.

    Vos rendez-vous :
    - 14 h, table 12 : Ateliers du Rhône
    - 14 h, table 12 : Ateliers du Rhône
    - 14 h, table 12 : Ateliers du Rhône

    Pour bien vous préparer : apportez votre CV et préparez deux ou trois questions à poser.

    Votre page, toujours à jour :
    https://rdv.exemple.fr/r/AbCdEfGhIjKlMnOpQrStUv
    (Elle demande les trois premières lettres de votre nom de famille. Ne donnez ce lien à personne.)

    Vous ne pouvez pas venir ? Dites-le-nous vite au 04 72 00 00 00. Nous trouverons une solution.

    À bientôt,
    Maison Lyon pour l'Emploi

    Ne plus recevoir ces rappels (les changements et la veille vous seront toujours annoncés) :
    https://rdv.exemple.fr/d/AbCdEfGhIjKlMnOpQrStUv
    "##);
}

#[test]
fn a_cancelled_participation_is_never_told_as_a_cancelled_session() {
    let templates = built_in();
    let told = |reason: &str| {
        let content = sample(|content| content.items[0].cleared.as_deref() == Some(reason));
        let sms = templates
            .sms("speed_dating_changed_candidate", Language::French, &content)
            .unwrap()
            .text;
        let mail = templates
            .mail("speed_dating_changed_candidate", Language::French, &content)
            .unwrap();
        (sms, mail.subject, mail.text)
    };
    let (sms, subject, text) = told("PARTICIPATION_CANCELLED");
    insta::assert_snapshot!(sms, @"Votre participation aux rencontres employeurs du mercredi 25/11 est annulée (les rencontres ont lieu). Infos : rdv.exemple.fr/r/AbCdEfGhIjKlMnOpQrStUv");
    assert!(subject.starts_with("Votre participation"), "{subject}");
    assert!(text.contains("seule votre participation est annulée"), "{text}");
    let (sms, subject, text) = told("SESSION_CANCELLED");
    insta::assert_snapshot!(sms, @"Les rencontres employeurs du mercredi 25/11 sont annulées par l'organisateur. Ne vous déplacez pas. Infos : rdv.exemple.fr/r/AbCdEfGhIjKlMnOpQrStUv");
    assert!(subject.starts_with("Annulation"), "{subject}");
    assert!(text.contains("annulées par l'organisateur"), "{text}");
    assert!(!text.contains("seule votre participation"), "{text}");
}

#[test]
fn a_move_says_before_and_now_in_both_languages() {
    let templates = built_in();
    let content =
        sample(|content| content.items[0].occasion == "moved" && content.items[0].cleared.is_none());
    let mail = templates
        .mail("speed_dating_changed_employer", Language::English, &content)
        .unwrap();
    assert!(
        mail.text
            .contains("Before: Tuesday 24 November 2026 at 9:30.\nNow: Wednesday 25 November 2026 at 14:00."),
        "{}",
        mail.text
    );
    let sms = templates
        .sms("speed_dating_changed_employer", Language::French, &content)
        .unwrap();
    assert!(
        sms.text
            .contains("mercredi 25/11 à 14h (et non mardi 24/11 à 9h30)"),
        "{}",
        sms.text
    );
}

#[test]
fn who_has_more_meetings_than_are_listed_is_told_how_many_and_where() {
    let templates = built_in();
    let content = sample(|content| content.items[0].cleared.is_none());
    for (count, french, english) in [
        (3, None, None),
        (
            4,
            Some("… et 1 autre, sur votre page"),
            Some("… and 1 other, on your page"),
        ),
        (
            8,
            Some("… et 5 autres, sur votre page"),
            Some("… and 5 others, on your page"),
        ),
    ] {
        let mut content = content.clone();
        content.items[0]
            .facts
            .insert("meetings_count".to_owned(), Fact::Number(count));
        for (language, told, some) in [
            (Language::French, french, "… et"),
            (Language::English, english, "… and"),
        ] {
            let mail = templates
                .mail("speed_dating_published_employer", language, &content)
                .unwrap();
            for text in [&mail.text, &mail.html] {
                match told {
                    Some(told) => assert!(text.contains(told), "{text}"),
                    None => assert!(!text.contains(some), "{text}"),
                }
            }
        }
    }
}

#[test]
fn an_employer_without_a_plan_reads_before_and_now_and_whose_cancellation_it_is() {
    let templates = built_in();
    let told = |change: fn(&Content) -> bool, language| {
        let mut all = sample::contents(&kinds()["employer_confirmation"]).into_iter();
        let content = all.find(change).unwrap();
        let name = "employer_confirmation_changed";
        let sms = templates.sms(name, language, &content).unwrap().text;
        (sms, templates.mail(name, language, &content).unwrap())
    };
    let moved =
        |content: &Content| content.items[0].occasion == "moved" && content.items[0].cleared.is_none();
    let (sms, mail) = told(moved, Language::English);
    let times = "Before: Tuesday 24 November 2026 at 9:30.\nNow: Wednesday 25 November 2026 at 14:00.";
    assert!(mail.text.contains(times), "{}", mail.text);
    assert!(
        sms.starts_with("Change: employer meetings Wed 25 Nov at 14:00"),
        "{sms}"
    );
    let (sms, _) = told(moved, Language::French);
    assert!(
        sms.contains("mercredi 25/11 à 14h (et non mardi 24/11 à 9h30)"),
        "{sms}"
    );
    let theirs = |content: &Content| content.items[0].cleared.as_deref() == Some("PARTICIPATION_CANCELLED");
    let (_, mail) = told(theirs, Language::French);
    assert!(
        mail.text.contains("seule votre participation est annulée"),
        "{}",
        mail.text
    );
    let session = |content: &Content| content.items[0].cleared.as_deref() == Some("SESSION_CANCELLED");
    let (_, mail) = told(session, Language::French);
    assert!(
        mail.subject.starts_with("Annulation") && !mail.text.contains("seule votre"),
        "{}",
        mail.text
    );
}

#[test]
fn html_escapes_what_people_typed_and_sms_keeps_plain_spaces() {
    let templates = built_in();
    let mut content = sample(|content| content.items[0].cleared.is_none());
    content.given_name = "<b>Zoé</b>".to_owned();
    let mail = templates
        .mail("speed_dating_week_before", Language::French, &content)
        .unwrap();
    assert!(
        mail.html.contains("&lt;b&gt;Zoé&lt;&#x2f;b&gt;") && !mail.html.contains("<b>Zoé"),
        "{}",
        mail.html
    );
    assert!(mail.text.contains("Où\u{a0}:"), "{}", mail.text);
    let sms = templates
        .sms("speed_dating_week_before", Language::French, &content)
        .unwrap();
    assert!(!sms.text.contains(['\u{a0}', '\u{202f}']), "{}", sms.text);
}
