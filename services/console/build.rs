//! Lists the texts and the assets, so that a new file of either is in the binary without being named anywhere else.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    // Where it is built, which need not be where this script was compiled.
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for language in ["fr", "en"] {
        list(
            &here.join("locales").join(language),
            &out.join(format!("locales_{language}.rs")),
            &["ftl"],
        )?;
    }
    list(
        &here.join("assets"),
        &out.join("assets.rs"),
        &["css", "js", "svg"],
    )
}

/// Writes `&[("name", "content"), …]` of the files of a folder, by name.
fn list(folder: &Path, out: &Path, kinds: &[&str]) -> io::Result<()> {
    let mut stdout = io::stdout();
    writeln!(stdout, "cargo::rerun-if-changed={}", folder.display())?;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|kind| kinds.iter().any(|known| kind == *known))
        {
            files.push(path);
        }
    }
    files.sort();
    let mut text = String::from("&[\n");
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "({name:?}, include_str!({:?})),",
            path.display().to_string()
        );
    }
    text.push(']');
    fs::write(out, text)
}
