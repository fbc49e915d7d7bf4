//! Where staff come in, to print at the start: only the directory knows whether there is an account.

use std::time::Duration;

use contracts::directory::v1::GetSetupRequest;
use tonic::Status;

use crate::Console;

/// A directory that does not say is asked again after so long.
const PAUSE: Duration = Duration::from_secs(2);

impl Console {
    /// Where staff come in, to print: the sign-in; before there is an account, a one-time address that makes the first
    /// administrator. `base` is where browsers find the pages.
    ///
    /// It takes as long as the directory is away: the console has no database to wait for and is there first, and an
    /// address of the sign-in would be of no use to whoever has no account. None when the process stops before.
    pub async fn way_in(&self, base: &str) -> Option<String> {
        tokio::select! {
            address = self.way_in_at_last(base) => Some(address),
            () = self.0.stopping.cancelled() => None,
        }
    }

    async fn way_in_at_last(&self, base: &str) -> String {
        let mut told = false;
        loop {
            match self.ask_way_in(base).await {
                Ok(address) => return address,
                Err(status) if !told => {
                    told = true;
                    tracing::warn!(
                        code = ?status.code(),
                        says = status.message(),
                        "the directory does not say whether there are accounts: it is asked until it does, then the address of the pages is printed"
                    );
                }
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn ask_way_in(&self, base: &str) -> Result<String, Status> {
        let setup = self.0.service.accounts().get_setup(GetSetupRequest {}).await?;
        let base = base.trim_end_matches('/');
        if setup.into_inner().has_administrator {
            return Ok(format!("{base}/connexion"));
        }
        let token = self.0.ids.token();
        self.0.setup.open(&token);
        Ok(format!("{base}/premier-acces/{token}"))
    }
}
