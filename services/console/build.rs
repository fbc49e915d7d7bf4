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
    let mut text = String::from("&[\n");
    for path in files(folder, kinds)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let parts = if path.is_dir() {
            files(&path, kinds)?
        } else {
            vec![path.clone()]
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "({name:?}, concat!(");
        for part in parts {
            // A part of a script may leave its last statement open.
            let end = if name.ends_with(".js") { ";\n" } else { "" };
            let _ = write!(text, "include_str!({:?}), {end:?}, ", part.display().to_string());
        }
        text.push_str(")),\n");
    }
    text.push(']');
    fs::write(out, text)
}

/// What lies in a folder and is of one of these kinds, by name. A folder that is named like a file stands for one file: its parts
/// one after the other, so that a page that needs several gets all or none.
fn files(folder: &Path, kinds: &[&str]) -> io::Result<Vec<PathBuf>> {
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
    Ok(files)
}
