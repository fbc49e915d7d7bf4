//! A browser that keeps its cookie.

use axum::{Router, body::Body};
use console::{Console, Settings};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::{Data, World};

/// Two days before the session of the sample, in the morning.
pub(crate) const NOW: &str = "2026-11-23T08:30:00Z";

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

pub(crate) struct Browser {
    pub(crate) console: Console,
    router: Router,
    pub(crate) host: &'static str,
    pub(crate) cookie: Option<String>,
}

pub(crate) fn settings() -> Settings {
    Settings {
        public_url: "https://rdv.exemple.fr".to_owned(),
        organisation: "Maison Lyon pour l’Emploi".to_owned(),
        telephone: "04 72 00 00 00".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
    }
}

impl Browser {
    /// Not in.
    pub(crate) fn outside(world: &World) -> Self {
        let console = world.console(settings(), NOW);
        Self {
            router: console.router(),
            console,
            host: "127.0.0.1:8080",
            cookie: None,
        }
    }

    /// In by a one-time address.
    pub(crate) async fn inside(world: &World) -> Self {
        let mut browser = Self::outside(world);
        let entry = browser.console.entry_url("http://127.0.0.1:8080");
        let answer = browser
            .get(entry.strip_prefix("http://127.0.0.1:8080").unwrap())
            .await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        browser.cookie = cookie.split(';').next().map(str::to_owned);
        browser
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.ask(Method::GET, address, String::new()).await
    }

    pub(crate) async fn post(&self, address: &str, form: &str) -> Answer {
        self.ask(Method::POST, address, form.to_owned()).await
    }

    async fn ask(&self, method: Method, address: &str, form: String) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::HOST, self.host)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("autre=1; {cookie}"));
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(Body::from(form)).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// A page of staff that is there.
    pub(crate) async fn page(&self, address: &str) -> String {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
        answer.body
    }
}

/// A world with that data, and a browser that is in.
pub(crate) async fn inside(data: Data) -> (World, Browser) {
    let world = World::of(data);
    let browser = Browser::inside(&world).await;
    (world, browser)
}
