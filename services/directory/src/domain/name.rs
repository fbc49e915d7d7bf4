//! Names as people write them, and the key under which they are found again.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Letters that Unicode does not take apart, and what people type for them.
const FOLDS: [(char, &str); 13] = [
    ('ß', "ss"),
    ('œ', "oe"),
    ('æ', "ae"),
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ħ', "h"),
    ('ŧ', "t"),
    ('ı', "i"),
    ('ŋ', "n"),
    ('ς', "σ"),
];

/// Words in lower case without accents or signs, one space between: what two spellings of one name share.
///
/// `"Raphaël  D'Ängelo-Œuvrard"` is `"raphael d angelo oeuvrard"`. The key of a key is itself.
pub fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let letters = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter));
    for letter in letters {
        if let Some((_, plain)) = FOLDS.iter().find(|(from, _)| *from == letter) {
            key.push_str(plain);
        } else if letter.is_alphanumeric() {
            key.push(letter);
        } else if !key.is_empty() && !key.ends_with(' ') {
            key.push(' ');
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// Every run of white space, line breaks too, as one space; none at the ends.
pub(super) fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `letters` are how the surname begins: three letters, or all of a shorter one; accents, case, signs and
/// whatever follows the third letter do not count.
pub fn surname_begins(surname: &str, letters: &str) -> bool {
    let begin = |text: &str| {
        key(text)
            .chars()
            .filter(|letter| *letter != ' ')
            .take(3)
            .collect::<String>()
    };
    let expected = begin(surname);
    !expected.is_empty() && expected == begin(letters)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for (one, other) in [
            ("Raphaël", "RAPHAEL"),
            ("D’Angelo", "d'angelo"),
            ("Jean-Pierre", "Jean  Pierre"),
            ("Straße", "STRASSE"),
            ("Œuvrard", "Oeuvrard"),
            ("Işık", "ISIK"),
            ("İlkay", "Ilkay"),
            ("Łukasz", "Lukasz"),
            ("e\u{301}mile", "Émile"),
        ] {
            assert_eq!(key(one), key(other), "{one} and {other}");
        }
        assert_ne!(key("Martin"), key("Martini"));
    }

    #[test]
    fn three_letters_open_a_link_whatever_the_accents() {
        assert!(surname_begins("Étienne", "ETI"));
        assert!(surname_begins("D'Angelo", "dan"));
        assert!(surname_begins("Le Goff", "Le G"));
        assert!(surname_begins("Ng", "ng"));
        assert!(surname_begins("Diallo", "Diallo"));
        assert!(!surname_begins("Ng", "n"));
        assert!(!surname_begins("Ng", "ngu"));
        assert!(!surname_begins("Diallo", "di"));
        assert!(!surname_begins("Diallo", ""));
        assert!(!surname_begins("", ""));
    }

    proptest! {
        #[test]
        fn the_key_of_a_key_is_itself(text in "\\PC{0,40}") {
            let once = key(&text);
            prop_assert_eq!(key(&once), once);
        }

        #[test]
        fn case_and_white_space_do_not_change_the_key(text in "[a-zA-Zéèêëàçïôœæ' -]{0,30}") {
            prop_assert_eq!(key(&text.to_uppercase()), key(&format!("  {} ", text.replace(' ', " \n"))));
        }
    }
}
