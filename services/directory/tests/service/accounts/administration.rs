use contracts::{
    common::v1::PageRequest,
    directory::v1::{
        Account, AccountState, CreateOwnOrganisationRequest, ErasePersonRequest, GetPersonRequest,
        ListAccountsRequest, ListAuditRequest, ListOrganisationsRequest, ListOwnOrganisationsRequest,
        ListPeopleRequest, StaffRole, StaffScope, UpdateAccountRequest, UpdateContactRequest,
    },
};
use directory::MIGRATIONS;
use platform::{
    auth::{Actor, Role},
    on_each_database,
};
use tonic::Code;
use uuid::Uuid;

use super::crew::{ADMINISTRATOR, Crew, PASSWORD};
use crate::service::world::{OTHER, OWNER, amina, fields, import, refused};

const SECOND: &str = "leo.faure@example.org";

fn change(account: &Account, role: StaffRole, disabled: bool) -> UpdateAccountRequest {
    UpdateAccountRequest {
        account_id: account.account_id.clone(),
        version: account.version,
        role: role.into(),
        scope: account.scope.clone(),
        disabled,
    }
}

async fn accounts(crew: &Crew) -> Vec<Account> {
    let request = ListAccountsRequest::default();
    crew.world
        .accounts(Actor::administrator())
        .list_accounts(request)
        .await
        .unwrap()
        .into_inner()
        .accounts
}

async fn account(crew: &Crew, mail: &str) -> Account {
    accounts(crew)
        .await
        .into_iter()
        .find(|account| account.mail == mail)
        .unwrap()
}

