//! No accounts: browsers of these tests come in by a one-time address. Accounts have their own tests, over the directory.

use contracts::directory::v1::{self as directory, account_service_server::AccountService};
use tonic::{Request, Response, Status};

use super::{World, fakes::service};

type Reply<T> = Result<Response<T>, Status>;

service! { AccountService, without {
        create_first_administrator(directory::CreateFirstAdministratorRequest) -> directory::CreateFirstAdministratorResponse;
        sign_in(directory::SignInRequest) -> directory::SignInResponse;
        list_sessions(directory::ListSessionsRequest) -> directory::ListSessionsResponse;
        end_session(directory::EndSessionRequest) -> directory::EndSessionResponse;
        end_other_sessions(directory::EndOtherSessionsRequest) -> directory::EndOtherSessionsResponse;
        get_own_account(directory::GetOwnAccountRequest) -> directory::GetOwnAccountResponse;
        set_language(directory::SetLanguageRequest) -> directory::SetLanguageResponse;
        change_password(directory::ChangePasswordRequest) -> directory::ChangePasswordResponse;
        request_password_reset(directory::RequestPasswordResetRequest) -> directory::RequestPasswordResetResponse;
        make_reset_link(directory::MakeResetLinkRequest) -> directory::MakeResetLinkResponse;
        open_reset_link(directory::OpenResetLinkRequest) -> directory::OpenResetLinkResponse;
        reset_password(directory::ResetPasswordRequest) -> directory::ResetPasswordResponse;
        invite_account(directory::InviteAccountRequest) -> directory::InviteAccountResponse;
        invite_again(directory::InviteAgainRequest) -> directory::InviteAgainResponse;
        get_account_link(directory::GetAccountLinkRequest) -> directory::GetAccountLinkResponse;
        accept_invitation(directory::AcceptInvitationRequest) -> directory::AcceptInvitationResponse;
        list_accounts(directory::ListAccountsRequest) -> directory::ListAccountsResponse;
        update_account(directory::UpdateAccountRequest) -> directory::UpdateAccountResponse;
        create_own_organisation(directory::CreateOwnOrganisationRequest) -> directory::CreateOwnOrganisationResponse;
        list_audit(directory::ListAuditRequest) -> directory::ListAuditResponse;
    }

    async fn get_setup(&self, _request: Request<directory::GetSetupRequest>) -> Reply<directory::GetSetupResponse> {
        self.answer("GetSetup", |_| Ok(Response::new(directory::GetSetupResponse { has_administrator: false })))
    }

    async fn open_session(&self, _request: Request<directory::OpenSessionRequest>) -> Reply<directory::OpenSessionResponse> {
        self.answer("OpenSession", |_| Err(Status::unauthenticated("no such session")))
    }

    async fn list_own_organisations(&self, _request: Request<directory::ListOwnOrganisationsRequest>) -> Reply<directory::ListOwnOrganisationsResponse> {
        self.answer("ListOwnOrganisations", |_| Ok(Response::new(directory::ListOwnOrganisationsResponse::default())))
    }

    async fn sign_out(&self, _request: Request<directory::SignOutRequest>) -> Reply<directory::SignOutResponse> {
        self.answer("SignOut", |_| Ok(Response::new(directory::SignOutResponse {})))
    }
}
