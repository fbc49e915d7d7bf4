use std::{collections::BTreeMap, fs, time::Duration};

use anyhow::{Context as _, Result};
use tests::{moody::MoodyServer, reckoning::concerned};

use crate::{NOBODY, World, assert_all_told_once};

/// How long they are watched at rest.
const WATCHED: Duration = Duration::from_secs(20);
/// Hundredths of a second of CPU in a second, as `/proc` counts them.
const TICKS: u64 = 100;
/// A process that asks in a loop takes a whole core; one that looks every second whether something is due, a hundredth.
const BUSY_PERCENT: u64 = 10;
/// Nothing of a load is kept that has been worked off: a debug build of a service takes a third of this.
const LARGE_MIB: u64 = 400;

#[tokio::test(flavor = "multi_thread")]
async fn each_process_stays_small_under_load_and_rests_when_nothing_is_due() -> Result<()> {
    const COUNT: usize = 2_000;
    let server = MoodyServer::start(NOBODY).await?;
    let Some(world) = World::start(server, &[]).await? else {
        return Ok(());
    };
    let coordinator = world.publish(COUNT).await?;
    let reckoning = world.reckon(&coordinator, concerned(COUNT), &[]).await?;
    assert_all_told_once(&reckoning, COUNT);

    let before = ticks(&world)?;
    // Not for anything to happen: this is what is measured.
    tokio::time::sleep(WATCHED).await;
    let after = ticks(&world)?;
    for number in 0..world.suite.size() {
        let (service, pid) = (world.suite.service(number), world.suite.pid(number)?);
        let (peak, now) = (memory(pid, "VmHWM:")?, memory(pid, "VmRSS:")?);
        let used = after[&number] - before[&number];
        let hundredths = used * 10_000 / (TICKS * WATCHED.as_secs());
        println!(
            "{service}: {peak} MiB at most, {now} MiB at rest, {}.{:02} % of a core at rest",
            hundredths / 100,
            hundredths % 100
        );
        assert!(
            hundredths < BUSY_PERCENT * 100,
            "{service} does not rest: {used} hundredths of a second in {WATCHED:?}"
        );
        assert!(peak < LARGE_MIB, "{service} took {peak} MiB");
    }
    Ok(())
}

/// CPU time that each process has used so far.
fn ticks(world: &World) -> Result<BTreeMap<usize, u64>> {
    (0..world.suite.size())
        .map(|number| {
            let stat = fs::read_to_string(format!("/proc/{}/stat", world.suite.pid(number)?))?;
            // After the name, which may hold anything: state is the first, user and system time 12th and 13th.
            let (_, fields) = stat.rsplit_once(')').context("a process has a name")?;
            let used = fields.split_whitespace().skip(11).take(2);
            let used: Vec<u64> = used.map(str::parse).collect::<Result<_, _>>()?;
            Ok((number, used.iter().sum()))
        })
        .collect()
}

fn memory(pid: u32, kind: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(kind));
    let kib: u64 = line
        .and_then(|line| line.trim().strip_suffix("kB"))
        .context("a process has memory")?
        .trim()
        .parse()?;
    Ok(kib / 1_024)
}
