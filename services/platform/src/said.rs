//! A sentence that a service forms, in the two languages of its readers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a person is told, in French and in English. `Display` and whoever asks for one text get the French.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "Kept")]
pub struct Said {
    /// In French.
    pub french: String,
    /// In English; empty where only programs ask, and no page shows it.
    pub english: String,
}

/// What was kept before there were two languages is a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    French(String),
    Both { french: String, english: String },
}

impl Said {
    /// The same in both languages.
    pub fn new(french: impl Into<String>, english: impl Into<String>) -> Self {
        Self {
            french: french.into(),
            english: english.into(),
        }
    }

    /// Nothing to say.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.french.is_empty()
    }

    /// As one text of a database; [`Said::read`] reads it back.
    pub fn kept(&self) -> String {
        if self.english.is_empty() {
            return self.french.clone();
        }
        // Two texts are always JSON.
        serde_json::to_string(self).unwrap_or_else(|_| self.french.clone())
    }

    /// What was kept; a text of before there were two languages is French.
    pub fn read(kept: String) -> Self {
        serde_json::from_str(&kept).unwrap_or_else(|_| kept.into())
    }

    /// What is wrong, and what to do: two sentences in a line.
    #[must_use]
    pub fn then(&self, cure: &Self) -> Self {
        let joined = |said: &str, cure: &str| match (said, cure) {
            ("", _) => String::new(),
            (said, "") => format!("{said}."),
            (said, cure) => format!("{said}. {cure}"),
        };
        Self::new(
            joined(&self.french, &cure.french),
            joined(&self.english, &cure.english),
        )
    }
}

/// Two texts with the same values in them: `said!("à la ligne {line}", "on line {line}")`.
#[macro_export]
macro_rules! said {
    ($french:literal, $english:literal) => {
        $crate::said::Said::new(::std::format!($french), ::std::format!($english))
    };
}

impl fmt::Display for Said {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.french)
    }
}

impl<F: Into<String>, E: Into<String>> From<(F, E)> for Said {
    fn from((french, english): (F, E)) -> Self {
        Self::new(french, english)
    }
}

/// French alone: for programs, where no page shows it.
impl From<&str> for Said {
    fn from(french: &str) -> Self {
        Self::new(french, "")
    }
}

impl From<String> for Said {
    fn from(french: String) -> Self {
        Self::new(french, "")
    }
}

impl From<Kept> for Said {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::French(french) => french.into(),
            Kept::Both { french, english } => Self { french, english },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_in_one_language_is_still_read() {
        let line = 3;
        let both = said!("à la ligne {line}", "on line {line}");
        assert_eq!(
            (both.french.as_str(), both.english.as_str()),
            ("à la ligne 3", "on line 3")
        );
        let kept = serde_json::to_string(&both).unwrap();
        assert_eq!(serde_json::from_str::<Said>(&kept).unwrap(), both);
        assert_eq!(serde_json::from_str::<Said>("\"vide\"").unwrap(), "vide".into());
        assert_eq!(Said::read(both.kept()), both);
        assert_eq!(Said::read("relancez-le".to_owned()), "relancez-le".into());
        assert_eq!(Said::read(Said::nothing().kept()), Said::nothing());
    }

    #[test]
    fn a_cure_follows_in_each_language() {
        let both = Said::new("est vide", "is empty").then(&("Remplissez.", "Fill it in.").into());
        assert_eq!(both, ("est vide. Remplissez.", "is empty. Fill it in.").into());
        assert_eq!(Said::from("est vide").then(&Said::nothing()), "est vide.".into());
    }
}
