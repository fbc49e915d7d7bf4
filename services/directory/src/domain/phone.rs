//! Telephone numbers.

use std::fmt;

/// A number as E.164 (`+33639980000`).
///
/// Country code, leading digits and length are checked, never a carrier's table: numbers kept for fiction are good
/// (06 39 98 …, 04 65 71 …), and tables are out of date the day a range is given out.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Phone(String);

/// French numbers whose nine digits begin so belong to an overseas code; the same table holds for `06…` and `+336…`.
/// Order matters: the longer beginning first (06 39 98 is kept for fiction, the rest of 06 39 is Mayotte).
const OVERSEAS: [(&str, &str); 24] = [
    ("63998", "33"),
    ("639", "262"),
    ("690", "590"),
    ("691", "590"),
    ("692", "262"),
    ("693", "262"),
    ("694", "594"),
    ("696", "596"),
    ("697", "596"),
    ("7084", "508"),
    ("7085", "508"),
    ("7090", "590"),
    ("7091", "596"),
    ("7092", "262"),
    ("70930", "594"),
    ("70931", "594"),
    ("70932", "594"),
    ("70933", "594"),
    ("7093", "262"),
    ("590", "590"),
    ("594", "594"),
    ("596", "596"),
    ("262", "262"),
    ("269", "262"),
];

/// Codes whose numbers have nine digits like those of metropolitan France: Réunion and Mayotte, Guadeloupe, French
/// Guiana, Martinique, Saint-Pierre-et-Miquelon.
const NINE_DIGITS: [&str; 6] = ["33", "262", "590", "594", "596", "508"];
/// Codes with shorter numbers: how many digits, and how mobiles begin.
const SHORTER: [(&str, &[usize], &[&str]); 4] = [
    ("508", &[6], &["5"]),
    ("681", &[6], &["72", "82", "83"]),
    ("687", &[6], &["5", "7", "8", "9"]),
    ("689", &[6, 8], &["87", "88", "89"]),
];

impl Phone {
    /// Reads a number as typed: French with its 0 (or without: spreadsheets lose it), or international with + or 00.
    /// The text of the error says what is wrong, without showing the number.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let plain = without_separators(typed)?;
        if let Some(international) = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00")) {
            return read_international(international);
        }
        match plain.strip_prefix('0').unwrap_or(&plain) {
            nine if nine.len() == 9 => read_french(nine),
            eleven if eleven.len() == 11 && eleven.starts_with("33") => read_french(&eleven[2..]),
            _ => Err(format!(
                "has {} digits, a French number has 10, such as 06 39 98 00 00; begin a foreign one with +",
                plain.len()
            )),
        }
    }

    /// A number that was parsed before it was stored.
    pub fn stored(number: String) -> Self {
        Self(number)
    }

    /// `+` and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an SMS can reach it: French mobiles, overseas ones included. Foreign mobiles are for calling only.
    pub fn is_mobile(&self) -> bool {
        let number = self.0.trim_start_matches('+');
        let nine = NINE_DIGITS
            .iter()
            .filter_map(|code| number.strip_prefix(code))
            .any(|national| national.len() == 9 && (national.starts_with('6') || national.starts_with('7')));
        nine || SHORTER.iter().any(|(code, lengths, mobiles)| {
            number.strip_prefix(code).is_some_and(|national| {
                lengths.contains(&national.len()) && mobiles.iter().any(|begin| national.starts_with(begin))
            })
        })
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Digits, perhaps with a + before them.
fn without_separators(typed: &str) -> Result<String, String> {
    let plain: String = typed
        .replace("(0)", "")
        .chars()
        .filter(|sign| !sign.is_whitespace() && !".-/()\u{2010}\u{2011}\u{2013}".contains(*sign))
        .collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(
            "is not a telephone number: only digits, spaces and a + at the beginning are read".to_owned(),
        );
    }
    Ok(plain)
}

/// The nine digits after the 0 or after +33.
fn read_french(nine: &str) -> Result<Phone, String> {
    if nine.starts_with('0') {
        return Err(
            "begins with two zeros, a French number begins with one, such as 06 39 98 00 00".to_owned(),
        );
    }
    let code = OVERSEAS
        .iter()
        .find(|(begin, _)| nine.starts_with(begin))
        .map_or("33", |(_, code)| code);
    Ok(Phone(format!("+{code}{nine}")))
}

fn read_international(digits: &str) -> Result<Phone, String> {
    if let Some(national) = digits.strip_prefix("33") {
        // People write +33 06 … too.
        return match national.strip_prefix('0').unwrap_or(national) {
            nine if nine.len() == 9 => read_french(nine),
            other => Err(format!(
                "has {} digits after +33, a French number has 9 there",
                other.len()
            )),
        };
    }
    if let Some(lengths) = french_lengths(digits) {
        // Not asked of the library: its tables lack ranges that were given out lately (0708 and 0709 overseas).
        return if lengths.iter().any(|(code, length)| digits.len() == code + length) {
            Ok(Phone(format!("+{digits}")))
        } else {
            Err("has too few or too many digits for its overseas code".to_owned())
        };
    }
    if !(8..=15).contains(&digits.len()) {
        return Err(format!(
            "has {} digits, an international number has 8 to 15",
            digits.len()
        ));
    }
    let known =
        phonenumber::parse(None, format!("+{digits}")).is_ok_and(|number| number.country().id().is_some());
    if !known {
        return Err("does not begin with the code of a country".to_owned());
    }
    Ok(Phone(format!("+{digits}")))
}

