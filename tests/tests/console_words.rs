//! Every page in each of the two languages over the real services: no word of the other language is left on it, whoever
//! wrote it: a template, a service that refuses a row, a policy that is wrong.

#![expect(
    clippy::unwrap_used,
    reason = "where the sources cannot be read, the test fails"
)]

#[path = "../../services/console/tests/pages/addresses.rs"]
mod addresses;

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result, ensure};
use contracts::{
    directory::v1::{ErasePersonRequest, GetPersonRequest, StaffRole},
    notifier::v1::ListMessagesRequest,
    speeddating::v1::{
        CreatePartnerLinkRequest, SetWishRequest, StageTablesRequest, StagedText, Table, Wish,
        import_service_client::ImportServiceClient, partner_service_client::PartnerServiceClient,
    },
};
use tests::{
    accounts,
    belongings::{belongings, filled, speeddating},
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES, request},
    plain::Plain,
    suite::Running,
    telling::link,
    words::{foreign, said},
};

const MORNING: &str = "2026-11-17T08:30:00Z";

/// A row for everything that can be wrong with one.
const FAULTY: &str = "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent;surplus\n\
    X1;Ana;Lopez;ana-at-example.org;0612;klingon;;midi;;4,5;;\n\
    X2;Ana;Lopez;zoé@example.org;06 39 98 70 0;;;12:00;09:00;0;;\n\
    X3;=1+1;Ba;;;;;9h;9h30;;;\n\
    X3;Théo;Ba;theo@example.org;+41 79 123 45 67;;;13:00;14:00;;;\n\
    X4;Théo;Ba;theo@example.org;;;;;;;;\n\
    X5;Paul\n\
    X6;;Traoré;;+33 0063998011;;;;;;;\n\
    X7;Zo\u{200b}é;Roux;;+0 12345678;;;;;;;\n\
    X8;Rania;Roux;rania@example.org;639980099;;;;;;;\n";
const FAULTY_WISHES: &str = "candidat;employeur;rang;avis_employeur;conseille_par_referent;impose;interdit\n\
    X1;E001;1;peut;peut;oui;oui\n\
    C0001;E999;1;;;;\n\
    C0003;E001;1;;;;\n\
    C0003;E001;1;;;;\n";
/// Policies with a fault for most rules.
const POLICY: &str = "apiVersion: jalon/v0\nkind: ReminderPolicy\nmetadata: { name: Bad Name }\nspec:\n  milestone: speed_dating\n  trigger: before\n  \
    offsets:\n    - at: \"+48h\"\n    - at: soon\n    - at: \"-900d\"\n  audience:\n    - role: nobody\n    - role: candidate\n      template: A B\n  \
    route: [fax]\n  condition: facts.confirmd\n  useful_for: long\n  enabled: perhaps\n  other: 1\n  digest: { cron: daily }\n---\n\
    apiVersion: jalon/v1\nkind: ReminderPolicy\nmetadata: { name: two }\nspec:\n  milestone: nothing\n  trigger: sometimes\n  condition: told &&\n---\n: [";

struct World {
    running: Running,
    coordinator: Coordinator,
    ids: BTreeMap<&'static str, String>,
    faulty: String,
    draft: i32,
    data: Vec<String>,
}

