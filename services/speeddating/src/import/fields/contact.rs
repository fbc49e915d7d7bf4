//! Mail addresses and telephone numbers: syntax and shape only, nothing is looked up.

use platform::{Said, said};

use super::Fault;

/// A telephone number that can be called: country code, leading digits and length are right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Phone {
    /// As typed, or with the zero that a spreadsheet took away.
    pub(crate) number: String,
    /// Whether an SMS may reach it; numbers of other countries are for calling only.
    pub(crate) mobile: bool,
    /// The leading zero, or the plus, was put back.
    pub(crate) restored: bool,
}

const MAIL_CURE: (&str, &str) = (
    "Corrigez l'adresse (nom@exemple.fr) ou laissez vide.",
    "Correct the address (name@example.org) or leave it empty.",
);

/// Country codes of French numbers, and how many digits follow. The directory has the same rule; what it still refuses
/// comes back as a faulty row.
const FRENCH: [(&str, &[usize]); 9] = [
    ("33", &[9]),
    ("262", &[9]),
    ("508", &[6, 9]),
    ("590", &[9]),
    ("594", &[9]),
    ("596", &[9]),
    ("681", &[6]),
    ("687", &[6]),
    ("689", &[6, 8]),
];

/// An address that a mail server could accept: syntax only, nothing is looked up.
pub(crate) fn mail(cell: &str) -> Result<(), Fault> {
    let wrong = || {
        Fault::new(
            ("n'est pas une adresse de courriel", "is not an email address"),
            MAIL_CURE,
        )
    };
    let Some((local, domain)) = cell.rsplit_once('@') else {
        return Err(wrong());
    };
    if !local.is_ascii() {
        let message = (
            "n'est pas une adresse de courriel : elle porte un accent",
            "is not an email address: it has an accent",
        );
        return Err(Fault::new(message, MAIL_CURE));
    }
    let labels: Vec<&str> = domain.split('.').collect();
    let top = labels.last().copied().unwrap_or_default();
    let sane = cell.len() <= 254
        && local_part(local)
        && labels.len() >= 2
        && labels.iter().all(|label| host_label(label))
        && top.chars().count() >= 2
        && !top.bytes().all(|byte| byte.is_ascii_digit());
    if sane { Ok(()) } else { Err(wrong()) }
}

