use super::{Language, Texts};

impl Texts {
    /// "1 234" or "1,234".
    pub(crate) fn number(self, amount: impl TryInto<i64>) -> String {
        number(self.0, amount.try_into().unwrap_or(i64::MAX))
    }

    /// "87 %" or "87%", rounded to the nearest, but all and none only when it is; "–" of nothing.
    pub(crate) fn percent(self, part: impl TryInto<i64>, whole: impl TryInto<i64>) -> String {
        let part = part.try_into().unwrap_or(i64::MAX);
        let whole = whole.try_into().unwrap_or_default();
        if whole <= 0 {
            return "–".to_owned();
        }
        let nearest = (part * 200 + whole) / (whole * 2);
        let share = if (1..whole).contains(&part) {
            nearest.clamp(1, 99)
        } else {
            nearest
        };
        let share = number(self.0, share);
        match self.0 {
            Language::French => format!("{share}\u{a0}%"),
            Language::English => format!("{share}%"),
        }
    }

    /// "1 234,50 €" or "€1,234.50", from cents.
    pub(crate) fn money(self, cents: i64) -> String {
        let sign = if cents < 0 { "−" } else { "" };
        let whole = number(
            self.0,
            i64::try_from(cents.unsigned_abs() / 100).unwrap_or(i64::MAX),
        );
        let rest = cents.unsigned_abs() % 100;
        match self.0 {
            Language::French => format!("{sign}{whole},{rest:02}\u{a0}€"),
            Language::English => format!("{sign}€{whole}.{rest:02}"),
        }
    }

    /// "1er", "2e" (masculine) or "1st", "2nd".
    pub(crate) fn ordinal(self, rank: usize) -> String {
        let ending = match (self.0, rank % 10, rank % 100) {
            (Language::French, ..) if rank == 1 => "er",
            (Language::French, ..) => "e",
            (Language::English, 1, tens) if tens != 11 => "st",
            (Language::English, 2, tens) if tens != 12 => "nd",
            (Language::English, 3, tens) if tens != 13 => "rd",
            (Language::English, ..) => "th",
        };
        format!("{rank}{ending}")
    }

    /// "a, b et c" or "a, b and c".
    pub(crate) fn list(self, items: &[impl AsRef<str>]) -> String {
        let word = match self.0 {
            Language::French => "et",
            Language::English => "and",
        };
        match items {
            [] => String::new(),
            [one] => one.as_ref().to_owned(),
            [first @ .., last] => {
                let first: Vec<_> = first.iter().map(AsRef::as_ref).collect();
                format!("{} {word} {}", first.join(", "), last.as_ref())
            }
        }
    }
}

pub(super) fn number(language: Language, amount: i64) -> String {
    let space = match language {
        Language::French => '\u{202f}',
        Language::English => ',',
    };
    let digits = amount.unsigned_abs().to_string();
    let mut out = String::from(if amount < 0 { "−" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(space);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: Texts = Texts(Language::French);
    const ENGLISH: Texts = Texts(Language::English);

    #[test]
    fn numbers_are_written_as_in_each_language() {
        assert_eq!(FRENCH.number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(ENGLISH.number(1_234_567), "1,234,567");
        assert_eq!(FRENCH.number(-5), "−5");
        assert_eq!(
            (FRENCH.percent(2, 3), ENGLISH.percent(2, 3)),
            ("67\u{a0}%".into(), "67%".into())
        );
        assert_eq!(FRENCH.percent(1, 0), "–");
        assert_eq!(
            [(285, 286), (286, 286), (1, 286), (0, 286)].map(|(part, whole)| ENGLISH.percent(part, whole)),
            ["99%", "100%", "1%", "0%"]
        );
        assert_eq!(FRENCH.money(123_450), "1\u{202f}234,50\u{a0}€");
        assert_eq!(ENGLISH.money(-5), "−€0.05");
    }

    #[test]
    fn ranks_and_lists_are_written_as_in_each_language() {
        assert_eq!(
            (FRENCH.ordinal(1), FRENCH.ordinal(21)),
            ("1er".into(), "21e".into())
        );
        let english: Vec<_> = [1, 2, 3, 4, 11, 12, 21, 103]
            .map(|rank| ENGLISH.ordinal(rank))
            .into();
        assert_eq!(
            english,
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "103rd"]
        );
        assert_eq!(FRENCH.list(&["a", "b", "c"]), "a, b et c");
        assert_eq!(ENGLISH.list(&["a", "b"]), "a and b");
        assert_eq!(
            (FRENCH.list(&["a"]), FRENCH.list(&[""; 0])),
            ("a".into(), String::new())
        );
    }
}
