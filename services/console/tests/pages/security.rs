//! What holds for every address of the router: the list is read from the sources, so that a page that comes later is
//! walked too.

use std::path::Path;

use axum::body::Body;
use http::{Method, StatusCode, header};

use crate::{
    addresses,
    client::{Browser, inside},
    world::{World, links::PARTNER_LINK, sample},
};

/// Posts that need no token against forged forms: a secret is asked for, a mail program acts without a cookie (RFC 8058),
/// or nothing but this browser's language changes.
const WITHOUT_TOKEN: &[&str] = &["/r/{token}", "/p/{token}", "/d/{token}", "/langue"];

fn routes() -> Vec<String> {
    addresses::routes(Path::new(env!("CARGO_MANIFEST_DIR")))
}

/// An address with that session, and ids that are nobody's for what lies within.
fn filled(route: &str, session: &str) -> String {
    let token = if route.starts_with("/p/") {
        PARTNER_LINK
    } else {
        sample::CANDIDATE_LINK
    };
    let mut out = String::new();
    for (at, part) in route.split(['{', '}']).enumerate() {
        let foreign = sample::id(99, 7);
        out.push_str(match part {
            part if at % 2 == 0 => part,
            "session" => session,
            "token" => token,
            "name" => "style.css",
            "table" => "candidats",
            "channel" => "mail",
            "service" => "speeddating",
            "act" => "retenir",
            _ => &foreign,
        });
    }
    out
}

/// Whether a call changes nothing in the service that gets it.
fn reads(call: &str) -> bool {
    [
        "Get", "List", "Describe", "Find", "Preview", "Check", "Session", "Read", "Open", "Resume",
    ]
    .iter()
    .any(|start| call.starts_with(start))
}

/// A browser that is in, and one that visits behind a link.
async fn browsers() -> (World, Browser, Browser) {
    let (world, staff) = inside(sample::published(4, 12)).await;
    let mut visitor = Browser::outside(&world);
    let link = format!("/r/{}", sample::CANDIDATE_LINK);
    let answer = visitor.post(&link, "lettres=gar").await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    visitor.cookie = cookie.split(';').next().map(str::to_owned);
    (world, staff, visitor)
}

#[tokio::test]
async fn every_answer_of_every_address_has_the_headers_that_keep_it_to_itself() {
    let (_world, staff, visitor) = browsers().await;
    for route in routes() {
        let address = filled(&route, &sample::session_id());
        let browser = if route.starts_with("/r/") {
            &visitor
        } else {
            &staff
        };
        let (status, headers) = browser.top(&address).await;
        let header = |name: &str| {
            let value = headers
                .get(name)
                .unwrap_or_else(|| panic!("{address} ({status}) lacks {name}"));
            value.to_str().unwrap().to_owned()
        };
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors '"),
            "{address}: {policy}"
        );
        let scripts = policy
            .split("script-src")
            .nth(1)
            .and_then(|rest| rest.split(';').next());
        assert!(
            scripts.is_none_or(|allowed| allowed == " 'self'"),
            "{address}: {policy}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(header("x-robots-tag"), "noindex, nofollow", "{address}");
        // Where a secret lasts, not even our own pages are told of it.
        let secret = ["/r/", "/p/", "/d/", "/agenda/", "/compte/", "/langue"]
            .iter()
            .any(|start| route.starts_with(start));
        let expected = if secret { "no-referrer" } else { "same-origin" };
        assert_eq!(header("referrer-policy"), expected, "{address} ({status})");
        // A stream carries a revision only, and says "no-cache".
        assert!(
            route.starts_with("/assets/")
                || route.ends_with("/flux")
                || header("cache-control") == "no-store",
            "{address}"
        );
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{address}: {cookie}");
        }
    }
}

#[tokio::test]
async fn a_forged_or_senseless_post_to_any_address_changes_nothing() {
    let (world, staff, visitor) = browsers().await;
    world.take_calls();
    let mut taken = Vec::new();
    let nonsense: Vec<u8> = (0..4_096_u32)
        .map(|at| u8::try_from(at * 7919 % 251).unwrap())
        .collect();
    for route in routes()
        .iter()
        .filter(|route| !WITHOUT_TOKEN.contains(&route.as_str()))
    {
        let address = filled(route, &sample::session_id());
        let browser = if route.starts_with("/r/") {
            &visitor
        } else {
            &staff
        };
        for (kind, body) in [
            ("application/x-www-form-urlencoded", b"csrf=AAAA&nom=x".to_vec()),
            ("application/x-www-form-urlencoded", nonsense.clone()),
            ("multipart/form-data; boundary=limit", nonsense.clone()),
            ("multipart/form-data", b"csrf=AAAA".to_vec()),
            ("text/csv", nonsense.clone()),
        ] {
            let mut request = browser.request(Method::POST, &address);
            let headers = request.headers_mut().unwrap();
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            let answer = browser.send(request, Body::from(body)).await;
            let led = answer
                .headers
                .get(header::LOCATION)
                .map(|to| to.to_str().unwrap().to_owned());
            // Without a visit of their own, people are led to the question, which says that nothing was done.
            let ask = format!("/p/{PARTNER_LINK}");
            let lost = format!("{ask}?fait=visite-terminee");
            // Leaving loses nothing.
            let expected = if route.ends_with("/sortir") { ask } else { lost };
            let question = led.is_some_and(|to| to == expected);
            if !answer.status.is_client_error() && !question {
                taken.push(format!(
                    "{address} takes {kind}: {} {:?}",
                    answer.status, answer.headers
                ));
            }
        }
        let changed: Vec<_> = world
            .take_calls()
            .into_iter()
            .filter(|call| !reads(call))
            .collect();
        if !changed.is_empty() {
            taken.push(format!("{address}: {changed:?}"));
        }
    }
    assert!(taken.is_empty(), "{}", taken.join("\n"));
}

#[tokio::test]
async fn fifty_megabytes_are_refused_whether_they_are_announced_or_not() {
    let (_world, staff, _visitor) = browsers().await;
    let token = crate::client::hidden(&staff.page("/style").await, "csrf");
    let mut body = format!(
        "--limit\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--limit\r\n\
         Content-Disposition: form-data; name=\"fichier\"; filename=\"t.csv\"\r\n\r\n"
    )
    .into_bytes();
    body.resize(50 << 20, b'x');
    for announced in [true, false] {
        let mut request = staff.request(Method::POST, "/style/fichier");
        let headers = request.headers_mut().unwrap();
        headers.insert(
            header::CONTENT_TYPE,
            "multipart/form-data; boundary=limit".parse().unwrap(),
        );
        if announced {
            headers.insert(header::CONTENT_LENGTH, body.len().into());
        }
        let answer = staff.send(request, Body::from(body.clone())).await;
        assert_eq!(
            answer.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "announced: {announced}"
        );
    }
}
