//! Making a timetable while one watches.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use contracts::speeddating::v1 as proto;
use jiff::civil::time;
use platform::{auth::Role, on_each_database};
use proto::TimetableJobState as State;
use speeddating::{
    MIGRATIONS,
    domain::{Opinion, Pair, Registration, Side, Standing, Wish, shifted},
    store,
};
use tonic::Code;
use uuid::Uuid;

use super::world::{OTHER, Planner, World, nobody_twice, refused};

fn start(world: &World, session: &str, seconds: i32) -> proto::StartTimetableRequest {
    proto::StartTimetableRequest {
        request_id: world.fresh(),
        session_id: session.to_owned(),
        seed: 7,
        seconds,
    }
}

async fn job(planner: &mut Planner, id: &str) -> proto::TimetableJob {
    let request = proto::GetTimetableJobRequest {
        job_id: id.to_owned(),
    };
    planner
        .get_timetable_job(request)
        .await
        .unwrap()
        .into_inner()
        .job
        .unwrap()
}

/// Looks until something is so.
async fn until(
    planner: &mut Planner,
    id: &str,
    so: impl Fn(&proto::TimetableJob) -> bool,
) -> proto::TimetableJob {
    let started = Instant::now();
    loop {
        let seen = job(planner, id).await;
        if so(&seen) {
            return seen;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "still {seen:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A session whose best timetable takes seconds to prove, if it is proven: 600 candidates, too few tables. Written into
/// the store, since an import of so many is not what these tests are about.
async fn crowded(world: &World) -> String {
    let mut new = world.new_session();
    new.ends = "15:00".to_owned();
    new.venue = Some(proto::Venue {
        rooms: vec![proto::Room {
            name: String::new(),
            tables: 80,
        }],
        ..proto::Venue::default()
    });
    let session = world
        .coordinator()
        .create_session(new)
        .await
        .unwrap()
        .into_inner()
        .session
        .unwrap()
        .session_id;
    let id: Uuid = session.parse().unwrap();
    let person = |side, number: i64, from: i64, slots: i64| Registration {
        id: world.ground.ground.ids.id(),
        version: 1,
        session_id: id,
        side,
        code: format!("{}{number:04}", if side == Side::Employer { "E" } else { "C" }),
        person_id: world.ground.ground.ids.id(),
        organisation_id: None,
        standing: Standing::Registered,
        ended_by: None,
        arrives: Some(shifted(time(9, 0, 0, 0), 15 * from)),
        leaves: Some(shifted(time(9, 0, 0, 0), 15 * (from + slots))),
        meetings_max: (side == Side::Candidate).then_some(4),
        parallel: 1,
        position: String::new(),
        referent: String::new(),
    };
    let employers: Vec<_> = (0..100)
        .map(|e| person(Side::Employer, e, e % 6, 24 - e % 6 - (e * 7) % 5))
        .collect();
    let candidates: Vec<_> = (0..1_200)
        .map(|c| person(Side::Candidate, c, (c * 5) % 16, 8))
        .collect();
    let mut chance = 1_u64;
    let mut wishes = BTreeMap::new();
    for candidate in &candidates {
        for rank in 1..8 {
            chance = chance.wrapping_mul(1_103_515_245).wrapping_add(12_345) % (1 << 31);
            let employer = &employers[usize::try_from((chance >> 8) % 100).unwrap()];
            let pair = Pair {
                candidate: candidate.id,
                employer: employer.id,
            };
            let opinion = [Some(Opinion::Yes), None, Some(Opinion::Priority)]
                [usize::try_from((chance >> 20) % 3).unwrap()];
            wishes.entry(pair).or_insert(Wish {
                pair,
                rank,
                opinion,
                recommended: false,
                must: false,
                must_not: false,
            });
        }
    }
    let mut tx = world.db.begin().await.unwrap();
    store::registrations::insert(&mut tx, &employers).await.unwrap();
    store::registrations::insert(&mut tx, &candidates).await.unwrap();
    store::wishes::write(&mut tx, id, &wishes.into_values().collect::<Vec<_>>())
        .await
        .unwrap();
    tx.query("UPDATE sessions SET state = 'registration_open'")
        .execute()
        .await
        .unwrap();
    tx.commit().await.unwrap();
    session
}

on_each_database! { MIGRATIONS,
    async fn a_job_makes_the_timetable_that_the_call_makes(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let made = world.made(&session).await;
        let mut planner = world.planner(World::named("lina"));
        let request = start(&world, &session.session_id, 60);
        let reply = planner.start_timetable(request.clone()).await.unwrap().into_inner();
        let id = reply.job.clone().unwrap().job_id;
        assert!(!reply.joined);
        let done = until(&mut planner, &id, |job| job.state() != State::Running).await;
        assert_eq!((done.state(), done.number, done.problem.as_str()), (State::Done, 2, ""));
        assert_eq!(done.started_by, "lina");
        let get = proto::GetTimetableRequest { session_id: session.session_id.clone(), number: 2 };
        let timetable = world.coordinator().get_timetable(get).await.unwrap().into_inner().timetable.unwrap();
        let quality = timetable.quality.clone().unwrap();
        assert_eq!((done.value, done.bound), (quality.weight, quality.bound), "the last figures are not those of the timetable");
        let pairs = |meetings: &[proto::Meeting]| -> Vec<(String, String, i32, i32)> {
            meetings.iter().map(|one| (one.candidate_id.clone(), one.employer_id.clone(), one.slot, one.table)).collect()
        };
        assert_eq!(pairs(&timetable.meetings), pairs(&made.meetings), "progress changed the answer");
        let again = planner.start_timetable(request).await.unwrap().into_inner().job.unwrap();
        assert_eq!(again.job_id, id, "the same request started twice");
        let list = proto::ListTimetableJobsRequest { session_id: session.session_id };
        assert_eq!(planner.list_timetable_jobs(list).await.unwrap().into_inner().jobs.len(), 1);
    }

    async fn a_search_tells_how_far_it_is_and_is_stopped_and_kept(db: Db) {
        let world = World::new(db);
        let session = crowded(&world).await;
        let (mut lina, mut omar) = (world.planner(World::named("lina")), world.planner(World::named("omar")));
        let id = lina.start_timetable(start(&world, &session, 600)).await.unwrap().into_inner().job.unwrap().job_id;
        let joined = omar.start_timetable(start(&world, &session, 5)).await.unwrap().into_inner();
        assert!(joined.joined, "two searches in one session");
        assert_eq!(joined.job.unwrap().job_id, id);
        let seen = until(&mut omar, &id, |job| job.answered || job.state() != State::Running).await;
        assert_eq!(seen.state(), State::Running, "the search was over at once: the test proves nothing ({seen:?})");
        assert!(0 < seen.value && seen.value <= seen.bound, "{seen:?}");
        let stop = proto::StopTimetableRequest { job_id: id.clone(), keep: true };
        let asked = omar.stop_timetable(stop).await.unwrap().into_inner().job.unwrap();
        assert!(asked.stopping);
        // The first who asks decides.
        let discard = proto::StopTimetableRequest { job_id: id.clone(), keep: false };
        lina.stop_timetable(discard).await.unwrap();
        let done = until(&mut lina, &id, |job| job.state() != State::Running).await;
        assert_eq!((done.state(), done.number), (State::Done, 1));
        assert!(done.value >= seen.value, "what was kept is worse than what was shown");
        let timetable = world.timetable(&session).await;
        assert_eq!(timetable.quality.clone().unwrap().weight, done.value);
        nobody_twice(&timetable, &world.people(&session).await);
    }

    async fn a_search_that_is_not_kept_leaves_nothing(db: Db) {
        let world = World::new(db);
        let session = crowded(&world).await;
        let mut planner = world.planner(World::named("lina"));
        let id = planner.start_timetable(start(&world, &session, 600)).await.unwrap().into_inner().job.unwrap().job_id;
        planner.stop_timetable(proto::StopTimetableRequest { job_id: id.clone(), keep: false }).await.unwrap();
        let done = until(&mut planner, &id, |job| job.state() != State::Running).await;
        assert_eq!((done.state(), done.number), (State::Discarded, 0));
        let list = proto::ListTimetablesRequest { session_id: session.clone() };
        assert_eq!(world.coordinator().list_timetables(list).await.unwrap().into_inner().timetables, []);
        // The session is free again.
        let next = planner.start_timetable(start(&world, &session, 1)).await.unwrap().into_inner();
        assert!(!next.joined);
        let next = until(&mut planner, &next.job.unwrap().job_id, |job| job.state() != State::Running).await;
        assert_eq!(next.state(), State::Done, "the time was up: the best so far is kept");
    }

    async fn what_changes_during_a_search_is_said(db: Db) {
        let world = World::new(db);
        let session = crowded(&world).await;
        let mut planner = world.planner(World::named("lina"));
        let id = planner.start_timetable(start(&world, &session, 600)).await.unwrap().into_inner().job.unwrap().job_id;
        let people = world.people(&session).await;
        let wish = proto::Wish {
            candidate_id: people["C0001"].registration_id.clone(), employer_id: people["E0001"].registration_id.clone(),
            must_not: true, ..proto::Wish::default()
        };
        let request = proto::SetWishRequest { session_id: session.clone(), wish: Some(wish) };
        world.coordinator().set_wish(request).await.unwrap();
        planner.stop_timetable(proto::StopTimetableRequest { job_id: id.clone(), keep: true }).await.unwrap();
        let done = until(&mut planner, &id, |job| job.state() != State::Running).await;
        assert_eq!((done.state(), done.inputs_changed), (State::Done, true));
        assert!(world.timetable(&session).await.outdated);
    }

    async fn a_stop_of_the_process_is_recorded_and_a_silent_search_is_not_waited_for(db: Db) {
        let world = World::new(db);
        let session = crowded(&world).await;
        let mut planner = world.planner(World::named("lina"));
        let id = planner.start_timetable(start(&world, &session, 600)).await.unwrap().into_inner().job.unwrap().job_id;
        world.ground.ground.tasks.stop();
        let ended = until(&mut planner, &id, |job| job.ended_at.is_some()).await;
        assert_eq!(ended.state(), State::Interrupted);
        // As a killed process leaves it.
        let mut tx = world.db.begin().await.unwrap();
        tx.query("UPDATE timetable_jobs SET state = 'running', ended_at = NULL").execute().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(job(&mut planner, &id).await.state(), State::Running);
        world.ground.ground.clock.advance(jiff::SignedDuration::from_secs(31));
        assert_eq!(job(&mut planner, &id).await.state(), State::Interrupted);
        let next = planner.start_timetable(start(&world, &session, 1)).await.unwrap().into_inner();
        assert!(!next.joined, "a dead search blocks the session");
        until(&mut planner, &next.job.unwrap().job_id, |job| job.state() != State::Running).await;
    }

    async fn searches_are_bounded_and_of_those_who_may(db: Db) {
        let world = World::new(db);
        let mut planner = world.planner(World::named("lina"));
        let mut ids = Vec::new();
        for _ in 0..2 {
            let session = crowded(&world).await;
            let reply = planner.start_timetable(start(&world, &session, 600)).await.unwrap().into_inner();
            ids.push(reply.job.unwrap().job_id);
        }
        let third = crowded(&world).await;
        let reply = planner.start_timetable(start(&world, &third, 600)).await;
        assert_eq!(refused(reply), (Code::ResourceExhausted, "SOLVER_BUSY".to_owned()));
        let reply = planner.start_timetable(start(&world, &third, 601)).await;
        assert_eq!(refused(reply).0, Code::InvalidArgument);
        let foreign = platform::auth::Actor {
            scope: platform::auth::Scope::Organisations([OTHER].into()), ..World::named("eve")
        };
        let mut eve = world.planner(foreign);
        let get = proto::GetTimetableJobRequest { job_id: ids[0].clone() };
        assert_eq!(refused(eve.get_timetable_job(get).await).0, Code::NotFound);
        let stop = |keep| proto::StopTimetableRequest { job_id: ids[0].clone(), keep };
        assert_eq!(refused(eve.stop_timetable(stop(true)).await).0, Code::NotFound);
        let mut reader = world.planner(platform::auth::Actor { role: Role::Referent, ..World::named("rita") });
        assert_eq!(refused(reader.stop_timetable(stop(true)).await).0, Code::PermissionDenied);
        assert_eq!(refused(reader.start_timetable(start(&world, &third, 1)).await).0, Code::PermissionDenied);
        for id in &ids {
            planner.stop_timetable(proto::StopTimetableRequest { job_id: id.clone(), keep: false }).await.unwrap();
        }
    }
}
