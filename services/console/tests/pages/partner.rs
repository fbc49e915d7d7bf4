//! A partner registers people by its link; a coordinator makes and revokes it.

use http::{StatusCode, header};

use crate::{
    client::{Answer, Browser, filled, hidden, inside},
    world::{
        World,
        links::{PARTNER_CODE, PARTNER_LINK},
        sample,
    },
};

fn address() -> String {
    format!("/p/{PARTNER_LINK}")
}

async fn visiting(world: &World) -> Browser {
    let mut browser = Browser::outside(world);
    let answer = browser.post(&address(), &format!("code={PARTNER_CODE}")).await;
    led(&answer, &address());
    let whole = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        whole.contains(&format!(
            "Path={}; HttpOnly; SameSite=Lax; Max-Age=1800",
            address()
        )),
        "{whole}"
    );
    browser.cookie = whole.split(';').next().map(str::to_owned);
    browser
}

#[track_caller]
fn led(answer: &Answer, to: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.headers[header::LOCATION], to);
}

#[tokio::test]
async fn nothing_is_shown_before_the_code() {
    let world = World::of(sample::published(6, 30));
    let mut browser = Browser::outside(&world);
    let asked = browser.page(&address()).await;
    assert!(asked.contains("Code à six chiffres") && !asked.contains("Fourvière"));
    let wrong = browser.post(&address(), "code=000000").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.body.contains("Ce code n’est pas le bon") && wrong.headers.get(header::SET_COOKIE).is_none()
    );
    browser.cookie = Some("jalon_partenaire=devine".to_owned());
    assert!(browser.page(&address()).await.contains("Code à six chiffres"));
    led(
        &browser.post(&format!("{}/personnes", address()), "nom=X").await,
        &format!("{}?fait=visite-terminee", address()),
    );
    let shown = browser.get(&address()).await;
    assert_eq!(shown.headers["referrer-policy"], "no-referrer");
}

#[tokio::test]
async fn what_is_sent_after_the_visit_is_said_to_be_lost() {
    let world = World::of(sample::published(6, 30));
    let mut browser = visiting(&world).await;
    let form = filled(
        &browser.page(&address()).await,
        &[
            ("prenom", "Nadia"),
            ("nom", "Benali"),
            ("courriel", "nadia@exemple.fr"),
        ],
    );
    let lost = format!("{}?fait=visite-terminee", address());
    // A browser drops the cookie when the visit is over; one that keeps it has it refused.
    for cookie in [None, Some("jalon_partenaire=finie".to_owned())] {
        browser.cookie = cookie;
        let sent = browser.post(&format!("{}/personnes", address()), &form).await;
        led(&sent, &lost);
        let asked = browser.page(&lost).await;
        assert!(
            asked.contains("Rien n’a été enregistré")
                && asked.contains("Entrez de nouveau, puis recommencez."),
            "{asked}"
        );
        assert!(asked.contains("Code à six chiffres") && !asked.contains("aria-invalid"));
        // Who only looks, or leaves, has lost nothing.
        assert!(!browser.page(&address()).await.contains("Rien n’a été enregistré"));
        let left = browser.post(&format!("{}/sortir", address()), "").await;
        led(&left, &address());
    }
    world.change(|data| assert!(data.behind.partner_people.is_empty()));
}

