use contracts::directory::v1::{AccountState, GetSetupRequest, ListOwnOrganisationsRequest, StaffRole};
use directory::MIGRATIONS;
use platform::{
    auth::{Actor, Role, Scope},
    on_each_database,
};
use tonic::Code;

use super::crew::{ADMINISTRATOR, Crew, PASSWORD, first};
use crate::service::world::{fields, refused};

on_each_database! { MIGRATIONS,
    async fn the_first_administrator_signs_in_and_speaks_for_the_whole_installation(db: Db) {
        let crew = Crew::empty(db);
        assert!(!crew.console().get_setup(GetSetupRequest {}).await.unwrap().into_inner().has_administrator);
        let mut request = first();
        request.organisation_name = "Maison de l'emploi".to_owned();
        let made = crew.console().create_first_administrator(request).await.unwrap().into_inner();
        assert!(crew.console().get_setup(GetSetupRequest {}).await.unwrap().into_inner().has_administrator);
        let account = made.account.unwrap();
        assert_eq!((account.role(), account.state()), (StaffRole::Administrator, AccountState::Active));

        let signed_in = crew.sign_in(" Ada.Roche@Example.org ", PASSWORD).await.unwrap();
        let opened = crew.open(&signed_in.secret).await.unwrap();
        assert_eq!(opened.session.unwrap().session_id, signed_in.session_id);
        let actor = crew.actor(&opened.token).unwrap();
        assert_eq!(actor.subject, account.account_id);
        assert_eq!((actor.role, actor.scope.clone()), (Role::Administrator, Scope::All));

        let request = ListOwnOrganisationsRequest {};
        let own = crew.world.accounts(actor).list_own_organisations(request).await.unwrap().into_inner().organisations;
        assert_eq!(own.len(), 1);
        assert_eq!((own[0].name.as_str(), &own[0].organisation_id), ("Maison de l'emploi", &made.organisation_id));
    }

    async fn of_two_first_administrators_at_once_one_is_refused(db: Db) {
        let crew = Crew::empty(db);
        let mut other = first();
        other.mail = "second@example.org".to_owned();
        let (mut here, mut there) = (crew.console(), crew.console());
        let (one, two) = tokio::join!(
            here.create_first_administrator(first()),
            there.create_first_administrator(other)
        );
        assert_eq!(i32::from(one.is_ok()) + i32::from(two.is_ok()), 1);
        let refusal = if one.is_err() { refused(one) } else { refused(two) };
        assert_eq!(refusal, (Code::FailedPrecondition, "ALREADY_SET_UP".to_owned()));
        let (people,): (i64,) =
            crew.world.db.read().await.unwrap().query("SELECT COUNT(*) FROM people").fetch_one().await.unwrap();
        assert_eq!(people, 1, "the refused one left something behind");
    }

    async fn a_weak_password_and_a_name_without_letters_make_no_administrator(db: Db) {
        let crew = Crew::empty(db);
        let mut request = first();
        request.password = "motdepasse123".to_owned();
        assert_eq!(fields(crew.console().create_first_administrator(request).await), ["password"]);
        let mut request = first();
        (request.family_name, request.mail) = ("--".to_owned(), "ada".to_owned());
        let mut wrong = fields(crew.console().create_first_administrator(request).await);
        wrong.sort();
        assert_eq!(wrong, ["family_name", "mail"]);
        let mut request = first();
        request.organisation_name = "???".to_owned();
        assert_eq!(fields(crew.console().create_first_administrator(request).await), ["organisation_name"]);
        assert!(!crew.console().get_setup(GetSetupRequest {}).await.unwrap().into_inner().has_administrator);
        assert_eq!(crew.world.hashes(), 0, "a password that is refused was hashed");
    }

    async fn only_a_service_sets_up_and_signs_in(db: Db) {
        let crew = Crew::new(db).await;
        let mut staff = crew.world.accounts(Actor::administrator());
        assert_eq!(refused(staff.get_setup(GetSetupRequest {}).await).0, Code::PermissionDenied);
        assert_eq!(refused(staff.create_first_administrator(first()).await).0, Code::PermissionDenied);
        let request = contracts::directory::v1::SignInRequest {
            mail: ADMINISTRATOR.to_owned(),
            password: PASSWORD.to_owned(),
            ..Default::default()
        };
        assert_eq!(refused(staff.sign_in(request).await).0, Code::PermissionDenied);
    }
}
