//! What wishes weigh in a session, each number with what it means.

use askama::Template;
use axum::response::{Html, Response};
use contracts::speeddating::v1::{Session, SetWeightsRequest, Weights};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use crate::{
    error::Error,
    forms::{Form, Posted, stale},
    pages::{At, head::Head, imports::blame, show as page},
    staff::Staff,
    view::View,
};

/// Ranks that have a field of their own at least; the last one that is given serves all later ranks.
const RANKS: usize = 5;
/// Fields left for more ranks.
const RANKS_MORE: usize = 2;
/// Ranks that the service takes.
const RANKS_MOST: usize = 100;

#[derive(Template)]
#[template(path = "wishes/weights.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    may: bool,
    ranks: Vec<(String, String)>,
}

pub(super) async fn show(staff: Staff, At(session): At<Uuid>) -> Result<Html<String>, Error> {
    let session = staff.clients.session(session).await?;
    let form = known(&staff, &session);
    page(&made(&staff, &session, form))
}

/// The form as it is filled before anybody types.
fn known(staff: &Staff, session: &Session) -> Form {
    let weights = session.weights.clone().unwrap_or_default();
    let mut form = staff
        .form()
        .fill("version", session.version)
        .fill("prioritaire", weights.priority)
        .fill("oui", weights.yes)
        .fill("conseille", weights.recommended);
    for (place, weight) in weights.ranks.iter().take(RANKS_MOST).enumerate() {
        form = form.fill(&format!("rang-{}", place + 1), weight);
    }
    form
}

pub(super) async fn save(
    staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let wrong = staff.t.say("wishes-weight-wrong");
    let mut ranks = Vec::new();
    for place in 1..=RANKS_MOST {
        let field = format!("rang-{place}");
        // The first one is needed; the others may be left out.
        if place == 1 || !form.text(&field).is_empty() {
            ranks.extend(form.number(&field, 0..=1_000, wrong.clone()));
        }
    }
    let other = ["prioritaire", "oui", "conseille"];
    let other = other.map(|field| form.number(field, 0..=1_000, wrong.clone()));
    if let ([Some(priority), Some(yes), Some(recommended)], false) = (other, form.faulty()) {
        let request = SetWeightsRequest {
            session_id: id.to_string(),
            version: form.value("version").parse().unwrap_or_default(),
            weights: Some(Weights {
                ranks,
                priority,
                yes,
                recommended,
            }),
        };
        match staff.clients.wishes().set_weights(request).await {
            Ok(_) => {
                let to = format!("/seances/{id}/souhaits/poids");
                return Ok(staff.done(&to, staff.t.say("wishes-weights-saved")));
            }
            Err(status) if stale(&status) => {
                let session = staff.clients.session(id).await?;
                let (now, t) = (known(&staff, &session), &staff.t);
                let others = [
                    ("prioritaire", "wishes-weight-priority"),
                    ("oui", "wishes-weight-yes"),
                    ("conseille", "wishes-weight-recommended"),
                ];
                let others = others.map(|(field, words)| (field.to_owned(), t.say(words)));
                let fields = ranks_of(t, given(&form).max(given(&now)))
                    .into_iter()
                    .chain(others);
                form.overtaken(t.texts(), &now, fields, |_, value| value.to_owned());
                return Form::decide(&made(&staff, &session, form));
            }
            Err(status) => blame(&mut form, status, &staff.t, |_| "rang-1".to_owned())?,
        }
    }
    let session = staff.clients.session(id).await?;
    Form::again(&made(&staff, &session, form))
}

fn made(staff: &Staff, session: &Session, form: Form) -> Page {
    let t = staff.t.clone();
    Page {
        may: staff.require(ORGANISERS).is_ok(),
        head: Head::new(t.texts(), session, "souhaits"),
        ranks: ranks_of(&t, given(&form)),
        form,
        t,
    }
}

/// The last rank that has a weight, or had one when somebody else was faster.
fn given(form: &Form) -> usize {
    let something = |field: &str| !(form.text(field).is_empty() && form.stands(field).is_empty());
    (1..=RANKS_MOST)
        .rev()
        .find(|place| something(&format!("rang-{place}")))
        .unwrap_or_default()
}

/// Fields of ranks and what they are called: those given, and some more.
fn ranks_of(t: &View, given: usize) -> Vec<(String, String)> {
    let shown = (given + RANKS_MORE).clamp(RANKS, RANKS_MOST);
    let rank = |place: usize| {
        let words = if place == shown {
            t.with("wishes-weight-last", "n", place)
        } else {
            t.with("wishes-weight-rank", "n", place)
        };
        (format!("rang-{place}"), words.to_string())
    };
    (1..=shown).map(rank).collect()
}
