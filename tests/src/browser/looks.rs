//! How a page looks and reads: screenshots, and what axe finds.

use std::{fs, path::Path};

use anyhow::{Result, ensure};
use chromiumoxide::{
    cdp::browser_protocol::{
        emulation::{MediaFeature, SetDeviceMetricsOverrideParams},
        page::{CaptureScreenshotFormat, Viewport},
    },
    page::ScreenshotParams,
};

use super::Browser;

/// axe-core 4.14.1 (MPL-2.0), as it is published.
const AXE: &str = include_str!("../../assets/axe.min.js");

/// Levels A and AA of WCAG 2.2 and what goes without saying.
const RUN: &str = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
.then((found) => found.violations.map((fault) => `${fault.id}: ${fault.help}: ${fault.nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary.split('\\n').slice(1).join(';')).slice(0, 4).join(' | ')}`))";

/// Pixels of a desk.
pub const WIDE: (i64, i64) = (1280, 900);
/// Pixels of a telephone.
pub const NARROW: (i64, i64) = (360, 740);

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
        fs::create_dir_all(&folder)?;
        // Not the library's own way to a whole page: it forgets the size of the screen afterwards.
        let (width, height): (f64, f64) = self
            .evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
            .await?;
        let whole = ScreenshotParams::builder()
            .format(CaptureScreenshotFormat::Png)
            .capture_beyond_viewport(true)
            .clip(Viewport {
                x: 0.0,
                y: 0.0,
                width,
                height,
                scale: 1.0,
            })
            .build();
        fs::write(
            folder.join(format!("{name}.png")),
            self.page.screenshot(whole).await?,
        )?;
        Ok(())
    }

    /// What axe finds wrong with the page as it is.
    pub async fn axe(&self) -> Result<Vec<String>> {
        if !self.evaluate::<bool>("typeof axe === 'object'").await? {
            // Evaluated, not injected: the policy of our pages refuses foreign scripts.
            self.evaluate::<bool>(&format!("{AXE}; true")).await?;
        }
        self.evaluate(RUN).await
    }

    /// Looks at the page narrow and wide, light and dark: axe finds nothing, the policy had nothing to forbid, scripts did
    /// not stumble, nothing but tables in their box is wider than a telephone. Pictures are left under `name`.
    pub async fn accessible(&self, name: &str) -> Result<()> {
        for (size, width) in [(WIDE, "wide"), (NARROW, "narrow")] {
            self.resize(size).await?;
            for (dark, scheme) in [(false, "light"), (true, "dark")] {
                self.dark(dark).await?;
                self.screenshot(&format!("{name}-{width}-{scheme}")).await?;
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
        }
        let complaints: Vec<String> = self.evaluate("window.complaints ?? []").await?;
        ensure!(complaints.is_empty(), "{name}: {}", complaints.join("\n"));
        self.resize(WIDE).await?;
        self.dark(false).await
    }
}
