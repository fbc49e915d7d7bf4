//! The report of a session: who came, what was held, whose wishes, what came of it.

use askama::Template;
use axum::response::Html;
use contracts::speeddating::v1::{Attendance, GetReportRequest, Report};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use super::OUTCOMES;
use crate::{
    error::Error,
    pages::{At, address, head::Head},
    roll::Roll,
    staff::Staff,
    texts::Texts,
    view::View,
};

#[derive(Template)]
#[template(path = "outcomes/report.html")]
struct Page {
    t: View,
    head: Head,
    published: bool,
    may_note: bool,
    lead: String,
    open: String,
    disagreements: String,
    attendance: Vec<AttendanceLine>,
    meetings: Vec<Measure>,
    wishes: Vec<Measure>,
    outcomes: Vec<(String, i32, i32)>,
    employers: Vec<EmployerRow>,
}

struct AttendanceLine {
    words: String,
    candidates: i32,
    employers: i32,
}

/// A part of a whole, as a bar with its words.
struct Measure {
    label: String,
    words: String,
    percent: String,
    part: i32,
    whole: i32,
}

struct EmployerRow {
    name: String,
    address: String,
    meetings: i32,
    held: i32,
    no_shows: i32,
    open: i32,
    interested: i32,
    hired: i32,
}

pub(super) async fn show(staff: Staff, At(id): At<Uuid>) -> Result<Html<String>, Error> {
    let session = staff.clients.session(id).await?;
    let request = GetReportRequest {
        session_id: id.to_string(),
    };
    let report = staff.clients.outcomes().get_report(request).await?.into_inner();
    let report = report.report.unwrap_or_default();
    let roll = Roll::read(&staff.clients, staff.t.texts(), id).await?;
    let t = staff.t.texts();
    let some = |key: &str, n: i32| {
        if n > 0 {
            t.with(key, "n", n).to_string()
        } else {
            String::new()
        }
    };
    crate::pages::show(&Page {
        head: Head::new(staff.t.texts(), &session, "bilan"),
        published: session.published_timetable > 0,
        may_note: ORGANISERS.contains(&staff.role),
        lead: t
            .with("report-lead", "held", report.held)
            .and("meetings", report.meetings)
            .and("people", report.candidates_met)
            .to_string(),
        open: some("report-open", report.open),
        disagreements: some("report-disagreements", report.disagreements),
        attendance: attendance(t, &report),
        meetings: meetings(t, &report),
        wishes: wishes(t, &report),
        outcomes: outcomes(t, &report),
        employers: employers(id, &report, &roll),
        t: staff.t,
    })
}

/// One figure of a side's attendance.
type Count = fn(&Attendance) -> i32;

fn attendance(t: Texts, report: &Report) -> Vec<AttendanceLine> {
    let (candidates, employers) = (
        report.candidates.unwrap_or_default(),
        report.employers.unwrap_or_default(),
    );
    let lines: [(&str, Count); 6] = [
        ("report-registered", |side| side.registered),
        ("report-confirmed", |side| side.confirmed),
        ("report-arrived", |side| side.arrived),
        ("report-late", |side| side.late),
        ("report-absent", |side| side.absent),
        ("report-withdrawn", |side| side.withdrawn),
    ];
    lines
        .into_iter()
        .map(|(key, of)| AttendanceLine {
            words: t.say(key),
            candidates: of(&candidates),
            employers: of(&employers),
        })
        .collect()
}

fn meetings(t: Texts, report: &Report) -> Vec<Measure> {
    let measure = |key: &str, part: i32| share(t, t.say(key), part, report.meetings);
    [
        ("report-held", report.held),
        ("report-no-candidate", report.no_show_candidate),
        ("report-no-employer", report.no_show_employer),
        ("report-not-said", report.open),
    ]
    .into_iter()
    .map(|(key, part)| measure(key, part))
    .collect()
}

fn wishes(t: Texts, report: &Report) -> Vec<Measure> {
    let ranks = report.wishes_held.iter().zip(&report.wishes_made).enumerate();
    ranks
        .map(|(index, (held, made))| {
            let rank = t.with("report-wish", "rank", t.ordinal(index + 1)).to_string();
            share(t, rank, *held, *made)
        })
        .collect()
}

fn share(t: Texts, label: String, part: i32, whole: i32) -> Measure {
    Measure {
        label,
        words: t
            .with("report-share", "part", part)
            .and("whole", whole)
            .to_string(),
        percent: t.percent(part, whole),
        part,
        whole: whole.max(1),
    }
}

fn outcomes(t: Texts, report: &Report) -> Vec<(String, i32, i32)> {
    let count = |name: &str| {
        let found = report.outcomes.iter().find(|count| count.outcome == name);
        found.map_or((0, 0), |count| (count.employer, count.candidate))
    };
    OUTCOMES
        .iter()
        .map(|(name, key)| {
            let (employer, candidate) = count(name);
            (t.say(key), employer, candidate)
        })
        .collect()
}

fn employers(id: Uuid, report: &Report, roll: &Roll) -> Vec<EmployerRow> {
    let mut rows: Vec<EmployerRow> = report
        .employer_lines
        .iter()
        .map(|line| EmployerRow {
            name: roll.name(&line.registration_id).to_owned(),
            address: address(
                &format!("/seances/{id}/resultats"),
                &[("personne", &line.registration_id)],
            ),
            meetings: line.meetings,
            held: line.held,
            no_shows: line.no_shows,
            open: line.open,
            interested: line.interested,
            hired: line.hired,
        })
        .collect();
    rows.sort_by_cached_key(|row| row.name.to_lowercase());
    rows
}
