use std::process::ExitCode;

use anyhow::Result;
use platform::telemetry;

use crate::{apart, compose::EVENT_SERVICES, config::Config};

#[derive(Debug, clap::Args)]
pub(crate) struct Migrate {
    /// Services whose schema is brought up to date; all when none is named
    services: Vec<String>,
}

impl Migrate {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        telemetry::start(&config.log)?;
        for name in &self.services {
            anyhow::ensure!(
                EVENT_SERVICES.contains(&name.as_str()),
                "there is no service {name} with a database; there are: {}",
                EVENT_SERVICES.join(", ")
            );
        }
        let target = config.target()?;
        for name in EVENT_SERVICES {
            if self.services.is_empty() || self.services.iter().any(|one| one == name) {
                apart::migrate(&target, name).await?;
                println!("{name}: up to date");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
