//! One cell to one value. Each refusal says what is wrong and what to do, in French.

use jiff::civil::Time;

/// What is wrong with a cell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) cure: String,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cure: cure.into(),
        }
    }
}

/// A telephone number that can be called: country code, leading digits and length are right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Phone {
    /// As typed, or with the zero that a spreadsheet took away.
    pub(crate) number: String,
    /// Whether an SMS may reach it; numbers of other countries are taken to be mobile.
    pub(crate) mobile: bool,
    /// The leading zero was put back.
    pub(crate) restored: bool,
}

/// Characters that make a spreadsheet run a cell.
const RUN: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Country codes of French numbers: 9 digits follow.
const FRENCH: [&str; 9] = ["33", "262", "508", "590", "594", "596", "681", "687", "689"];

/// ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el \
    en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl \
    km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa \
    pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur \
    uz ve vi vo wa wo xh yi yo za zh zu";

/// Whether a spreadsheet would run the cell as a formula.
pub(crate) fn would_run(cell: &str) -> bool {
    cell.starts_with(RUN)
}

/// The cell as it is safe to open in a spreadsheet.
pub(crate) fn defuse(cell: &str) -> String {
    if cell.trim_start_matches('\'').starts_with(RUN) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Takes back what [`defuse`] did, so that an export can be imported again.
pub(crate) fn undo_defusing(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(RUN) => rest,
        _ => cell,
    }
}

/// `09:00`, `9:00`, `9h00`, `9h` or `09:00:00`; the flag says whether it was written otherwise than `09:00`.
pub(crate) fn time(cell: &str) -> Result<(Time, bool), Fault> {
    parse_time(cell).ok_or_else(|| Fault::new("n'est pas une heure", "Écrivez l'heure sous la forme 09:00."))
}

fn parse_time(cell: &str) -> Option<(Time, bool)> {
    let lower = cell.to_lowercase();
    let mut parts = lower.split([':', 'h']);
    let hour = number(parts.next()?.trim())?;
    let minute = match parts.next()?.trim() {
        "" if lower.ends_with('h') => 0,
        text if text.len() == 2 => number(text)?,
        _ => return None,
    };
    match (parts.next(), parts.next()) {
        // Spreadsheets write times with seconds: a presence has none.
        (None, _) | (Some("00"), None) => {}
        _ => return None,
    }
    let time = Time::new(hour, minute, 0, 0).ok()?;
    Some((time, cell != clock(time)))
}

fn number(text: &str) -> Option<i8> {
    if text.is_empty() || text.len() > 2 {
        None
    } else {
        whole(text).and_then(|value| i8::try_from(value).ok())
    }
}

/// `09:00`.
pub(crate) fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Digits only: signs, spaces and decimals are refused.
fn whole(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        None
    } else {
        text.parse().ok()
    }
}

/// A whole number between bounds.
pub(crate) fn count(cell: &str, least: i64, most: i64) -> Result<i64, Fault> {
    let Some(value) = whole(cell) else {
        return Err(Fault::new(
            "n'est pas un nombre entier",
            format!("Écrivez un nombre de {least} à {most}."),
        ));
    };
    if value < least || value > most {
        return Err(Fault::new(
            format!("est hors des bornes {least} à {most}"),
            format!("Écrivez un nombre de {least} à {most}."),
        ));
    }
    Ok(value)
}

/// Yes or no, as people write it.
pub(crate) fn yes_no(cell: &str) -> Result<bool, Fault> {
    match cell.to_lowercase().as_str() {
        "oui" | "o" | "x" | "1" | "vrai" | "true" => Ok(true),
        "" | "non" | "n" | "0" | "faux" | "false" => Ok(false),
        _ => Err(Fault::new(
            "n'est ni oui ni non",
            "Écrivez oui, non, ou laissez la cellule vide.",
        )),
    }
}

/// A two-letter language code.
pub(crate) fn language(cell: &str) -> Result<String, Fault> {
    let code = cell.to_lowercase();
    if code.len() == 2 && LANGUAGES.split_whitespace().any(|known| known == code) {
        return Ok(code);
    }
    Err(Fault::new(
        "n'est pas un code de langue connu (fr, en, ar, …)",
        "Écrivez le code à deux lettres de la langue (fr, en, ar, …), ou laissez vide pour le français.",
    ))
}

