//! See the crate `jalon`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    jalon::run().await
}
