//! Promise 1: events are applied once per consumer, and their order does not matter.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use jalon::client::Clients;
use platform::{Platform, bus::Bus, testing::clock_at};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use tests::{
    coordinator::Coordinator,
    crowd::{Crowd, Size},
    suite::{Running, organisers},
    telling::{lines, messages},
};
use uuid::Uuid;

use super::story::{cancel_first_meeting, change, meetings, withdraw};

/// Small, so that a few seeds take seconds.
const SIZE: Size = Size {
    employers: 8,
    candidates: 40,
    wishes: 5,
};

/// After closing: nobody is told before all has been taken in.
const NIGHT: &str = "2026-11-09T21:00:00Z";

/// What each person was told of a session that was published and changed four times before the scheduler heard of any of
/// it. With a seed, events come in any order, late and twice.
async fn all_told(disorder: Option<u64>) -> Result<BTreeMap<String, Vec<String>>> {
    let (folder, clock) = (tempfile::tempdir()?, clock_at(NIGHT));
    let (suite, clients) = organisers(folder.path(), clock.clone()).await?;
    let session = published_and_changed(&clients).await?;
    if let Some(seed) = disorder {
        for platform in &suite.platforms {
            shuffle(platform, seed).await?;
        }
    }
    suite.stop().await;

    let bus = disorder.map_or_else(Bus::memory, Bus::unruly);
    let running = Running::on_bus(folder, clock, bus, |_| {}).await?;
    running.play_until("2026-12-02T12:00:00Z").await?;
    let coordinator = Coordinator {
        clients: running.clients.clone(),
        session,
    };
    let mut all = BTreeMap::new();
    for registration in coordinator.registrations().await? {
        let told = messages(&running.clients, &registration.person_id).await?;
        all.insert(registration.code, lines(&told));
    }
    Ok(all)
}

/// Gives what waits in the outbox ids by chance: consumers take what has arrived in the order of ids.
async fn shuffle(platform: &Platform, seed: u64) -> Result<()> {
    let mut chance = ChaCha20Rng::seed_from_u64(seed);
    let mut tx = platform.db.begin().await?;
    let ids: Vec<(Uuid,)> = tx
        .query("SELECT id FROM outbox ORDER BY position")
        .fetch_all()
        .await?;
    for (id,) in ids {
        tx.query("UPDATE outbox SET id = $2 WHERE id = $1")
            .bind(id)
            .bind(Uuid::from_u128(chance.random()))
            .execute()
            .await?;
    }
    Ok(tx.commit().await?)
}

async fn published_and_changed(clients: &Clients) -> Result<String> {
    let coordinator = Coordinator::create(clients, "2026-11-25").await?;
    let crowd = Crowd::generate(SIZE, 1);
    coordinator
        .import(&crowd.employers, &crowd.candidates, &crowd.wishes)
        .await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    change(&coordinator, "2026-12-01", "").await?;
    cancel_first_meeting(&coordinator).await?;
    let busy = meetings(&coordinator).await?.remove(0).candidate_id;
    let registrations = coordinator.registrations().await?;
    let leaves = registrations
        .iter()
        .find(|one| one.registration_id == busy)
        .context("somebody with a meeting")?;
    withdraw(&coordinator, &leaves.code).await?;
    change(&coordinator, "2026-12-02", "Mairie annexe").await?;
    Ok(coordinator.session)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_bus_does_with_events_everybody_is_told_the_same() -> Result<()> {
    let orderly = Box::pin(all_told(None)).await?;
    assert!(orderly.values().flatten().count() > 100, "{orderly:?}");
    for seed in 1..=4 {
        let unruly = Box::pin(all_told(Some(seed))).await?;
        for (code, told) in &orderly {
            assert_eq!(&unruly[code], told, "what {code} was told with seed {seed}");
        }
    }
    Ok(())
}