/// An address that a mail server could accept: syntax only, nothing is looked up.
pub(crate) fn mail(cell: &str) -> Result<(), Fault> {
    let cure = "Corrigez l'adresse (nom@exemple.fr) ou videz la cellule.";
    if !cell.is_ascii() {
        return Err(Fault::new(
            "n'est pas une adresse de courriel : elle porte un accent",
            cure,
        ));
    }
    let sane = cell.len() <= 254
        && cell.split_once('@').is_some_and(|(local, domain)| {
            let labels: Vec<&str> = domain.split('.').collect();
            local_part(local) && labels.len() >= 2 && labels.iter().all(|label| host_label(label))
        });
    if sane {
        Ok(())
    } else {
        Err(Fault::new("n'est pas une adresse de courriel", cure))
    }
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
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// A telephone number by country code, leading digits and length; carriers' tables are not consulted, they change and
/// ranges kept for fiction must pass.
pub(crate) fn phone(cell: &str) -> Result<Phone, Fault> {
    let cure = "Corrigez le numéro (06 12 34 56 78 ou +33 6 12 34 56 78) ou videz la cellule.";
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
        return Err(Fault::new("n'est pas un numéro de téléphone", cure));
    }
    let valid = |mobile| {
        Ok(Phone {
            number: cell.to_owned(),
            mobile,
            restored: false,
        })
    };
    if international {
        if let Some(national) = FRENCH.iter().find_map(|code| digits.strip_prefix(code)) {
            let national = national.strip_prefix('0').unwrap_or(national);
            return match (national.len(), national.as_bytes().first()) {
                (9, Some(b'6' | b'7')) => valid(true),
                (9, Some(b'1'..=b'9')) => valid(false),
                // The small Pacific territories have six digits.
                (6, Some(b'1'..=b'9')) if !digits.starts_with("33") => valid(true),
                (length, _) => Err(length_fault(length, "9 après l'indicatif", cure)),
            };
        }
        // ITU E.164: at most 15 digits, no country code begins with 0.
        return match (digits.len(), digits.as_bytes().first()) {
            (8..=15, Some(b'1'..=b'9')) => valid(true),
            (8..=15, _) => Err(Fault::new("n'a pas d'indicatif de pays connu", cure)),
            (length, _) => Err(length_fault(length, "de 8 à 15", cure)),
        };
    }
    match (digits.len(), digits.as_bytes()) {
        (10, [b'0', b'6' | b'7', ..]) => valid(true),
        (10, [b'0', b'1'..=b'9', ..]) => valid(false),
        (10, _) => Err(Fault::new(
            "ne commence pas par 0 suivi d'un chiffre de 1 à 9",
            cure,
        )),
        (9, [b'1'..=b'9', ..]) => {
            let mobile = digits.starts_with(['6', '7']);
            Ok(Phone {
                number: format!("0{digits}"),
                mobile,
                restored: true,
            })
        }
        (length, _) => Err(length_fault(length, "10", cure)),
    }
}

fn length_fault(length: usize, needed: &str, cure: &str) -> Fault {
    let plural = if length > 1 { "s" } else { "" };
    Fault::new(format!("a {length} chiffre{plural}, il en faut {needed}"), cure)
}

/// Given name and family name of a contact written in one cell: the first word is the given name, unless the first
/// words alone are in capitals, which is how a family name is set apart.
pub(crate) fn full_name(cell: &str) -> Result<(String, String), Fault> {
    let words: Vec<&str> = cell.split_whitespace().collect();
    if words.len() < 2 {
        return Err(Fault::new(
            "doit porter un prénom et un nom",
            "Écrivez le prénom puis le nom de la personne.",
        ));
    }
    let capitals = words.iter().take_while(|word| shouted(word)).count();
    if capitals > 0 && capitals < words.len() {
        return Ok((words[capitals..].join(" "), words[..capitals].join(" ")));
    }
    Ok((words[0].to_owned(), words[1..].join(" ")))
}

fn shouted(word: &str) -> bool {
    word.chars().filter(|character| character.is_alphabetic()).count() > 1
        && !word.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (cell, expected, other) in [
            ("09:00", "09:00", false),
            ("9:05", "09:05", true),
            ("9h00", "09:00", true),
            ("12h30", "12:30", true),
            ("9h", "09:00", true),
            ("9 H 15", "09:15", true),
            ("09:00:00", "09:00", true),
        ] {
            let (time, rewritten) = super::time(cell).unwrap();
            assert_eq!((clock(time).as_str(), rewritten), (expected, other), "{cell}");
        }
        for cell in [
            "", "9", "25:00", "09:60", "9:5", "midi", "09:00:30", "-9:00", "9:+5",
        ] {
            assert!(super::time(cell).is_err(), "{cell}");
        }
    }

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
            ("+41 79 123 45 67", true),
        ] {
            assert_eq!(phone(cell).map(|phone| phone.mobile), Ok(mobile), "{cell}");
        }
        for cell in [
            "0612",
            "06 39 98 00 0",
            "1639980000",
            "+33 0",
            "+0 12345678",
            "six",
            "+33 0 0639980000",
            "٠٦٣٩٩٨٠٠٠٠",
        ] {
            assert!(phone(cell).is_err(), "{cell}");
        }
        assert_eq!(phone("0612").unwrap_err().message, "a 4 chiffres, il en faut 10");
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

    #[test]
    fn a_contact_is_given_name_then_family_name() {
        let name = |cell| full_name(cell).unwrap();
        assert_eq!(
            name("Benoît Le Goff"),
            ("Benoît".to_owned(), "Le Goff".to_owned())
        );
        assert_eq!(
            name("LE GOFF Benoît"),
            ("Benoît".to_owned(), "LE GOFF".to_owned())
        );
        assert!(full_name("Accueil").is_err());
    }

    #[test]
    fn defused_cells_come_back_as_they_were() {
        for cell in [
            "=1+1", "+33 6", "-x", "@me", "\tx", "'=x", "''+x", "l'été", "'quoted'", "",
        ] {
            let safe = defuse(cell);
            assert!(!would_run(&safe), "{cell}");
            assert_eq!(undo_defusing(&safe), cell);
        }
        assert_eq!(defuse("=1+1"), "'=1+1");
    }

    #[test]
    fn languages_and_numbers_are_bounded() {
        assert_eq!(language("FR"), Ok("fr".to_owned()));
        assert!(language("klingon").is_err() && language("zz").is_err() && language("a ").is_err());
        assert_eq!(count("4", 1, 9), Ok(4));
        assert!(count("0", 1, 9).is_err() && count("4,5", 1, 9).is_err() && count("+4", 1, 9).is_err());
        assert!(count("99999999999999999999", 1, 9).is_err());
    }
}
