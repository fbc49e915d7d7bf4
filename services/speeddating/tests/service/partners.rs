//! Partners register their people by a link, and see nobody else.

use std::collections::BTreeSet;

use contracts::speeddating::v1::{
    self as proto, partner_service_client::PartnerServiceClient, session_service_client::SessionServiceClient,
};
use jiff::SignedDuration;
use platform::{
    auth::{Actor, Role, Scope},
    error::violations,
    grpc::Transport,
    on_each_database,
    testing::moment,
};
use prost::Message as _;
use speeddating::MIGRATIONS;
use tonic::Code;
use uuid::Uuid;

use super::world::{OTHER, OWNER, World, refused};

type Client = PartnerServiceClient<Transport>;

fn client(world: &World, actor: Actor) -> Client {
    PartnerServiceClient::new(world.ground.transport(world.service.routes(), actor))
}

fn console(world: &World) -> Client {
    client(world, Actor::service("console"))
}

fn staff(world: &World, role: Role, organisation: Uuid) -> Client {
    let scope = Scope::Organisations(BTreeSet::from([organisation]));
    let subject = "staff".to_owned();
    client(world, Actor { subject, role, scope })
}

async fn link(world: &World, session: &proto::Session, partner: &str) -> proto::CreatePartnerLinkResponse {
    let request = proto::CreatePartnerLinkRequest {
        request_id: world.fresh(),
        session_id: session.session_id.clone(),
        partner: partner.to_owned(),
        expires_at: None,
    };
    let made = staff(world, Role::Coordinator, OWNER)
        .create_partner_link(request)
        .await;
    made.unwrap().into_inner()
}

async fn visit(world: &World, made: &proto::CreatePartnerLinkResponse) -> Option<proto::PartnerVisit> {
    let request = proto::OpenPartnerLinkRequest {
        token: made.token.clone(),
        code: made.code.clone(),
    };
    let opened = console(world)
        .open_partner_link(request)
        .await
        .unwrap()
        .into_inner();
    assert!(opened.verified);
    Some(proto::PartnerVisit {
        token: made.token.clone(),
        visit: opened.visit,
    })
}

fn somebody(
    world: &World,
    visit: Option<&proto::PartnerVisit>,
    name: &str,
) -> proto::RegisterPartnerPersonRequest {
    proto::RegisterPartnerPersonRequest {
        visit: visit.cloned(),
        request_id: world.fresh(),
        given_name: "Nadia".to_owned(),
        family_name: name.to_owned(),
        mail: format!("{}@example.org", name.to_lowercase()),
        ..proto::RegisterPartnerPersonRequest::default()
    }
}

fn roll(visit: Option<&proto::PartnerVisit>) -> proto::GetPartnerRollRequest {
    proto::GetPartnerRollRequest {
        visit: visit.cloned(),
    }
}

