use std::process::ExitCode;

use anyhow::Result;
use platform::{
    lifecycle::{StopSignals, Tasks},
    telemetry,
    trace::Exporter,
};

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
        served.map(End::code)
    }

    /// The process's name in traces: that of its service, or of all.
    fn name(&self) -> String {
        match self.services.as_slice() {
            [] => "jalon".to_owned(),
            some => some.join("+"),
        }
    }

    async fn serve(&self, config: Config, exporter: Option<&Exporter>) -> Result<End> {
        // First of all: whoever stops it while it waits for its database, or a moment after it is ready, stops it cleanly.
        let mut stop = StopSignals::listen()?;
        let mut suite = tokio::select! {
            built = Suite::build(config, &self.services) => built?,
            () = stop.next() => return Ok(End::Asked),
        };
        if let Some(exporter) = exporter {
            exporter.register(&suite.ground.metrics)?;
        }
        let running = suite.start().await?;
        println!("gRPC   {}", running.grpc);
        println!("Stop with Ctrl-C.");
        // Beside: a directory that runs elsewhere may come up minutes later.
        suite.tell_way_in(print_way_in);
        let end = wait_for_stop(&suite.ground.tasks, &mut stop).await;
        suite.stop().await;
        Ok(end)
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

/// Why a process no longer serves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// Somebody stopped it.
    Asked,
    /// A part of it broke; the log says which.
    Broken,
}

impl End {
    /// Whoever starts processes again when they fail (`Restart=on-failure`) must see that this one did.
    pub(crate) fn code(self) -> ExitCode {
        match self {
            Self::Asked => ExitCode::SUCCESS,
            Self::Broken => ExitCode::FAILURE,
        }
    }
}

/// Returns at a signal, or when a part of the process broke.
pub(crate) async fn wait_for_stop(tasks: &Tasks, stop: &mut StopSignals) -> End {
    let broken = tasks.stopping();
    tokio::select! {
        // Nobody but a part that broke stops the tasks before this returns: asked first, so that a signal hides no break.
        biased;
        () = broken.cancelled() => End::Broken,
        () = stop.next() => End::Asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_that_broke_is_told_from_a_stop_that_somebody_asked_for() {
        let mut stop = StopSignals::listen().unwrap();
        let tasks = Tasks::default();
        tasks.spawn("broken", async { panic!("on purpose") });
        assert_eq!(wait_for_stop(&tasks, &mut stop).await, End::Broken);
    }
}
