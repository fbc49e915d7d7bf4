//! What wishes weigh in a session, each number with what it means.

use askama::Template;
use axum::response::{Html, Response};
use contracts::speeddating::v1::{Session, SetWeightsRequest, Weights};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use crate::{
    error::Error,
    forms::{Form, Posted},
    pages::{At, head::Head, imports::blame, show as page},
    staff::Staff,
    view::View,
};

/// Ranks that have a field of their own; the last one that is given serves all later ranks.
const RANKS: usize = 5;

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
    let weights = session.weights.clone().unwrap_or_default();
    let mut form = staff
        .form()
        .fill("version", session.version)
        .fill("prioritaire", weights.priority)
        .fill("oui", weights.yes)
        .fill("conseille", weights.recommended);
    for (place, weight) in weights.ranks.iter().take(RANKS).enumerate() {
        form = form.fill(&format!("rang-{}", place + 1), weight);
    }
    page(&made(&staff, &session, form))
}

pub(super) async fn save(
    staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let wrong = staff.t.say("wishes-weight-wrong");
    let mut ranks = Vec::new();
    for place in 1..=RANKS {
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
            Err(status) => blame(&mut form, status, &staff.t, |_| "rang-1".to_owned())?,
        }
    }
    let session = staff.clients.session(id).await?;
    Form::again(&made(&staff, &session, form))
}

fn made(staff: &Staff, session: &Session, form: Form) -> Page {
    let t = staff.t.clone();
    let rank = |place: usize| {
        let words = if place == RANKS {
            t.with("wishes-weight-last", "n", place)
        } else {
            t.with("wishes-weight-rank", "n", place)
        };
        (format!("rang-{place}"), words.to_string())
    };
    Page {
        may: staff.require(ORGANISERS).is_ok(),
        head: Head::new(t.texts(), session, "souhaits"),
        ranks: (1..=RANKS).map(rank).collect(),
        form,
        t,
    }
}
