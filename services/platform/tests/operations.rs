//! Dead letters through their gRPC, with its roles.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use async_trait::async_trait;
use contracts::{
    common::v1::PageRequest,
    directory::v1::PersonErased,
    operations::v1::{
        DropDeadLetterRequest, GetDeadLetterRequest, ListDeadLettersRequest, ReplayDeadLetterRequest,
        operations_service_client::OperationsServiceClient,
    },
};
use platform::{
    Db, Platform, Tx,
    auth::{Actor, Role},
    bus::{Envelope, HandleError, Handler},
    db::Migrations,
    grpc::Transport,
    http, on_each_database, operations,
    outbox::{self, Event},
    testing::{TestGround, eventually},
};
use tonic::Code;

fn tables() -> Migrations {
    Migrations {
        postgres: sqlx::migrate!("tests/migrations"),
        sqlite: sqlx::migrate!("tests/migrations"),
    }
}

struct Refuses;

#[async_trait]
impl Handler for Refuses {
    fn patterns(&self) -> &'static [&'static str] {
        &["directory.person.erased.v1"]
    }

    async fn handle(&self, _: &mut Tx, _: &Envelope) -> Result<(), HandleError> {
        Err(HandleError::Poison("cannot be applied".to_owned()))
    }
}

/// A service with `count` dead letters.
async fn with_dead_letters(ground: &TestGround, db: &Db, count: i64) -> Platform {
    let platform = ground.platform_on("sample", db.clone());
    platform.run(Some(Arc::new(Refuses)));
    let mut tx = db.begin().await.unwrap();
    for version in 0..count {
        let message = PersonErased {
            person_id: format!("p{version}"),
            version,
        };
        let (ids, clock) = (&ground.ground.ids, &ground.ground.clock);
        let event = Event::new(ids, clock, "directory.person.erased.v1", &message);
        outbox::push(&mut tx, &event).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut client = client(ground, &platform, Role::Administrator);
    eventually("all are dead letters", async || {
        let reply = client.clone().list_dead_letters(list("sample", 1)).await.unwrap();
        (reply.into_inner().total == count).then_some(())
    })
    .await;
    // Somebody who asks for another service is told what is here.
    let elsewhere = client.list_dead_letters(list("other", 1)).await.unwrap_err();
    assert_eq!(elsewhere.code(), Code::NotFound);
    assert!(elsewhere.message().contains("sample"), "{elsewhere}");
    platform
}

fn client(ground: &TestGround, platform: &Platform, role: Role) -> OperationsServiceClient<Transport> {
    let actor = Actor {
        role,
        ..Actor::administrator()
    };
    let routes = operations::routes(vec![platform.clone()]);
    OperationsServiceClient::new(ground.transport(routes, actor))
}

fn list(service: &str, size: i32) -> ListDeadLettersRequest {
    ListDeadLettersRequest {
        service: service.to_owned(),
        page: Some(PageRequest {
            size,
            token: String::new(),
        }),
    }
}

on_each_database! { tables(),
    async fn dead_letters_are_listed_page_by_page_shown_whole_and_dropped_once(db: Db) {
        let ground = TestGround::new();
        let platform = with_dead_letters(&ground, &db, 5).await;
        let mut client = client(&ground, &platform, Role::Administrator);
        let (mut request, mut seen) = (list("sample", 2), Vec::new());
        loop {
            let reply = client.list_dead_letters(request.clone()).await.unwrap().into_inner();
            assert_eq!(reply.total, 5);
            seen.extend(reply.dead_letters);
            let token = reply.page.unwrap().next_token;
            if token.is_empty() {
                break;
            }
            request.page = Some(PageRequest { size: 2, token });
        }
        let mut ids: Vec<_> = seen.iter().map(|letter| letter.event_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 5);
        assert!(seen.iter().all(|letter| letter.reason == "cannot be applied" && letter.body.is_empty()));

        let get = GetDeadLetterRequest { service: "sample".to_owned(), event_id: ids[0].clone() };
        let whole = client.get_dead_letter(get).await.unwrap().into_inner().dead_letter.unwrap();
        assert_eq!(whole.routing_key, "directory.person.erased.v1");
        assert!(!whole.body.is_empty());

        let drop = DropDeadLetterRequest { service: "sample".to_owned(), event_id: ids[0].clone() };
        client.drop_dead_letter(drop.clone()).await.unwrap();
        assert_eq!(client.drop_dead_letter(drop).await.unwrap_err().code(), Code::NotFound);
        let wrong = DropDeadLetterRequest { service: "sample".to_owned(), event_id: "x".to_owned() };
        assert_eq!(client.drop_dead_letter(wrong).await.unwrap_err().code(), Code::InvalidArgument);
        let left = client.list_dead_letters(list("sample", 0)).await.unwrap().into_inner();
        assert_eq!(left.total, 4);
        assert!(ground.ground.tasks.drain(std::future::pending()).await);
    }

    async fn an_auditor_reads_dead_letters_and_changes_none_and_nobody_else_sees_them(db: Db) {
        let ground = TestGround::new();
        let platform = with_dead_letters(&ground, &db, 1).await;
        let mut auditor = client(&ground, &platform, Role::Auditor);
        let seen = auditor.list_dead_letters(list("sample", 0)).await.unwrap().into_inner();
        let event_id = seen.dead_letters[0].event_id.clone();
        let replay = ReplayDeadLetterRequest { service: "sample".to_owned(), event_id: event_id.clone() };
        let drop = DropDeadLetterRequest { service: "sample".to_owned(), event_id };
        assert_eq!(auditor.replay_dead_letter(replay.clone()).await.unwrap_err().code(), Code::PermissionDenied);
        assert_eq!(auditor.drop_dead_letter(drop).await.unwrap_err().code(), Code::PermissionDenied);
        for role in [Role::Coordinator, Role::Referent, Role::Facilitator, Role::Partner, Role::Service] {
            let mut other = client(&ground, &platform, role);
            let refused = other.list_dead_letters(list("sample", 0)).await.unwrap_err();
            assert_eq!(refused.code(), Code::PermissionDenied, "{role:?}");
        }
        client(&ground, &platform, Role::Administrator).replay_dead_letter(replay).await.unwrap();
        assert!(ground.ground.tasks.drain(std::future::pending()).await);
    }

    async fn the_metric_counts_dead_letters_by_service(db: Db) {
        let ground = TestGround::new();
        let platform = with_dead_letters(&ground, &db, 3).await;
        let pages = http::operations(vec![platform], ground.ground.metrics.clone());
        let request = axum::http::Request::get("/metrics").body(axum::body::Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(pages, request).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("jalon_dead_letters{service=\"sample\"} 3"), "{text}");
        assert!(ground.ground.tasks.drain(std::future::pending()).await);
    }
}
