//! Configuration from a file, then the environment, then flags: later ones win.

use std::{fmt, path::Path};

use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned};

/// The configuration cannot be used; names the key.
#[derive(Debug, thiserror::Error)]
#[error("configuration: {0}")]
pub struct Error(#[from] config::ConfigError);

/// Reads `file` (TOML; must exist when named), then variables `JALON__SECTION__KEY`, then `overrides` ("section.key",
/// value). An unknown key is an error.
pub fn load<T: DeserializeOwned>(file: Option<&Path>, overrides: &[(String, String)]) -> Result<T, Error> {
    let mut builder = config::Config::builder();
    if let Some(file) = file {
        builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
    }
    builder = builder.add_source(
        config::Environment::with_prefix("JALON")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true),
    );
    for (key, value) in overrides {
        builder = builder.set_override(key, value.as_str())?;
    }
    Ok(builder.build()?.try_deserialize()?)
}

/// A value that is never printed: logs, `jalon config` and errors show three dots.
#[derive(Clone, Default, Deserialize, Eq, PartialEq)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, for the one who needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Nothing was set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "\"\"" } else { "\"…\"" })
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "…" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Sample {
        name: String,
        password: Secret,
    }

    #[test]
    fn a_flag_wins_over_the_file_and_an_unknown_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jalon.toml");
        std::fs::write(&file, "name = \"file\"\npassword = \"hush\"\n").unwrap();
        let sample: Sample = load(Some(&file), &[("name".to_owned(), "flag".to_owned())]).unwrap();
        assert_eq!((sample.name.as_str(), sample.password.reveal()), ("flag", "hush"));
        assert!(!format!("{sample:?}").contains("hush"));

        std::fs::write(&file, "nmae = \"typo\"\n").unwrap();
        assert!(
            load::<Sample>(Some(&file), &[])
                .unwrap_err()
                .to_string()
                .contains("nmae")
        );
    }
}