/// For an overseas number: length of its code, and how many digits may follow.
fn french_lengths(digits: &str) -> Option<Vec<(usize, usize)>> {
    let nine = NINE_DIGITS
        .iter()
        .filter(|code| digits.starts_with(**code))
        .map(|code| (code.len(), 9));
    let shorter = SHORTER.iter().filter(|(code, ..)| digits.starts_with(code));
    let lengths: Vec<_> = nine
        .chain(shorter.flat_map(|(code, lengths, _)| lengths.iter().map(|length| (code.len(), *length))))
        .collect();
    (!lengths.is_empty()).then_some(lengths)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn read(typed: &str) -> (String, bool) {
        let phone = Phone::parse(typed).unwrap();
        (phone.to_string(), phone.is_mobile())
    }

    #[test]
    fn french_numbers_are_read_however_they_are_typed() {
        for typed in [
            "06 39 98 01 01",
            "06.39.98.01.01",
            "06-39-98-01-01",
            "0639980101",
            "639980101",
            "+33 6 39 98 01 01",
            "+33 (0)6 39 98 01 01",
            "+33 06 39 98 01 01",
            "0033639980101",
            "33639980101",
            " 06\u{a0}39\u{202f}98 01 01 ",
        ] {
            assert_eq!(read(typed), ("+33639980101".to_owned(), true), "{typed:?}");
        }
        assert_eq!(read("04 65 71 28 76"), ("+33465712876".to_owned(), false));
        assert_eq!(read("07 56 12 34 56"), ("+33756123456".to_owned(), true));
        assert_eq!(read("09 72 12 34 56"), ("+33972123456".to_owned(), false));
    }

    #[test]
    fn overseas_numbers_have_their_own_code() {
        for (typed, number, mobile) in [
            ("0692 12 34 56", "+262692123456", true),
            ("0639 12 34 56", "+262639123456", true),
            ("0690 12 34 56", "+590690123456", true),
            ("0694 12 34 56", "+594694123456", true),
            ("0696 12 34 56", "+596696123456", true),
            ("+33 692 12 34 56", "+262692123456", true),
            ("+262 692 12 34 56", "+262692123456", true),
            ("0262 12 34 56", "+262262123456", false),
            ("0709 31 23 45", "+594709312345", true),
            ("+687 75 12 34", "+687751234", true),
            ("+687 25 12 34", "+687251234", false),
            ("+689 87 12 34 56", "+68987123456", true),
            ("+508 55 12 34", "+508551234", true),
        ] {
            assert_eq!(read(typed), (number.to_owned(), mobile), "{typed:?}");
        }
        assert!(Phone::parse("+262 692 12 34").is_err());
    }

    #[test]
    fn foreign_numbers_are_kept_but_get_no_sms() {
        assert_eq!(read("+32 470 12 34 56"), ("+32470123456".to_owned(), false));
        assert_eq!(read("0041 79 123 45 67"), ("+41791234567".to_owned(), false));
    }

    #[test]
    fn what_is_no_number_is_refused_with_a_cure() {
        assert_eq!(
            Phone::parse("0612").unwrap_err(),
            "has 4 digits, a French number has 10, such as 06 39 98 00 00; begin a foreign one with +"
        );
        for typed in [
            "",
            "+",
            "abc",
            "06 39 98 01 0a",
            "+999 123 456 78",
            "0000000000",
            "+33 6 39 98",
            "+1",
            "06399801011",
        ] {
            assert!(Phone::parse(typed).is_err(), "{typed:?} was taken");
        }
    }

    /// Every beginning that has a code of its own, and the plain ones: what is written down is read again.
    #[test]
    fn each_french_beginning_reads_back_from_its_international_form() {
        for begin in OVERSEAS
            .iter()
            .map(|(begin, _)| *begin)
            .chain(["1", "6", "7", "8", "9"])
        {
            for filler in '0'..='9' {
                let typed = format!("0{begin:<9}").replace(' ', &filler.to_string());
                let phone = Phone::parse(&typed).unwrap();
                assert_eq!(Phone::parse(phone.as_str()), Ok(phone), "{typed}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_stored_number_reads_as_itself(typed in "(\\+|00|0)?[0-9]{4,14}") {
            if let Ok(phone) = Phone::parse(&typed) {
                prop_assert_eq!(Phone::parse(phone.as_str()).unwrap(), phone);
            }
        }

        #[test]
        fn any_ten_digits_that_begin_with_one_zero_are_french(rest in "[1-9][0-9]{8}") {
            let phone = Phone::parse(&format!("0{rest}")).unwrap();
            prop_assert!(phone.as_str().ends_with(&rest));
            prop_assert_eq!(phone.is_mobile(), rest.starts_with(['6', '7']));
        }
    }
}
