//! What may go wrong between the browser and the pages: files that are late, services that are away.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use chromiumoxide::cdp::browser_protocol::fetch::{
    ContinueRequestParams, EnableParams, EventRequestPaused, FulfillRequestParams, HeaderEntry,
    RequestPattern,
};
use futures::StreamExt as _;

use super::Browser;

/// What becomes of a request.
enum Fate {
    Late(Duration),
    Away,
}

impl Browser {
    /// From now on each script comes this much later than the one that was asked for before it.
    pub async fn slow_scripts(&self, apart: Duration) -> Result<()> {
        let asked = AtomicUsize::new(0);
        self.between("*.js*", move || {
            let number = u32::try_from(asked.fetch_add(1, Ordering::Relaxed)).unwrap_or(0);
            Fate::Late(apart * number)
        })
        .await
    }

    /// From now on, requests whose address fits (`*` is anything) are answered that a service is away: the first `times`
    /// of them. What comes back counts all of them.
    pub async fn away(&self, address: &str, times: usize) -> Result<Arc<AtomicUsize>> {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        self.between(address, move || {
            if count.fetch_add(1, Ordering::Relaxed) < times {
                Fate::Away
            } else {
                Fate::Late(Duration::ZERO)
            }
        })
        .await?;
        Ok(asked)
    }

    async fn between(&self, address: &str, fate: impl Fn() -> Fate + Send + 'static) -> Result<()> {
        let mut paused = self.page.event_listener::<EventRequestPaused>().await?;
        let pattern = RequestPattern::builder().url_pattern(address).build();
        self.page
            .execute(EnableParams::builder().pattern(pattern).build())
            .await?;
        let page = self.page.clone();
        let tasks = self.tasks.clone();
        // Ends with the browser.
        self.tasks.spawn("wire", async move {
            while let Some(request) = paused.next().await {
                let (fate, page, id) = (fate(), page.clone(), request.request_id.clone());
                tasks.spawn("request on the wire", async move {
                    match fate {
                        Fate::Late(by) => {
                            tokio::time::sleep(by).await;
                            // A page that was left meanwhile wants nothing any more.
                            drop(page.execute(ContinueRequestParams::new(id)).await);
                        }
                        Fate::Away => {
                            let mut answer = FulfillRequestParams::new(id, 503);
                            answer.response_headers =
                                Some(vec![HeaderEntry::new("content-type", "text/html")]);
                            answer.body = Some("PGgxPlVuIHNlcnZpY2Ugc2UgdGFpdDwvaDE+".to_owned().into());
                            drop(page.execute(answer).await);
                        }
                    }
                });
            }
        });
        Ok(())
    }
}
