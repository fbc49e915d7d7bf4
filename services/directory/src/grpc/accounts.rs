//! The gRPC of accounts.

mod parse;
mod print;

use std::sync::Arc;

use contracts::directory::v1 as proto;
use platform::{grpc::actor, idempotency, page::Page};
use proto::account_service_server::AccountService;
use tonic::{Request, Response, Status, async_trait};
use uuid::Uuid;

use crate::{
    actions::{self, Context},
    domain::{Newcomer, Password, Purpose, page_language},
};

/// Serves accounts.
pub(crate) struct Accounts(pub(crate) Arc<Context>);

type Reply<T> = Result<Response<T>, Status>;

#[async_trait]
impl AccountService for Accounts {
    async fn get_setup(&self, request: Request<proto::GetSetupRequest>) -> Reply<proto::GetSetupResponse> {
        let has_administrator = actions::is_set_up(&self.0, &actor(&request)?).await?;
        Ok(Response::new(proto::GetSetupResponse { has_administrator }))
    }

    async fn create_first_administrator(
        &self,
        request: Request<proto::CreateFirstAdministratorRequest>,
    ) -> Reply<proto::CreateFirstAdministratorResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let newcomer = Newcomer::read(
            &request.given_name,
            &request.family_name,
            &request.mail,
            &request.language,
        )?;
        let (account, organisation) = actions::create_first_administrator(
            &self.0,
            &actor,
            newcomer,
            &request.password,
            &request.organisation_name,
        )
        .await?;
        Ok(Response::new(proto::CreateFirstAdministratorResponse {
            account: Some(print::account(&account)),
            organisation_id: organisation.map(|id| id.to_string()).unwrap_or_default(),
        }))
    }

    async fn sign_in(&self, request: Request<proto::SignInRequest>) -> Reply<proto::SignInResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let tried = actions::Try {
            mail: request.mail,
            password: Password::typed(&request.password),
            device: request.device,
            source: request.source,
        };
        let (secret, session, account) = actions::sign_in(&self.0, &actor, tried).await?;
        Ok(Response::new(proto::SignInResponse {
            secret,
            session_id: session.id.to_string(),
            account: Some(print::account(&account)),
        }))
    }

    async fn open_session(
        &self,
        request: Request<proto::OpenSessionRequest>,
    ) -> Reply<proto::OpenSessionResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let opened = actions::open_session(&self.0, &actor, &request.secret).await?;
        Ok(Response::new(proto::OpenSessionResponse {
            account: Some(print::account(&opened.account)),
            session: Some(print::session(&opened.session, self.0.sessions)),
            token: opened.token,
            token_ends_at: Some(print::timestamp(opened.token_ends_at)),
        }))
    }

    async fn sign_out(&self, request: Request<proto::SignOutRequest>) -> Reply<proto::SignOutResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        actions::sign_out(&self.0, &actor, &request.secret).await?;
        Ok(Response::new(proto::SignOutResponse {}))
    }

    async fn list_sessions(
        &self,
        request: Request<proto::ListSessionsRequest>,
    ) -> Reply<proto::ListSessionsResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let account = parse::optional_id("account_id", &request.account_id)?;
        let sessions = actions::list_sessions(&self.0, &actor, account).await?;
        let print = |session| print::session(session, self.0.sessions);
        Ok(Response::new(proto::ListSessionsResponse {
            sessions: sessions.iter().map(print).collect(),
        }))
    }

    async fn end_session(
        &self,
        request: Request<proto::EndSessionRequest>,
    ) -> Reply<proto::EndSessionResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("session_id", &request.session_id)?;
        actions::end_session(&self.0, &actor, id).await?;
        Ok(Response::new(proto::EndSessionResponse {}))
    }

    async fn end_other_sessions(
        &self,
        request: Request<proto::EndOtherSessionsRequest>,
    ) -> Reply<proto::EndOtherSessionsResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let account = parse::optional_id("account_id", &request.account_id)?;
        let but = parse::optional_id("session_id", &request.session_id)?;
        let ended = actions::end_other_sessions(&self.0, &actor, account, but).await?;
        let ended = i64::try_from(ended).unwrap_or(i64::MAX);
        Ok(Response::new(proto::EndOtherSessionsResponse { ended }))
    }

    async fn get_own_account(
        &self,
        request: Request<proto::GetOwnAccountRequest>,
    ) -> Reply<proto::GetOwnAccountResponse> {
        let account = actions::own_account(&self.0, &actor(&request)?).await?;
        let account = Some(print::account(&account));
        Ok(Response::new(proto::GetOwnAccountResponse { account }))
    }

    async fn set_language(
        &self,
        request: Request<proto::SetLanguageRequest>,
    ) -> Reply<proto::SetLanguageResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let language = page_language(&request.language)?;
        let account = actions::set_language(&self.0, &actor, language).await?;
        let account = Some(print::account(&account));
        Ok(Response::new(proto::SetLanguageResponse { account }))
    }

    async fn change_password(
        &self,
        request: Request<proto::ChangePasswordRequest>,
    ) -> Reply<proto::ChangePasswordResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let session = parse::optional_id("session_id", &request.session_id)?;
        let old = Password::typed(&request.old);
        actions::change_password(&self.0, &actor, old, &request.new, session).await?;
        Ok(Response::new(proto::ChangePasswordResponse {}))
    }

    async fn request_password_reset(
        &self,
        request: Request<proto::RequestPasswordResetRequest>,
    ) -> Reply<proto::RequestPasswordResetResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        actions::request_reset(&self.0, &actor, &request.mail, &request.source).await?;
        Ok(Response::new(proto::RequestPasswordResetResponse {}))
    }

    async fn make_reset_link(
        &self,
        request: Request<proto::MakeResetLinkRequest>,
    ) -> Reply<proto::MakeResetLinkResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let (link, secret) = actions::make_reset_link(&self.0, &actor, &request.mail).await?;
        Ok(Response::new(proto::MakeResetLinkResponse {
            secret,
            expires_at: Some(print::timestamp(link.expires_at)),
        }))
    }

    async fn open_reset_link(
        &self,
        request: Request<proto::OpenResetLinkRequest>,
    ) -> Reply<proto::OpenResetLinkResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let (link, verified) =
            actions::open_reset_link(&self.0, &actor, &request.secret, &request.surname_letters).await?;
        let thing = match link.purpose {
            Purpose::Invitation => "invitation",
            Purpose::Reset => "reset",
        };
        Ok(Response::new(proto::OpenResetLinkResponse {
            verified,
            subject: if verified {
                format!("directory.{thing}/{}", link.id)
            } else {
                String::new()
            },
        }))
    }

    async fn reset_password(
        &self,
        request: Request<proto::ResetPasswordRequest>,
    ) -> Reply<proto::ResetPasswordResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("reset_id", &request.reset_id)?;
        let account = actions::set_password(&self.0, &actor, id, Purpose::Reset, &request.password).await?;
        let account = Some(print::account(&account));
        Ok(Response::new(proto::ResetPasswordResponse { account }))
    }

    async fn invite_account(
        &self,
        request: Request<proto::InviteAccountRequest>,
    ) -> Reply<proto::InviteAccountResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let key = parse::id("request_id", &request.request_id)?;
        let fingerprint = idempotency::fingerprint(&request);
        let newcomer = Newcomer::read(
            &request.given_name,
            &request.family_name,
            &request.mail,
            &request.language,
        )?;
        let access = parse::access(request.role, request.scope.as_ref())?;
        let reply = |account: &_| proto::InviteAccountResponse {
            account: Some(print::account(account)),
        };
        let key = (key, fingerprint);
        Ok(Response::new(
            actions::invite(&self.0, &actor, key, newcomer, access, reply).await?,
        ))
    }

    async fn invite_again(
        &self,
        request: Request<proto::InviteAgainRequest>,
    ) -> Reply<proto::InviteAgainResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("account_id", &request.account_id)?;
        let account = actions::invite_again(&self.0, &actor, id).await?;
        let account = Some(print::account(&account));
        Ok(Response::new(proto::InviteAgainResponse { account }))
    }

    async fn get_account_link(
        &self,
        request: Request<proto::GetAccountLinkRequest>,
    ) -> Reply<proto::GetAccountLinkResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let (id, purpose) = parse::link(&request)?;
        let (account, link) = actions::account_of_link(&self.0, &actor, id, purpose).await?;
        Ok(Response::new(proto::GetAccountLinkResponse {
            account: Some(print::account(&account)),
            expires_at: Some(print::timestamp(link.expires_at)),
        }))
    }

    async fn accept_invitation(
        &self,
        request: Request<proto::AcceptInvitationRequest>,
    ) -> Reply<proto::AcceptInvitationResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("invitation_id", &request.invitation_id)?;
        let account =
            actions::set_password(&self.0, &actor, id, Purpose::Invitation, &request.password).await?;
        let account = Some(print::account(&account));
        Ok(Response::new(proto::AcceptInvitationResponse { account }))
    }

    async fn list_accounts(
        &self,
        request: Request<proto::ListAccountsRequest>,
    ) -> Reply<proto::ListAccountsResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let page = Page::<(String, Uuid)>::parse(request.page.as_ref())?;
        let mut accounts = actions::list_accounts(&self.0, &actor, page.after.clone(), page.limit()).await?;
        let info = page.info(&mut accounts, |last| (last.name_key(), last.id));
        Ok(Response::new(proto::ListAccountsResponse {
            accounts: accounts.iter().map(print::account).collect(),
            page: Some(info),
        }))
    }

    async fn update_account(
        &self,
        request: Request<proto::UpdateAccountRequest>,
    ) -> Reply<proto::UpdateAccountResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("account_id", &request.account_id)?;
        let access = parse::access(request.role, request.scope.as_ref())?;
        let account =
            actions::update_account(&self.0, &actor, id, request.version, access, request.disabled).await?;
        let account = Some(print::account(&account));
        Ok(Response::new(proto::UpdateAccountResponse { account }))
    }

    async fn create_own_organisation(
        &self,
        request: Request<proto::CreateOwnOrganisationRequest>,
    ) -> Reply<proto::CreateOwnOrganisationResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::optional_id("organisation_id", &request.organisation_id)?;
        let parent = parse::optional_id("parent_id", &request.parent_id)?;
        let organisation =
            actions::create_own_organisation(&self.0, &actor, id, parent, &request.name).await?;
        let organisation = Some(print::own_organisation(&organisation));
        Ok(Response::new(proto::CreateOwnOrganisationResponse {
            organisation,
        }))
    }

    async fn list_own_organisations(
        &self,
        request: Request<proto::ListOwnOrganisationsRequest>,
    ) -> Reply<proto::ListOwnOrganisationsResponse> {
        let organisations = actions::own_organisations(&self.0, &actor(&request)?).await?;
        Ok(Response::new(proto::ListOwnOrganisationsResponse {
            organisations: organisations.iter().map(print::own_organisation).collect(),
        }))
    }

    async fn list_audit(&self, request: Request<proto::ListAuditRequest>) -> Reply<proto::ListAuditResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let account = parse::optional_id("account_id", &request.account_id)?;
        let page = Page::<Uuid>::parse(request.page.as_ref())?;
        let mut entries = actions::list_audit(&self.0, &actor, account, page.after, page.limit()).await?;
        let info = page.info(&mut entries, |last| last.id);
        Ok(Response::new(proto::ListAuditResponse {
            entries: entries.into_iter().map(print::entry).collect(),
            page: Some(info),
        }))
    }
}
