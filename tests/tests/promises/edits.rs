//! Promise 9: nobody is double-booked, whoever edits at the same time.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use anyhow::{Context as _, Result};
use contracts::speeddating::v1::{
    AddMeetingRequest, CancelMeetingRequest, GetTimetableRequest, MeetingState, MoveMeetingRequest,
    Registration, Side, SwapMeetingsRequest, Timetable,
};
use jalon::config::Config;
use platform::{config::Secret, testing::postgres_database};
use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha20Rng;
use tests::{
    coordinator::{Coordinator, request},
    crowd::{Crowd, Size},
    suite::Running,
};
use tokio::{sync::Barrier, task::JoinSet};
use tonic::{Code, Status};

/// Coordinators at work at the same time, and what each of them tries.
const COORDINATORS: usize = 8;
const TRIES: usize = 25;

/// Many employers with time to spare: what keeps a candidate from two places is the rule, not a full employer.
const SIZE: Size = Size {
    employers: 16,
    candidates: 24,
    wishes: 4,
};

/// Slots in which nearly everybody is there.
const MIDDLE: Range<i32> = 4..8;

/// So many candidates are fought over.
const CONTESTED: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn many_coordinators_at_once_double_book_nobody() -> Result<()> {
    Box::pin(edited(Running::start("2026-11-09T09:00:00Z").await?)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_coordinators_at_once_double_book_nobody_on_postgres() -> Result<()> {
    let Some(database) = postgres_database().await else {
        println!("skipped: set TEST_POSTGRES_URL, or use tests/run");
        return Ok(());
    };
    let change = |config: &mut Config| config.database.url = Secret::new(database);
    Box::pin(edited(Running::start_with("2026-11-09T09:00:00Z", change).await?)).await
}

async fn edited(running: Running) -> Result<()> {
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    let crowd = Crowd::generate(SIZE, 1);
    coordinator
        .import(&crowd.employers, &crowd.candidates, &crowd.wishes)
        .await?;
    let published = coordinator.timetable().await?;
    coordinator.publish(published.number).await?;
    let draft = coordinator.timetable_with(2).await?.number;
    let people = coordinator.registrations().await?;
    let ready = Arc::new(Barrier::new(COORDINATORS));
    let mut work = JoinSet::new();
    for seed in 0..COORDINATORS {
        let (coordinator, people, ready) = (coordinator.clone(), people.clone(), Arc::clone(&ready));
        work.spawn(async move {
            let mut chance = ChaCha20Rng::seed_from_u64(seed as u64);
            let mut done = 0;
            for attempt in 0..TRIES {
                // Half of them on the published timetable, half on the draft beside it.
                let number = if attempt % 2 == 0 { 0 } else { draft };
                let key = request(1_000 + (seed * TRIES + attempt) as u128);
                let seen = timetable(&coordinator, number).await?;
                assert_nobody_is_double_booked(&seen, &people);
                // They have all seen the same, and act at once.
                ready.wait().await;
                match edit(&coordinator, seen, &people, key, &mut chance).await {
                    Ok(()) => done += 1,
                    Err(refused) if is_expected(&refused) => {}
                    Err(status) => anyhow::bail!("coordinator {seed}: {status}"),
                }
            }
            Ok(done)
        });
    }
    let mut done = 0;
    while let Some(ended) = work.join_next().await {
        done += ended??;
    }
    assert!(done > 20, "only {done} edits were made: there was no race");
    for number in [0, draft] {
        assert_nobody_is_double_booked(&timetable(&coordinator, number).await?, &people);
    }
    running.quiet().await
}

/// Refused for a clash, or because another was faster.
fn is_expected(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::FailedPrecondition | Code::Aborted | Code::InvalidArgument | Code::AlreadyExists
    )
}

async fn timetable(coordinator: &Coordinator, number: i32) -> Result<Timetable, Status> {
    let request = GetTimetableRequest {
        session_id: coordinator.session.clone(),
        number,
    };
    let reply = coordinator
        .clients
        .speeddating
        .clone()
        .get_timetable(request)
        .await?;
    reply
        .into_inner()
        .timetable
        .context("a timetable")
        .map_err(|error| Status::internal(error.to_string()))
}

/// One edit by chance: a move, an exchange, a new meeting or a cancellation, of what this coordinator saw a moment ago.
async fn edit(
    coordinator: &Coordinator,
    seen: Timetable,
    people: &[Registration],
    key: String,
    chance: &mut ChaCha20Rng,
) -> Result<(), Status> {
    // All of them at the same few people, so that they get into each other's way.
    let few: BTreeSet<&str> = people
        .iter()
        .filter(|one| one.side() == Side::Candidate)
        .map(|one| one.registration_id.as_str())
        .take(CONTESTED)
        .collect();
    let standing: Vec<_> = seen
        .meetings
        .iter()
        .filter(|meeting| meeting.state() != MeetingState::Cancelled)
        .filter(|meeting| few.contains(meeting.candidate_id.as_str()))
        .collect();
    let meeting = standing.choose(chance).copied().cloned().unwrap_or_default();
    let other = standing.choose(chance).copied().cloned().unwrap_or_default();
    let of_the_same: Vec<_> = standing
        .iter()
        .filter(|one| one.candidate_id == meeting.candidate_id && one.meeting_id != meeting.meeting_id)
        .collect();
    // Now and then where the candidate is busy already; else anywhere, where another coordinator may put them too.
    let slot = match of_the_same.choose(chance) {
        Some(clash) if chance.random_ratio(1, 4) => clash.slot,
        _ => chance.random_range(MIDDLE),
    };
    let mut speeddating = coordinator.clients.speeddating.clone();
    match chance.random_range(0..10) {
        0..5 => {
            let request = MoveMeetingRequest {
                meeting_id: meeting.meeting_id,
                version: meeting.version,
                slot,
                table: if chance.random() { meeting.table } else { 0 },
            };
            speeddating.move_meeting(request).await.map(drop)
        }
        5..7 => {
            let request = SwapMeetingsRequest {
                first_meeting_id: meeting.meeting_id,
                first_version: meeting.version,
                second_meeting_id: other.meeting_id,
                second_version: other.version,
            };
            speeddating.swap_meetings(request).await.map(drop)
        }
        7..9 => {
            let of = |side: Side, chance: &mut ChaCha20Rng| {
                let all: Vec<_> = people
                    .iter()
                    .filter(|one| one.side() == side)
                    .take(CONTESTED)
                    .collect();
                all.choose(chance)
                    .map(|one| one.registration_id.clone())
                    .unwrap_or_default()
            };
            let request = AddMeetingRequest {
                request_id: key,
                session_id: coordinator.session.clone(),
                number: seen.number,
                employer_id: of(Side::Employer, chance),
                candidate_id: of(Side::Candidate, chance),
                slot,
                table: 0,
            };
            speeddating.add_meeting(request).await.map(drop)
        }
        _ => {
            let request = CancelMeetingRequest {
                meeting_id: meeting.meeting_id,
                version: meeting.version,
            };
            speeddating.cancel_meeting(request).await.map(drop)
        }
    }
}

fn assert_nobody_is_double_booked(timetable: &Timetable, people: &[Registration]) {
    let mut taken = BTreeSet::new();
    let mut at_once: BTreeMap<(&str, i32), i32> = BTreeMap::new();
    for meeting in &timetable.meetings {
        if meeting.state() == MeetingState::Cancelled {
            continue;
        }
        for place in [
            ("candidate", meeting.candidate_id.clone(), meeting.slot),
            ("table", meeting.table.to_string(), meeting.slot),
            ("pair", meeting.candidate_id.clone() + &meeting.employer_id, 0),
        ] {
            assert!(
                taken.insert(place.clone()),
                "{place:?} twice in timetable {}",
                timetable.number
            );
        }
        *at_once.entry((&meeting.employer_id, meeting.slot)).or_default() += 1;
    }
    for ((employer, slot), meetings) in at_once {
        let recruiters = people
            .iter()
            .find(|one| one.registration_id == employer)
            .map_or(0, |one| one.parallel);
        assert!(
            meetings <= recruiters,
            "{meetings} meetings for {recruiters} recruiters in slot {slot}"
        );
    }
}
