//! The door: one field for a name or a code, and a button at each match.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::speeddating::v1::{Arrival, Presence, SetPresenceRequest};
use platform::auth::ORGANISERS;
use serde::Deserialize;
use uuid::Uuid;

use super::board;
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    pages::{Asked, At, address, head::Head, instant},
    peers::Wanted,
    roll::{self, Roll},
    staff::Staff,
    texts::Texts,
    view::View,
    words::{self, Badge},
};

/// Matches on one page; more are found by more letters.
const MATCHES_MOST: usize = 40;
/// Minutes that stand in the field until somebody types others.
const LATE: &str = "10";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    nom: String,
}

#[derive(Template)]
#[template(path = "day/arrivals.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    search: String,
    matches: Vec<Match>,
    more: bool,
    may_note: bool,
}

struct Match {
    id: String,
    /// The name of its field of minutes, and what is in it.
    field: String,
    minutes: String,
    name: String,
    code: String,
    side: String,
    state: Badge,
    arrived: bool,
    absent: bool,
    noted: bool,
    /// "Arrivée notée à 13 h 52 par Lina".
    words: String,
}

pub(super) async fn list(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let form = staff.form();
    crate::pages::show(&page(&console, staff, id, question.nom, form).await?)
}

pub(super) async fn note(
    State(console): State<Console>,
    mut staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let (search, who) = (form.text("nom"), form.text("personne"));
    let back = address(&format!("/seances/{id}/arrivees"), &[("nom", &search)]);
    staff.t.here.clone_from(&back);
    // Each person of the list has a field of their own.
    let minutes = format!("m-{who}");
    let presence = match form.value("etat") {
        "arrive" => Presence::Arrived,
        "retard" => Presence::Late,
        "absent" => Presence::Absent,
        "attendu" => Presence::Expected,
        _ => return Err(Error::Unreadable),
    };
    let late = if presence == Presence::Late {
        form.number(&minutes, 1..=240, staff.t.say("day-late-wrong"))
            .unwrap_or_default()
    } else {
        0
    };
    if form.faulty() {
        return Form::again(&page(&console, staff, id, search, form).await?);
    }
    let request = SetPresenceRequest {
        registration_id: who,
        presence: presence.into(),
        late_minutes: i32::try_from(late).unwrap_or_default(),
    };
    match staff.clients.outcomes().set_presence(request).await {
        Ok(reply) => {
            let reply = reply.into_inner();
            let arrival = reply.arrival.unwrap_or_default();
            let said = said(&console, &staff, &arrival, reply.already).await?;
            Ok(staff.done(&back, said))
        }
        Err(status) => {
            form.refused(
                status,
                staff.t.texts(),
                &[("late_minutes", &minutes, "day-late-wrong")],
            )?;
            Form::again(&page(&console, staff, id, search, form).await?)
        }
    }
}

async fn page(console: &Console, staff: Staff, id: Uuid, search: String, form: Form) -> Result<Page, Error> {
    let session = staff.clients.session(id).await?;
    let roll = Roll::read(&staff.clients, staff.t.texts(), id).await?;
    let arrivals = board::arrivals(&staff.clients, id).await?;
    let wanted = roll::sort_key(&search);
    let mut found: Vec<_> = roll
        .sorted()
        .into_iter()
        .filter(|guest| !guest.withdrawn)
        .filter(|guest| {
            wanted.is_empty()
                || roll::sort_key(&guest.name).contains(&wanted)
                || roll::sort_key(&guest.contact).contains(&wanted)
                || roll::sort_key(&guest.code) == wanted
        })
        .collect();
    let more = found.len() > MATCHES_MOST;
    found.truncate(MATCHES_MOST);
    let noted: Vec<&Arrival> = found
        .iter()
        .filter_map(|guest| {
            arrivals
                .iter()
                .find(|arrival| arrival.registration_id == guest.id)
        })
        .collect();
    let names = staff.clients.names(staff.t.texts(), noters(&noted)).await?;
    let t = staff.t.texts();
    let head = Head::new(staff.t.texts(), &session, "jour");
    let matches = found
        .into_iter()
        .map(|guest| {
            let arrival = arrivals
                .iter()
                .find(|arrival| arrival.registration_id == guest.id);
            let presence = arrival.map_or(Presence::Expected, Arrival::presence);
            let field = format!("m-{}", guest.id);
            let by = arrival.map(|arrival| names.person(&arrival.noted_by).to_owned());
            Match {
                id: guest.id.clone(),
                // What was typed and refused stays; most are ten minutes late.
                minutes: if form.all(&field).is_empty() {
                    LATE.to_owned()
                } else {
                    form.value(&field).to_owned()
                },
                field,
                name: guest.name.clone(),
                code: guest.code.clone(),
                side: if guest.employer {
                    head.sides.employer.clone()
                } else {
                    head.sides.candidate.clone()
                },
                state: words::presence(presence),
                arrived: presence == Presence::Arrived,
                absent: presence == Presence::Absent,
                noted: presence != Presence::Expected,
                words: arrival
                    .filter(|_| presence != Presence::Expected)
                    .map(|arrival| when(console, t, arrival, by.as_deref()))
                    .unwrap_or_default(),
            }
        })
        .collect();
    Ok(Page {
        head,
        form,
        search,
        matches,
        more,
        may_note: ORGANISERS.contains(&staff.role),
        t: staff.t,
    })
}

/// What was noted, in words; a repeat names who was first.
async fn said(console: &Console, staff: &Staff, arrival: &Arrival, already: bool) -> Result<String, Error> {
    let mut wanted = noters(&[arrival]);
    wanted.person(&arrival.person_id);
    wanted.organisation(&arrival.organisation_id);
    let names = staff.clients.names(staff.t.texts(), wanted).await?;
    let name = if arrival.organisation_id.is_empty() {
        names.person(&arrival.person_id)
    } else {
        names.organisation(&arrival.organisation_id)
    };
    let t = staff.t.texts();
    if already && arrival.noted_at.is_some() {
        let when = when(console, t, arrival, Some(names.person(&arrival.noted_by)));
        return Ok(t.with("day-already", "name", name).and("when", when).to_string());
    }
    let key = match arrival.presence() {
        Presence::Arrived => "day-noted-arrived",
        Presence::Late => "day-noted-late",
        Presence::Absent => "day-noted-absent",
        Presence::Expected | Presence::Unspecified => "day-noted-back",
    };
    Ok(t.with(key, "name", name).to_string())
}

fn when(console: &Console, t: Texts, arrival: &Arrival, by: Option<&str>) -> String {
    let at = instant(arrival.noted_at.as_ref())
        .map(|at| t.clock(at.to_zoned(console.0.zone.clone()).time()))
        .unwrap_or_default();
    match by.filter(|_| arrival.noted_by.parse::<Uuid>().is_ok()) {
        Some(name) => t.with("day-noted-by", "at", at).and("name", name).to_string(),
        None => t.with("day-noted-at", "at", at).to_string(),
    }
}

fn noters(arrivals: &[&Arrival]) -> Wanted {
    let mut wanted = Wanted::default();
    for arrival in arrivals {
        if arrival.noted_by.parse::<Uuid>().is_ok() {
            wanted.person(&arrival.noted_by);
        }
    }
    wanted
}
