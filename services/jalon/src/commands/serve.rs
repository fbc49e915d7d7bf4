use std::process::ExitCode;

use anyhow::Result;
use platform::{lifecycle, telemetry};

use crate::{compose::Suite, config::Config};

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// directory, scheduler, speeddating, notifier, console; all when none is named
    services: Vec<String>,
}

impl Serve {
    pub(crate) async fn run(self, config: Config) -> Result<ExitCode> {
        telemetry::start(&config.log)?;
        let mut suite = Suite::build(config, &self.services).await?;
        let running = suite.start().await?;
        println!("gRPC   {}", running.grpc);
        if let Some(address) = suite.way_in(&running).await {
            let once = if address.contains("/premier-acces/") {
                "   (makes the first account, once; start again for another address)"
            } else {
                ""
            };
            println!("Pages  {address}{once}");
        }
        println!("Stop with Ctrl-C.");
        wait_for_stop(&suite).await?;
        suite.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Returns at a signal, or when a part of the process broke.
pub(crate) async fn wait_for_stop(suite: &Suite) -> Result<()> {
    let broken = suite.ground.tasks.stopping();
    tokio::select! {
        signal = lifecycle::stop_signal() => signal?,
        () = broken.cancelled() => {}
    }
    Ok(())
}
