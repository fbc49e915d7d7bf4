//! One service of the suite in a process of its own, as `jalon serve SERVICE` runs it, but by a clock that the test moves.
//!
//! The first line of the standard input says what to start, each further line an instant to move to; the end of the input
//! stops it. It answers where it serves, then a line for each move.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use jalon::{apart::bus, compose::Suite, config::Config};
use platform::{telemetry, testing::moment};
use tests::pieces::{Start, lines};

#[tokio::main]
async fn main() -> Result<()> {
    let mut told = lines(std::io::stdin());
    let start = told.recv().await.context("nothing says what to start")?;
    let start: Start = serde_json::from_str(&start)?;
    let config: Config = serde_json::from_value(start.config.clone())?;
    telemetry::start(&config.log)?;
    let bus = bus(&config)?;
    let names = [start.service.clone()];
    let mut suite = Box::pin(Suite::build_with(config, &names, start.clock(), bus)).await?;
    let running = suite.start().await?;
    say(&serde_json::to_string(&running)?)?;
    while let Some(instant) = told.recv().await {
        suite.advance_to(moment(&instant))?;
        say("moved")?;
    }
    suite.stop().await;
    Ok(())
}

fn say(line: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()?;
    Ok(())
}
