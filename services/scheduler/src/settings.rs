use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What can be configured.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A folder of policy documents (`*.yaml`, `*.yml`) besides the built-in ones. One of the name of a built-in
    /// policy replaces it.
    pub policies: Option<PathBuf>,
    /// Days that are closed besides week-ends and bank holidays, as 2026-12-24.
    pub closed_days: Vec<Date>,
}

/// A folder of policies that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the policies at {path} cannot be read: {source}")]
pub struct FolderError {
    path: PathBuf,
    source: std::io::Error,
}

/// The documents of a folder with their file names, in the order of the names.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, FolderError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| FolderError { path, source }
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            files.push(path);
        }
    }
    files.sort();
    let read = |path: &PathBuf| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        std::fs::read_to_string(path)
            .map(|text| (name, text))
            .map_err(failed(path))
    };
    files.iter().map(read).collect()
}