fn local_part(local: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-.".contains(&byte);
    !local.is_empty()
        && local.len() <= 64
        && local.bytes().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn host_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && label
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// A telephone number by country code, leading digits and length; carriers' tables are not consulted, they change and
/// ranges kept for fiction must pass.
pub(crate) fn phone(cell: &str) -> Result<Phone, Fault> {
    let cure = (
        "Corrigez le numéro (06 12 34 56 78 ou +33 6 12 34 56 78) ou laissez vide.",
        "Correct the number (06 12 34 56 78 or +33 6 12 34 56 78) or leave it empty.",
    );
    let compact: String = cell
        .replace("(0)", "")
        .chars()
        .filter(|character| !" \u{a0}\u{202f}.-/()".contains(*character))
        .collect();
    let (international, digits) = match compact.strip_prefix('+').or_else(|| compact.strip_prefix("00")) {
        Some(rest) => (true, rest),
        None => (false, compact.as_str()),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = ("n'est pas un numéro de téléphone", "is not a telephone number");
        return Err(Fault::new(message, cure));
    }
    let valid = |mobile| {
        Ok(Phone {
            number: cell.to_owned(),
            mobile,
            restored: false,
        })
    };
    if international {
        if let Some((code, lengths)) = FRENCH.iter().find(|(code, _)| digits.starts_with(code)) {
            let national = &digits[code.len()..];
            let national = national.strip_prefix('0').unwrap_or(national);
            let mobile = national.len() < 9 || national.starts_with(['6', '7']);
            if !lengths.contains(&national.len()) {
                let lengths: Vec<String> = lengths.iter().map(ToString::to_string).collect();
                let (french, english) = (lengths.join(" ou "), lengths.join(" or "));
                let needed = said!("{french} après l'indicatif", "{english} after the country code");
                return Err(length_fault(national.len(), &needed, cure));
            }
            return if national.starts_with('0') {
                let message = (
                    "a deux zéros après l'indicatif",
                    "has two zeros after the country code",
                );
                Err(Fault::new(message, cure))
            } else {
                valid(mobile)
            };
        }
        // ITU E.164: at most 15 digits, no country code begins with 0.
        return match (digits.len(), digits.as_bytes().first()) {
            (8..=15, Some(b'1'..=b'9')) => valid(false),
            (8..=15, _) => Err(Fault::new(
                ("n'a pas d'indicatif de pays connu", "has no known country code"),
                cure,
            )),
            (length, _) => Err(length_fault(length, &("de 8 à 15", "8 to 15").into(), cure)),
        };
    }
    let restored = |number, mobile| {
        Ok(Phone {
            number,
            mobile,
            restored: true,
        })
    };
    match (digits.len(), digits.as_bytes()) {
        (10, [b'0', b'6' | b'7', ..]) => valid(true),
        (10, [b'0', b'1'..=b'9', ..]) => valid(false),
        (10, _) => Err(Fault::new(
            (
                "ne commence pas par 0 suivi d'un chiffre de 1 à 9",
                "does not begin with 0 and a digit from 1 to 9",
            ),
            cure,
        )),
        (9, [b'1'..=b'9', ..]) => restored(format!("0{digits}"), digits.starts_with(['6', '7'])),
        (11, [b'3', b'3', first @ b'1'..=b'9', ..]) => {
            restored(format!("+{digits}"), matches!(first, b'6' | b'7'))
        }
        (length, _) => Err(length_fault(length, &("10", "10").into(), cure)),
    }
}

fn length_fault(length: usize, needed: &Said, cure: (&str, &str)) -> Fault {
    let plural = if length > 1 { "s" } else { "" };
    let Said { french, english } = needed;
    let message = said!(
        "a {length} chiffre{plural}, il en faut {french}",
        "has {length} digits: {english} are needed"
    );
    Fault::new(message, cure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_judged_by_country_code_leading_digits_and_length() {
        for (cell, mobile) in [
            ("06 39 98 00 00", true),
            ("+33 6 39 98 01 10", true),
            ("0033639980110", true),
            ("+33 (0)6 39 98 01 10", true),
            ("04.65.71.28.76", false),
            ("+33465712876", false),
            ("+262 692 12 34 56", true),
            ("+687 75 12 34", true),
            ("+41 79 123 45 67", false),
            ("+689 87 12 34 56", true),
            ("33639980101", true),
        ] {
            assert_eq!(phone(cell).map(|phone| phone.mobile), Ok(mobile), "{cell}");
        }
        for cell in [
            "0612",
            "06 39 98 00 0",
            "1639980000",
            "+33 0",
            "+262 12 34 56",
            "+33 0063998011",
            "+0 12345678",
            "six",
            "+33 0 0639980000",
            "٠٦٣٩٩٨٠٠٠٠",
        ] {
            assert!(phone(cell).is_err(), "{cell}");
        }
        assert_eq!(
            phone("0612").unwrap_err().message.french,
            "a 4 chiffres, il en faut 10"
        );
    }

    #[test]
    fn the_zero_that_a_spreadsheet_took_is_put_back() {
        let phone = phone("639980000").unwrap();
        assert_eq!(
            (phone.number.as_str(), phone.mobile, phone.restored),
            ("0639980000", true, true)
        );
    }

    #[test]
    fn mail_addresses_are_checked_for_syntax() {
        for cell in [
            "a@b.fr",
            "william.d'almeida@example.org",
            "x+y@sub.example.com",
            "recrutement@clair--net.example.com",
        ] {
            assert_eq!(mail(cell), Ok(()), "{cell}");
        }
        for cell in [
            "rania.roux-at-example.org",
            "@b.fr",
            "a@b",
            "a@@b.fr",
            "a b@c.fr",
            "a@b..fr",
            "zoé@b.fr",
            "a@-b.fr",
            ".a@b.fr",
            "a@b.fr\n",
        ] {
            assert!(mail(cell).is_err(), "{cell}");
        }
    }
}
