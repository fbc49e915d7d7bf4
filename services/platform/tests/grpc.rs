//! Calls between processes: reads that find their peer away, and what readiness says of peers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    extract::Request,
    middleware::{Next, from_fn},
    response::IntoResponse as _,
};
use contracts::operations::v1::{
    ListDeadLettersRequest, ReplayDeadLetterRequest, operations_service_client::OperationsServiceClient,
};
use platform::{
    auth::Actor,
    db::Migrations,
    grpc::{self, Transport},
    http::{self, Peers},
    operations,
    testing::{TestGround, eventually},
};
use tokio::net::TcpListener;
use tonic::{Code, Status, service::Routes, transport::Endpoint};

fn tables() -> Migrations {
    Migrations {
        postgres: sqlx::migrate!("tests/migrations"),
        sqlite: sqlx::migrate!("tests/migrations"),
    }
}

/// A service that refuses the first calls, and counts all.
struct Refusing {
    ground: TestGround,
    address: SocketAddr,
    calls: Arc<AtomicU32>,
}

impl Refusing {
    async fn start(refusals: u32) -> Self {
        let ground = TestGround::new();
        let platform = ground.platform("sample", &tables()).await;
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        let refuse = from_fn(move |request: Request<Body>, next: Next| {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                if number < refusals {
                    let refusal = Status::unavailable("starting").into_http::<tonic::body::Body>();
                    refusal.map(Body::new).into_response()
                } else {
                    next.run(request).await
                }
            }
        });
        let routes = operations::routes(vec![platform])
            .into_axum_router()
            .layer(refuse);
        let (routes, _health) = grpc::health(Routes::from(routes), &["sample"]).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tasks, guard) = (ground.ground.tasks.clone(), ground.ground.guard.clone());
        ground.ground.tasks.spawn("server", async move {
            grpc::serve(listener, routes, &["sample"], guard, &tasks)
                .await
                .unwrap();
        });
        Self {
            ground,
            address,
            calls,
        }
    }

    fn transport(&self) -> Transport {
        remote(&self.ground, self.address)
    }

    fn client(&self) -> OperationsServiceClient<Transport> {
        OperationsServiceClient::new(self.transport())
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
}

fn remote(ground: &TestGround, address: SocketAddr) -> Transport {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    let tokens = ground.ground.tokens(Actor::administrator());
    grpc::remote("sample", endpoint, tokens, ground.ground.patience())
}

fn list() -> ListDeadLettersRequest {
    ListDeadLettersRequest {
        service: "sample".to_owned(),
        ..Default::default()
    }
}

/// Where nobody listens.
async fn nowhere() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn a_read_is_asked_again_until_its_peer_is_back() {
    let refusing = Refusing::start(2).await;
    refusing.client().list_dead_letters(list()).await.unwrap();
    assert_eq!(refusing.calls(), 3);
}

#[tokio::test]
async fn a_read_is_made_three_times_and_no_more() {
    let refusing = Refusing::start(u32::MAX).await;
    let refused = refusing.client().list_dead_letters(list()).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unavailable);
    assert_eq!(refusing.calls(), 3);
}

#[tokio::test]
async fn what_changes_something_is_not_asked_twice() {
    let refusing = Refusing::start(1).await;
    let refused = refusing
        .client()
        .replay_dead_letter(ReplayDeadLetterRequest::default())
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::Unavailable);
    assert_eq!(refusing.calls(), 1);
}

#[tokio::test]
async fn no_read_is_asked_again_after_its_deadline() {
    let refusing = Refusing::start(1).await;
    let mut request = tonic::Request::new(list());
    request.set_timeout(Duration::from_millis(70));
    let refused = refusing.client().list_dead_letters(request).await;
    // On a machine that is busy the deadline may come before the refusal.
    let code = refused.unwrap_err().code();
    assert!(
        matches!(code, Code::Unavailable | Code::DeadlineExceeded),
        "{code}"
    );
    assert!(refusing.calls() <= 1, "asked again");
}

#[tokio::test]
async fn readiness_names_a_peer_that_is_away_and_does_not_depend_on_it() {
    let here = Refusing::start(0).await;
    let ground = &here.ground;
    let platform = ground.platform("other", &tables()).await;
    let transports = BTreeMap::from([
        ("here", here.transport()),
        ("gone", remote(ground, nowhere().await)),
    ]);
    let peers = Peers::new(transports, &ground.ground.metrics).unwrap();
    let pages = http::operations_with(vec![platform], ground.ground.metrics.clone(), peers);
    let ask = async |path: &str| {
        let request = axum::http::Request::get(path).body(Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(pages.clone(), request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    // One silence may be a hiccup.
    assert_eq!(
        ask("/readyz").await,
        (axum::http::StatusCode::OK, "ready\n".to_owned())
    );
    let (status, text) = eventually("the peer that is gone is named", async || {
        let (status, text) = ask("/readyz").await;
        text.contains("gone").then_some((status, text))
    })
    .await;
    assert_eq!(
        (status, text.as_str()),
        (axum::http::StatusCode::OK, "ready\ngone: away\n")
    );
    let (_, metrics) = ask("/metrics").await;
    assert!(metrics.contains("jalon_peer_up{peer=\"gone\"} 0"), "{metrics}");
    assert!(metrics.contains("jalon_peer_up{peer=\"here\"} 1"), "{metrics}");
}
