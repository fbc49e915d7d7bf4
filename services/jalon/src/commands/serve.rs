use std::process::ExitCode;

use anyhow::Result;
use platform::{lifecycle::StopSignals, telemetry, trace::Exporter};

use crate::{compose::Suite, config::Config};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// directory, scheduler, speeddating, notifier, console; all when none is named
    services: Vec<String>,
}

impl Serve {
    pub(crate) async fn run(self, config: Config) -> Result<ExitCode> {
        let exporter = telemetry::start_with(&config.log, &config.telemetry, &self.name(), VERSION)?;
        let served = self.serve(config, exporter.as_ref()).await;
        // Whether it went well or not: the last spans say why.
        if let Some(exporter) = exporter {
            exporter.stop().await;
        }
        served.map(|()| ExitCode::SUCCESS)
    }

    /// The process's name in traces: that of its service, or of all.
    fn name(&self) -> String {
        match self.services.as_slice() {
            [] => "jalon".to_owned(),
            some => some.join("+"),
        }
    }

    async fn serve(&self, config: Config, exporter: Option<&Exporter>) -> Result<()> {
        // First of all: whoever stops it while it waits for its database, or a moment after it is ready, stops it cleanly.
        let mut stop = StopSignals::listen()?;
        let mut suite = tokio::select! {
            built = Suite::build(config, &self.services) => built?,
            () = stop.next() => return Ok(()),
        };
        if let Some(exporter) = exporter {
            exporter.register(&suite.ground.metrics)?;
        }
        let running = suite.start().await?;
        println!("gRPC   {}", running.grpc);
        println!("Stop with Ctrl-C.");
        // Beside: a directory that runs elsewhere may come up minutes later.
        suite.tell_way_in(print_way_in);
        wait_for_stop(&suite, &mut stop).await;
        suite.stop().await;
        Ok(())
    }
}

fn print_way_in(address: &str) {
    let once = if address.contains("/premier-acces/") {
        "   (makes the first account, once; start again for another address)"
    } else {
        ""
    };
    println!("Pages  {address}{once}");
}

/// Returns at a signal, or when a part of the process broke.
pub(crate) async fn wait_for_stop(suite: &Suite, stop: &mut StopSignals) {
    let broken = suite.ground.tasks.stopping();
    tokio::select! {
        () = stop.next() => {}
        () = broken.cancelled() => {}
    }
}