#[tokio::test]
async fn a_partner_registers_somebody_with_wishes_changes_them_and_withdraws_them() {
    let world = World::of(sample::published(6, 30));
    let browser = visiting(&world).await;
    let page = browser.page(&address()).await;
    assert!(
        page.contains("Mission locale") && page.contains("Fourvière Logistique"),
        "{page}"
    );
    assert!(!page.contains("Raphaël"), "a partner sees somebody else");
    let (first, second) = (sample::employer(1), sample::employer(2));
    let form = filled(
        &page,
        &[
            ("prenom", "Nadia"),
            ("nom", "Benali"),
            ("courriel", "nadia@exemple.fr"),
            ("langue", "fr"),
            ("voeu1", &first),
            ("voeu2", ""),
            ("voeu3", &second),
        ],
    );
    let to = format!("{}/personnes", address());
    // The same press twice registers one.
    for _ in 0..2 {
        led(
            &browser.post(&to, &form).await,
            &format!("{}?fait=inscrit", address()),
        );
    }
    let mut people = Vec::new();
    world.change(|data| people.clone_from(&data.behind.partner_people));
    assert_eq!(people.len(), 1);
    assert_eq!(people[0].wishes, [first.clone(), second.clone()]);
    let id = people[0].registration.as_ref().unwrap().registration_id.clone();
    let page = browser.page(&address()).await;
    assert!(page.contains("Nadia Benali"), "{page}");

    let edit = format!("{}/personnes/{id}", address());
    let shown = browser.page(&edit).await;
    assert!(shown.contains(&format!("value=\"{first}\" selected")), "{shown}");
    let form = filled(&shown, &[("voeu1", &second)]);
    led(
        &browser.post(&edit, &form).await,
        &format!("{}?fait=voeux", address()),
    );
    world.change(|data| {
        assert_eq!(
            data.behind.partner_people[0].wishes,
            std::slice::from_ref(&second)
        );
    });

    let ask = format!("{edit}/retirer");
    let shown = browser.page(&ask).await;
    assert!(shown.contains("Nadia Benali ne sera plus attendu·e"), "{shown}");
    let csrf = hidden(&shown, "csrf");
    led(
        &browser.post(&ask, &format!("csrf={csrf}")).await,
        &format!("{}?fait=retire", address()),
    );
    assert!(browser.page(&address()).await.contains("Désistement"));
    let foreign = format!("{}/personnes/{}", address(), sample::candidate(1));
    assert_eq!(browser.get(&foreign).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_wrong_form_comes_back_with_all_that_was_typed_and_a_forged_one_does_nothing() {
    let world = World::of(sample::published(6, 30));
    let browser = visiting(&world).await;
    let to = format!("{}/personnes", address());
    let page = browser.page(&address()).await;
    let form = filled(
        &page,
        &[
            ("prenom", "<b>Nadia</b>"),
            ("nom", ""),
            ("courriel", "nadia@exemple.fr"),
        ],
    );
    let answer = browser.post(&to, &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("href=\"#nom\"") && answer.body.contains("nadia@exemple.fr"),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains("<b>Nadia"));
    let back = format!("name=\"retour\" value=\"{}\"", address());
    assert!(
        answer.body.contains(&back),
        "the language switch leads elsewhere: {}",
        answer.body
    );
    let form = filled(
        &page,
        &[
            ("prenom", "Nadia"),
            ("nom", "Benali"),
            ("courriel", "deja@exemple.fr"),
        ],
    );
    let answer = browser.post(&to, &form).await;
    assert!(
        answer.body.contains("ne peut pas être inscrite ici"),
        "{}",
        answer.body
    );
    for csrf in ["", "csrf=AAAA&"] {
        let forged = browser
            .post(&to, &format!("{csrf}prenom=A&nom=B&courriel=a@b.fr"))
            .await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
    }
    world.change(|data| assert!(data.behind.partner_people.is_empty()));
}

#[tokio::test]
async fn a_second_press_makes_no_second_link_and_says_where_the_first_one_is() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    let page = format!("/seances/{}/partenaires", sample::session_id());
    let form = filled(&browser.page(&page).await, &[("partenaire", "Mission locale")]);
    led(&browser.post(&page, &form).await, &page);
    let again = browser.post(&page, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.body.contains("Le lien de Mission locale vient d’être créé")
            && again.body.contains("révoquez-le et créez-en un autre"),
        "{}",
        again.body
    );
    assert!(
        !again.body.contains(PARTNER_LINK) && !again.body.contains(PARTNER_CODE),
        "the secrets are shown again"
    );
    world.change(|data| assert_eq!(data.behind.links.len(), 1));
    // The form that came back is no third press: another link is made by it.
    let form = filled(&again.body, &[("partenaire", "Cap emploi")]);
    led(&browser.post(&page, &form).await, &page);
    world.change(|data| assert_eq!(data.behind.links.len(), 2));
}

#[tokio::test]
async fn a_coordinator_makes_a_link_that_is_shown_once_and_revokes_it() {
    let (world, mut browser) = inside(sample::published(4, 12)).await;
    let page = format!("/seances/{}/partenaires", sample::session_id());
    let empty = browser.page(&page).await;
    assert!(empty.contains("Aucun lien pour l’instant"), "{empty}");
    let missing = browser.submit(&page, &page, &[("partenaire", " ")]).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = browser
        .submit(&page, &page, &[("partenaire", "Mission locale <8e>")])
        .await;
    led(&made, &page);
    let notice = made.headers[header::SET_COOKIE]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let signed = browser.cookie.clone().unwrap();
    browser.cookie = Some(format!("{signed}; {notice}"));
    let shown = browser.page(&page).await;
    assert!(
        shown.contains(&format!("https://rdv.exemple.fr/p/{PARTNER_LINK}")) && shown.contains(PARTNER_CODE),
        "{shown}"
    );
    assert!(!shown.contains("<8e>"));
    browser.cookie = Some(signed);
    let later = browser.page(&page).await;
    assert!(
        !later.contains(PARTNER_LINK) && !later.contains(PARTNER_CODE),
        "the secrets are shown again"
    );
    let mut id = String::new();
    world.change(|data| id.clone_from(&data.behind.links[0].link_id));
    let ask = format!("{page}/{id}/revoquer");
    assert!(browser.page(&ask).await.contains("ne pourra plus ouvrir la page"));
    let csrf = hidden(&browser.page(&ask).await, "csrf");
    led(&browser.post(&ask, &format!("csrf={csrf}")).await, &page);
    world.change(|data| assert!(data.behind.links[0].revoked_at.is_some()));
    assert!(browser.page(&page).await.contains("Révoqué"));
}
