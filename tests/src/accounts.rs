//! Colleagues with accounts of their own, invited and signed in as people do it, over plain forms.

use anyhow::{Context as _, Result, ensure};
use contracts::directory::v1::{CreateOwnOrganisationRequest, InviteAccountRequest, StaffRole, StaffScope};

use crate::{browser::Browser, plain::Plain, suite::Running, telling::link};

/// The password of all of them.
pub const PASSWORD: &str = "lune verte 7 étés";

/// Somebody who works here.
pub struct Colleague {
    /// Given name and surname.
    pub name: (String, String),
    /// What they sign in with.
    pub mail: String,
}

/// An organisation of this installation.
pub async fn organisation(running: &Running, id: &str, name: &str) -> Result<String> {
    branch(running, "", id, name).await
}

/// A branch of one.
pub async fn branch(running: &Running, parent: &str, id: &str, name: &str) -> Result<String> {
    let request = CreateOwnOrganisationRequest {
        organisation_id: id.to_owned(),
        name: name.to_owned(),
        parent_id: parent.to_owned(),
    };
    let mut accounts = running.clients.accounts.clone();
    let made = accounts.create_own_organisation(request).await?.into_inner();
    Ok(made.organisation.context("an organisation")?.organisation_id)
}

/// A coordinator of these organisations, or of all when none is named, who has taken the invitation.
pub async fn coordinator(
    running: &Running,
    given: &str,
    family: &str,
    organisations: &[String],
) -> Result<Colleague> {
    colleague(running, StaffRole::Coordinator, (given, family), organisations).await
}

/// A colleague with this role who has taken the invitation.
pub async fn colleague(
    running: &Running,
    role: StaffRole,
    (given, family): (&str, &str),
    organisations: &[String],
) -> Result<Colleague> {
    let mail = format!("{}@example.org", family.to_lowercase());
    let invitation = InviteAccountRequest {
        request_id: running.suite.ground.ids.id().to_string(),
        given_name: given.to_owned(),
        family_name: family.to_owned(),
        mail: mail.clone(),
        role: role.into(),
        scope: Some(StaffScope {
            everything: organisations.is_empty(),
            organisation_ids: organisations.to_vec(),
        }),
        language: "fr".to_owned(),
    };
    running
        .clients
        .accounts
        .clone()
        .invite_account(invitation)
        .await?;
    running.quiet().await?;
    let mut plain = Plain::before(running)?;
    plain
        .get(&link(&running.clients, &mail, "/compte/").await?)
        .await?;
    let letters: String = family.chars().take(3).collect();
    let fields = [
        ("lettres", letters.as_str()),
        ("motdepasse", PASSWORD),
        ("encore", PASSWORD),
    ];
    plain.send("Enregistrer mon mot de passe", &fields).await?;
    plain.see("Mot de passe enregistré")?;
    let name = (given.to_owned(), family.to_owned());
    Ok(Colleague { name, mail })
}

impl Colleague {
    /// A browser without scripts that this colleague has signed in with.
    pub async fn plainly(&self, running: &Running) -> Result<Plain> {
        let mut plain = Plain::before(running)?;
        plain.get("/connexion").await?;
        let fields = [("adresse", self.mail.as_str()), ("motdepasse", PASSWORD)];
        plain.send("Se connecter", &fields).await?;
        plain.see("Connexion")?;
        ensure!(plain.status == 200, "{} {}", plain.status, plain.path);
        Ok(plain)
    }

    /// Chromium, signed in the same way.
    pub async fn browser(&self, running: &Running) -> Result<Browser> {
        let browser = Browser::outside(running).await?;
        browser.goto("/connexion").await?;
        browser.fill("#adresse", &self.mail).await?;
        browser.fill("#motdepasse", PASSWORD).await?;
        browser.click("main button").await?;
        let (given, family) = &self.name;
        browser.see(&format!("Connexion : {given} {family}")).await?;
        Ok(browser)
    }
}
