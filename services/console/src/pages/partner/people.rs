//! A partner's people: listed, registered, their wishes, withdrawn.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use contracts::speeddating::v1::{
    PartnerPerson, RegisterPartnerPersonRequest, RegistrationState, SetPartnerWishesRequest,
    WithdrawPartnerPersonRequest,
};
use http::StatusCode;
use serde::Deserialize;
use tonic::Status;

use super::visit::{Sent, Visitor};
use crate::{
    Console,
    error::Error,
    forms::Form,
    pages::{self, Asked, At, head},
    peers::{Names, Wanted},
    texts::Language,
    view::View,
};

/// Wishes that a form offers at least.
const WISHES: usize = 5;
/// Fields left for more wishes.
const WISHES_MORE: usize = 3;
/// Wishes that the service takes from a partner. Who has more by other ways sees them all, and is told.
const WISHES_MOST: usize = 10;
/// Fields that are read, so that a form is bounded.
const FIELDS_MOST: usize = 100;

#[derive(Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    fait: String,
}

#[derive(Deserialize)]
pub(super) struct Place {
    registration: String,
}

/// One of the partner's people.
struct Line {
    id: String,
    name: String,
    /// In words, first wish first.
    wishes: String,
    withdrawn: bool,
}

/// What a page of this link starts from.
struct Sheet<'a> {
    organisation: &'a str,
    telephone: &'a str,
    token: String,
    title: String,
    when: String,
    place: String,
    /// Employers to wish for: registration and name with its position.
    employers: Vec<(String, String)>,
    people: Vec<Line>,
}

#[derive(Template)]
#[template(path = "partner/people.html")]
struct Page<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    sheet: Sheet<'a>,
    partner: String,
    notice: String,
    open: bool,
    languages: Vec<(&'static str, &'static str)>,
    /// Rank and name of each field.
    wishes: Vec<(usize, String)>,
    form: Form,
}

#[derive(Template)]
#[template(path = "partner/wishes.html")]
struct Edit<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    sheet: Sheet<'a>,
    line: Line,
    /// Rank and name of each field.
    wishes: Vec<(usize, String)>,
    form: Form,
}

#[derive(Template)]
#[template(path = "partner/withdraw.html")]
struct Confirm<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    sheet: Sheet<'a>,
    line: Line,
}

pub(super) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Asked(query): Asked<Query>,
) -> Response {
    let form = Form::new(console.0.ids.id()).fill("langue", visitor.t.code());
    let known = ["inscrit", "voeux", "retire"].contains(&query.fait.as_str());
    let notice = if known {
        visitor.t.say(&format!("partner-done-{}", query.fait))
    } else {
        String::new()
    };
    match list(&console, visitor, notice, form).await {
        Ok(page) => page,
        Err(error) => error.outside(),
    }
}

/// Registers somebody; what is wrong comes back with all that was typed.
pub(super) async fn register(State(console): State<Console>, sent: Sent) -> Response {
    let (mut visitor, mut form) = (sent.visitor, sent.form);
    // The switch of language leads back to the list, not to an address that takes only forms.
    visitor.t.here = visitor.home();
    let request = RegisterPartnerPersonRequest {
        visit: Some(visitor.visit()),
        request_id: form.operation(),
        given_name: form.text("prenom"),
        family_name: form.text("nom"),
        mail: form.text("courriel"),
        phone: form.text("mobile"),
        language: form.text("langue"),
        arrives: form.text("arrivee"),
        leaves: form.text("depart"),
        wishes: wished(&form),
    };
    match console
        .0
        .service
        .partners()
        .register_partner_person(request)
        .await
    {
        Ok(_) => visitor.done("inscrit"),
        Err(status) => {
            if let Err(error) = blame(&mut form, status, &visitor.t) {
                return error.outside();
            }
            match list(&console, visitor, String::new(), form).await {
                Ok(page) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
                Err(error) => error.outside(),
            }
        }
    }
}

pub(super) async fn edit(State(console): State<Console>, visitor: Visitor, At(place): At<Place>) -> Response {
    let known = find(&visitor, &place.registration);
    let mut form = Form::new(console.0.ids.id());
    for (rank, wish) in known.iter().flat_map(|known| &known.wishes).enumerate() {
        form = form.fill(&format!("voeu{}", rank + 1), wish);
    }
    match one(&console, visitor, &place.registration, form).await {
        Ok(page) => page,
        Err(error) => error.outside(),
    }
}

/// Says all wishes anew.
pub(super) async fn wish(State(console): State<Console>, At(place): At<Place>, sent: Sent) -> Response {
    let (visitor, mut form) = (sent.visitor, sent.form);
    let request = SetPartnerWishesRequest {
        visit: Some(visitor.visit()),
        registration_id: place.registration.clone(),
        wishes: wished(&form),
    };
    match console.0.service.partners().set_partner_wishes(request).await {
        Ok(_) => visitor.done("voeux"),
        Err(status) => {
            if let Err(error) = blame(&mut form, status, &visitor.t) {
                return error.outside();
            }
            match one(&console, visitor, &place.registration, form).await {
                Ok(page) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
                Err(error) => error.outside(),
            }
        }
    }
}

/// Names the consequence of a withdrawal.
pub(super) async fn ask(State(console): State<Console>, visitor: Visitor, At(place): At<Place>) -> Response {
    let shown = async {
        let (mut sheet, t) = sheet(&console, visitor).await?;
        let line = take(&mut sheet, &place.registration)?;
        let (organisation, telephone) = (sheet.organisation, sheet.telephone);
        let page = Confirm {
            t,
            organisation,
            telephone,
            sheet,
            line,
        };
        Ok::<_, Error>(pages::show(&page)?.into_response())
    };
    shown.await.unwrap_or_else(Error::outside)
}

