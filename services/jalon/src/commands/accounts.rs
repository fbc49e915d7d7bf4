use std::process::ExitCode;

use anyhow::{Result, bail};
use contracts::directory::v1::MakeResetLinkRequest;
use tonic::Code;

use crate::{client::Clients, config::Config, print, running};

#[derive(Debug, clap::Args)]
pub(crate) struct Accounts {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print a link that sets a password, once: for an administrator whom no mail reaches. The record keeps that it was made
    ResetLink {
        /// What the person signs in with
        mail: String,
    },
}

impl Accounts {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let What::ResetLink { mail } = self.what;
        let mut clients = Clients::connect(config)?;
        let made = match clients
            .accounts
            .make_reset_link(MakeResetLinkRequest { mail })
            .await
        {
            Ok(made) => made.into_inner(),
            Err(status) if status.code() == Code::NotFound => {
                bail!("no enabled account signs in with this address; the page Équipe lists them");
            }
            Err(status) => return Err(status.into()),
        };
        println!("{}/compte/{}", running::pages(config)?, made.secret);
        println!(
            "Opens once, until {}; it asks for the first letters of the surname.",
            print::instant(made.expires_at.as_ref())
        );
        Ok(ExitCode::SUCCESS)
    }
}
