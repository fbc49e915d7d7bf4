//! How a page looks and reads: screenshots, and what axe finds.

use std::{env, fs, path::Path};

use anyhow::{Result, ensure};
use chromiumoxide::{
    cdp::browser_protocol::{
        emulation::{MediaFeature, SetDeviceMetricsOverrideParams},
        page::{CaptureScreenshotFormat, Viewport},
    },
    page::ScreenshotParams,
};

use super::Browser;
use crate::suite::is_apart;

/// axe-core 4.14.1 (MPL-2.0), as it is published.
const AXE: &str = include_str!("../../assets/axe.min.js");

/// Levels A and AA of WCAG 2.2 and what goes without saying.
const RUN: &str = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
.then((found) => found.violations.map((fault) => `${fault.id}: ${fault.help}: ${fault.nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary.split('\\n').slice(1).join(';')).slice(0, 4).join(' | ')}`))";

/// Pixels of a desk.
pub const WIDE: (i64, i64) = (1280, 900);
/// Pixels of a telephone.
pub const NARROW: (i64, i64) = (360, 740);

/// The pages that READMEs show: with `JALON_PICTURES` set to a folder, the tests renew their pictures there.
const SHOWN: [(&str, &str, &str); 6] = [
    ("imports-check", "wide", "light"),
    ("wishes", "wide", "light"),
    ("planning-grid", "wide", "light"),
    ("planning-publish", "wide", "light"),
    ("telling-session-fr", "wide", "light"),
    ("report", "wide", "light"),
];

/// So much of a page a reader of a README wants to see, in pixels.
const TOP: f64 = 1_000.0;

impl Browser {
    /// As wide and high as that, in pixels of CSS.
    pub async fn resize(&self, (width, height): (i64, i64)) -> Result<()> {
        let metrics = SetDeviceMetricsOverrideParams::new(width, height, 1.0, width < 600);
        self.page.execute(metrics).await?;
        Ok(())
    }

    /// As a system in dark or light would show it.
    pub async fn dark(&self, dark: bool) -> Result<()> {
        let scheme = if dark { "dark" } else { "light" };
        let features = vec![
            MediaFeature::new("prefers-color-scheme", scheme),
            // Nothing fades in while it is looked at.
            MediaFeature::new("prefers-reduced-motion", "reduce"),
        ];
        self.page.emulate_media_features(features).await?;
        Ok(())
    }

    /// The whole page as a picture, in `target/screenshots/NAME.png`.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        self.picture(&folder, name, f64::INFINITY).await
    }

    /// The page from its top down to `most` pixels, as a picture in `folder`.
    async fn picture(&self, folder: &Path, name: &str, most: f64) -> Result<()> {
        fs::create_dir_all(folder)?;
        // Not the library's own way to a whole page: it forgets the size of the screen afterwards.
        let (width, height): (f64, f64) = self
            .evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
            .await?;
        let clipped = ScreenshotParams::builder()
            .format(CaptureScreenshotFormat::Png)
            .capture_beyond_viewport(true)
            .clip(Viewport {
                x: 0.0,
                y: 0.0,
                width,
                height: height.min(most),
                scale: 1.0,
            })
            .build();
        fs::write(
            folder.join(format!("{name}.png")),
            self.page.screenshot(clipped).await?,
        )?;
        Ok(())
    }

    /// What axe finds wrong with the page as it is.
    pub async fn axe(&self) -> Result<Vec<String>> {
        // Evaluated, not injected: the policy of our pages refuses foreign scripts. In one go: the page may be another in between.
        // Not waited for by the command itself: the library gives each half a minute, and a large page may need more.
        self.evaluate::<bool>(&format!(
            "if (typeof axe !== 'object') {{ {AXE}\n }}
             window.found = undefined; {RUN}.catch((error) => [`axe: ${{error}}`]).then((found) => {{ window.found = found; }}); true"
        ))
        .await?;
        self.until("axe has looked", "window.found !== undefined").await?;
        self.evaluate("window.found").await
    }

    /// Looks at the page narrow and wide, light and dark: axe finds nothing, the policy had nothing to forbid, scripts did
    /// not stumble, nothing but tables in their box is wider than a telephone, everything is large enough for a finger, and it prints well. Pictures are left under `name`.
    ///
    /// With each service apart: once, as it is. Style sheets do not know where the services run.
    pub async fn accessible(&self, name: &str) -> Result<()> {
        self.settled().await?;
        if is_apart() {
            self.dark(false).await?;
            let found = self.axe().await?;
            ensure!(found.is_empty(), "{name}: axe finds\n{}", found.join("\n"));
            return self.undisturbed(name).await;
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (size, width) in [(WIDE, "wide"), (NARROW, "narrow")] {
            self.resize(size).await?;
            for (dark, scheme) in [(false, "light"), (true, "dark")] {
                self.dark(dark).await?;
                self.screenshot(&format!("{name}-{width}-{scheme}")).await?;
                if let Some(folder) = env::var_os("JALON_PICTURES")
                    && SHOWN.contains(&(name, width, scheme))
                {
                    self.picture(&root.join(folder), name, TOP).await?;
                }
                let found = self.axe().await?;
                ensure!(
                    found.is_empty(),
                    "{name}, {width}, {scheme}: axe finds\n{}",
                    found.join("\n")
                );
            }
            let shown: i64 = self.evaluate("window.innerWidth").await?;
            ensure!(
                shown == size.0,
                "{name}, {width}: it is shown at {shown} pixels, since something in it is wider than the screen"
            );
            let wider: i64 = self
                .evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                .await?;
            ensure!(wider <= 0, "{name}, {width}: the page is {wider} pixels too wide");
            self.can_be_touched(&format!("{name}, {width}"), size == NARROW)
                .await?;
        }
        self.prints_well(name).await?;
        self.undisturbed(name).await?;
        self.resize(WIDE).await?;
        self.dark(false).await
    }

    /// The policy had nothing to forbid, and scripts did not stumble.
    async fn undisturbed(&self, name: &str) -> Result<()> {
        let complaints: Vec<String> = self.evaluate("window.complaints ?? []").await?;
        ensure!(complaints.is_empty(), "{name}: {}", complaints.join("\n"));
        Ok(())
    }
}
