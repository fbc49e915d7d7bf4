//! Other sizes than that of the example work too. The time of each step is printed and not judged: machines differ.
//! `JALON_BINARY=target/release/jalon cargo nextest run -p tests --test sizes --no-capture` measures a release build.

#![expect(clippy::print_stdout, reason = "the figures are for people")]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use contracts::{
    notifier::v1::GetStatusRequest as NotifierStatus,
    scheduler::v1::{GetStatusRequest, ReminderState},
    speeddating::v1::{
        CommitImportRequest, ImportFile, MakeTimetableRequest, MeetingState, PublishRequest, Registration,
        Side, Table, Timetable,
    },
};
use jalon::client::Clients;
use tests::{
    coordinator::{Coordinator, request},
    crowd::{Crowd, Size},
    process::{Process, connect, shift_to},
    telling::reminders,
};

/// Tuesday 1 December 2026, 10:00 in Paris; the session is two weeks later.
const NOW: &str = "2026-12-01T09:00:00Z";
const SESSION: &str = "2026-12-16";
const SEED: u64 = 20_261_123;

/// No step may take longer; a machine under load is slow, and that is no failure.
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn ten_employers_and_sixty_people() -> Result<()> {
    let size = Size {
        employers: 10,
        candidates: 60,
        wishes: 6,
    };
    works(size, 2).await
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_employers_and_three_hundred_people() -> Result<()> {
    let size = Size {
        employers: 40,
        candidates: 300,
        wishes: 8,
    };
    works(size, 3).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_employers_and_two_thousand_people() -> Result<()> {
    let size = Size {
        employers: 200,
        candidates: 2_000,
        wishes: 8,
    };
    works(size, 5).await
}

/// Import, timetable and publication; `seconds` for the solver.
async fn works(size: Size, seconds: i32) -> Result<()> {
    let crowd = Crowd::generate(size, SEED);
    let folder = tempfile::tempdir()?;
    shift_to(folder.path(), NOW)?;
    let mut steps = Steps::new(size);
    let _process = Process::start(folder.path(), &["serve"])?;
    let clients = connect(folder.path()).await?;
    steps.done("start");

    let coordinator = Coordinator::create(&clients, SESSION).await?;
    import(&coordinator, &crowd).await?;
    steps.done("import");
    let timetable = make(&coordinator, seconds).await?;
    steps.done("timetable");
    let registrations = coordinator.registrations().await?;
    assert_eq!(registrations.len(), size.employers + size.candidates);
    assert_sound(&timetable, &registrations, &crowd);

    steps.again();
    let version = coordinator.session().await?.version;
    let publish = PublishRequest {
        session_id: coordinator.session.clone(),
        version,
        number: timetable.number,
        timetable_version: 0,
    };
    clients.speeddating.clone().publish(patiently(publish)).await?;
    steps.done("publication");
    all_told(&clients).await?;
    steps.done("everybody told");
    assert_promised(&clients, &timetable, &registrations).await?;

    let quality = timetable.quality.context("a quality")?;
    println!(
        "{steps}; {} meetings, weight {} of at most {}, {} without a meeting",
        quality.meetings,
        quality.weight,
        quality.bound,
        quality.unmet.len()
    );
    Ok(())
}

async fn import(coordinator: &Coordinator, crowd: &Crowd) -> Result<()> {
    let file = |table: Table, content: &str| ImportFile {
        table: table.into(),
        name: "table.csv".to_owned(),
        content: content.as_bytes().to_vec(),
    };
    let commit = CommitImportRequest {
        import_id: request(3),
        session_id: coordinator.session.clone(),
        files: vec![
            file(Table::Employers, &crowd.employers),
            file(Table::Candidates, &crowd.candidates),
            file(Table::Wishes, &crowd.wishes),
        ],
        ..Default::default()
    };
    coordinator
        .clients
        .speeddating
        .clone()
        .commit_import(patiently(commit))
        .await?;
    Ok(())
}

async fn make(coordinator: &Coordinator, seconds: i32) -> Result<Timetable> {
    let make = MakeTimetableRequest {
        request_id: request(4),
        session_id: coordinator.session.clone(),
        seed: 1,
        seconds,
    };
    let reply = coordinator
        .clients
        .speeddating
        .clone()
        .make_timetable(patiently(make))
        .await?;
    reply.into_inner().timetable.context("a timetable")
}

fn patiently<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(PATIENCE);
    request
}

/// Nobody is in two places, away, or with somebody who refused them.
fn assert_sound(timetable: &Timetable, registrations: &[Registration], crowd: &Crowd) {
    let codes: BTreeMap<&str, &str> = registrations
        .iter()
        .map(|one| (one.registration_id.as_str(), one.code.as_str()))
        .collect();
    let (mut candidates, mut tables, mut pairs) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut employers: BTreeMap<_, usize> = BTreeMap::new();
    assert!(!timetable.meetings.is_empty());
    for meeting in &timetable.meetings {
        let (candidate, employer) = (
            codes[meeting.candidate_id.as_str()],
            codes[meeting.employer_id.as_str()],
        );
        assert!(
            candidates.insert((candidate, meeting.slot)),
            "{candidate} twice in slot {}",
            meeting.slot
        );
        assert!(
            tables.insert((meeting.table, meeting.slot)),
            "table {} twice in slot {}",
            meeting.table,
            meeting.slot
        );
        assert!(
            pairs.insert((candidate, employer)),
            "{candidate} meets {employer} twice"
        );
        let at_once = employers.entry((employer, meeting.slot)).or_default();
        *at_once += 1;
        assert!(
            *at_once <= crowd.recruiters[employer],
            "{employer} has no recruiter left in slot {}",
            meeting.slot
        );
        for code in [candidate, employer] {
            let (arrives, leaves) = crowd.presence[code];
            assert!(
                arrives <= meeting.starts.as_str() && meeting.ends.as_str() <= leaves,
                "{code} is there {arrives}–{leaves}, not {}–{}",
                meeting.starts,
                meeting.ends
            );
        }
        assert!(
            !crowd
                .refused
                .contains(&(candidate.to_owned(), employer.to_owned())),
            "{employer} refused {candidate}"
        );
    }
}

/// Whoever has a meeting has a milestone with its notice of publication, which was sent or says why not; nobody else
/// was promised anything.
async fn assert_promised(
    clients: &Clients,
    timetable: &Timetable,
    registrations: &[Registration],
) -> Result<()> {
    let busy: BTreeSet<&str> = timetable
        .meetings
        .iter()
        .filter(|meeting| meeting.state() != MeetingState::Cancelled)
        .flat_map(|meeting| [meeting.candidate_id.as_str(), meeting.employer_id.as_str()])
        .collect();
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let everything = reminders(clients, "").await?;
    for reminder in everything.iter().filter(|one| one.kind == "speed_dating") {
        let registration = reminder
            .subject
            .strip_prefix("speeddating.participation/")
            .unwrap_or_default();
        assert!(
            busy.contains(registration),
            "a promise to somebody without a meeting: {reminder:?}"
        );
        if reminder.policy == "speed-dating-published" {
            *told.entry(registration.to_owned()).or_default() += 1;
            let explained = match reminder.state() {
                ReminderState::Sent => true,
                ReminderState::Suppressed => !reminder.reason.is_empty(),
                _ => false,
            };
            assert!(explained, "not told, and nothing says why: {reminder:?}");
        }
    }
    for registration in registrations {
        let expected = usize::from(busy.contains(registration.registration_id.as_str()));
        let found = told
            .get(&registration.registration_id)
            .copied()
            .unwrap_or_default();
        assert_eq!(found, expected, "notices of publication of {}", registration.code);
    }
    assert!(
        registrations
            .iter()
            .any(|one| one.side() == Side::Employer && busy.contains(one.registration_id.as_str()))
    );
    Ok(())
}

/// Waits until all that is due was handed over. The first reminder shows that the publication has reached the scheduler;
/// from then on nothing may be under way.
async fn all_told(clients: &Clients) -> Result<()> {
    let started = Instant::now();
    let mut calm = 0;
    loop {
        let scheduler = clients
            .scheduler
            .clone()
            .get_status(GetStatusRequest::default())
            .await?
            .into_inner();
        let notifier = clients
            .notifier
            .clone()
            .get_status(NotifierStatus {})
            .await?
            .into_inner();
        let rests = scheduler.sent > 0 && scheduler.queued == 0 && notifier.ready == 0;
        calm = if rests { calm + 1 } else { 0 };
        // A second long, as events of so many people come in more than one go.
        if calm == 20 {
            return Ok(());
        }
        anyhow::ensure!(
            started.elapsed() < PATIENCE,
            "still not told: {scheduler:?} {notifier:?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How long each step took.
struct Steps {
    parts: Vec<String>,
    since: Instant,
}

impl Steps {
    fn new(size: Size) -> Self {
        Self {
            parts: vec![format!("{} x {}", size.employers, size.candidates)],
            since: Instant::now(),
        }
    }

    fn done(&mut self, step: &str) {
        let seconds = self.since.elapsed().as_secs_f64();
        self.parts.push(format!("{step} {seconds:.2} s"));
        self.again();
    }

    fn again(&mut self) {
        self.since = Instant::now();
    }
}

impl std::fmt::Display for Steps {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.parts.join("; "))
    }
}
