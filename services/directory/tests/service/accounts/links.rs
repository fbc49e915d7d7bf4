use contracts::{
    common::v1::MilestoneState,
    directory::v1::{
        AcceptInvitationRequest, AccountState, GetAccountLinkRequest, InviteAgainRequest, ListAuditRequest,
        MakeResetLinkRequest, OpenResetLinkRequest, RequestPasswordResetRequest, ResetPasswordRequest,
        StaffRole, UpdateAccountRequest,
    },
};
use directory::MIGRATIONS;
use jiff::SignedDuration;
use platform::{auth::Actor, on_each_database};
use tonic::{Code, Status};

use super::crew::{ADMINISTRATOR, Crew, PASSWORD};
use crate::service::world::{fields, refused};

const COLLEAGUE: &str = "leo.faure@example.org";
const OTHER_PASSWORD: &str = "trois vélos rouges";

fn spent() -> (Code, String) {
    (Code::FailedPrecondition, "LINK_SPENT".to_owned())
}

async fn ask_reset(crew: &Crew, mail: &str) -> Result<(), Status> {
    let request = RequestPasswordResetRequest {
        mail: mail.to_owned(),
        source: "203.0.113.7".to_owned(),
    };
    crew.console().request_password_reset(request).await.map(|_| ())
}

async fn reset(crew: &Crew, reset_id: &str, password: &str) -> Result<(), Status> {
    let request = ResetPasswordRequest {
        reset_id: reset_id.to_owned(),
        password: password.to_owned(),
    };
    crew.console().reset_password(request).await.map(|_| ())
}

