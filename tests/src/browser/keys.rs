//! The keyboard alone: what somebody does who has no mouse.

use std::time::Instant;

use anyhow::{Result, bail, ensure};
use chromiumoxide::cdp::browser_protocol::input::InsertTextParams;

use super::{Browser, PATIENCE, quoted};

/// No page has more stops than this before what is looked for.
const STOPS: usize = 150;

impl Browser {
    /// Presses the tabulator until the focus is on the link, the button or the field with this text, or with this `#id`; what
    /// has the focus must be seen to have it.
    pub async fn tab_to(&self, wanted: &str) -> Result<()> {
        let here = format!(
            "(() => {{ const focused = document.activeElement; const wanted = {}; const plain = (text) => text.replace(/[\\s\\u00a0\\u202f]+/g, ' ').trim();
             return wanted.startsWith('#') ? focused.id === wanted.slice(1) : focused !== document.body && plain(focused.textContent) === wanted; }})()",
            quoted(wanted)
        );
        self.settled().await?;
        // What is looked for may be on the page that is still coming.
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            for _ in 0..STOPS {
                self.press("Tab").await?;
                if self.evaluate::<bool>(&here).await? {
                    let shown: bool = self
                        .evaluate("(() => { const style = getComputedStyle(document.activeElement); const box = document.activeElement.getBoundingClientRect(); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.top >= 0 && box.bottom <= innerHeight; })()")
                        .await?;
                    ensure!(shown, "“{wanted}” has the focus, and nobody sees it");
                    return Ok(());
                }
                if self
                    .evaluate::<bool>("document.activeElement === document.body")
                    .await?
                {
                    break;
                }
            }
        }
        bail!(
            "the tabulator does not reach “{wanted}”; the page says:\n{}",
            self.text().await?
        )
    }

    /// Puts in a text at once where the focus is, as Ctrl+V does.
    pub async fn paste(&self, text: &str) -> Result<()> {
        self.page.execute(InsertTextParams::new(text)).await?;
        Ok(())
    }

    /// Types a text, key by key, where the focus is.
    pub async fn type_keys(&self, text: &str) -> Result<()> {
        for sign in text.chars() {
            self.press(&sign.to_string()).await?;
        }
        Ok(())
    }
}
