//! Serves the pages over made up data, to look at them: `cargo run -p console --example sample_pages`.

#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "it belongs to the tests, which use all of it"
)]
#[path = "../tests/pages/world.rs"]
mod world;

use std::io::Write as _;

use console::Settings;
use platform::lifecycle::Tasks;
use tokio::net::TcpListener;
use world::{World, sample};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let settings = Settings {
        public_url: base.clone(),
        organisation: "Maison Lyon pour l’Emploi".to_owned(),
        telephone: "04 72 00 00 00".to_owned(),
        ..Settings::default()
    };
    let world = World::of(sample::published(24, 180));
    let console = world.console(settings, "2026-11-23T08:30:00Z");
    let mut out = std::io::stdout();
    writeln!(out, "{}", console.entry_url(&base))?;
    writeln!(out, "{base}/seances/{}", sample::session_id())?;
    writeln!(out, "{base}/r/{} (GAR)", sample::CANDIDATE_LINK)?;
    platform::http::serve(listener, console.router(), &Tasks::default()).await
}
