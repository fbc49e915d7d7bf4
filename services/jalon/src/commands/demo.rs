use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::{Context as _, Result};
use contracts::speeddating::v1::{
    CommitImportRequest, CreateSessionRequest, GetSessionRequest, ImportFile, ListSessionsRequest,
    MakeTimetableRequest, PublishRequest, Session, SessionKind, SessionState, Table, Venue,
};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, ToSpan as _, civil, tz::TimeZone};
use platform::{
    Moment,
    auth::{Actor, FIRST_ORGANISATION},
    lifecycle::StopSignals,
    telemetry,
};
use serde::{Deserialize, Serialize};

use super::serve::{End, wait_for_stop};
use crate::{client::Clients, compose::Suite, config::Config, play, running::write_whole};

#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// Stop when all is played, instead of serving the pages
    #[arg(long)]
    no_serve: bool,
}

const FILES: [(Table, &str, &[u8]); 3] = [
    (
        Table::Employers,
        "employeurs.csv",
        include_bytes!("../../demo/employeurs.csv"),
    ),
    (
        Table::Candidates,
        "candidats.csv",
        include_bytes!("../../demo/candidats.csv"),
    ),
    (Table::Wishes, "voeux.csv", include_bytes!("../../demo/voeux.csv")),
];

/// What a second run must know: written before the work, so that a demo that was killed goes on where it was.
#[derive(Deserialize, Serialize)]
struct Plan {
    create: String,
    import: String,
    timetable: String,
    date: String,
    // Known once created: request ids are forgotten after a day, and the demo plays weeks.
    #[serde(default)]
    session: Option<String>,
}

impl Demo {
    pub(crate) async fn run(self, mut config: Config) -> Result<ExitCode> {
        if config.data == Config::default().data {
            config.data = "jalon-demo".into();
        }
        // The demo's own lines are what to read; the log speaks up when something is wrong.
        if config.log.filter == telemetry::Settings::default().filter {
            "warn".clone_into(&mut config.log.filter);
        }
        // Its people do not exist: nothing of it leaves the local mailbox.
        config.notifier.smtp = None;
        telemetry::start(&config.log)?;
        let data = config.data.clone();
        let mut stop = StopSignals::listen()?;
        let mut suite = tokio::select! {
            built = Suite::build(config, &[]) => built?,
            () = stop.next() => return Ok(ExitCode::SUCCESS),
        };
        let running = suite.start().await?;
        let clients = suite.clients(Actor::administrator())?;
        let broken = suite.ground.tasks.stopping();
        let played = tokio::select! {
            played = async {
                let session = prepare(&suite, &clients, &data).await?;
                fast_forward(&suite, &clients, &session).await?;
                summary(&clients, &session, &data).await
            } => played,
            () = broken.cancelled() => Err(anyhow::anyhow!("a part of the process broke; the log says which")),
            () = stop.next() => {
                println!("\nStopped; run it again to go on from here.");
                suite.stop().await;
                return Ok(ExitCode::SUCCESS);
            }
        };
        if let Err(error) = played {
            suite.stop().await;
            return Err(error);
        }
        let mut end = End::Asked;
        if !self.no_serve {
            if let Some(entry) = suite.entry(&running) {
                println!("\n  Pages  {entry}");
            }
            println!("  gRPC   {}", running.grpc);
            println!("\nStop with Ctrl-C; a second run goes on from the same data.");
            end = wait_for_stop(&suite.ground.tasks, &mut stop).await;
        }
        suite.stop().await;
        Ok(end.code())
    }
}

/// Session, import, timetable, publication: each done once, whatever was done before.
async fn prepare(suite: &Suite, clients: &Clients, data: &Path) -> Result<Session> {
    let mut plan = plan(suite, clients, data).await?;
    let mut speeddating = clients.speeddating.clone();
    let session_id = if let Some(session) = &plan.session {
        session.clone()
    } else {
        let created = speeddating.create_session(create(&plan)).await?.into_inner();
        let session = created
            .session
            .context("the session that was created")?
            .session_id;
        plan.session = Some(session.clone());
        plan.write(data)?;
        session
    };
    let find = async |clients: &Clients| -> Result<Session> {
        let request = GetSessionRequest {
            session_id: session_id.clone(),
        };
        Ok(clients
            .speeddating
            .clone()
            .get_session(request)
            .await?
            .into_inner()
            .session
            .unwrap_or_default())
    };
    let session = find(clients).await?;
    if session.state() >= SessionState::SchedulePublished {
        return Ok(session);
    }
    let files = FILES
        .map(|(table, name, content)| ImportFile {
            table: table.into(),
            name: name.to_owned(),
            content: content.to_vec(),
        })
        .to_vec();
    let request = CommitImportRequest {
        import_id: plan.import,
        session_id: session_id.clone(),
        files,
        leave_faulty_rows: false,
        digest: String::new(),
    };
    let imported = speeddating.commit_import(request).await?.into_inner();
    for table in &imported.tables {
        println!(
            "  {:<22} {:>4} rows imported",
            table.table().as_str_name().to_lowercase(),
            table.accepted
        );
    }
    let mut request = tonic::Request::new(MakeTimetableRequest {
        request_id: plan.timetable,
        session_id: session_id.clone(),
        seed: 1,
        seconds: 5,
    });
    request.set_timeout(Duration::from_mins(1));
    let timetable = speeddating
        .make_timetable(request)
        .await?
        .into_inner()
        .timetable
        .unwrap_or_default();
    let quality = timetable.quality.unwrap_or_default();
    println!(
        "  timetable {}            {:>4} meetings, weight {} of at most {}",
        timetable.number, quality.meetings, quality.weight, quality.bound
    );
    let version = find(clients).await?.version;
    let request = PublishRequest {
        session_id: session_id.clone(),
        version,
        number: timetable.number,
        timetable_version: 0,
    };
    let told = speeddating.publish(request).await?.into_inner();
    println!(
        "  published              {:>4} candidates, {} employers",
        told.candidates, told.employers
    );
    find(clients).await
}

