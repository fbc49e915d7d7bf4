//! Links of messages after their end, after a withdrawal and after an erasure, over the real services.

use anyhow::{Context as _, Result, ensure};
use contracts::{
    directory::v1::{ErasePersonRequest, GetPersonRequest},
    speeddating::v1::WithdrawRegistrationRequest,
};
use tests::{accounts, coordinator::Coordinator, plain::Plain, suite::Running, telling::link};

const MORNING: &str = "2026-11-17T08:30:00Z";
const GONE: &str = "Ce lien ne fonctionne pas ou plus";

const EMPLOYERS: &str = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\n\
                         E1;Ateliers du Rhône;;;1;Noé Blanc;noe@example.org;;09:00;12:30;\n";
const CANDIDATES: &str = "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\n\
                          C1;Amina;Diallo;amina@example.org;;fr;;09:00;12:30;;\n";
const WISHES: &str = "candidat;employeur;rang;avis_employeur;conseille_par_referent\nC1;E1;1;;\n";

/// Everything behind a link that is asked for, and everything that is sent.
const PAGES: [&str; 5] = ["", "/joindre", "/agenda", "/decliner", "/rencontres.ics"];
const DEEDS: [&str; 5] = ["/venir", "/decliner", "/reprendre", "/joindre", "/messages"];

async fn published(running: &Running) -> Result<(Coordinator, String)> {
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let made = coordinator.timetable().await?;
    coordinator.publish(made.number).await?;
    running.quiet().await?;
    let own = link(&running.clients, "amina@example.org", "/r/").await?;
    Ok((coordinator, own))
}

async fn open(plain: &mut Plain, own: &str) -> Result<()> {
    plain.get(own).await?;
    plain.send("Voir mes rencontres", &[("lettres", "dia")]).await?;
    plain.see("Bonjour Amina")
}