/// A session with everything that can be seen of it, a faulty import, a timetable that cannot be published, and somebody
/// who was erased.
async fn world() -> Result<World> {
    let running = Running::start(MORNING).await?;
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let made = coordinator.timetable().await?;
    coordinator.publish(made.number).await?;
    running.quiet().await?;
    let ids = belongings(&running, &coordinator).await?;
    let file = |table: Table, content: &str| StagedText {
        name: "x.csv".to_owned(),
        content: content.as_bytes().to_vec(),
        table: table.into(),
    };
    let stage = StageTablesRequest {
        request_id: request(80),
        session_id: coordinator.session.clone(),
        files: vec![
            file(Table::Candidates, FAULTY),
            file(Table::Wishes, FAULTY_WISHES),
        ],
        ..Default::default()
    };
    let mut imports = ImportServiceClient::new(speeddating(&running)?);
    let stage = imports.stage_tables(stage).await?.into_inner().stage;
    let draft = coordinator.timetable_with(7).await?;
    // Whom the published one brings together cannot be kept apart any more.
    let published = |candidate: &str, employer: &str| {
        let mut all = made.meetings.iter();
        all.any(|one| one.candidate_id == candidate && one.employer_id == employer)
    };
    let pair = draft
        .meetings
        .iter()
        .find(|one| !published(&one.candidate_id, &one.employer_id));
    let pair = pair.context("a meeting of the draft alone")?;
    let wish = Wish {
        candidate_id: pair.candidate_id.clone(),
        employer_id: pair.employer_id.clone(),
        must_not: true,
        ..Default::default()
    };
    let forbid = SetWishRequest {
        session_id: coordinator.session.clone(),
        wish: Some(wish),
    };
    coordinator.clients.speeddating.clone().set_wish(forbid).await?;
    let mut directory = running.clients.directory.clone();
    let person_id = coordinator.registration("C0009").await?.person_id;
    let asked = GetPersonRequest {
        person_id: person_id.clone(),
    };
    let person = directory.get_person(asked).await?.into_inner().person;
    let version = person.context("a person")?.version;
    directory
        .erase_person(ErasePersonRequest { person_id, version })
        .await?;
    running.quiet().await?;
    Ok(World {
        data: data(&running).await?,
        running,
        coordinator,
        ids,
        faulty: stage.context("an import")?.stage_id,
        draft: draft.number,
    })
}

/// What people wrote, the longest first.
async fn data(running: &Running) -> Result<Vec<String>> {
    let cells = [EMPLOYERS, CANDIDATES, WISHES, FAULTY]
        .iter()
        .flat_map(|table| table.lines().flat_map(|line| line.split(';')));
    let mut data: Vec<String> = cells.filter(|cell| cell.len() > 3).map(str::to_owned).collect();
    data.extend(
        [
            "Rencontres employeurs",
            "Salle des fêtes de Gerland",
            "Mission locale du 8e",
            "L’équipe des rencontres",
        ]
        .map(str::to_owned),
    );
    let messages = running
        .clients
        .notifier
        .clone()
        .list_messages(ListMessagesRequest::default())
        .await?
        .into_inner()
        .messages;
    data.extend(messages.into_iter().map(|message| message.subject));
    data.sort_by_key(|words| std::cmp::Reverse(words.len()));
    data.dedup();
    Ok(data)
}

/// Looks at the page that `plain` shows.
fn look(plain: &Plain, language: &str, data: &[String], found: &mut Vec<String>, seen: &mut usize) {
    if !plain.body.contains("<html") {
        return;
    }
    *seen += 1;
    if !plain.body.contains(&format!("<html lang=\"{language}\"")) {
        found.push(format!("{} is not in {language}", plain.path));
        return;
    }
    for words in foreign(&said(&plain.body), language, data) {
        found.push(format!("{}: {words}", plain.path));
    }
}

/// Speaks this language from now on.
async fn speak(plain: &mut Plain, language: &str) -> Result<()> {
    let button = if language == "en" { "English" } else { "Français" };
    if plain.body.contains(&format!("<html lang=\"{language}\"")) {
        return Ok(());
    }
    plain.send(button, &[]).await
}

