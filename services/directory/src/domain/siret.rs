//! The French register number of an establishment.

use std::fmt;

/// 14 digits: nine of the enterprise (SIREN), five of the establishment.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Siret(String);

/// La Poste has more establishments than the key digit allows for: theirs are good when the digits sum to a multiple
/// of five (INSEE), beside the head office, which is regular.
const LA_POSTE: &str = "356000000";

impl Siret {
    /// Reads 14 digits, with or without spaces.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let digits: String = typed
            .chars()
            .filter(|sign| !sign.is_whitespace() && *sign != '.')
            .collect();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("is not a SIRET: only digits and spaces are read".to_owned());
        }
        if digits.len() != 14 {
            return Err(format!(
                "has {} digits, a SIRET has 14 (9 of the SIREN and 5 more)",
                digits.len()
            ));
        }
        let la_poste = digits.starts_with(LA_POSTE) && digit_values(&digits).sum::<u32>().is_multiple_of(5);
        if digits == "00000000000000" || !(luhn(&digits) || la_poste) {
            return Err(
                "is not a SIRET: a digit is wrong, its check does not come out; copy it again".to_owned(),
            );
        }
        Ok(Self(digits))
    }

    /// A number that was parsed before it was stored.
    pub fn stored(digits: String) -> Self {
        Self(digits)
    }

    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Siret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digit_values(digits)
        .rev()
        .enumerate()
        .map(|(place, value)| match (place % 2, value) {
            (0, value) => value,
            (_, value) if value > 4 => value * 2 - 9,
            (_, value) => value * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn digit_values(digits: &str) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator {
    digits.bytes().map(|byte| u32::from(byte - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_numbers_are_read_with_spaces() {
        assert_eq!(
            Siret::parse("732 829 320 00074").unwrap().as_str(),
            "73282932000074"
        );
    }

    #[test]
    fn establishments_of_la_poste_have_a_rule_of_their_own() {
        assert!(
            Siret::parse("35600000000048").is_ok(),
            "the head office is regular"
        );
        assert!(!luhn("35600000049837"));
        assert!(Siret::parse("35600000049837").is_ok());
        assert!(Siret::parse("35600000049838").is_err());
    }

    #[test]
    fn a_wrong_digit_or_length_is_told() {
        assert!(
            Siret::parse("73282932000075")
                .unwrap_err()
                .contains("a digit is wrong")
        );
        assert!(Siret::parse("732829320").unwrap_err().contains("has 9 digits"));
        assert!(Siret::parse("7328293200007A").is_err());
        assert!(Siret::parse("00000000000000").is_err());
    }

    #[test]
    fn any_single_wrong_digit_is_noticed() {
        let good = "73282932000074";
        for place in 0..14 {
            for digit in b'0'..=b'9' {
                let mut wrong = good.as_bytes().to_vec();
                wrong[place] = digit;
                let wrong = String::from_utf8(wrong).unwrap();
                assert_eq!(Siret::parse(&wrong).is_ok(), wrong == good, "{wrong}");
            }
        }
    }
}
