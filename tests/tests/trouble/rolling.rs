use std::time::Duration;

use anyhow::Result;
use tests::{
    moody::{Mood, MoodyServer},
    reckoning::concerned,
};

use crate::{NOBODY, World, assert_all_told_once};

#[tokio::test(flavor = "multi_thread")]
async fn each_process_is_replaced_under_load_and_everybody_is_told_once() -> Result<()> {
    const COUNT: usize = 2_000;
    let server = MoodyServer::start(NOBODY).await?;
    let Some(mut world) = World::start(server, &[]).await? else {
        return Ok(());
    };
    // So slow that mails go out until all processes are new, and that what a notifier has taken on takes longer than it is
    // given to stop.
    world.server.feel(Mood::Slow(Duration::from_secs(1)));
    let coordinator = world.publish(COUNT).await?;
    world.taken(20).await?;
    for number in 0..world.suite.size() {
        let stopped = world.suite.stop_part(number)?;
        world.suite.start_part(number)?;
        world.suite.ready().await?;
        let (service, taken) = (world.suite.service(number), world.server.taken().len());
        println!(
            "{service} stopped in {} ms and was replaced; {taken} mails are out",
            stopped.as_millis()
        );
        let log = world.suite.log(number);
        assert!(
            !log.contains("stopped before all had finished"),
            "{service} was dropped where it was:\n{log}"
        );
    }
    assert!(
        world.server.taken().len() < COUNT,
        "the load ended before the replacement did"
    );
    world.server.feel(Mood::Well);
    let reckoning = world.reckon(&coordinator, concerned(COUNT), &[]).await?;
    assert_all_told_once(&reckoning, COUNT);
    Ok(())
}
