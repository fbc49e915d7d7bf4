use std::collections::BTreeSet;

use platform::{Clock, Db};

use super::{Answered, Begun, Prepared};
use crate::{domain::Answer, error::Error, store};

/// The local mailbox. It has its own table and its own transaction, as a provider elsewhere would: a message that it
/// took is taken even when we die before recording so, and its reference tells.
#[derive(Clone)]
pub struct Mailbox {
    db: Db,
    clock: Clock,
}

impl Mailbox {
    /// In the service's database.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    /// Takes all or none.
    pub(super) async fn submit(&self, prepared: Vec<Prepared>, begun: &Begun) -> Answered {
        if begun.is_over() {
            return Vec::new();
        }
        for one in &prepared {
            begun.note(one);
        }
        let answer = match self.keep(&prepared).await {
            Ok(()) => Answer::Accepted,
            Err(error) => {
                // The commit may have happened: the second attempt, with the same references, tells.
                tracing::warn!(%error, "the mailbox did not answer");
                Answer::Unknown {
                    detail: "the mailbox did not answer".to_owned(),
                }
            }
        };
        prepared.into_iter().map(|one| (one, answer.clone())).collect()
    }

    pub(super) async fn look_up(&self, references: Vec<String>) -> Result<BTreeSet<String>, Error> {
        let mut tx = self.db.read().await?;
        Ok(store::present(&mut tx, references).await?.into_iter().collect())
    }

    async fn keep(&self, prepared: &[Prepared]) -> Result<(), Error> {
        let rows: Vec<_> = prepared
            .iter()
            .map(|one| {
                (
                    one.message.reference.as_str(),
                    one.message.delivery_id,
                    one.message.channel,
                )
            })
            .collect();
        let mut tx = self.db.begin().await?;
        store::keep(&mut tx, &rows, self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}
