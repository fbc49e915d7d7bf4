//! All wishes of one person as choices: the way without scripts, and on a telephone.

use askama::Template;
use axum::response::{Html, Response};
use contracts::speeddating::v1::{ChangeWishRequest, ReadMatrixRequest, Registration, Side, Window, Wish};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use super::cell;
use crate::{
    error::Error,
    forms::{Form, Posted, stale},
    pages::{At, head::Head, imports::blame, show as page},
    peers::{Names, Wanted},
    staff::Staff,
    view::View,
};

/// The other side that a page of choices shows.
const OTHERS_MOST: i32 = 500;

#[derive(Template)]
#[template(path = "wishes/person.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    may: bool,
    code: String,
    name: String,
    lines: Vec<Line>,
}

struct Line {
    id: String,
    code: String,
    name: String,
}

/// Somebody with all of the other side, and what is known of each pair.
struct Read {
    head: Head,
    candidate: bool,
    own: Line,
    lines: Vec<Line>,
    wishes: Vec<Wish>,
}

pub(super) async fn show(
    staff: Staff,
    At((session, registration)): At<(Uuid, Uuid)>,
) -> Result<Html<String>, Error> {
    let read = Read::of(&staff, session, registration).await?;
    let mut form = staff.form();
    for line in &read.lines {
        form = cell::fill(form, &format!("-{}", line.id), &read.wish(&line.id));
    }
    page(&made(staff, read, form))
}

/// Saves what was changed; each pair stands for itself, and none is set over what was not seen.
pub(super) async fn save(
    staff: Staff,
    At((session, registration)): At<(Uuid, Uuid)>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let read = Read::of(&staff, session, registration).await?;
    let mut wanted = Vec::new();
    for line in &read.lines {
        let suffix = format!("-{}", line.id);
        let seen = form.text(&format!("vu{suffix}"));
        if !seen.is_empty()
            && let Some(wish) = cell::posted(&mut form, &suffix, &staff.t)
            && cell::state(&wish) != seen
        {
            wanted.push((line, suffix, seen, wish));
        }
    }
    if form.faulty() {
        return Form::again(&made(staff, read, form));
    }
    let mut changed = 0;
    let mut overtaken = Vec::new();
    for (line, suffix, seen, wish) in wanted {
        let saved = cell::state(&wish);
        let own = read.own.id.clone();
        let (candidate_id, employer_id) = if read.candidate {
            (own, line.id.clone())
        } else {
            (line.id.clone(), own)
        };
        let request = ChangeWishRequest {
            session_id: session.to_string(),
            wish: Some(Wish {
                candidate_id,
                employer_id,
                ..wish
            }),
            seen: Some(cell::read(&seen)),
        };
        match staff.clients.wishes().change_wish(request).await {
            Ok(_) => {
                changed += 1;
                // Another line may be refused: then this one is shown as saved.
                form.set(&format!("vu{suffix}"), &saved);
            }
            Err(status) if stale(&status) => overtaken.push(line.id.clone()),
            Err(status) => blame(&mut form, status, &staff.t, |_| format!("rang{suffix}"))?,
        }
    }
    if !overtaken.is_empty() {
        let now = Read::of(&staff, session, registration).await?;
        now.stand_in(&mut form, &overtaken, &staff.t);
        return Form::decide(&made(staff, now, form));
    }
    if form.faulty() {
        return Form::again(&made(staff, read, form));
    }
    let to = format!("/seances/{session}/souhaits/de/{registration}");
    let notice = staff.t.with("wishes-changed", "n", changed);
    Ok(staff.done(&to, notice))
}

impl Read {
    async fn of(staff: &Staff, session: Uuid, registration: Uuid) -> Result<Self, Error> {
        let own = staff.clients.registration(session, registration).await?;
        let candidate = own.side() == Side::Candidate;
        let all = Some(Window {
            first: 0,
            most: OTHERS_MOST,
        });
        let only = vec![own.registration_id.clone()];
        let none = Vec::new();
        let (candidate_ids, employer_ids) = if candidate { (only, none) } else { (none, only) };
        let request = ReadMatrixRequest {
            session_id: session.to_string(),
            candidate_ids,
            employer_ids,
            candidates: all,
            employers: all,
            withdrawn: true,
            ..ReadMatrixRequest::default()
        };
        let found = staff.clients.matrix(request).await?;
        let others = if candidate {
            &found.employers
        } else {
            &found.candidates
        };
        let others: Vec<&Registration> = others
            .iter()
            .filter_map(|line| line.registration.as_ref())
            .collect();
        let mut wanted = Wanted::default();
        for known in others.iter().copied().chain([&own]) {
            wanted.person(&known.person_id);
            wanted.organisation(&known.organisation_id);
        }
        let names = staff.clients.names(staff.t.texts(), wanted).await?;
        Ok(Self {
            head: Head::new(
                staff.t.texts(),
                found.session.as_ref().ok_or(Error::NotFound)?,
                "souhaits",
            ),
            candidate,
            own: Line::of(&own, &names),
            lines: others.into_iter().map(|known| Line::of(known, &names)).collect(),
            wishes: found.wishes,
        })
    }

    /// Puts what stands now into a form of which some pairs were changed by others meanwhile. Of those, what was typed
    /// stays, with the new state to be saved over; a pair that nobody typed at follows what stands.
    fn stand_in(&self, form: &mut Form, overtaken: &[String], t: &View) {
        let faults = form.faults().to_vec();
        form.overtake();
        for line in &self.lines {
            let suffix = format!("-{}", line.id);
            let (seen, rank) = (format!("vu{suffix}"), format!("rang{suffix}"));
            let wish = self.wish(&line.id);
            if overtaken.contains(&line.id) {
                form.set(&seen, &cell::state(&wish));
                form.stand(t.texts(), &rank, line.name.clone(), &cell::said(&wish, t));
            } else if !faults.iter().any(|fault| fault.field == rank) {
                cell::put(form, &suffix, &wish);
            }
        }
    }

    fn wish(&self, other: &str) -> Wish {
        let known = self.wishes.iter().find(|wish| {
            let id = if self.candidate {
                &wish.employer_id
            } else {
                &wish.candidate_id
            };
            id == other
        });
        known.cloned().unwrap_or_default()
    }
}

impl Line {
    fn of(known: &Registration, names: &Names) -> Self {
        let name = if known.organisation_id.is_empty() {
            names.person(&known.person_id)
        } else {
            names.organisation(&known.organisation_id)
        };
        Self {
            id: known.registration_id.clone(),
            code: known.code.clone(),
            name: name.to_owned(),
        }
    }
}

fn made(staff: Staff, read: Read, form: Form) -> Page {
    Page {
        may: staff.require(ORGANISERS).is_ok(),
        head: read.head,
        code: read.own.code,
        name: read.own.name,
        lines: read.lines,
        form,
        t: staff.t,
    }
}
