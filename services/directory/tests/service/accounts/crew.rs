//! An installation with some staff.

use std::collections::HashSet;

use contracts::{
    common::v1::{Milestone, MilestoneCleared, MilestoneSet},
    directory::v1::{
        AcceptInvitationRequest, Account, CreateFirstAdministratorRequest, CreateOwnOrganisationRequest,
        InviteAccountRequest, OpenSessionRequest, OpenSessionResponse, SignInRequest, SignInResponse,
        StaffRole, StaffScope,
    },
};
use platform::{
    Db,
    auth::{Actor, Verifier},
};
use prost::Message as _;
use tonic::Status;
use uuid::Uuid;

use crate::service::world::{Accounts, World};

pub(crate) const PASSWORD: &str = "lune verte 7 étés";
pub(crate) const ADMINISTRATOR: &str = "ada.roche@example.org";

pub(crate) struct Crew {
    pub(crate) world: World,
    seen: HashSet<Uuid>,
}

impl Crew {
    /// Nobody yet.
    pub(crate) fn empty(db: Db) -> Self {
        Self {
            world: World::new(db),
            seen: HashSet::new(),
        }
    }

    /// With its first administrator, Ada Roche.
    pub(crate) async fn new(db: Db) -> Self {
        let crew = Self::empty(db);
        crew.console().create_first_administrator(first()).await.unwrap();
        crew
    }

    /// As the console calls before somebody has signed in.
    pub(crate) fn console(&self) -> Accounts {
        self.world.accounts(Actor::service("console"))
    }

    pub(crate) async fn sign_in(&self, mail: &str, password: &str) -> Result<SignInResponse, Status> {
        self.sign_in_from(mail, password, "203.0.113.7").await
    }

    pub(crate) async fn sign_in_from(
        &self,
        mail: &str,
        password: &str,
        source: &str,
    ) -> Result<SignInResponse, Status> {
        let request = SignInRequest {
            mail: mail.to_owned(),
            password: password.to_owned(),
            device: "Firefox, Linux".to_owned(),
            source: source.to_owned(),
        };
        self.console()
            .sign_in(request)
            .await
            .map(tonic::Response::into_inner)
    }

    pub(crate) async fn open(&self, secret: &str) -> Result<OpenSessionResponse, Status> {
        let secret = secret.to_owned();
        self.console()
            .open_session(OpenSessionRequest { secret })
            .await
            .map(tonic::Response::into_inner)
    }

    /// Who a token says that it is, as every service reads it.
    pub(crate) fn actor(&self, token: &str) -> Option<Actor> {
        let ground = &self.world.ground.ground;
        Verifier::new(vec![ground.key.clone()], ground.clock.clone()).verify(token)
    }

    /// Signs somebody in and gives a client with their token's rights.
    pub(crate) async fn signed_in(&self, mail: &str) -> Accounts {
        let secret = self.sign_in(mail, PASSWORD).await.unwrap().secret;
        let token = self.open(&secret).await.unwrap().token;
        self.world.accounts(self.actor(&token).unwrap())
    }

    pub(crate) async fn administrator(&self) -> Accounts {
        self.signed_in(ADMINISTRATOR).await
    }

    /// An organisation of this installation.
    pub(crate) async fn organisation(&self, name: &str) -> String {
        self.branch("", name).await
    }

    /// A branch of one.
    pub(crate) async fn branch(&self, parent: &str, name: &str) -> String {
        let request = CreateOwnOrganisationRequest {
            name: name.to_owned(),
            parent_id: parent.to_owned(),
            ..Default::default()
        };
        let made = self
            .administrator()
            .await
            .create_own_organisation(request)
            .await
            .unwrap();
        made.into_inner().organisation.unwrap().organisation_id
    }

    pub(crate) fn invitation(
        &self,
        mail: &str,
        role: StaffRole,
        organisations: &[String],
    ) -> InviteAccountRequest {
        InviteAccountRequest {
            request_id: self.world.ground.ground.ids.id().to_string(),
            given_name: "Léo".to_owned(),
            family_name: "Faure".to_owned(),
            mail: mail.to_owned(),
            role: role.into(),
            scope: Some(StaffScope {
                everything: organisations.is_empty(),
                organisation_ids: organisations.to_vec(),
            }),
            language: String::new(),
        }
    }

    pub(crate) async fn invite(&self, mail: &str, role: StaffRole, organisations: &[String]) -> Account {
        let request = self.invitation(mail, role, organisations);
        let invited = self.administrator().await.invite_account(request).await.unwrap();
        invited.into_inner().account.unwrap()
    }

    /// Somebody who was invited and has accepted.
    pub(crate) async fn colleague(
        &mut self,
        mail: &str,
        role: StaffRole,
        organisations: &[String],
    ) -> Account {
        let invited = self.invite(mail, role, organisations).await;
        let invitation_id = self.link_of(&invited.account_id).await;
        self.accept(&invitation_id).await.unwrap()
    }

    pub(crate) async fn accept(&self, invitation_id: &str) -> Result<Account, Status> {
        let request = AcceptInvitationRequest {
            invitation_id: invitation_id.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let accepted = self.console().accept_invitation(request).await?;
        Ok(accepted.into_inner().account.unwrap())
    }

    /// The id of the last link that was planned for an account.
    pub(crate) async fn link_of(&mut self, account_id: &str) -> String {
        let told = self.told().await;
        let milestone = told
            .into_iter()
            .rfind(|told| told.revision == 1 && told.parties[0].person_id == account_id)
            .expect("no link was planned");
        milestone.subject.split_once('/').unwrap().1.to_owned()
    }

    /// Milestones that were published since the last look.
    pub(crate) async fn told(&mut self) -> Vec<Milestone> {
        let rows: Vec<(Uuid, String, Vec<u8>)> = self
            .world
            .db
            .read()
            .await
            .unwrap()
            .query("SELECT id, routing_key, body FROM outbox ORDER BY position")
            .fetch_all()
            .await
            .unwrap();
        let mut told = Vec::new();
        for (id, key, body) in rows {
            let body = body.as_slice();
            if !self.seen.insert(id) {
                continue;
            }
            match key.as_str() {
                "directory.milestone.set.v1" => {
                    told.push(MilestoneSet::decode(body).unwrap().milestone.unwrap());
                }
                "directory.milestone.cleared.v1" => {
                    told.push(MilestoneCleared::decode(body).unwrap().milestone.unwrap());
                }
                _ => {}
            }
        }
        told
    }
}

pub(crate) fn first() -> CreateFirstAdministratorRequest {
    CreateFirstAdministratorRequest {
        given_name: "Ada".to_owned(),
        family_name: "Roche".to_owned(),
        mail: ADMINISTRATOR.to_owned(),
        password: PASSWORD.to_owned(),
        language: "fr".to_owned(),
        organisation_name: String::new(),
    }
}
