//! Making a timetable: started, watched, stopped when it is good enough.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use contracts::speeddating::v1::{
    GetTimetableJobRequest, ListTimetableJobsRequest, Session, SessionState, StartTimetableRequest,
    StopTimetableRequest, TimetableJob, TimetableJobState,
};
use tonic::Code;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::{grid_address, says, tabs};
use crate::{
    Clients, Console,
    error::Error,
    forms::{Form, Posted},
    live,
    pages::{At, Fragment, head::Head},
    staff::Staff,
    texts::Texts,
    view::View,
};

/// How often the page hears of progress.
const PACE: Duration = Duration::from_secs(1);

#[derive(Template)]
#[template(path = "planning/make.html")]
struct Ask {
    t: View,
    form: Form,
    head: Head,
    tabs: Vec<(String, String, bool)>,
    possible: bool,
    employers: i32,
    candidates: i32,
    wishes: i32,
    durations: Vec<(&'static str, String)>,
    jobs: Vec<Line>,
}

#[derive(Template)]
#[template(path = "planning/job.html", blocks = ["progress"])]
struct Watch {
    t: View,
    form: Form,
    head: Head,
    tabs: Vec<(String, String, bool)>,
    job: Line,
}

/// A search in words.
#[expect(clippy::struct_excessive_bools, reason = "what a template asks, one by one")]
struct Line {
    address: String,
    running: bool,
    stopping: bool,
    done: bool,
    state: String,
    elapsed: String,
    /// Seconds gone and at most, for the bar.
    gone: i64,
    most: i32,
    value: String,
    bound: String,
    gap: String,
    /// Announced every quarter of a minute, not at every beat.
    announced: String,
    problem: String,
    changed: bool,
    result: String,
    number: i32,
}

pub(super) async fn ask(staff: Staff, At(id): At<Uuid>) -> Result<Html<String>, Error> {
    let form = staff.form().fill("duree", "60");
    crate::pages::show(&page(staff, id, form).await?)
}

async fn page(staff: Staff, id: Uuid, form: Form) -> Result<Ask, Error> {
    let t = staff.t.texts();
    let session = staff.clients.session(id).await?;
    let request = ListTimetableJobsRequest {
        session_id: id.to_string(),
    };
    let jobs = staff
        .clients
        .planning()
        .list_timetable_jobs(request)
        .await?
        .into_inner()
        .jobs;
    let seconds = [("10", 10), ("60", 60), ("300", 300), ("600", 600)];
    Ok(Ask {
        head: Head::new(staff.t.texts(), &session, "planning"),
        tabs: tabs(t, &session.session_id, 0, "/calculer"),
        possible: makeable(&session),
        employers: session.employers,
        candidates: session.candidates,
        wishes: session.wishes,
        durations: seconds
            .map(|(value, seconds)| (value, duration(t, seconds)))
            .to_vec(),
        jobs: jobs
            .iter()
            .map(|job| Line::new(t, &session.session_id, job))
            .collect(),
        form,
        t: staff.t,
    })
}

fn makeable(session: &Session) -> bool {
    matches!(
        session.state(),
        SessionState::RegistrationOpen
            | SessionState::RegistrationClosed
            | SessionState::ScheduleDraft
            | SessionState::SchedulePublished
    ) && session.wishes > 0
}

fn duration(t: Texts, seconds: i64) -> String {
    if seconds < 60 {
        t.with("planning-seconds", "n", seconds).into()
    } else {
        t.minutes(i32::try_from(seconds / 60).unwrap_or(i32::MAX))
    }
}

pub(super) async fn start(
    staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let t = staff.t.texts();
    let Some(seconds) = form.number("duree", 1..=600, t.say("planning-duration-wrong")) else {
        return Form::again(&page(staff, id, form).await?);
    };
    let request = StartTimetableRequest {
        request_id: form.operation(),
        session_id: id.to_string(),
        seed: 1,
        seconds: i32::try_from(seconds).unwrap_or(60),
    };
    match staff.clients.planning().start_timetable(request).await {
        Ok(reply) => {
            let reply = reply.into_inner();
            let job = reply.job.unwrap_or_default();
            let to = format!("/seances/{id}/planning/calculs/{}", job.job_id);
            let notice = t.say(if reply.joined {
                "planning-job-joined"
            } else {
                "planning-job-started"
            });
            Ok(staff.done(&to, notice))
        }
        Err(status) => {
            let reason = status
                .get_details_error_info()
                .map(|info| info.reason)
                .unwrap_or_default();
            match (status.code(), reason.as_str()) {
                (Code::ResourceExhausted, "SOLVER_BUSY") => form.blame("", t.say("planning-job-busy")),
                (Code::FailedPrecondition, _) => form.blame("", t.say("planning-job-impossible")),
                _ => return Err(status.into()),
            }
            Form::again(&page(staff, id, form).await?)
        }
    }
}

pub(super) async fn show(
    staff: Staff,
    At((id, job)): At<(Uuid, Uuid)>,
    Fragment(part): Fragment,
) -> Result<Html<String>, Error> {
    let t = staff.t.texts();
    let form = staff.form();
    let (session, job) = futures::try_join!(staff.clients.session(id), find(&staff.clients, id, job))?;
    let page = Watch {
        head: Head::new(staff.t.texts(), &session, "planning"),
        tabs: tabs(t, &session.session_id, 0, "/calculer"),
        job: Line::new(t, &session.session_id, &job),
        form,
        t: staff.t,
    };
    if part {
        return Ok(Html(page.as_progress().render()?));
    }
    crate::pages::show(&page)
}

/// A search of this session.
async fn find(staff: &Clients, session: Uuid, job: Uuid) -> Result<TimetableJob, Error> {
    let request = GetTimetableJobRequest {
        job_id: job.to_string(),
    };
    let found = staff
        .planning()
        .get_timetable_job(request)
        .await?
        .into_inner()
        .job;
    let own = found.filter(|job| job.session_id == session.to_string());
    own.ok_or(Error::NotFound)
}

pub(super) async fn stop(
    staff: Staff,
    At((id, job)): At<(Uuid, Uuid)>,
    Posted(form): Posted,
) -> Result<Response, Error> {
    find(&staff.clients, id, job).await?;
    let keep = form.value("action") != "abandonner";
    let request = StopTimetableRequest {
        job_id: job.to_string(),
        keep,
    };
    staff.clients.planning().stop_timetable(request).await?;
    let notice = staff.t.say(if keep {
        "planning-job-stopping"
    } else {
        "planning-job-leaving"
    });
    Ok(staff.done(&format!("/seances/{id}/planning/calculs/{job}"), notice))
}

/// Tells each new state of a search.
pub(super) async fn stream(
    State(console): State<Console>,
    staff: Staff,
    At((id, job)): At<(Uuid, Uuid)>,
) -> Response {
    let clients = staff.clients;
    let response = live::revisions(&console, "calcul", PACE, move || {
        let clients = clients.clone();
        async move {
            let job = find(&clients, id, job).await?;
            Ok(format!("{}.{}.{}", job.elapsed_ms / 1_000, job.value, job.state))
        }
    });
    response.into_response()
}

impl Line {
    fn new(t: Texts, session: &str, job: &TimetableJob) -> Self {
        let state = job.state();
        let running = state == TimetableJobState::Running;
        let seconds = job.elapsed_ms / 1_000;
        let gap = gap(t, job);
        let words = match state {
            TimetableJobState::Running if job.stopping => "planning-job-is-stopping",
            TimetableJobState::Running | TimetableJobState::Unspecified => "planning-job-running",
            TimetableJobState::Done => "planning-job-done",
            TimetableJobState::Discarded => "planning-job-discarded",
            TimetableJobState::Interrupted => "planning-job-interrupted",
            TimetableJobState::Failed => "planning-job-failed",
        };
        Self {
            address: format!("/seances/{session}/planning/calculs/{}", job.job_id),
            running,
            stopping: job.stopping,
            done: state == TimetableJobState::Done,
            state: t.say(words),
            elapsed: duration_long(t, seconds),
            gone: seconds.min(i64::from(job.seconds)),
            most: job.seconds,
            value: t.number(job.value),
            bound: t.number(job.bound),
            announced: announced(t, job, running, seconds, &gap),
            gap,
            problem: t.of(&job.problem, &job.problem_en).to_owned(),
            changed: job.inputs_changed,
            result: grid_address(session, job.number, &[]),
            number: job.number,
        }
    }
}

/// What a screen reader says: the same text within a quarter of a minute, so that it is not said again.
fn announced(t: Texts, job: &TimetableJob, running: bool, seconds: i64, gap: &str) -> String {
    if !running {
        return String::new();
    }
    if seconds < 15 {
        return t.say("planning-job-announce-start");
    }
    t.with(
        "planning-job-announce",
        "time",
        duration_long(t, seconds / 15 * 15),
    )
    .and("gap", if job.answered { gap } else { "" })
    .into()
}

fn duration_long(t: Texts, seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => t.with("planning-seconds", "n", seconds).into(),
        (minutes, seconds) => t
            .with("planning-minutes-seconds", "minutes", minutes)
            .and("seconds", seconds)
            .into(),
    }
}

/// How much better it could be, said so that nobody has to know what a bound is.
fn gap(t: Texts, job: &TimetableJob) -> String {
    if !job.answered {
        return t.say("planning-gap-none");
    }
    says::gap(t, job.value, job.bound, false)
}
