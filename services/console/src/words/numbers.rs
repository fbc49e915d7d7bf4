/// "1 personne", "1 234 personnes", spaces that do not break. French: what is below two is singular.
pub(crate) fn count(amount: impl TryInto<i64>, one: &str, many: &str) -> String {
    let amount = amount.try_into().unwrap_or(i64::MAX);
    let noun = if amount.abs() < 2 { one } else { many };
    format!("{}\u{a0}{noun}", number(amount))
}

/// "1 234" with narrow spaces.
pub(crate) fn number(amount: impl Into<i64>) -> String {
    let amount = amount.into();
    let digits = amount.unsigned_abs().to_string();
    let mut out = String::from(if amount < 0 { "−" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// "87 %", rounded to the nearest; "–" of nothing.
pub(crate) fn percent(part: impl Into<i64>, whole: impl Into<i64>) -> String {
    let (part, whole) = (part.into(), whole.into());
    if whole <= 0 {
        return "–".to_owned();
    }
    format!("{}\u{a0}%", number((part * 200 + whole) / (whole * 2)))
}

/// "1er", "2e", for vœux and other masculine words.
pub(crate) fn ordinal(rank: usize) -> String {
    if rank == 1 {
        "1er".to_owned()
    } else {
        format!("{rank}e")
    }
}

/// A telephone number as a `tel:` link wants it.
pub(crate) fn dialled(telephone: &str) -> String {
    telephone
        .chars()
        .filter(|sign| sign.is_ascii_digit() || *sign == '+')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_percents_and_plurals_are_written_as_in_french() {
        assert_eq!(number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(number(999), "999");
        assert_eq!(count(0, "personne", "personnes"), "0\u{a0}personne");
        assert_eq!(
            count(1_000, "personne", "personnes"),
            "1\u{202f}000\u{a0}personnes"
        );
        assert_eq!(percent(87, 100), "87\u{a0}%");
        assert_eq!(percent(2, 3), "67\u{a0}%");
        assert_eq!(percent(1, 0), "–");
        assert_eq!((ordinal(1), ordinal(2)), ("1er".to_owned(), "2e".to_owned()));
    }
}
