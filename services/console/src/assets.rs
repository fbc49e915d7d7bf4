//! The few files that pages need beside their markup: all of `assets/`, in the binary.

use std::{collections::BTreeMap, fmt::Write as _, sync::LazyLock};

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use sha2::{Digest as _, Sha256};

use crate::error::Error;

const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Addresses change with the content, so that browsers may keep them for ever.
static ADDRESSES: LazyLock<BTreeMap<&str, String>> = LazyLock::new(|| {
    let of = |(name, content): &(&'static str, &str)| {
        let mut address = format!("/assets/{name}?v=");
        for byte in &Sha256::digest(content)[..6] {
            // Writing to a string cannot fail.
            let _ = write!(address, "{byte:02x}");
        }
        (*name, address)
    };
    FILES.iter().map(of).collect()
});

/// Where a file of `assets/` is, for templates.
pub(crate) fn address(name: &str) -> &'static str {
    ADDRESSES.get(name).map_or("", String::as_str)
}

/// A file of `assets/`.
pub(crate) async fn file(Path(name): Path<String>) -> Result<Response, Error> {
    let (name, content) = FILES
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or(Error::NotFound)?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, *content).into_response())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn templates(folder: &Path, all: &mut String) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                templates(&path, all)?;
            } else {
                all.push_str(&fs::read_to_string(path)?);
            }
        }
        Ok(())
    }

    #[test]
    fn what_a_template_loads_is_there() -> std::io::Result<()> {
        let mut all = String::new();
        templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut all)?;
        let mut named = 0;
        for rest in all.split("assets::address(\"").skip(1) {
            let name = rest.split('"').next().unwrap_or_default();
            assert_ne!(address(name), "", "no file {name}");
            named += 1;
        }
        assert!(named > 20, "only {named} were found");
        Ok(())
    }
}
