//! Compiles proto/ without protoc: protox parses, tonic-prost-build generates.

use std::{error::Error, fs, path::Path};

use prost::Message as _;

const FILES: [&str; 9] = [
    "jalon/common/v1/milestone.proto",
    "jalon/common/v1/page.proto",
    "jalon/directory/v1/directory.proto",
    "jalon/directory/v1/events.proto",
    "jalon/notifier/v1/notifier.proto",
    "jalon/notifier/v1/events.proto",
    "jalon/scheduler/v1/scheduler.proto",
    "jalon/scheduler/v1/events.proto",
    "jalon/speeddating/v1/speeddating.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files: Vec<_> = FILES.iter().map(|file| root.join(file)).collect();
    files.push(root.join("jalon/speeddating/v1/events.proto"));
    let descriptors = protox::compile(files, [root])?;
    let out = std::env::var("OUT_DIR")?;
    // Served by reflection, so that a foreign client needs no .proto file.
    fs::write(
        Path::new(&out).join("descriptors.bin"),
        descriptors.encode_to_vec(),
    )?;
    let mut config = tonic_prost_build::Config::new();
    // Facts and names are compared and printed in tests: a stable order, not a hash's.
    config.btree_map(["."]);
    tonic_prost_build::configure().compile_fds_with_config(descriptors, config)?;
    Ok(())
}
