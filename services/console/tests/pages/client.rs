//! A browser that keeps its cookie.

use axum::{Router, body::Body};
use console::{Console, Settings};
use http::{HeaderMap, Method, Request, StatusCode, header, request::Builder};
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
        ..Settings::default()
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
        browser.enter().await;
        browser
    }

    /// Another browser of the same console, in by an address of its own.
    pub(crate) async fn another(&self) -> Self {
        let mut browser = Self {
            console: self.console.clone(),
            router: self.router.clone(),
            host: self.host,
            cookie: None,
        };
        browser.enter().await;
        browser
    }

    async fn enter(&mut self) {
        let browser = self;
        let entry = browser.console.entry_url("http://127.0.0.1:8080");
        let answer = browser
            .get(entry.strip_prefix("http://127.0.0.1:8080").unwrap())
            .await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        browser.cookie = cookie.split(';').next().map(str::to_owned);
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.ask(Method::GET, address, String::new()).await
    }

    pub(crate) async fn post(&self, address: &str, form: &str) -> Answer {
        self.ask(Method::POST, address, form.to_owned()).await
    }

    /// Fills in the form of a page and sends it as a browser would: with the token and the operation of that page.
    pub(crate) async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let body = self.page(page).await;
        self.post(action, &filled(&body, fields)).await
    }

    async fn ask(&self, method: Method, address: &str, form: String) -> Answer {
        let request = self.request(method, address);
        self.send(request, Body::from(form)).await
    }

    /// A request with this browser's cookie.
    pub(crate) fn request(&self, method: Method, address: &str) -> Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::HOST, self.host)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("autre=1; {cookie}"));
        }
        request
    }

    pub(crate) async fn send(&self, request: Builder, body: Body) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
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

    /// What stands above an answer, without waiting for its end: a stream has none.
    pub(crate) async fn top(&self, address: &str) -> (StatusCode, HeaderMap) {
        let request = self.request(Method::GET, address).body(Body::empty()).unwrap();
        let (parts, _) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        (parts.status, parts.headers)
    }

    /// A page of staff that is there.
    pub(crate) async fn page(&self, address: &str) -> String {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
        answer.body
    }
}

/// A form as a browser sends it: the hidden fields of the page, then these.
pub(crate) fn filled(page: &str, fields: &[(&str, &str)]) -> String {
    let mut form = format!(
        "csrf={}&operation={}",
        hidden(page, "csrf"),
        hidden(page, "operation")
    );
    for (name, value) in fields {
        let value = value.replace('%', "%25").replace('&', "%26").replace('+', "%2B");
        form = format!("{form}&{name}={value}");
    }
    form
}

/// The value of the last hidden field of that name; empty when there is none.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let value = page
        .rsplit_once(&start)
        .map(|(_, rest)| rest.split('"').next().unwrap());
    value.unwrap_or_default().to_owned()
}

/// All fields of the form with that text in it, as a browser would send them: boxes and choices that are ticked, and no
/// button. Without token and operation, which [`filled`] takes from the page.
pub(crate) fn fields(page: &str, within: &str) -> Vec<(String, String)> {
    let form = page
        .split("<form")
        .skip(1)
        .map(|form| form.split("</form>").next().unwrap());
    let form = form.into_iter().find(|form| form.contains(within));
    let form = form.unwrap_or_else(|| panic!("no form with {within}: {page}"));
    let mut found = Vec::new();
    for part in form.split('<') {
        let tag = part.split('>').next().unwrap();
        let of = |name: &str| {
            let value = tag.split_once(&format!(" {name}=\"")).map(|(_, rest)| rest);
            value.map(|value| value.split('"').next().unwrap().to_owned())
        };
        if tag.starts_with("input ") {
            let choice = ["radio", "checkbox"].contains(&of("type").unwrap_or_default().as_str());
            if !choice || tag.contains(" checked") {
                found.push((of("name").unwrap(), of("value").unwrap_or_default()));
            }
        } else if tag.starts_with("select ") {
            found.push((of("name").unwrap(), String::new()));
        } else if tag.starts_with("option ") && tag.contains(" selected") {
            found.last_mut().unwrap().1 = of("value").unwrap();
        }
    }
    found.retain(|(name, _)| !["csrf", "operation"].contains(&name.as_str()));
    found
}

/// The form with that text in it, sent with these fields changed.
pub(crate) fn changed(page: &str, within: &str, changes: &[(&str, &str)]) -> String {
    let mut all = fields(page, within);
    for (name, value) in changes {
        let field = all.iter_mut().find(|(known, _)| known == name);
        let field = field.unwrap_or_else(|| panic!("no field {name}: {page}"));
        (*value).clone_into(&mut field.1);
    }
    let all: Vec<_> = all
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    filled(page, &all)
}

/// A world with that data, and a browser that is in.
pub(crate) async fn inside(data: Data) -> (World, Browser) {
    let world = World::of(data);
    let browser = Browser::inside(&world).await;
    (world, browser)
}
