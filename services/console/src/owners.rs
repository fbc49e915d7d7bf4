//! Organisations of this installation and their branches, as a person sees them.

use contracts::directory::v1::{ListOwnOrganisationsRequest, OwnOrganisation};

use crate::{Clients, error::Error, texts::Texts};

/// Those that a person may work for, each organisation before its branches.
pub(crate) struct Owners(Vec<OwnOrganisation>);

impl Owners {
    pub(crate) async fn read(clients: &Clients) -> Result<Self, Error> {
        let request = ListOwnOrganisationsRequest {};
        let reply = clients.accounts().list_own_organisations(request).await?;
        Ok(Self(reply.into_inner().organisations))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &OwnOrganisation> {
        self.0.iter()
    }

    /// The id of the one that comes first.
    pub(crate) fn first(&self) -> Option<String> {
        self.0.first().map(|own| own.organisation_id.clone())
    }

    /// Ids and names to choose among; none when there is nothing to choose.
    pub(crate) fn choices(&self, t: Texts) -> Vec<(String, String)> {
        let choice = |own: &OwnOrganisation| (own.organisation_id.clone(), label(t, own));
        self.several().iter().map(choice).collect()
    }

    /// Whose something is; empty where all that the person sees is of one.
    pub(crate) fn name(&self, t: Texts, id: &str) -> String {
        let found = self.several().iter().find(|own| own.organisation_id == id);
        found.map(|own| label(t, own)).unwrap_or_default()
    }

    fn several(&self) -> &[OwnOrganisation] {
        if self.0.len() > 1 { &self.0 } else { &[] }
    }
}

/// "Maison de l'emploi, antenne Bron".
pub(crate) fn label(t: Texts, own: &OwnOrganisation) -> String {
    if own.parent_id.is_empty() {
        own.name.clone()
    } else {
        t.with("own-branch-of", "organisation", own.parent_name.as_str())
            .and("branch", own.name.as_str())
            .to_string()
    }
}
