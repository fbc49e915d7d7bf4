//! One cell to one value. Each refusal says what is wrong and what to do, in French and in English.

mod contact;

use jiff::civil::Time;
use platform::{Said, said};

pub(crate) use self::contact::{Phone, mail, phone};

/// What is wrong with a cell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Fault {
    pub(crate) message: Said,
    pub(crate) cure: Said,
}

impl Fault {
    pub(crate) fn new(message: impl Into<Said>, cure: impl Into<Said>) -> Self {
        Self {
            message: message.into(),
            cure: cure.into(),
        }
    }
}

/// Characters that make a spreadsheet run a cell.
const RUN: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

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
    parse_time(cell).ok_or_else(|| {
        Fault::new(
            ("n'est pas une heure", "is not a time"),
            ("Écrivez l'heure sous la forme 09:00.", "Write the time as 09:00."),
        )
    })
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
    let cure = || {
        said!(
            "Écrivez un nombre de {least} à {most}.",
            "Write a number from {least} to {most}."
        )
    };
    let Some(value) = whole(cell) else {
        let message = ("n'est pas un nombre entier", "is not a whole number");
        return Err(Fault::new(message, cure()));
    };
    if value < least || value > most {
        let message = said!(
            "est hors des bornes {least} à {most}",
            "is not between {least} and {most}"
        );
        return Err(Fault::new(message, cure()));
    }
    Ok(value)
}

/// Yes or no, as people write it.
pub(crate) fn yes_no(cell: &str) -> Result<bool, Fault> {
    match cell.to_lowercase().as_str() {
        "oui" | "o" | "x" | "1" | "vrai" | "true" => Ok(true),
        "" | "non" | "n" | "0" | "faux" | "false" => Ok(false),
        _ => Err(Fault::new(
            ("n'est ni oui ni non", "is neither “oui” (yes) nor “non” (no)"),
            (
                "Écrivez oui, non, ou laissez vide.",
                "Write “oui” or “non”, or leave it empty.",
            ),
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
        (
            "n'est pas un code de langue connu (fr, en, ar, …)",
            "is no known language code (fr, en, ar, …)",
        ),
        (
            "Écrivez le code à deux lettres de la langue (fr, en, ar, …), ou laissez vide pour le français.",
            "Write the two-letter code of the language (fr, en, ar, …), or leave it empty for French.",
        ),
    ))
}

/// Given name and family name of a contact written in one cell: the first word is the given name, unless the first
/// words alone are in capitals, which is how a family name is set apart.
pub(crate) fn full_name(cell: &str) -> Result<(String, String), Fault> {
    let words: Vec<&str> = cell.split_whitespace().collect();
    if words.len() < 2 {
        return Err(Fault::new(
            (
                "doit porter un prénom et un nom",
                "must hold a first name and a last name",
            ),
            (
                "Écrivez le prénom puis le nom de la personne.",
                "Write the person’s first name, then the last name.",
            ),
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