on_each_database! { MIGRATIONS,
    async fn a_link_of_the_command_line_opens_once_with_the_letters_and_takes_the_place_of_others(db: Db) {
        let crew = Crew::new(db).await;
        let mut line = crew.world.accounts(Actor::administrator());
        let mut made = Vec::new();
        for _ in 0..2 {
            let request = MakeResetLinkRequest { mail: ADMINISTRATOR.to_owned() };
            made.push(line.make_reset_link(request).await.unwrap().into_inner().secret);
        }
        let open = |secret: &str, letters: &str| {
            let request = OpenResetLinkRequest { secret: secret.to_owned(), surname_letters: letters.to_owned() };
            let mut console = crew.console();
            async move { console.open_reset_link(request).await.map(tonic::Response::into_inner) }
        };
        assert_eq!(refused(open(&made[0], "roc").await), spent(), "a newer one takes its place");
        assert_eq!(refused(open("nothing", "roc").await), spent());
        for letters in ["", "xyz"] {
            let closed = open(&made[1], letters).await.unwrap();
            assert_eq!((closed.verified, closed.subject.as_str()), (false, ""));
        }
        let opened = open(&made[1], "ROC").await.unwrap();
        let reset_id = opened.subject.strip_prefix("directory.reset/").unwrap().to_owned();
        reset(&crew, &reset_id, OTHER_PASSWORD).await.unwrap();
        assert_eq!(refused(open(&made[1], "roc").await), spent(), "it opens once");
        crew.sign_in(ADMINISTRATOR, OTHER_PASSWORD).await.unwrap();
        let audit = line.list_audit(ListAuditRequest::default()).await.unwrap().into_inner().entries;
        let kept: Vec<_> = audit.iter().filter(|entry| entry.kind == "RESET_LINK_MADE").collect();
        assert_eq!((kept.len(), kept[0].actor.as_str()), (2, "administrator"));
    }

    async fn only_the_command_line_makes_such_a_link_and_for_enabled_accounts_only(db: Db) {
        let crew = Crew::new(db).await;
        let ask = |mail: &str| MakeResetLinkRequest { mail: mail.to_owned() };
        let colleague = crew.administrator().await.make_reset_link(ask(ADMINISTRATOR)).await;
        assert_eq!(colleague.unwrap_err().code(), Code::PermissionDenied, "it would open a colleague's account");
        let service = crew.console().make_reset_link(ask(ADMINISTRATOR)).await;
        assert_eq!(service.unwrap_err().code(), Code::PermissionDenied);
        let mut line = crew.world.accounts(Actor::administrator());
        let unknown = line.make_reset_link(ask("nobody@example.org")).await;
        assert_eq!(refused(unknown), (Code::NotFound, "UNKNOWN_ACCOUNT".to_owned()));
    }

    async fn an_invitation_is_told_by_a_milestone_and_sets_the_first_password_once(db: Db) {
        let mut crew = Crew::new(db).await;
        let own = crew.organisation("Mission locale").await;
        let invited = crew.invite(COLLEAGUE, StaffRole::Coordinator, &[own]).await;
        assert_eq!(invited.state(), AccountState::Invited);
        let told = crew.told().await;
        assert_eq!(told.len(), 1);
        let milestone = &told[0];
        let kind = &contracts::kinds::all().unwrap()[&milestone.kind];
        assert_eq!((kind.kind.as_str(), milestone.state(), milestone.revision), ("account_invitation", MilestoneState::Planned, 1));
        assert_eq!((milestone.parties[0].role.as_str(), &milestone.parties[0].person_id), ("staff", &invited.account_id));
        assert!(kind.roles.contains(&milestone.parties[0].role) && milestone.facts.is_empty());
        assert_eq!(milestone.starts_local, "2026-11-23T10:00:00");
        assert_eq!(milestone.starts_at, invited.invitation_expires_at);
        let id = milestone.subject.strip_prefix("directory.invitation/").unwrap();
        assert_eq!(refused(crew.sign_in(COLLEAGUE, PASSWORD).await).1, "SIGN_IN_REFUSED");

        let link = GetAccountLinkRequest { invitation_id: id.to_owned(), reset_id: String::new() };
        let shown = crew.console().get_account_link(link).await.unwrap().into_inner().account.unwrap();
        assert_eq!(shown.mail, COLLEAGUE);
        let weak = AcceptInvitationRequest { invitation_id: id.to_owned(), password: COLLEAGUE.to_owned() };
        assert_eq!(fields(crew.console().accept_invitation(weak).await), ["password"]);
        let accepted = crew.accept(id).await.unwrap();
        assert_eq!(accepted.state(), AccountState::Active);
        assert_eq!(refused(crew.accept(id).await), spent());
        let cleared = crew.told().await;
        assert_eq!(cleared.len(), 1);
        assert_eq!((cleared[0].state(), cleared[0].revision), (MilestoneState::Cleared, 2));
        assert_eq!((&cleared[0].subject, cleared[0].cleared_reason.as_str()), (&milestone.subject, "LINK_USED"));
        crew.sign_in(COLLEAGUE, PASSWORD).await.unwrap();
    }

    async fn of_two_who_accept_at_once_one_is_refused(db: Db) {
        let mut crew = Crew::new(db).await;
        let invited = crew.invite(COLLEAGUE, StaffRole::Administrator, &[]).await;
        let id = crew.link_of(&invited.account_id).await;
        let (one, two) = tokio::join!(crew.accept(&id), crew.accept(&id));
        assert_eq!(i32::from(one.is_ok()) + i32::from(two.is_ok()), 1);
        assert_eq!(if one.is_err() { refused(one) } else { refused(two) }, spent());
    }

    async fn a_link_opens_only_what_it_is_for(db: Db) {
        let mut crew = Crew::new(db).await;
        let invited = crew.invite(COLLEAGUE, StaffRole::Coordinator, &[]).await;
        let id = crew.link_of(&invited.account_id).await;
        assert_eq!(refused(reset(&crew, &id, PASSWORD).await), spent());
        let both = GetAccountLinkRequest { invitation_id: id.clone(), reset_id: id.clone() };
        assert_eq!(fields(crew.console().get_account_link(both).await), ["reset_id"]);
        let mut staff = crew.administrator().await;
        let accept = AcceptInvitationRequest { invitation_id: id, password: PASSWORD.to_owned() };
        assert_eq!(refused(staff.accept_invitation(accept).await).0, Code::PermissionDenied);
    }

    async fn inviting_again_spends_the_link_before_and_a_late_one_opens_nothing(db: Db) {
        let mut crew = Crew::new(db).await;
        let invited = crew.invite(COLLEAGUE, StaffRole::Coordinator, &[]).await;
        let first = crew.link_of(&invited.account_id).await;
        let again = InviteAgainRequest { account_id: invited.account_id.clone() };
        crew.administrator().await.invite_again(again.clone()).await.unwrap();
        let told = crew.told().await;
        assert_eq!(told.iter().map(|one| one.cleared_reason.as_str()).collect::<Vec<_>>(), ["LINK_WITHDRAWN", ""]);
        let second = told[1].subject.split_once('/').unwrap().1;
        assert_eq!(refused(crew.accept(&first).await), spent());
        crew.world.clock.advance(SignedDuration::from_hours(24 * 14));
        assert_eq!(refused(crew.accept(second).await), spent());
        crew.administrator().await.invite_again(again.clone()).await.unwrap();
        let third = crew.link_of(&invited.account_id).await;
        crew.accept(&third).await.unwrap();
        let refusal = refused(crew.administrator().await.invite_again(again).await);
        assert_eq!(refusal, (Code::FailedPrecondition, "NOT_INVITED".to_owned()));
    }

    async fn the_same_request_invites_once_and_an_address_has_one_account(db: Db) {
        let crew = Crew::new(db).await;
        let mut ada = crew.administrator().await;
        let request = crew.invitation(COLLEAGUE, StaffRole::Coordinator, &[]);
        let one = ada.invite_account(request.clone()).await.unwrap().into_inner();
        let two = ada.invite_account(request).await.unwrap().into_inner();
        assert_eq!(one, two);
        let exists = (Code::Aborted, "ACCOUNT_EXISTS".to_owned());
        let mut other_name = crew.invitation(" LEO.Faure@example.org", StaffRole::Partner, &[]);
        other_name.family_name = "Autre".to_owned();
        assert_eq!(refused(ada.invite_account(other_name).await), exists);
        let (mut here, mut there) = (ada.clone(), ada);
        let (one, two) = tokio::join!(
            here.invite_account(crew.invitation("new@example.org", StaffRole::Partner, &[])),
            there.invite_account(crew.invitation("new@example.org", StaffRole::Partner, &[]))
        );
        assert_eq!(i32::from(one.is_ok()) + i32::from(two.is_ok()), 1);
        assert_eq!(if one.is_err() { refused(one) } else { refused(two) }, exists);
    }

    async fn a_reset_sets_another_password_once_and_ends_all_sessions(db: Db) {
        let mut crew = Crew::new(db).await;
        let session = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap();
        ask_reset(&crew, ADMINISTRATOR).await.unwrap();
        let account_id = session.account.unwrap().account_id;
        let id = crew.link_of(&account_id).await;
        crew.open(&session.secret).await.unwrap();
        reset(&crew, &id, OTHER_PASSWORD).await.unwrap();
        assert_eq!(refused(crew.open(&session.secret).await).1, "SESSION_ENDED");
        assert_eq!(refused(reset(&crew, &id, PASSWORD).await), spent());
        crew.sign_in(ADMINISTRATOR, OTHER_PASSWORD).await.unwrap();

        ask_reset(&crew, ADMINISTRATOR).await.unwrap();
        let late = crew.link_of(&account_id).await;
        crew.world.clock.advance(SignedDuration::from_hours(2));
        assert_eq!(refused(reset(&crew, &late, PASSWORD).await), spent());
    }

    async fn asking_for_a_reset_does_not_tell_who_has_an_account(db: Db) {
        let mut crew = Crew::new(db).await;
        ask_reset(&crew, "nobody@example.org").await.unwrap();
        assert!(crew.told().await.is_empty());
        for _ in 0..5 {
            ask_reset(&crew, ADMINISTRATOR).await.unwrap();
        }
        let sent = crew.told().await.into_iter().filter(|one| one.revision == 1).count();
        assert_eq!(sent, 3, "a stranger can fill a colleague's mailbox");
        for _ in 0..14 {
            ask_reset(&crew, "nobody@example.org").await.unwrap();
        }
        let closed = refused(ask_reset(&crew, "nobody@example.org").await);
        assert_eq!(closed, (Code::ResourceExhausted, "TOO_MANY_TRIES".to_owned()));
    }

    async fn a_disabled_account_has_no_links(db: Db) {
        let mut crew = Crew::new(db).await;
        let invited = crew.invite(COLLEAGUE, StaffRole::Coordinator, &[]).await;
        let id = crew.link_of(&invited.account_id).await;
        let disable = UpdateAccountRequest {
            account_id: invited.account_id,
            version: invited.version,
            role: invited.role,
            scope: invited.scope,
            disabled: true,
        };
        crew.administrator().await.update_account(disable).await.unwrap();
        assert_eq!(crew.told().await[0].cleared_reason, "LINK_WITHDRAWN");
        assert_eq!(refused(crew.accept(&id).await), spent());
        ask_reset(&crew, COLLEAGUE).await.unwrap();
        assert!(crew.told().await.is_empty());
    }
}
