use std::process::ExitCode;

use anyhow::{Context as _, Result};
use platform::auth::Actor;

use crate::{client, config::Config};

#[derive(Debug, clap::Args)]
pub(crate) struct Token {}

impl Token {
    #[expect(clippy::unused_self, reason = "every command has this shape")]
    pub(crate) fn run(self, config: &Config) -> Result<ExitCode> {
        let tokens = client::tokens(config, Actor::administrator())?;
        println!(
            "{}",
            tokens.token().context("the key of the data folder cannot sign")?
        );
        Ok(ExitCode::SUCCESS)
    }
}
