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
    layered(file, variables(), overrides)
}

/// Their values stay text until a field wants a number: parsed before, a telephone number or a password of digits would
/// lose its leading zero.
fn variables() -> config::Environment {
    config::Environment::with_prefix("JALON")
        .prefix_separator("__")
        .separator("__")
}

fn layered<T: DeserializeOwned>(
    file: Option<&Path>,
    variables: config::Environment,
    overrides: &[(String, String)],
) -> Result<T, Error> {
    let mut builder = config::Config::builder();
    if let Some(file) = file {
        builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
    }
    builder = builder.add_source(variables);
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
        port: u16,
        wide: bool,
        file: Option<std::path::PathBuf>,
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

    #[test]
    fn a_variable_keeps_its_leading_zero_and_becomes_a_number_where_one_is_wanted() {
        let given = [
            ("JALON__NAME", "0320000000"),
            ("JALON__PASSWORD", "007"),
            ("JALON__PORT", "587"),
            ("JALON__WIDE", "true"),
            ("JALON__FILE", "12"),
        ];
        let given = given.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let variables = variables().source(Some(given.into_iter().collect()));
        let sample: Sample = layered(None, variables, &[]).unwrap();
        assert_eq!(
            (sample.name.as_str(), sample.password.reveal()),
            ("0320000000", "007")
        );
        assert_eq!((sample.port, sample.wide), (587, true));
        assert_eq!(sample.file.as_deref(), Some(Path::new("12")));
    }
}
