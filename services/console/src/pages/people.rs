//! Who takes part in a session, and how many meetings each has.

use askama::Template;
use axum::response::Html;
use serde::Deserialize;
use uuid::Uuid;

use super::{Asked, At, address, head::Head};
use crate::{
    error::Error,
    roll::{self, Guest, Roll},
    staff::Staff,
    view::View,
    words::Badge,
};

/// People on one page.
const PAGE: usize = 100;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    /// Words of the name, or the code.
    nom: String,
    /// employeurs or candidats; both when empty.
    cote: String,
    /// "oui": only those without a meeting.
    sans: String,
    /// From 1.
    page: usize,
}

#[derive(Template)]
#[template(path = "people.html")]
struct Page {
    t: View,
    head: Head,
    question: Question,
    found: String,
    planned: bool,
    lines: Vec<Line>,
    previous: String,
    next: String,
}

struct Line {
    id: String,
    name: String,
    contact: String,
    code: String,
    about: String,
    side: String,
    state: Badge,
    meetings: i64,
}

pub(super) async fn list(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let (t, staff) = (staff.t, &staff.clients);
    let session = staff.session(id).await?;
    let (roll, timetable) = futures::try_join!(Roll::read(staff, t.texts(), id), staff.timetable(id, 0))?;
    let counts = roll::meetings_by_registration(timetable.as_ref());
    let head = Head::new(t.texts(), &session, "personnes");
    let meetings = |guest: &Guest| counts.get(guest.id.as_str()).copied().unwrap_or_default();
    let searched = roll::sort_key(question.nom.trim());
    let kept: Vec<_> = roll
        .sorted()
        .into_iter()
        .filter(|guest| match question.cote.as_str() {
            "employeurs" => guest.employer,
            "candidats" => !guest.employer,
            _ => true,
        })
        .filter(|guest| question.sans != "oui" || (!guest.gone && meetings(guest) == 0))
        .filter(|guest| {
            [&guest.name, &guest.contact, &guest.code]
                .iter()
                .any(|text| roll::sort_key(text).contains(&searched))
        })
        .collect();
    let page = question.page.clamp(1, kept.len().div_ceil(PAGE).max(1));
    let path = format!("/seances/{id}/personnes");
    let to = |page: usize| {
        let questions = [
            ("nom", question.nom.as_str()),
            ("cote", &question.cote),
            ("sans", &question.sans),
            ("page", &page.to_string()),
        ];
        address(&path, &questions)
    };
    let lines = kept.iter().skip((page - 1) * PAGE).take(PAGE).map(|guest| Line {
        id: guest.id.clone(),
        name: guest.name.clone(),
        contact: guest.contact.clone(),
        code: guest.code.clone(),
        about: [&guest.position, &guest.presence]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        side: if guest.employer {
            head.sides.employer.clone()
        } else {
            head.sides.candidate.clone()
        },
        state: guest.state,
        meetings: meetings(guest),
    });
    super::show(&Page {
        lines: lines.collect(),
        found: t.with("people-found", "n", kept.len()).to_string(),
        planned: timetable.is_some(),
        previous: if page > 1 { to(page - 1) } else { String::new() },
        next: if kept.len() > page * PAGE {
            to(page + 1)
        } else {
            String::new()
        },
        head,
        question,
        t,
    })
}
