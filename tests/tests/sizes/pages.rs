//! Pages as a browser gets them: how heavy they are, and how long their first byte takes.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tests::{
    crowd::Size,
    outside::{output, script, tool},
};

/// Pages of a session, below its address.
const PAGES: [&str; 14] = [
    "",
    "/personnes",
    "/imports",
    "/souhaits",
    "/partenaires",
    "/planning",
    "/planning/personnes",
    "/planning/personnes?cote=employeurs",
    "/planning/qualite",
    "/planning/publier?numero=1",
    "/rappels",
    "/jour",
    "/resultats",
    "/papier",
];

/// Pages of all sessions.
const AROUND: [&str; 5] = ["/", "/messages", "/regles", "/journal", "/equipe"];

/// Pages of the session, those around it, and the places for `meeting`: under 100 kB compressed up to 40 x 300, which is
/// what we promise. `entry` makes the first administrator, or (`/connexion`) lets them in again.
pub(crate) fn weigh(entry: &str, session: &str, meeting: &str, size: Size) -> Result<()> {
    let Some(python) = tool("PYTHON") else {
        return Ok(());
    };
    let home = format!("/seances/{session}");
    let own = PAGES.iter().map(|page| format!("{home}{page}"));
    let places = format!("{home}/planning?deplacer={meeting}");
    let mut weighed = script(&python, "weigh_pages.py");
    // Only a build that was named is measured; a page weighs the same every time.
    let times = if std::env::var_os("JALON_BINARY").is_some() {
        "11"
    } else {
        "1"
    };
    weighed.args([entry, times]).args(own).arg(places).args(AROUND);
    let weighed: Vec<Weighed> = serde_json::from_str(&output(&mut weighed)?)?;
    for page in &weighed {
        println!(
            "{} x {}, {}: {:.1} kB, first byte after {} ms",
            size.employers,
            size.candidates,
            page.path.replace(&home, "").replace(meeting, "…"),
            page.bytes / 1e3,
            page.first_byte_ms
        );
        ensure!(
            size.candidates > 300 || page.bytes < 100_000.0,
            "{} is too heavy",
            page.path
        );
    }
    Ok(())
}

/// The one-time address of the first administrator, which a first start says.
pub(crate) fn entry(log: &str) -> Result<&str> {
    log.split_whitespace()
        .find(|word| word.contains("/premier-acces/"))
        .context("the address of the first administrator")
}

/// What `weigh_pages.py` says of a page.
#[derive(Deserialize)]
struct Weighed {
    path: String,
    bytes: f64,
    first_byte_ms: f64,
}
