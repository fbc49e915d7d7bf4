//! The timetable of a session: made, looked at, corrected, compared, published.

mod compare;
mod correct;
mod foresee;
mod grid;
mod history;
mod making;
mod people;
mod publish;
mod quality;
mod room;
pub(super) mod says;
mod selection;
mod telling;

use axum::{
    Router,
    routing::{get, post},
};
use contracts::speeddating::v1::{Session, SessionState, Timetable};
use serde::Deserialize;
use uuid::Uuid;

use super::{address, head::Head};
use crate::{Clients, Console, error::Error, roll::Roll, texts::Texts};

pub(super) use room::room;

pub(super) fn routes() -> Router<Console> {
    let at = |path: &str| format!("/seances/{{session}}/planning{path}");
    Router::new()
        .route(&at(""), get(grid::show))
        .route(&at("/personnes"), get(people::show))
        .route(&at("/calculer"), get(making::ask).post(making::start))
        .route(&at("/calculs/{job}"), get(making::show).post(making::stop))
        .route(&at("/calculs/{job}/flux"), get(making::stream))
        .route(&at("/qualite"), get(quality::show))
        .route(&at("/comparer"), get(compare::show))
        .route(&at("/publier"), get(publish::ask).post(publish::publish))
        .route(&at("/publie"), get(publish::receipt))
        .route(&at("/corriger"), post(correct::correct))
        .route(&at("/places"), get(selection::places))
        .route(&at("/flux"), get(history::stream))
        .route(&at("/changements"), get(history::banner))
}

/// What stands after the question mark of these pages.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Question {
    /// Number of the timetable; 0: the published one, else the newest.
    numero: i32,
    /// Page of tables or people, from 1.
    page: usize,
    /// A meeting for which a place is looked for.
    deplacer: String,
    /// A meeting on which the eye was.
    vu: String,
    /// A pair for which one is.
    candidat: String,
    employeur: String,
    /// The person whose message is shown.
    apercu: String,
    /// Two timetables to compare.
    de: i32,
    a: i32,
    /// A version that the page shows.
    depuis: i64,
    /// The page is shown under the address of a form, so that links need the whole address.
    #[serde(skip)]
    posted: bool,
}

/// A timetable with what a page about it needs.
struct Ground {
    session: Session,
    roll: Roll,
    timetable: Timetable,
}

impl Ground {
    /// None before there is any timetable.
    async fn read(
        staff: &Clients,
        t: Texts,
        id: Uuid,
        number: i32,
    ) -> Result<(Session, Option<Self>), Error> {
        let session = staff.session(id).await?;
        let (roll, timetable) =
            futures::try_join!(Roll::read(staff, t, id), staff.timetable(id, number.max(0)))?;
        let ground = timetable.map(|timetable| Self {
            session: session.clone(),
            roll,
            timetable,
        });
        Ok((session, ground))
    }

    /// The timetable, which must be there.
    async fn must(staff: &Clients, t: Texts, id: Uuid, number: i32) -> Result<Self, Error> {
        Self::read(staff, t, id, number).await?.1.ok_or(Error::NotFound)
    }

    fn head(&self, t: Texts) -> Head {
        Head::new(t, &self.session, "planning")
    }

    /// Whether meetings can still be corrected.
    fn editable(&self) -> bool {
        matches!(
            self.session.state(),
            SessionState::ScheduleDraft | SessionState::SchedulePublished | SessionState::Running
        )
    }

    /// Whether it can be published, now or again.
    fn publishable(&self) -> bool {
        matches!(
            self.session.state(),
            SessionState::ScheduleDraft | SessionState::SchedulePublished
        )
    }
}

/// The ways of looking at a timetable: address, words, whether one is there.
fn tabs(t: Texts, session: &str, number: i32, current: &str) -> Vec<(String, String, bool)> {
    let number = if number > 0 {
        number.to_string()
    } else {
        String::new()
    };
    let tab = |path: &str, words: String| {
        let to = format!("/seances/{session}/planning{path}");
        (address(&to, &[("numero", &number)]), words, path == current)
    };
    vec![
        tab("", t.say("planning-by-table")),
        tab("/personnes", t.say("planning-by-person")),
        tab("/qualite", t.say("planning-quality")),
        tab("/comparer", t.say("planning-compare")),
        tab("/calculer", t.say("planning-make")),
        tab("/publier", t.say("planning-publish")),
    ]
}

/// The grid of a timetable.
fn grid_address(session: &str, number: i32, questions: &[(&str, &str)]) -> String {
    let number = number.to_string();
    let mut all = vec![("numero", number.as_str())];
    all.extend_from_slice(questions);
    address(&format!("/seances/{session}/planning"), &all)
}
