//! Room for fingers, and room on paper.

use anyhow::{Result, ensure};
use chromiumoxide::page::MediaTypeParams;

use super::Browser;

/// A4 across, within margins of 12 mm, in pixels of CSS: as the style sheet prints.
const PAPER: (i64, i64) = (1032, 700);

/// What can be pressed and is smaller than so many pixels either way. Links within a sentence are exempt (WCAG 2.5.8), as is what is
/// there for the tabulator only. A tick is as large as its label.
const SMALL: &str = "((least, where) => [...document.querySelectorAll(where)].filter((one) => {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.disabled) return false;
    const style = getComputedStyle(one);
    if (style.clipPath !== 'none' || one.closest('.hidden, .skip')) return false;
    const sentence = one.matches('a, button.link') && style.display === 'inline' && [...one.parentElement.childNodes].some((node) => node !== one && node.textContent.trim());
    if (sentence) return false;
    const boxes = [one, ...(one.matches('[type=checkbox], [type=radio]') ? one.labels ?? [] : [])].map((each) => each.getBoundingClientRect());
    return !boxes.some((box) => box.width >= least && box.height >= least) && boxes[0].width > 0;
}).map((one) => `${one.tagName} ${one.id || one.className} “${(one.textContent || one.value || '').trim().slice(0, 40)}” ${Math.round(one.getBoundingClientRect().width)} × ${Math.round(one.getBoundingClientRect().height)}`))";

const ALL: &str = "a[href], button, input:not([type=hidden]), select, textarea, summary";
/// On the pages of those who come with a telephone: what they are there to press.
const PRIMARY: &str =
    "body.plain main :is(button:not(.link), .button, input:not([type=hidden]), select, textarea, nav a)";

/// What is still shown on paper and has no business there, and what is cut off.
const ON_PAPER: &str = "(() => { const seen = (one) => one.checkVisibility(); const faults = [];
    for (const one of document.querySelectorAll('.top, nav, .skip, button, .tabs, .filters')) if (seen(one)) faults.push(`shown: ${one.tagName} ${one.className} “${one.textContent.trim().slice(0, 40)}”`);
    const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wider > 0) faults.push(`${wider} pixels too wide`);
    for (const one of document.querySelectorAll('main *')) if (seen(one) && getComputedStyle(one).overflowX !== 'visible' && getComputedStyle(one).clipPath === 'none' && one.scrollWidth > one.clientWidth + 1 && !one.matches('textarea, input, select, iframe')) faults.push(`cut off: ${one.tagName} ${one.className} by ${one.scrollWidth - one.clientWidth}`);
    return faults; })()";

impl Browser {
    /// Everything that can be pressed is at least 24 pixels large; with `phone`, what one is there for 44.
    pub(super) async fn can_be_touched(&self, name: &str, phone: bool) -> Result<()> {
        let mut small = self.small(24, ALL).await?;
        if phone {
            small.extend(self.small(44, PRIMARY).await?);
        }
        ensure!(
            small.is_empty(),
            "{name}: too small for a finger\n{}",
            small.join("\n")
        );
        Ok(())
    }

    async fn small(&self, least: u8, selector: &str) -> Result<Vec<String>> {
        self.evaluate(&format!("{SMALL}({least}, '{selector}')")).await
    }

    /// Printed, the page has no navigation, and nothing of it is cut off.
    pub(super) async fn prints_well(&self, name: &str) -> Result<()> {
        self.resize(PAPER).await?;
        self.page.emulate_media_type(MediaTypeParams::Print).await?;
        let faults: Vec<String> = self.evaluate(ON_PAPER).await?;
        self.page.emulate_media_type(MediaTypeParams::Screen).await?;
        ensure!(faults.is_empty(), "{name}, printed:\n{}", faults.join("\n"));
        Ok(())
    }
}