/// What a partner sees, before and after the code.
async fn partner(world: &World, language: &str, found: &mut Vec<String>, seen: &mut usize) -> Result<()> {
    let made = CreatePartnerLinkRequest {
        // A link of its own for each language.
        request_id: request(if language == "en" { 82 } else { 81 }),
        session_id: world.coordinator.session.clone(),
        partner: "Mission locale du 8e".to_owned(),
        expires_at: None,
    };
    let mut partners = PartnerServiceClient::new(speeddating(&world.running)?);
    let made = partners.create_partner_link(made).await?.into_inner();
    let own = format!("/p/{}", made.token);
    let mut partner = Plain::before(&world.running)?;
    partner.get(&own).await?;
    speak(&mut partner, language).await?;
    look(&partner, language, &world.data, found, seen);
    for code in ["000000", made.code.as_str()] {
        partner.post(&own, &[("code", code)]).await?;
        look(&partner, language, &world.data, found, seen);
    }
    let button = if language == "en" {
        "Register this person"
    } else {
        "Inscrire cette personne"
    };
    let given = if language == "en" { "Naïma" } else { "Nadia" };
    partner.send(button, &[("prenom", given)]).await?;
    ensure!(partner.status == 422, "{} at {}", partner.status, partner.path);
    look(&partner, language, &world.data, found, seen);
    let mail = format!("{language}.benali@example.org");
    let name = [("nom", "Benali"), ("courriel", mail.as_str())];
    partner.send(button, &name).await?;
    look(&partner, language, &world.data, found, seen);
    let links = partner.page().links;
    let own_pages: Vec<_> = links
        .iter()
        .filter(|link| link.to.starts_with(&format!("{own}/personnes/")))
        .collect();
    ensure!(own_pages.len() > 1, "{own_pages:?}");
    for page in own_pages {
        partner.get(&page.to).await?;
        look(&partner, language, &world.data, found, seen);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_a_word_of_the_other_language() -> Result<()> {
    let world = world().await?;
    let (running, session) = (&world.running, &world.coordinator.session);
    let chief = accounts::colleague(running, StaffRole::Administrator, ("Zoé", "Martin"), &[]).await?;
    let mut routes = addresses::routes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/console"));
    routes.retain(|route| {
        !route.contains("{token}") && !route.ends_with("/flux") && !route.starts_with("/assets/")
    });
    // The messages' own words are in the language of whom they are to.
    routes.retain(|route| !route.ends_with("/corps") && !route.ends_with("/apercu"));
    let staged = format!("/seances/{session}/imports/{}", world.faulty);
    let mut asked: Vec<String> = routes.iter().map(|route| filled(route, &world.ids)).collect();
    asked.extend([
        format!("{staged}/verification?remarques=oui&table=candidats"),
        format!("{staged}/verification?remarques=oui&table=voeux"),
        format!("{staged}/importer"),
        format!("{staged}/colonnes"),
        format!("/seances/{session}/planning/publier?numero={}", world.draft),
        format!("/seances/{session}/planning/comparer?de=1&a={}", world.draft),
        format!("/seances/{session}/personnes?nom=inconnu"),
        format!("/seances/{session}/personnes?sans=oui"),
    ]);
    let candidate = link(&running.clients, "william.roux.1@example.org", "/r/").await?;
    let recruiter = link(
        &running.clients,
        "recrutement@ateliers-du-rhone.example.com",
        "/r/",
    )
    .await?;
    let stop = {
        running.play_until("2026-11-19T09:00:00Z").await?;
        link(&running.clients, "william.roux.1@example.org", "/d/").await?
    };
    let mut found = Vec::new();
    for language in ["fr", "en"] {
        let mut seen = 0;
        let mut plain = chief.plainly(running).await?;
        speak(&mut plain, language).await?;
        for address in &asked {
            // Signing out is a page of its own and ends this.
            if address.starts_with("/deconnexion") {
                continue;
            }
            plain.get(address).await?;
            look(&plain, language, &world.data, &mut found, &mut seen);
        }
        plain.get("/regles/essai").await?;
        let attempt = if language == "en" { "Try" } else { "Essayer" };
        plain
            .send(attempt, &[("document", POLICY), ("seance", session)])
            .await?;
        ensure!(
            plain.body.matches("spec.").count() > 8,
            "the policy is not refused:\n{}",
            plain.page().text
        );
        look(&plain, language, &world.data, &mut found, &mut seen);
        for (own, letters) in [(&candidate, "rou"), (&recruiter, "tra")] {
            let mut visitor = Plain::before(running)?;
            visitor.get(own).await?;
            speak(&mut visitor, language).await?;
            look(&visitor, language, &world.data, &mut found, &mut seen);
            for letters in ["xyz", letters] {
                visitor.post(own, &[("lettres", letters)]).await?;
                look(&visitor, language, &world.data, &mut found, &mut seen);
            }
            for page in ["", "/decliner", "/joindre", "/agenda"] {
                visitor.get(&format!("{own}{page}")).await?;
                look(&visitor, language, &world.data, &mut found, &mut seen);
            }
        }
        partner(&world, language, &mut found, &mut seen).await?;
        let mut outside = Plain::before(running)?;
        for address in [
            stop.as_str(),
            "/p/nothing",
            "/connexion",
            "/mot-de-passe-oublie",
            "/r/nothing",
        ] {
            outside.get(address).await?;
            speak(&mut outside, language).await?;
            outside.get(address).await?;
            look(&outside, language, &world.data, &mut found, &mut seen);
        }
        ensure!(seen > 90, "only {seen} pages were seen in {language}");
    }
    found.sort();
    found.dedup();
    ensure!(found.is_empty(), "{} words:\n{}", found.len(), found.join("\n"));
    Ok(())
}