on_each_database! { MIGRATIONS,
    async fn a_partner_registers_its_people_once_with_their_wishes_and_sees_nobody_else(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let (one, two) = (link(&world, &session, "Mission locale").await, link(&world, &session, "Cap emploi").await);
        let (one, two) = (visit(&world, &one).await, visit(&world, &two).await);
        let mut page = console(&world);
        let seen = page.get_partner_roll(roll(one.as_ref())).await.unwrap().into_inner();
        assert!(seen.people.is_empty() && seen.employers.len() == 24 && seen.open);
        assert!(seen.session.as_ref().unwrap().weights.is_none());
        let wishes: Vec<String> = seen.employers.iter().take(3).map(|employer| employer.employer_id.clone()).collect();
        let request = proto::RegisterPartnerPersonRequest { wishes: wishes.clone(), ..somebody(&world, one.as_ref(), "Benali") };
        let first = page.register_partner_person(request.clone()).await.unwrap().into_inner().person.unwrap();
        // The same form again, after the visit was renewed.
        let again = proto::RegisterPartnerPersonRequest { visit: one.clone(), ..request.clone() };
        assert_eq!(page.register_partner_person(again).await.unwrap().into_inner().person.unwrap(), first);
        assert_eq!(first.wishes, wishes);
        let people = world.people(&session.session_id).await;
        let kept = &people["P0001"];
        assert_eq!(kept.referent, "Mission locale");
        assert_eq!(people.len(), 24 + 180 + 1);
        let other = page.register_partner_person(somebody(&world, two.as_ref(), "Moreau")).await.unwrap().into_inner();
        let other = other.person.unwrap();
        let names = |roll: proto::GetPartnerRollResponse| -> Vec<String> {
            roll.people.into_iter().map(|person| person.registration.unwrap().code).collect()
        };
        assert_eq!(names(page.get_partner_roll(roll(one.as_ref())).await.unwrap().into_inner()), ["P0001"]);
        assert_eq!(names(page.get_partner_roll(roll(two.as_ref())).await.unwrap().into_inner()), ["P0002"]);

        // Foreign people, of another link or of the coordinator's table, are as unknown.
        for id in [other.registration.unwrap().registration_id, people["C0001"].registration_id.clone()] {
            let set = proto::SetPartnerWishesRequest {
                visit: one.clone(), registration_id: id.clone(), wishes: Vec::new(),
            };
            assert_eq!(refused(page.set_partner_wishes(set).await).0, Code::NotFound);
            let withdraw = proto::WithdrawPartnerPersonRequest { visit: one.clone(), registration_id: id };
            assert_eq!(refused(page.withdraw_partner_person(withdraw).await).0, Code::NotFound);
        }

        // What the employer and the coordinator said of a pair outlives other wishes of the candidate.
        let said = proto::SetWishRequest {
            session_id: session.session_id.clone(),
            wish: Some(proto::Wish {
                candidate_id: kept.registration_id.clone(), employer_id: wishes[0].clone(), rank: 1,
                employer_opinion: proto::Opinion::Priority.into(), ..proto::Wish::default()
            }),
        };
        world.coordinator().set_wish(said).await.unwrap();
        let set = proto::SetPartnerWishesRequest {
            visit: one.clone(), registration_id: kept.registration_id.clone(), wishes: vec![wishes[2].clone()],
        };
        assert_eq!(page.set_partner_wishes(set).await.unwrap().into_inner().person.unwrap().wishes, [wishes[2].clone()]);
        let listed = all_wishes(&world, &session.session_id, &kept.registration_id).await;
        assert_eq!(listed.len(), 2, "{listed:?}");
        assert!(listed.iter().any(|wish| wish.rank == 0 && wish.employer_opinion() == proto::Opinion::Priority));

        let withdraw = proto::WithdrawPartnerPersonRequest {
            visit: one.clone(), registration_id: kept.registration_id.clone(),
        };
        for _ in 0..2 {
            let gone = page.withdraw_partner_person(withdraw.clone()).await.unwrap().into_inner().person.unwrap();
            assert_eq!(gone.registration.unwrap().state(), proto::RegistrationState::Withdrawn);
        }
        let known = proto::RegisterPartnerPersonRequest { mail: "benali@example.org".to_owned(), ..somebody(&world, two.as_ref(), "Benali") };
        let reply = page.register_partner_person(known).await;
        assert_eq!(refused(reply), (Code::FailedPrecondition, "ALREADY_REGISTERED".to_owned()));
    }

    async fn what_a_partner_types_wrongly_is_named_and_nothing_is_kept(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let made = link(&world, &session, "Mission locale").await;
        let visit = visit(&world, &made).await;
        let mut page = console(&world);
        let whole = somebody(&world, visit.as_ref(), "Benali");
        let employer = world.people(&session.session_id).await["E001"].registration_id.clone();
        let faults = [
            (proto::RegisterPartnerPersonRequest { family_name: " ".to_owned(), ..whole.clone() }, "family_name"),
            (proto::RegisterPartnerPersonRequest { mail: String::new(), ..whole.clone() }, "mail"),
            (proto::RegisterPartnerPersonRequest { given_name: "a\u{1}".to_owned(), ..whole.clone() }, "given_name"),
            (proto::RegisterPartnerPersonRequest { phone: "+999123456".to_owned(), ..whole.clone() }, "phone"),
            (proto::RegisterPartnerPersonRequest { language: "xx".to_owned(), ..whole.clone() }, "language"),
            (proto::RegisterPartnerPersonRequest { arrives: "9h".to_owned(), ..whole.clone() }, "arrives"),
            (proto::RegisterPartnerPersonRequest {
                arrives: "11:00".to_owned(), leaves: "10:00".to_owned(), ..whole.clone()
            }, "leaves"),
            (proto::RegisterPartnerPersonRequest { wishes: vec![world.fresh()], ..whole.clone() }, "wishes[0]"),
            (proto::RegisterPartnerPersonRequest { wishes: vec![employer.clone(), employer], ..whole.clone() }, "wishes[1]"),
        ];
        for (request, field) in faults {
            let status = page.register_partner_person(request).await.unwrap_err();
            let fields: Vec<String> = violations(&status).into_iter().map(|violation| violation.field).collect();
            assert_eq!((status.code(), fields), (Code::InvalidArgument, vec![field.to_owned()]));
        }
        assert_eq!(world.people(&session.session_id).await.len(), 24 + 180);
    }

    async fn guessed_replayed_expired_and_revoked_links_open_nothing(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let (made, other) = (link(&world, &session, "Mission locale").await, link(&world, &session, "Cap emploi").await);
        let mut page = console(&world);
        let open = |token: &str, code: &str| proto::OpenPartnerLinkRequest { token: token.to_owned(), code: code.to_owned() };
        for guess in ["", "x", &made.token[1..], &"a".repeat(100)] {
            assert_eq!(refused(page.open_partner_link(open(guess, &made.code)).await).0, Code::NotFound);
        }
        assert!(!page.open_partner_link(open(&made.token, "")).await.unwrap().into_inner().verified);
        let own = visit(&world, &made).await;
        // The visit of one link does not open another, nor does a guessed one.
        for forged in [
            proto::PartnerVisit { token: other.token.clone(), visit: own.as_ref().unwrap().visit.clone() },
            proto::PartnerVisit { token: made.token.clone(), visit: "a".repeat(22) },
        ] {
            assert_eq!(refused(page.get_partner_roll(roll(Some(&forged))).await).0, Code::NotFound);
        }
        world.ground.ground.clock.advance(SignedDuration::from_mins(29));
        assert!(page.get_partner_roll(roll(own.as_ref())).await.is_ok());
        world.ground.ground.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(refused(page.get_partner_roll(roll(own.as_ref())).await).0, Code::NotFound, "a visit outlived its time");

        let own = visit(&world, &made).await;
        let revoke = proto::RevokePartnerLinkRequest { link_id: made.link.as_ref().unwrap().link_id.clone() };
        let foreign = staff(&world, Role::Coordinator, OTHER).revoke_partner_link(revoke.clone()).await;
        assert_eq!(refused(foreign).0, Code::NotFound);
        for _ in 0..2 {
            let revoked = staff(&world, Role::Coordinator, OWNER).revoke_partner_link(revoke.clone()).await.unwrap();
            assert!(revoked.into_inner().link.unwrap().revoked_at.is_some());
        }
        assert_eq!(refused(page.get_partner_roll(roll(own.as_ref())).await).0, Code::NotFound);
        assert_eq!(refused(page.open_partner_link(open(&made.token, &made.code)).await).0, Code::NotFound);

        let wrong = if other.code == "000000" { "000001" } else { "000000" };
        for _ in 0..10 {
            assert!(!page.open_partner_link(open(&other.token, wrong)).await.unwrap().into_inner().verified);
        }
        let dead = page.open_partner_link(open(&other.token, &other.code)).await;
        assert_eq!(refused(dead).0, Code::NotFound, "ten wrong codes did not end the link");
    }

    async fn two_presses_of_one_form_make_one_link_and_its_secrets_are_kept_nowhere(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let create = proto::CreatePartnerLinkRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(), partner: "Mission locale".to_owned(),
            expires_at: None,
        };
        let (mut one, mut two) = (staff(&world, Role::Coordinator, OWNER), staff(&world, Role::Coordinator, OWNER));
        let (first, second) = tokio::join!(
            one.create_partner_link(create.clone()),
            two.create_partner_link(create.clone()),
        );
        let (made, late) = if first.is_ok() { (first, second) } else { (second, first) };
        assert_eq!(refused(late), (Code::FailedPrecondition, "LINK_ALREADY_MADE".to_owned()));
        let made = made.unwrap().into_inner();
        let again = one.create_partner_link(create.clone()).await;
        assert_eq!(refused(again), (Code::FailedPrecondition, "LINK_ALREADY_MADE".to_owned()));
        let other = proto::CreatePartnerLinkRequest { partner: "Cap emploi".to_owned(), ..create.clone() };
        assert_eq!(refused(one.create_partner_link(other).await), (Code::Aborted, "REQUEST_ID_REUSED".to_owned()));
        let list = proto::ListPartnerLinksRequest { session_id: session.session_id.clone() };
        let listed = one.list_partner_links(list).await.unwrap().into_inner().links;
        assert_eq!(listed, [made.link.clone().unwrap()]);

        let keyless = proto::CreatePartnerLinkRequest { request_id: String::new(), ..create.clone() };
        assert_eq!(refused(one.create_partner_link(keyless).await).0, Code::InvalidArgument);

        let key: Uuid = create.request_id.parse().unwrap();
        let mut tx = world.db.read().await.unwrap();
        let kept: Option<(Vec<u8>,)> =
            tx.query("SELECT reply FROM requests WHERE key = $1").bind(key).fetch_optional().await.unwrap();
        let id = made.link.unwrap().link_id;
        assert_eq!(kept.unwrap().0, id.encode_to_vec(), "more is remembered than which link was made");
    }

    async fn a_link_that_ends_with_the_session_does_so_after_a_move(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let (with_session, mut client) = (link(&world, &session, "Mission locale").await, staff(&world, Role::Coordinator, OWNER));
        let seconds = |at: &str| moment(at).parts().0;
        let day = seconds("2026-11-20T17:00:00Z");
        let of_a_day = proto::CreatePartnerLinkRequest {
            request_id: world.fresh(),
            session_id: session.session_id.clone(),
            partner: "Cap emploi".to_owned(),
            expires_at: Some(prost_types::Timestamp { seconds: day, nanos: 0 }),
        };
        client.create_partner_link(of_a_day).await.unwrap();
        let list = proto::ListPartnerLinksRequest { session_id: session.session_id.clone() };
        let later = proto::UpdateSessionRequest {
            session_id: session.session_id.clone(), version: session.version,
            date: "2026-12-02".to_owned(), ..proto::UpdateSessionRequest::default()
        };
        let moved = world.coordinator().update_session(later).await.unwrap().into_inner().session.unwrap();
        let ends = |links: Vec<proto::PartnerLink>| -> Vec<i64> {
            links.into_iter().map(|link| link.expires_at.unwrap().seconds).collect()
        };
        let links = client.list_partner_links(list.clone()).await.unwrap().into_inner().links;
        assert_eq!(ends(links), [day, seconds("2026-12-02T11:30:00Z")], "newest first");
        // The same of a plan that is replaced: another hour of another day.
        let plan = proto::Plan {
            title: moved.title.clone(), date: "2026-12-03".to_owned(), starts: "09:00".to_owned(), ends: "12:00".to_owned(),
            slot_minutes: 15, arrival_minutes: 15, ..proto::Plan::default()
        };
        let request = proto::ReplacePlanRequest {
            session_id: session.session_id.clone(), version: moved.version, plan: Some(plan),
        };
        let mut sessions = SessionServiceClient::new(world.transport(World::actor(Role::Coordinator, OWNER)));
        sessions.replace_plan(request).await.unwrap();
        let links = client.list_partner_links(list).await.unwrap().into_inner().links;
        assert_eq!(ends(links), [day, seconds("2026-12-03T11:00:00Z")]);
        world.ground.ground.clock.advance_to(moment("2026-12-02T09:00:00Z"));
        visit(&world, &with_session).await;
    }

    async fn links_are_made_and_seen_by_those_who_organise_only(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let create = || proto::CreatePartnerLinkRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(), partner: "Mission locale".to_owned(),
            expires_at: None,
        };
        for role in [Role::Partner, Role::Auditor, Role::Referent] {
            let reply = staff(&world, role, OWNER).create_partner_link(create()).await;
            assert_eq!(refused(reply).0, Code::PermissionDenied);
        }
        assert_eq!(refused(staff(&world, Role::Coordinator, OTHER).create_partner_link(create()).await).0, Code::NotFound);
        assert_eq!(refused(console(&world).create_partner_link(create()).await).0, Code::PermissionDenied);
        let made = link(&world, &session, "Mission locale").await;
        let mut client = staff(&world, Role::Coordinator, OWNER);
        let list = proto::ListPartnerLinksRequest { session_id: session.session_id.clone() };
        let listed = client.list_partner_links(list).await.unwrap().into_inner().links;
        assert_eq!(listed, [made.link.unwrap()]);
        let visit = proto::PartnerVisit { token: made.token.clone(), visit: made.code };
        assert_eq!(refused(client.get_partner_roll(roll(Some(&visit))).await).0, Code::PermissionDenied);
        let past = proto::CreatePartnerLinkRequest {
            expires_at: Some(prost_types::Timestamp { seconds: 1, nanos: 0 }), ..create()
        };
        assert_eq!(refused(client.create_partner_link(past).await).0, Code::InvalidArgument);
    }
}

async fn all_wishes(world: &World, session: &str, candidate: &str) -> Vec<proto::Wish> {
    let mut wishes = Vec::new();
    let mut token = String::new();
    loop {
        let request = proto::ListWishesRequest {
            session_id: session.to_owned(),
            page: Some(contracts::common::v1::PageRequest { size: 500, token }),
        };
        let reply = world
            .coordinator()
            .list_wishes(request)
            .await
            .unwrap()
            .into_inner();
        wishes.extend(
            reply
                .wishes
                .into_iter()
                .filter(|wish| wish.candidate_id == candidate),
        );
        token = reply.page.unwrap().next_token;
        if token.is_empty() {
            return wishes;
        }
    }
}