fn create(plan: &Plan) -> CreateSessionRequest {
    CreateSessionRequest {
        request_id: plan.create.clone(),
        organisation_id: FIRST_ORGANISATION.to_string(),
        kind: SessionKind::EmployerCandidate.into(),
        title: "Rencontres employeurs de Gerland".to_owned(),
        date: plan.date.clone(),
        starts: "09:00".to_owned(),
        ends: "12:30".to_owned(),
        slot_minutes: 15,
        venue: Some(Venue {
            name: "Salle des fêtes de Gerland".to_owned(),
            address: "4 rue Exemple, 69007 Lyon".to_owned(),
            rooms: Vec::new(),
        }),
        arrival_minutes: 15,
        ..Default::default()
    }
}

async fn plan(suite: &Suite, clients: &Clients, data: &Path) -> Result<Plan> {
    if let Ok(text) = std::fs::read_to_string(data.join(PLAN)) {
        return serde_json::from_str(&text).context("demo.json of the data folder cannot be read");
    }
    // The demo plays weeks in seconds: the people of somebody's own sessions would be told all at once.
    let own = clients
        .speeddating
        .clone()
        .list_sessions(ListSessionsRequest::default())
        .await?
        .into_inner()
        .sessions;
    anyhow::ensure!(
        own.is_empty(),
        "there are sessions in the data folder {} that are not the demo's, and a demo would play their reminders too: name an empty folder with --data",
        data.display()
    );
    let new = || suite.ground.ids.id().to_string();
    let today = suite
        .ground
        .clock
        .now()
        .timestamp()
        .to_zoned(TimeZone::get("Europe/Paris")?)
        .date();
    let date = wednesday_after(today)?.to_string();
    let plan = Plan {
        create: new(),
        import: new(),
        timetable: new(),
        date,
        session: None,
    };
    plan.write(data)?;
    Ok(plan)
}

const PLAN: &str = "demo.json";

impl Plan {
    fn write(&self, data: &Path) -> Result<()> {
        write_whole(&data.join(PLAN), &serde_json::to_string(self)?)
    }
}

/// The first Wednesday at least sixteen days ahead: every reminder is still to come.
fn wednesday_after(today: civil::Date) -> Result<civil::Date> {
    Ok(today
        .checked_add(15.days())?
        .nth_weekday(1, civil::Weekday::Wednesday)?)
}

/// The last rule of a session asks for outcomes thirty days after it.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(24 * 32);

/// Plays to the end of the session's calendar, with a progress bar over its days.
async fn fast_forward(suite: &Suite, clients: &Clients, session: &Session) -> Result<()> {
    let zone = TimeZone::get("Europe/Paris")?;
    let date: civil::Date = session.date.parse().context("the date of the session")?;
    let end = Moment::from(date.to_zoned(zone.clone())?.timestamp()).plus(AFTERWARDS);
    let start = suite.ground.clock.now();
    let seconds =
        |to: Moment| u64::try_from(to.timestamp().duration_since(start.timestamp()).as_secs()).unwrap_or(0);
    let bar = ProgressBar::new(seconds(end));
    bar.set_style(ProgressStyle::with_template("  {msg}  {bar:40}  {percent} %")?);
    play::forward(suite, clients, end, |now| {
        bar.set_message(
            now.timestamp()
                .to_zoned(zone.clone())
                .strftime("%a %d/%m/%Y %H:%M")
                .to_string(),
        );
        bar.set_position(seconds(now));
    })
    .await?;
    bar.finish_and_clear();
    Ok(())
}

/// What was told, counted, and where to look next.
async fn summary(clients: &Clients, session: &Session, data: &Path) -> Result<()> {
    let (status, notifier) = clients.statuses().await?;
    println!(
        "  session                {} {}–{}",
        session.date, session.starts, session.ends
    );
    println!(
        "  reminders              {:>4} sent, {} suppressed, {} failed, {} pending",
        status.sent,
        status.suppressed,
        status.failed,
        status.planned + status.queued
    );
    println!(
        "  messages               {:>4} in the local mailbox",
        notifier.messages
    );
    println!(
        "\n  jalon --data {} reminders --session {}",
        data.display(),
        session.session_id
    );
    Ok(())
}
