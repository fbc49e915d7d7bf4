//! Links of partners, for those who organise: made, shown once, revoked.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{Html, Response},
    routing::get,
};
use contracts::speeddating::v1::{
    CreatePartnerLinkRequest, ListPartnerLinksRequest, PartnerLink, RevokePartnerLinkRequest,
};
use jiff::{ToSpan as _, civil::Date};
use platform::auth::ORGANISERS;
use tonic::Status;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::{At, head::Head, instant, show};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    staff::Staff,
    view::View,
    words::Badge,
};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/seances/{session}/partenaires", get(list).post(make))
        .route(
            "/seances/{session}/partenaires/{link}/revoquer",
            get(ask).post(revoke),
        )
}

/// A link in the list.
struct Line {
    id: String,
    partner: String,
    people: i32,
    expires: String,
    state: Badge,
    stands: bool,
}

#[derive(Template)]
#[template(path = "partner/links.html")]
struct Page {
    t: View,
    session: Uuid,
    head: Head,
    lines: Vec<Line>,
    form: Form,
}

#[derive(Template)]
#[template(path = "partner/revoke.html")]
struct Confirm {
    t: View,
    session: Uuid,
    line: Line,
    form: Form,
}

async fn list(
    State(console): State<Console>,
    staff: Staff,
    At(session): At<Uuid>,
) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let form = staff.form();
    show(&page(&console, staff, session, form).await?)
}

/// Makes a link. Address and code are said once, on the next page: nobody keeps them.
async fn make(
    State(console): State<Console>,
    staff: Staff,
    At(session): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let partner = form.required("partenaire", staff.t.say("partners-name-missing"));
    let until = form.text("fin");
    let until = if until.is_empty() {
        None
    } else {
        form.date("fin", staff.t.say("partners-until-wrong"))
    };
    if !form.faulty() {
        let request = CreatePartnerLinkRequest {
            request_id: form.operation(),
            session_id: session.to_string(),
            partner: partner.clone(),
            expires_at: until.and_then(|day| evening(&console, day)),
        };
        let cures = [
            ("partner", "partenaire", "partners-name-missing"),
            ("expires_at", "fin", "partners-until-wrong"),
        ];
        match staff.clients.partners().create_partner_link(request).await {
            Ok(made) => {
                let made = made.into_inner();
                let base = console.0.settings.public_url.trim_end_matches('/');
                let notice = staff
                    .t
                    .with("partners-made", "partner", partner)
                    .and("address", format!("{base}/p/{}", made.token))
                    .and("code", made.code);
                return Ok(staff.done(&format!("/seances/{session}/partenaires"), notice));
            }
            // The form comes back empty and with another operation: what is typed into it is another link.
            Err(status) if made_before(&status) => {
                form = staff.form();
                form.blame("", staff.t.with("partners-made-before", "partner", partner));
            }
            Err(status) => form.refused(status, staff.t.texts(), &cures)?,
        }
    }
    Form::again(&page(&console, staff, session, form).await?)
}

/// Whether a press of the same form has made its link: its secrets were said then, and nobody can say them again.
fn made_before(status: &Status) -> bool {
    let reason = status.get_details_error_info().map(|info| info.reason);
    reason.as_deref() == Some("LINK_ALREADY_MADE")
}

/// Names the consequence.
async fn ask(
    State(console): State<Console>,
    staff: Staff,
    At((session, link)): At<(Uuid, Uuid)>,
) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let link = link.to_string();
    let mut lines = lines(&console, &staff, session).await?;
    let place = lines.iter().position(|line| line.id == link);
    let line = lines.swap_remove(place.ok_or(Error::NotFound)?);
    let form = staff.form();
    show(&Confirm {
        session,
        line,
        form,
        t: staff.t,
    })
}

async fn revoke(
    staff: Staff,
    At((session, link)): At<(Uuid, Uuid)>,
    Posted(_): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let request = RevokePartnerLinkRequest {
        link_id: link.to_string(),
    };
    staff.clients.partners().revoke_partner_link(request).await?;
    let notice = staff.t.say("partners-done-revoked");
    Ok(staff.done(&format!("/seances/{session}/partenaires"), notice))
}

async fn page(console: &Console, staff: Staff, session: Uuid, form: Form) -> Result<Page, Error> {
    let lines = lines(console, &staff, session).await?;
    let found = staff.clients.session(session).await?;
    Ok(Page {
        session,
        head: Head::new(staff.t.texts(), &found, "partenaires"),
        lines,
        form,
        t: staff.t,
    })
}

async fn lines(console: &Console, staff: &Staff, session: Uuid) -> Result<Vec<Line>, Error> {
    let request = ListPartnerLinksRequest {
        session_id: session.to_string(),
    };
    let listed = staff.clients.partners().list_partner_links(request).await?;
    let links = listed.into_inner().links;
    Ok(links.iter().map(|link| line(console, &staff.t, link)).collect())
}

fn line(console: &Console, t: &View, link: &PartnerLink) -> Line {
    let expires = instant(link.expires_at.as_ref());
    let over = expires.is_none_or(|at| at <= console.0.clock.now().timestamp());
    let (word, tone) = if link.revoked_at.is_some() {
        ("partners-revoked", "bad")
    } else if over {
        ("partners-over", "quiet")
    } else {
        ("partners-stands", "good")
    };
    Line {
        id: link.link_id.clone(),
        partner: link.partner.clone(),
        people: link.people,
        expires: expires
            .map(|at| t.moment(at, &console.0.zone))
            .unwrap_or_default(),
        state: Badge { word, tone },
        stands: link.revoked_at.is_none() && !over,
    }
}

/// The end of a day on the installation's clock.
fn evening(console: &Console, day: Date) -> Option<prost_types::Timestamp> {
    let next = day.checked_add(1.day()).ok()?;
    let at = next.to_zoned(console.0.zone.clone()).ok()?.timestamp();
    Some(prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: 0,
    })
}