on_each_database! { MIGRATIONS,
    async fn the_last_administrator_can_neither_be_demoted_nor_disabled(db: Db) {
        let mut crew = Crew::new(db).await;
        let mut ada = crew.administrator().await;
        let own = account(&crew, ADMINISTRATOR).await;
        let last = (Code::FailedPrecondition, "LAST_ADMINISTRATOR".to_owned());
        assert_eq!(refused(ada.update_account(change(&own, StaffRole::Auditor, false)).await), last);
        assert_eq!(refused(ada.update_account(change(&own, StaffRole::Administrator, true)).await), last);
        crew.invite("invited@example.org", StaffRole::Administrator, &[]).await;
        let refusal = refused(ada.update_account(change(&own, StaffRole::Auditor, false)).await);
        assert_eq!(refusal, last, "one who was only invited counts");
        crew.colleague(SECOND, StaffRole::Administrator, &[]).await;
        ada.update_account(change(&own, StaffRole::Auditor, false)).await.unwrap();
    }

    async fn of_two_administrators_who_demote_each_other_at_once_one_stays(db: Db) {
        let mut crew = Crew::new(db).await;
        let second = crew.colleague(SECOND, StaffRole::Administrator, &[]).await;
        let first = account(&crew, ADMINISTRATOR).await;
        let (mut ada, mut leo) = (crew.administrator().await, crew.signed_in(SECOND).await);
        let (one, two) = tokio::join!(
            ada.update_account(change(&second, StaffRole::Auditor, false)),
            leo.update_account(change(&first, StaffRole::Auditor, false))
        );
        assert_eq!(i32::from(one.is_ok()) + i32::from(two.is_ok()), 1);
        let left = accounts(&crew).await.into_iter().filter(|one| one.role() == StaffRole::Administrator).count();
        assert_eq!(left, 1);
    }

    async fn of_two_administrators_who_each_retire_at_once_one_stays(db: Db) {
        let mut crew = Crew::new(db).await;
        let second = crew.colleague(SECOND, StaffRole::Administrator, &[]).await;
        let first = account(&crew, ADMINISTRATOR).await;
        let (mut ada, mut leo) = (crew.administrator().await, crew.signed_in(SECOND).await);
        let (one, two) = tokio::join!(
            ada.update_account(change(&first, StaffRole::Administrator, true)),
            leo.update_account(change(&second, StaffRole::Administrator, true))
        );
        assert_eq!(i32::from(one.is_ok()) + i32::from(two.is_ok()), 1);
        let refusal = if one.is_err() { refused(one) } else { refused(two) };
        assert_eq!(refusal.1, "LAST_ADMINISTRATOR");
    }

    async fn another_role_and_a_disabled_account_take_effect_when_the_session_is_opened_again(db: Db) {
        let mut crew = Crew::new(db).await;
        let leo = crew.colleague(SECOND, StaffRole::Coordinator, &[]).await;
        let secret = crew.sign_in(SECOND, PASSWORD).await.unwrap().secret;
        let mut ada = crew.administrator().await;
        let leo = ada.update_account(change(&leo, StaffRole::Auditor, false)).await.unwrap().into_inner().account.unwrap();
        let opened = crew.open(&secret).await.unwrap();
        assert_eq!(crew.actor(&opened.token).unwrap().role, Role::Auditor);
        let stale = change(&Account { version: 1, ..leo.clone() }, StaffRole::Partner, false);
        assert_eq!(refused(ada.update_account(stale).await), (Code::Aborted, "STALE_VERSION".to_owned()));

        let leo = ada.update_account(change(&leo, StaffRole::Auditor, true)).await.unwrap().into_inner().account.unwrap();
        assert_eq!(leo.state(), AccountState::Disabled);
        assert_eq!(refused(crew.open(&secret).await).1, "SESSION_ENDED");
        assert_eq!(refused(crew.sign_in(SECOND, PASSWORD).await).1, "SIGN_IN_REFUSED");
        ada.update_account(change(&leo, StaffRole::Auditor, false)).await.unwrap();
        crew.sign_in(SECOND, PASSWORD).await.unwrap();
    }

    async fn a_demoted_administrator_changes_no_account_with_the_token_that_is_left(db: Db) {
        let mut crew = Crew::new(db).await;
        let second = crew.colleague(SECOND, StaffRole::Administrator, &[]).await;
        let mut leo = crew.signed_in(SECOND).await;
        crew.administrator().await.update_account(change(&second, StaffRole::Auditor, false)).await.unwrap();
        let back = change(&account(&crew, SECOND).await, StaffRole::Administrator, false);
        assert_eq!(refused(leo.update_account(back).await).0, Code::PermissionDenied);
        let invitation = crew.invitation("other@example.org", StaffRole::Auditor, &[]);
        assert_eq!(refused(leo.invite_account(invitation).await).0, Code::PermissionDenied);
    }

    async fn only_administrators_change_accounts_and_only_overseers_see_them(db: Db) {
        let mut crew = Crew::new(db).await;
        let leo = crew.colleague(SECOND, StaffRole::Coordinator, &[]).await;
        let own = crew.organisation("Mission locale").await;
        crew.colleague("partial@example.org", StaffRole::Auditor, &[own]).await;
        let mut coordinator = crew.signed_in(SECOND).await;
        let promote = change(&leo, StaffRole::Administrator, false);
        assert_eq!(refused(coordinator.update_account(promote).await).0, Code::PermissionDenied);
        let invitation = crew.invitation("other@example.org", StaffRole::Auditor, &[]);
        assert_eq!(refused(coordinator.invite_account(invitation).await).0, Code::PermissionDenied);
        let make = CreateOwnOrganisationRequest { name: "Autre".to_owned(), ..Default::default() };
        assert_eq!(refused(coordinator.create_own_organisation(make).await).0, Code::PermissionDenied);
        let mut partial = crew.signed_in("partial@example.org").await;
        for mut client in [coordinator, partial.clone()] {
            assert_eq!(refused(client.list_accounts(ListAccountsRequest::default()).await).0, Code::PermissionDenied);
            assert_eq!(refused(client.list_audit(ListAuditRequest::default()).await).0, Code::PermissionDenied);
        }
        let own = partial.list_own_organisations(ListOwnOrganisationsRequest {}).await.unwrap().into_inner();
        assert_eq!(own.organisations.len(), 1);
        crew.colleague("auditor@example.org", StaffRole::Auditor, &[]).await;
        let mut auditor = crew.signed_in("auditor@example.org").await;
        assert_eq!(auditor.list_accounts(ListAccountsRequest::default()).await.unwrap().into_inner().accounts.len(), 4);
    }

    async fn scopes_that_make_no_sense_are_refused(db: Db) {
        let crew = Crew::new(db).await;
        let mut ada = crew.administrator().await;
        let own = crew.organisation("Mission locale").await;
        for (role, everything, ids, field) in [
            (StaffRole::Administrator, false, vec![own.clone()], "scope"),
            (StaffRole::Coordinator, false, vec![], "scope.organisation_ids"),
            (StaffRole::Coordinator, true, vec![own.clone()], "scope.organisation_ids"),
            (StaffRole::Coordinator, false, vec![OTHER.to_string()], "scope.organisation_ids"),
            (StaffRole::Coordinator, false, vec!["x".to_owned()], "scope.organisation_ids[0]"),
            (StaffRole::Unspecified, true, vec![], "role"),
        ] {
            let mut invitation = crew.invitation(SECOND, role, &[]);
            invitation.scope = Some(StaffScope { everything, organisation_ids: ids });
            assert_eq!(fields(ada.invite_account(invitation).await), [field]);
        }
        assert_eq!(accounts(&crew).await.len(), 1);
    }

    async fn accounts_come_in_pages_in_the_order_of_surnames(db: Db) {
        let crew = Crew::new(db).await;
        for (number, surname) in ["Zola", "Élie", "Martin"].into_iter().enumerate() {
            let mut invitation = crew.invitation(&format!("c{number}@example.org"), StaffRole::Referent, &[]);
            invitation.family_name = surname.to_owned();
            crew.administrator().await.invite_account(invitation).await.unwrap();
        }
        let mut names = Vec::new();
        let mut token = String::new();
        loop {
            let page = Some(PageRequest { size: 3, token });
            let mut ada = crew.administrator().await;
            let listed = ada.list_accounts(ListAccountsRequest { page }).await.unwrap().into_inner();
            names.extend(listed.accounts.into_iter().map(|account| account.family_name));
            token = listed.page.unwrap().next_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(names, ["Élie", "Martin", "Roche", "Zola"]);
    }

    async fn what_happened_is_recorded_newest_first_and_in_pages(db: Db) {
        let mut crew = Crew::new(db).await;
        let leo = crew.colleague(SECOND, StaffRole::Coordinator, &[]).await;
        crew.sign_in(SECOND, "lune verte 8 étés").await.unwrap_err();
        crew.sign_in("nobody@example.org", PASSWORD).await.unwrap_err();
        let mut ada = crew.administrator().await;
        ada.update_account(change(&leo, StaffRole::Referent, true)).await.unwrap();
        let all = ada.list_audit(ListAuditRequest::default()).await.unwrap().into_inner().entries;
        let kinds: Vec<_> = all.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(
            kinds,
            ["DISABLED", "ROLE_CHANGED", "SIGNED_IN", "SIGN_IN_REFUSED", "SIGN_IN_REFUSED", "INVITATION_ACCEPTED",
             "INVITED", "SIGNED_IN", "SET_UP"]
        );
        assert_eq!(all[1].detail, "coordinator → referent");
        assert_eq!(all[1].account_id, leo.account_id);
        assert_eq!(all[1].actor, account(&crew, ADMINISTRATOR).await.account_id);
        assert_eq!(all[3].account_id, "", "an unknown address is nobody's");
        let of_leo = |token: String| ListAuditRequest {
            page: Some(PageRequest { size: 3, token }),
            account_id: leo.account_id.clone(),
        };
        let first = ada.list_audit(of_leo(String::new())).await.unwrap().into_inner();
        let second = ada.list_audit(of_leo(first.page.unwrap().next_token)).await.unwrap().into_inner();
        let kinds: Vec<_> = first.entries.iter().chain(&second.entries).map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["DISABLED", "ROLE_CHANGED", "SIGN_IN_REFUSED", "INVITATION_ACCEPTED", "INVITED"]);
    }

    async fn the_file_of_a_colleague_is_changed_as_an_account_or_not_at_all(db: Db) {
        let mut crew = Crew::new(db).await;
        let leo = crew.colleague(SECOND, StaffRole::Coordinator, &[]).await;
        let everywhere = Actor { role: Role::Coordinator, ..Actor::administrator() };
        let mut coordinator = crew.world.client(everywhere);
        let takeover = UpdateContactRequest {
            person_id: leo.account_id.clone(),
            version: 1,
            mail: "thief@example.org".to_owned(),
            ..Default::default()
        };
        let refusal = (Code::FailedPrecondition, "HAS_ACCOUNT".to_owned());
        assert_eq!(refused(coordinator.update_contact(takeover).await), refusal);
        let erase = |version| ErasePersonRequest { person_id: leo.account_id.clone(), version };
        assert_eq!(refused(coordinator.erase_person(erase(1)).await).0, Code::PermissionDenied);
        let listed = coordinator.list_people(ListPeopleRequest::default()).await.unwrap().into_inner().people;
        assert!(listed.is_empty(), "colleagues are listed among participants");
        let request = contracts::directory::v1::UpsertPeopleRequest {
            import_id: Uuid::from_u128(7).to_string(),
            owner_organisation_id: Uuid::nil().to_string(),
            people: vec![amina()],
            organisations: vec![],
        };
        assert_eq!(refused(coordinator.upsert_people(request).await).0, Code::PermissionDenied);
        let mut stranger = crew.world.staff(Role::Coordinator, OWNER);
        let get = GetPersonRequest { person_id: leo.account_id.clone() };
        assert_eq!(refused(stranger.get_person(get).await).0, Code::NotFound);

        let mut administrator = crew.world.client(Actor::administrator());
        assert_eq!(refused(administrator.erase_person(erase(1)).await), refusal, "an open account was erased");
        crew.administrator().await.update_account(change(&leo, StaffRole::Coordinator, true)).await.unwrap();
        administrator.erase_person(erase(1)).await.unwrap();
        assert_eq!(accounts(&crew).await.len(), 1);
        assert_eq!(refused(crew.sign_in(SECOND, PASSWORD).await).1, "SIGN_IN_REFUSED");
        crew.colleague(SECOND, StaffRole::Coordinator, &[]).await;
    }

    async fn a_scope_reaches_the_branches_of_its_organisation_and_a_branch_reaches_itself_alone(db: Db) {
        let mut crew = Crew::new(db).await;
        let house = crew.organisation("Maison").await;
        let bron = crew.branch(&house, "Bron").await;
        let other = crew.organisation("Agence").await;
        crew.colleague(SECOND, StaffRole::Coordinator, std::slice::from_ref(&house)).await;
        crew.colleague("branch@example.org", StaffRole::Coordinator, std::slice::from_ref(&bron)).await;
        let secret = crew.sign_in(SECOND, PASSWORD).await.unwrap().secret;
        // One that is made later is reached with the next token.
        let gerland = crew.branch(&house, "Gerland").await;
        let reach = |actor: Actor| [&house, &bron, &gerland, &other].map(|id| actor.may_access(id.parse().unwrap()).is_ok());
        let of_house = crew.actor(&crew.open(&secret).await.unwrap().token).unwrap();
        assert_eq!(reach(of_house.clone()), [true, true, true, false]);
        let secret = crew.sign_in("branch@example.org", PASSWORD).await.unwrap().secret;
        let of_branch = crew.actor(&crew.open(&secret).await.unwrap().token).unwrap();
        assert_eq!(reach(of_branch.clone()), [false, true, false, false]);

        let seen = async |actor| {
            let request = ListOwnOrganisationsRequest {};
            let own = crew.world.accounts(actor).list_own_organisations(request).await.unwrap().into_inner();
            own.organisations.into_iter().map(|own| (own.name, own.parent_name)).collect::<Vec<_>>()
        };
        let pair = |name: &str, parent: &str| (name.to_owned(), parent.to_owned());
        assert_eq!(seen(of_house).await, [pair("Maison", ""), pair("Bron", "Maison"), pair("Gerland", "Maison")]);
        assert_eq!(seen(of_branch.clone()).await, [pair("Bron", "Maison")]);

        // Files follow: what the branch has imported is not its neighbour's.
        let mut client = crew.world.client(of_branch);
        let upsert = |owner: &str| contracts::directory::v1::UpsertPeopleRequest {
            import_id: crew.world.ground.ground.ids.id().to_string(),
            owner_organisation_id: owner.to_owned(),
            people: vec![amina()],
            organisations: vec![],
        };
        client.upsert_people(upsert(&bron)).await.unwrap();
        assert_eq!(refused(client.upsert_people(upsert(&gerland)).await).0, Code::PermissionDenied);
        assert_eq!(refused(client.upsert_people(upsert(&house)).await).0, Code::PermissionDenied);
        assert_eq!(client.list_people(ListPeopleRequest::default()).await.unwrap().into_inner().people.len(), 1);
        let mut neighbour = crew.world.staff(Role::Coordinator, gerland.parse().unwrap());
        assert!(neighbour.list_people(ListPeopleRequest::default()).await.unwrap().into_inner().people.is_empty());
    }

    async fn a_branch_of_a_branch_a_name_taken_beside_it_and_a_change_of_hands_are_refused(db: Db) {
        let crew = Crew::new(db).await;
        let mut ada = crew.administrator().await;
        let house = crew.organisation("Maison").await;
        let agency = crew.organisation("Agence").await;
        let bron = crew.branch(&house, "Bron").await;
        let make = |id: &str, parent: &str, name: &str| CreateOwnOrganisationRequest {
            organisation_id: id.to_owned(),
            name: name.to_owned(),
            parent_id: parent.to_owned(),
        };
        for (request, field) in [
            (make("", &bron, "Gerland"), "parent_id"),
            (make("", &OTHER.to_string(), "Gerland"), "parent_id"),
            (make("", "x", "Gerland"), "parent_id"),
            (make(&bron, &agency, "Bron"), "parent_id"),
            (make("", &house, " BRON "), "name"),
            (make(&agency, "", "Maison"), "name"),
            (make("", "", " "), "name"),
        ] {
            assert_eq!(fields(ada.create_own_organisation(request).await), [field]);
        }
        ada.create_own_organisation(make("", &agency, "Bron")).await.unwrap();
        let renamed = ada.create_own_organisation(make(&bron, "", "Bron-Parilly")).await.unwrap().into_inner();
        let renamed = renamed.organisation.unwrap();
        assert_eq!((renamed.parent_id, renamed.parent_name.as_str()), (house, "Maison"));
    }

    async fn a_scope_that_reaches_all_that_there_can_be_fits_in_a_token(db: Db) {
        let mut crew = Crew::new(db).await;
        let mut ada = crew.administrator().await;
        let house = crew.organisation("Maison").await;
        let make = |number: usize| CreateOwnOrganisationRequest {
            name: format!("Antenne {number}"),
            parent_id: house.clone(),
            ..Default::default()
        };
        for number in 1..200 {
            ada.create_own_organisation(make(number)).await.unwrap();
        }
        assert_eq!(fields(ada.create_own_organisation(make(200)).await), ["name"]);
        crew.colleague(SECOND, StaffRole::Coordinator, std::slice::from_ref(&house)).await;
        let secret = crew.sign_in(SECOND, PASSWORD).await.unwrap().secret;
        let token = crew.open(&secret).await.unwrap().token;
        // Over HTTP/2 a server takes 16 kB of headers unless told otherwise.
        assert!(token.len() < 12_000, "{} bytes", token.len());
        let mut leo = crew.signed_in(SECOND).await;
        let own = leo.list_own_organisations(ListOwnOrganisationsRequest {}).await.unwrap().into_inner();
        assert_eq!(own.organisations.len(), 200);
    }

    async fn an_own_organisation_is_named_once_more_and_is_no_company(db: Db) {
        let crew = Crew::new(db).await;
        let mut ada = crew.administrator().await;
        let name = |name: &str| CreateOwnOrganisationRequest {
            organisation_id: OWNER.to_string(),
            name: name.to_owned(),
            ..Default::default()
        };
        ada.create_own_organisation(name("Maison")).await.unwrap();
        ada.create_own_organisation(name("Maison de l'emploi")).await.unwrap();
        let own = ada.list_own_organisations(ListOwnOrganisationsRequest {}).await.unwrap().into_inner().organisations;
        assert_eq!((own.len(), own[0].name.as_str()), (1, "Maison de l'emploi"));
        import(&mut crew.world.service(), Uuid::from_u128(9), &[amina()], &[]).await.unwrap();
        let companies = crew.world.coordinator().list_organisations(ListOrganisationsRequest::default()).await.unwrap();
        assert!(companies.into_inner().organisations.is_empty());
    }
}