pub(super) async fn withdraw(State(console): State<Console>, At(place): At<Place>, sent: Sent) -> Response {
    let visitor = sent.visitor;
    let request = WithdrawPartnerPersonRequest {
        visit: Some(visitor.visit()),
        registration_id: place.registration,
    };
    match console
        .0
        .service
        .partners()
        .withdraw_partner_person(request)
        .await
    {
        Ok(_) => visitor.done("retire"),
        Err(status) => Error::from(status).outside(),
    }
}

async fn list(console: &Console, visitor: Visitor, notice: String, form: Form) -> Result<Response, Error> {
    let (open, partner) = (visitor.roll.open, visitor.roll.partner.clone());
    let (sheet, t) = sheet(console, visitor).await?;
    let page = Page {
        organisation: sheet.organisation,
        telephone: sheet.telephone,
        sheet,
        partner,
        notice,
        open,
        languages: Language::ALL
            .map(|language| (language.code(), language.name()))
            .to_vec(),
        wishes: fields(&form),
        form,
        t,
    };
    Ok(pages::show(&page)?.into_response())
}

async fn one(console: &Console, visitor: Visitor, registration: &str, form: Form) -> Result<Response, Error> {
    let (mut sheet, t) = sheet(console, visitor).await?;
    let line = take(&mut sheet, registration)?;
    let page = Edit {
        organisation: sheet.organisation,
        telephone: sheet.telephone,
        sheet,
        line,
        wishes: fields(&form),
        form,
        t,
    };
    Ok(pages::show(&page)?.into_response())
}

/// All that the link shows, with names.
async fn sheet(console: &Console, visitor: Visitor) -> Result<(Sheet<'_>, View), Error> {
    let roll = visitor.roll;
    let mut wanted = Wanted::default();
    for employer in &roll.employers {
        wanted.organisation(&employer.organisation_id);
    }
    for person in roll
        .people
        .iter()
        .filter_map(|person| person.registration.as_ref())
    {
        wanted.person(&person.person_id);
    }
    let names = console.0.service.names(visitor.t.texts(), wanted).await?;
    let session = roll.session.unwrap_or_default();
    let mut employers: Vec<(String, String)> = roll
        .employers
        .iter()
        .map(|employer| {
            let name = names.organisation(&employer.organisation_id);
            let words = if employer.position.is_empty() {
                name.to_owned()
            } else {
                format!("{name}, {}", employer.position)
            };
            (employer.employer_id.clone(), words)
        })
        .collect();
    employers.sort_by_key(|employer| employer.1.to_lowercase());
    let people = roll
        .people
        .iter()
        .map(|person| line(&visitor.t, person, &employers, &names))
        .collect();
    let settings = &console.0.settings;
    let sheet = Sheet {
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token: visitor.token,
        when: head::date(&session)
            .map(|date| visitor.t.day(date))
            .unwrap_or_default(),
        place: head::place(&session),
        title: session.title,
        employers,
        people,
    };
    Ok((sheet, visitor.t))
}

/// As many as there are wishes, and some more.
fn fields(form: &Form) -> Vec<(usize, String)> {
    let wished = (1..=FIELDS_MOST)
        .rev()
        .find(|rank| !form.value(&format!("voeu{rank}")).is_empty())
        .unwrap_or_default();
    let shown = (wished + WISHES_MORE).clamp(WISHES, WISHES_MOST).max(wished);
    (1..=shown).map(|rank| (rank, format!("voeu{rank}"))).collect()
}

fn line(t: &View, person: &PartnerPerson, employers: &[(String, String)], names: &Names) -> Line {
    let registration = person.registration.clone().unwrap_or_default();
    let wish = |id: &String| {
        let found = employers.iter().find(|(known, _)| known == id);
        found.map(|(_, name)| name.clone())
    };
    let wishes: Vec<String> = person.wishes.iter().filter_map(wish).collect();
    Line {
        name: names.person(&registration.person_id).to_owned(),
        withdrawn: registration.state() == RegistrationState::Withdrawn,
        wishes: if wishes.is_empty() {
            t.say("partner-none")
        } else {
            t.list(&wishes)
        },
        id: registration.registration_id,
    }
}

fn take(sheet: &mut Sheet<'_>, registration: &str) -> Result<Line, Error> {
    let place = sheet.people.iter().position(|line| line.id == registration);
    place
        .map(|place| sheet.people.swap_remove(place))
        .ok_or(Error::NotFound)
}

fn find<'v>(visitor: &'v Visitor, registration: &str) -> Option<&'v PartnerPerson> {
    visitor.roll.people.iter().find(|person| {
        let known = person.registration.as_ref();
        known.is_some_and(|known| known.registration_id == registration)
    })
}

/// The chosen employers in order; gaps close.
fn wished(form: &Form) -> Vec<String> {
    (1..=FIELDS_MOST)
        .map(|rank| form.text(&format!("voeu{rank}")))
        .filter(|wish| !wish.is_empty())
        .collect()
}

fn blame(form: &mut Form, status: Status, t: &View) -> Result<(), Error> {
    let cures = [
        ("given_name", "prenom", "partner-given-missing"),
        ("family_name", "nom", "partner-name-missing"),
        ("mail", "courriel", "partner-reach-missing"),
        ("phone", "mobile", "partner-mobile-wrong"),
        ("arrives", "arrivee", "partner-time-wrong"),
        ("leaves", "depart", "partner-time-wrong"),
        ("wishes", "voeu1", "partner-wish-wrong"),
        ("ALREADY_REGISTERED", "", "partner-already"),
        ("NOT_IN_THIS_STATE", "", "partner-closed"),
    ];
    form.refused(status, t.texts(), &cures)
}
