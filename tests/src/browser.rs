//! Chromium, driven through a journey over the pages of a running suite.
//!
//! ```text
//! let running = Running::start("2026-11-23T08:30:00Z").await?;
//! let browser = Browser::signed_in(&running).await?;
//! browser.goto("/").await?;
//! browser.click_on("Messages").await?;
//! browser.see("Aucun message").await?;
//! browser.accessible("messages").await?;          // axe, policy, screenshots: narrow, wide, light, dark
//! ```

mod fit;
mod keys;
mod looks;
mod wire;

use std::{
    env,
    fmt::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use chromiumoxide::{
    BrowserConfig, Page,
    browser::Browser as Chromium,
    cdp::{
        browser_protocol::network::{Cookie, Headers, SetExtraHttpHeadersParams},
        js_protocol::runtime::EvaluateParams,
    },
    error::CdpError,
};
use futures::StreamExt as _;
use jalon::running::Running as Address;
use platform::lifecycle::Tasks;
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::sync::Mutex;

pub use looks::{NARROW, WIDE};

use crate::suite::Running;

/// How long a page may take to show what is waited for, on a machine that builds something else at the same time.
const PATIENCE: Duration = Duration::from_mins(1);

/// Notes what the policy of a page forbade and what its scripts stumbled over; when the page and its scripts are ready (they start
/// by timers after they are read), and when somebody was led away from it.
const WATCH: &str = "window.complaints = [];
addEventListener('securitypolicyviolation', (event) => complaints.push(`policy: ${event.violatedDirective} ${event.blockedURI}`));
addEventListener('error', (event) => complaints.push(`script: ${event.message}`));
addEventListener('load', () => setTimeout(() => setTimeout(() => { window.isReady = true; })));
window.goes = () => { window.left = performance.now(); };
addEventListener('beforeunload', goes);
addEventListener('submit', (event) => { if (!event.defaultPrevented) goes(); });
addEventListener('click', (event) => { const link = event.target.closest?.('a[href]'); if (link && !event.defaultPrevented && !link.hasAttribute('download') && !link.target && link.href.split('#')[0] !== (link.hash ? location.href.split('#')[0] : '')) goes(); });
addEventListener('pageshow', () => { window.left = undefined; });";

/// Whether the page is there to be used: its scripts run, and it does not give way to another at this moment. An answer that is
/// a file leaves the page where it is: twenty seconds later it counts again.
const SETTLED: &str = "window.isReady === true && !(performance.now() - window.left < 20000)";

/// One browser with one page, on a profile of its own.
pub struct Browser {
    page: Page,
    base: String,
    entry: Option<String>,
    way_in: Option<String>,
    tasks: Tasks,
    // Both end with the value: the process is killed, the profile removed.
    _chromium: Arc<Mutex<Chromium>>,
    _profile: TempDir,
}

impl Browser {
    /// A browser before the pages of `running`, signed in to nothing.
    pub async fn outside(running: &Running) -> Result<Self> {
        let address = Address::read(running.folder.path())?;
        let profile = tempfile::tempdir()?;
        let executable = env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
        let config = BrowserConfig::builder()
            .chrome_executable(&executable)
            .user_data_dir(profile.path())
            .no_sandbox()
            .viewport(None)
            .launch_timeout(Duration::from_mins(1))
            .request_timeout(Duration::from_mins(3))
            .args(["disable-gpu", "no-default-browser-check"])
            .build()
            .map_err(anyhow::Error::msg)?;
        let (chromium, mut handler) = Chromium::launch(config)
            .await
            .with_context(|| format!("{executable} does not start; name another one in CHROMIUM"))?;
        // Its own: a suite that is stopped waits for all of its tasks.
        let tasks = Tasks::default();
        tasks.spawn("chromium", async move {
            // Errors of single messages are those of events that this version does not know.
            while handler.next().await.is_some() {}
        });
        let page = chromium.new_page("about:blank").await?;
        page.evaluate_on_new_document(WATCH).await?;
        let browser = Self {
            page,
            base: format!("http://{}", address.web),
            entry: running.suite.entry(&address),
            way_in: running.suite.way_in().await,
            tasks,
            _chromium: Arc::new(Mutex::new(chromium)),
            _profile: profile,
        };
        browser.speak("fr").await?;
        browser.resize(WIDE).await?;
        Ok(browser)
    }

    /// Opens what the process printed when it started: the sign-in, or the page of the first account.
    pub async fn come_in(&self) -> Result<()> {
        self.open(self.way_in.as_deref().context("no console runs here")?)
            .await
    }

    /// The cookies of the pages, flags included.
    pub async fn cookies(&self) -> Result<Vec<Cookie>> {
        Ok(self.page.get_cookies().await?)
    }

    /// A browser that is in by a one-time address, as the administrator without an account.
    pub async fn signed_in(running: &Running) -> Result<Self> {
        let browser = Self::outside(running).await?;
        let entry = browser.entry.clone().context("no console runs here")?;
        browser.open(&entry).await?;
        browser
            .until("the entry leads to the sessions", "location.pathname === '/'")
            .await?;
        Ok(browser)
    }

    /// What the browser asks for from now on: `fr`, `en`.
    pub async fn speak(&self, language: &str) -> Result<()> {
        let headers = Headers::new(serde_json::json!({ "Accept-Language": language }));
        self.page.execute(SetExtraHttpHeadersParams::new(headers)).await?;
        Ok(())
    }

    /// Opens an address of the pages: `/messages`.
    pub async fn goto(&self, path: &str) -> Result<()> {
        self.open(&format!("{}{path}", self.base)).await
    }

    async fn open(&self, address: &str) -> Result<()> {
        // What is ready afterwards is another page.
        self.evaluate::<bool>("window.isReady = undefined; true").await?;
        match self.page.goto(address).await {
            // The library waits half a minute, whatever it was told.
            Ok(_) | Err(CdpError::Timeout) => {}
            Err(error) => return Err(error.into()),
        }
        self.until("the page is loaded", "window.isReady === true").await
    }

    /// Waits until the page can be used, or the one that it gives way to.
    pub async fn settled(&self) -> Result<()> {
        self.until("the page is ready", SETTLED).await
    }

    /// Presses the mouse on the first element that a CSS selector finds. What follows is for [`Self::see`] to wait for.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let here = format!("document.querySelector({}) !== null", quoted(selector));
        self.press_on(selector, &format!("{selector} is there"), &here)
            .await
    }

    /// Presses the mouse on the link, button, label or summary with this text.
    pub async fn click_on(&self, text: &str) -> Result<()> {
        let find = format!(
            "(() => {{ for (const marked of document.querySelectorAll('[data-pressed]')) marked.removeAttribute('data-pressed');
             const wanted = {}; const plain = (element) => element.textContent.replace(/[\\s\\u00a0\\u202f]+/g, ' ').trim();
             const found = [...document.querySelectorAll('a,button,summary,label,[role=button]')].find((element) => plain(element) === wanted && element.checkVisibility());
             found?.setAttribute('data-pressed', ''); return found !== undefined; }})()",
            quoted(text)
        );
        self.press_on("[data-pressed]", &format!("there is “{text}” to press"), &find)
            .await
    }

    /// Presses what a selector finds, once `find` is true. When the page gives way to the next in between, nothing was
    /// pressed yet: the same is looked for there.
    async fn press_on(&self, selector: &str, what: &str, find: &str) -> Result<()> {
        let started = Instant::now();
        let find = format!("{SETTLED} && ({find})");
        loop {
            self.until(what, &find).await?;
            let pressed = match self.page.find_element(selector).await {
                Ok(found) => found.click().await.map(drop),
                Err(error) => Err(error),
            };
            match pressed {
                Err(error) if is_gone(&error) && started.elapsed() < PATIENCE => {}
                pressed => return Ok(pressed?),
            }
        }
    }

    /// Types into a field, in place of what is there; chooses in a select.
    pub async fn fill(&self, selector: &str, value: &str) -> Result<()> {
        let there = format!(
            "{SETTLED} && document.querySelector({}) !== null",
            quoted(selector)
        );
        self.until(&format!("the field {selector} is there"), &there)
            .await?;
        let script = format!(
            "(() => {{ const field = document.querySelector({}); field.focus(); field.value = {};
             field.dispatchEvent(new Event('input', {{ bubbles: true }})); field.dispatchEvent(new Event('change', {{ bubbles: true }}));
             return field.value; }})()",
            quoted(selector),
            quoted(value)
        );
        let kept: String = self.evaluate(&script).await?;
        ensure!(kept == value, "{selector} takes {kept:?} for {value:?}");
        Ok(())
    }

    /// Presses a key where the focus is: `Tab`, `Enter`, `ArrowDown`, `Escape`, `a`.
    pub async fn press(&self, key: &str) -> Result<()> {
        let started = Instant::now();
        let focused = loop {
            if let Ok(focused) = self.page.find_element(":focus").await {
                break focused;
            }
            match self.page.find_element("body").await {
                // One page went, the next is still coming.
                Err(error) if is_gone(&error) && started.elapsed() < PATIENCE => {}
                found => break found?,
            }
        };
        focused.press_key(key).await?;
        Ok(())
    }

    /// Waits until the page is all there and its visible text has these words (spaces of all kinds count as one).
    pub async fn see(&self, words: &str) -> Result<()> {
        let script = format!(
            "document.readyState === 'complete' && document.body.innerText.replace(/[\\s\\u00a0\\u202f]+/g, ' ').includes({})",
            quoted(words)
        );
        self.until(&format!("the page says “{words}”"), &script).await
    }

    /// Waits until a script gives true; `what` names it when it does not.
    pub async fn until(&self, what: &str, script: &str) -> Result<()> {
        let asked = async {
            // While one page gives way to another there is none to ask.
            while !self.evaluate::<bool>(script).await.unwrap_or(false) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, asked).await.is_ok() {
            return Ok(());
        }
        bail!(
            "waited in vain until {what}; the page says:\n{}",
            self.text().await?
        )
    }

    /// The visible text of the page.
    pub async fn text(&self) -> Result<String> {
        self.evaluate("document.body.innerText").await
    }

    /// Where it is: path and question.
    pub async fn path(&self) -> Result<String> {
        self.evaluate("location.pathname + location.search").await
    }

    /// What a script gives, promises awaited. Between two pages there is nobody to ask: the next one is.
    pub async fn evaluate<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        let asked = async {
            loop {
                match self.ask(script).await {
                    Err(gone) if gone.to_string().contains("context") => {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    answer => return answer,
                }
            }
        };
        tokio::time::timeout(PATIENCE, asked).await?
    }

    async fn ask<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        let question = EvaluateParams::builder()
            .expression(script)
            .await_promise(true)
            .return_by_value(true)
            .build()
            .map_err(anyhow::Error::msg)?;
        Ok(self.page.evaluate_expression(question).await?.into_value()?)
    }
}

/// Whether what was found went with its page.
fn is_gone(error: &CdpError) -> bool {
    let said = error.to_string();
    matches!(error, CdpError::NotFound)
        || [
            "Could not find node",
            "No node",
            "does not belong",
            "content quads",
            "context",
        ]
        .iter()
        .any(|gone| said.contains(gone))
}

/// A text as a script writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' | '\\' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(sign));
            }
            sign => out.push(sign),
        }
    }
    out.push('"');
    out
}
