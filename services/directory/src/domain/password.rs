//! Passwords: which ones are taken. How they are kept is another matter (`passwords`).

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use super::{Error, Mail};

const SHORTEST: usize = 12;
const LONGEST: usize = 200;
/// Fewer different characters than this are soon guessed, however long the password is.
const FEWEST_DIFFERENT: usize = 5;

/// Those that others choose most, twelve characters or nearly so, in lower case, in order. French habits included.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password as typed, in one form: an é is the same whichever keyboard made it. Never printed.
#[derive(Clone, Eq, PartialEq)]
pub struct Password(String);

impl Password {
    /// One to compare. What is too long to be anybody's is nobody's, and costs no more than another.
    pub fn typed(text: &str) -> Self {
        if text.len() > 4 * LONGEST {
            return Self(String::new());
        }
        Self(text.nfc().collect())
    }

    /// One to keep, for the account with this address. The refusal names `field`.
    pub fn chosen(field: &str, text: &str, mail: &Mail) -> Result<Self, Error> {
        let password = Self::typed(text);
        let length = password.0.chars().count();
        let refused = |message: &str| Err(Error::field(field, message));
        if text.len() > 4 * LONGEST || length > LONGEST {
            return refused("is longer than 200 characters: choose a shorter one");
        }
        if length < SHORTEST {
            return refused("is shorter than 12 characters: choose a longer one, four words for example");
        }
        let plain = password.0.to_lowercase();
        let (local, _) = mail.as_str().rsplit_once('@').unwrap_or_default();
        if plain == mail.as_str() || plain == local {
            return refused("is the mail address: choose another");
        }
        if COMMON.lines().any(|common| common == plain) {
            return refused("is one of the most common ones: choose another");
        }
        let mut letters: Vec<_> = plain.chars().collect();
        letters.sort_unstable();
        letters.dedup();
        if letters.len() < FEWEST_DIFFERENT {
            return refused("has fewer than five different characters: choose another");
        }
        Ok(password)
    }

    /// For the hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<String> {
        let mail = Mail::parse("coordination.emploi@example.org").unwrap();
        match Password::chosen("password", text, &mail) {
            Err(Error::Invalid(faults)) => Some(faults[0].message.clone()),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        }
    }

    #[test]
    fn twelve_to_two_hundred_characters_are_taken() {
        assert_eq!(refusal("lune verte 7"), None);
        assert_eq!(refusal("éléphant à vélo"), None);
        assert!(refusal("lune verte7").unwrap().contains("12"));
        let long: String = "lune verte, ".chars().cycle().take(200).collect();
        assert_eq!(refusal(&long), None);
        assert!(refusal(&format!("{long}x")).unwrap().contains("200"));
        assert!(refusal(&"x".repeat(1_000_000)).unwrap().contains("200"));
    }

    #[test]
    fn common_ones_and_the_address_are_refused_in_any_case() {
        for text in [
            "MotDePasse123",
            "azertyuiop123",
            "Coordination.Emploi@example.org",
            "coordination.emploi",
            "abababababab",
        ] {
            assert!(refusal(text).is_some(), "{text} was taken");
        }
    }

    #[test]
    fn an_accent_is_the_same_from_any_keyboard() {
        assert_eq!(Password::typed("e\u{301}te\u{301}"), Password::typed("été"));
    }

    #[test]
    fn the_list_of_common_ones_is_in_lower_case_and_in_order() {
        let lines: Vec<_> = COMMON.lines().collect();
        assert!(lines.is_sorted());
        assert!(lines.iter().all(|line| *line == line.to_lowercase()));
    }
}