/// Nothing behind the link says or does anything any more, by whatever it had opened before, right letters or wrong.
async fn dead(plain: &mut Plain, own: &str) -> Result<()> {
    for page in PAGES {
        plain.get(&format!("{own}{page}")).await?;
        ensure!(
            plain.status == 404,
            "{page}: {} {}",
            plain.status,
            plain.page().text
        );
        plain.see(GONE)?;
        for personal in ["Amina", "Diallo", "Ateliers"] {
            ensure!(!plain.body.contains(personal), "{page} says {personal}");
        }
    }
    for letters in ["dia", "xyz"] {
        plain.post(own, &[("lettres", letters)]).await?;
        ensure!(plain.status == 404, "letters {letters}: {}", plain.status);
        plain.see(GONE)?;
    }
    for deed in DEEDS {
        plain.post(&format!("{own}{deed}"), &[("rencontre", "")]).await?;
        ensure!(
            (400..500).contains(&plain.status),
            "{deed}: {} {}",
            plain.status,
            plain.path
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_nowhere_after_its_end_whatever_it_had_opened() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let (coordinator, own) = published(&running).await?;
    running.play_until("2026-11-19T09:00:00Z").await?;
    let stop = link(&running.clients, "amina@example.org", "/d/").await?;
    let mut plain = Plain::before(&running)?;
    // Thirty days after the session, to the hour, it still stands.
    running.play_until("2026-12-25T07:00:00Z").await?;
    open(&mut plain, &own).await?;
    running.play_until("2026-12-25T12:00:00Z").await?;
    let before = format!("{:?}", coordinator.registrations().await?);
    dead(&mut plain, &own).await?;
    plain.get(&stop).await?;
    ensure!(
        plain.status == 404,
        "the address of unsubscription: {}",
        plain.status
    );
    plain.post(&stop, &[("List-Unsubscribe", "One-Click")]).await?;
    ensure!((400..500).contains(&plain.status), "{}", plain.status);
    ensure!(
        before == format!("{:?}", coordinator.registrations().await?),
        "something was done"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_withdrawal_a_link_says_so_and_does_nothing_more() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let (coordinator, own) = published(&running).await?;
    let mut plain = Plain::before(&running)?;
    open(&mut plain, &own).await?;
    let registration = coordinator.registration("C1").await?;
    let withdraw = WithdrawRegistrationRequest {
        registration_id: registration.registration_id,
        version: registration.version,
        by: "ORGANISATION".to_owned(),
    };
    running
        .clients
        .speeddating
        .clone()
        .withdraw_registration(withdraw)
        .await?;
    running.quiet().await?;
    // The visit that was open sees it, and so does whoever opens the link now.
    for again in [false, true] {
        if again {
            plain = Plain::before(&running)?;
            open(&mut plain, &own).await?;
        }
        plain.get(&own).await?;
        plain.see("Vous n’êtes pas attendu")?;
        let said = plain.page();
        ensure!(
            !said.text.contains("Ateliers"),
            "a meeting is left: {}",
            said.text
        );
        for button in ["Confirmer ma venue", "Décliner cette rencontre Ateliers du Rhône"] {
            ensure!(said.buttons().all(|words| words != button), "there is “{button}”");
        }
        let before = format!("{:?}", coordinator.registrations().await?);
        for deed in ["/venir", "/decliner", "/reprendre"] {
            plain.get(&own).await?;
            plain.post(&format!("{own}{deed}"), &[("rencontre", "")]).await?;
        }
        ensure!(
            before == format!("{:?}", coordinator.registrations().await?),
            "something was done"
        );
        plain.get(&format!("{own}/rencontres.ics")).await?;
        ensure!(
            plain.status == 404,
            "a calendar file of nothing: {}",
            plain.status
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_a_link_is_nobodys() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let (coordinator, own) = published(&running).await?;
    let mut plain = Plain::before(&running)?;
    open(&mut plain, &own).await?;
    let person_id = coordinator.registration("C1").await?.person_id;
    let mut directory = running.clients.directory.clone();
    let request = GetPersonRequest {
        person_id: person_id.clone(),
    };
    let person = directory.get_person(request).await?.into_inner().person;
    let erase = ErasePersonRequest {
        person_id,
        version: person.context("the person")?.version,
    };
    directory.erase_person(erase).await?;
    running.quiet().await?;
    dead(&mut plain, &own).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partners_link_leads_nowhere_once_it_is_revoked_or_over() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    let ada = accounts::coordinator(&running, "Ada", "Roche", &[]).await?;
    let mut staff = ada.plainly(&running).await?;
    let mut links = Vec::new();
    for name in ["Mission locale", "Cap emploi"] {
        staff
            .get(&format!("/seances/{}/partenaires", coordinator.session))
            .await?;
        staff.send("Créer le lien", &[("partenaire", name)]).await?;
        let told = staff.page().text;
        let token = told.split_once("/p/").context("no address")?.1;
        let token = token.split(|sign: char| !sign.is_ascii_alphanumeric() && !"-_".contains(sign));
        let code = told.split_once("autre moyen").context("no code")?.1;
        let code: String = code.chars().filter(char::is_ascii_digit).take(6).collect();
        let own = format!("/p/{}", token.into_iter().next().unwrap_or_default());
        let mut partner = Plain::before(&running)?;
        partner.get(&own).await?;
        partner.send("Ouvrir", &[("code", &code)]).await?;
        partner.see("inscrivez ici les personnes")?;
        links.push((own, code, partner));
    }
    staff
        .get(&format!("/seances/{}/partenaires", coordinator.session))
        .await?;
    staff.follow("Révoquer Mission locale").await?;
    staff.send("Révoquer le lien de Mission locale", &[]).await?;
    let over = |own: String, code: String, mut partner: Plain| async move {
        partner.get(&own).await?;
        ensure!(
            partner.status == 404,
            "{} {}",
            partner.status,
            partner.page().text
        );
        partner.see(GONE)?;
        for (address, fields) in [
            (own.clone(), vec![("code", code.as_str())]),
            (
                format!("{own}/personnes"),
                vec![("prenom", "Nadia"), ("nom", "Benali")],
            ),
        ] {
            partner.post(&address, &fields).await?;
            ensure!(
                (400..500).contains(&partner.status),
                "{address}: {}",
                partner.status
            );
        }
        anyhow::Ok(())
    };
    let (own, code, mut standing) = links.pop().context("a second link")?;
    let (gone, its_code, partner) = links.pop().context("a first link")?;
    over(gone, its_code, partner).await?;
    standing.get(&own).await?;
    standing.see("inscrivez ici les personnes")?;
    running.play_until("2026-11-26T12:00:00Z").await?;
    over(own, code, standing).await?;
    ensure!(
        coordinator.registrations().await?.is_empty(),
        "somebody was registered"
    );
    Ok(())
}
