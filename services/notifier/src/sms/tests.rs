use proptest::prelude::*;

use super::gsm7::{BASIC, EXTENSION};
use super::*;

/// Septets of a text, as a modem would put them on the air.
fn septets(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for character in text.chars() {
        if let Some(at) = BASIC.iter().position(|basic| *basic == character) {
            out.push(u8::try_from(at).unwrap());
        } else {
            let (code, _) = EXTENSION
                .iter()
                .find(|(_, extended)| *extended == character)
                .unwrap();
            out.extend([0x1b, *code]);
        }
    }
    out
}

/// What a telephone shows for septets: an escape at the end of a part would lose its character.
fn shown(septets: &[u8]) -> String {
    let mut out = String::new();
    let mut octets = septets.iter();
    while let Some(septet) = octets.next() {
        if *septet == 0x1b {
            let code = octets.next().expect("an escape pair straddles two parts");
            out.push(EXTENSION.iter().find(|(known, _)| known == code).unwrap().1);
        } else {
            out.push(BASIC[usize::from(*septet)]);
        }
    }
    out
}

#[test]
fn the_table_has_the_anchors_of_the_standard() {
    let at = |index: usize| BASIC[index];
    assert_eq!((at(0x00), at(0x09), at(0x11), at(0x1f)), ('@', 'Ç', '_', 'É'));
    assert_eq!((at(0x20), at(0x24), at(0x30), at(0x40)), (' ', '¤', '0', '¡'));
    assert_eq!((at(0x5b), at(0x5d), at(0x60), at(0x7f)), ('Ä', 'Ñ', '¿', 'à'));
    let mut all: Vec<char> = BASIC
        .into_iter()
        .chain(EXTENSION.map(|(_, character)| character))
        .collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 138, "a character is in the tables twice");
}

#[test]
fn the_example_of_the_domain_paper_is_one_part() {
    let text = "Rappel : rendez-vous mardi 24/11 à 9h30 avec Maison Lyon pour l'Emploi, 4 rue Exemple Lyon 3. \
                Modifier ou annuler : mle.fr/r/A7K2M9QX ou 0472000000";
    let sms = compose(text, false);
    assert_eq!(
        (sms.encoding, sms.units, sms.parts.len()),
        (Encoding::Gsm7, 147, 1)
    );
    assert!(sms.replaced.is_empty());
}

#[test]
fn typographic_marks_are_mapped_and_accents_of_the_alphabet_stay() {
    let sms = compose("L’œuvre – « déçue » à Noël… c\u{a0}est gêné ÇÉ ñ ö", false);
    assert_eq!(sms.text, "L'oeuvre - \" décue \" à Noel... c est gené ÇÉ ñ ö");
    assert_eq!(sms.encoding, Encoding::Gsm7);
    assert_eq!(
        sms.replaced,
        [
            "’→'",
            "œ→oe",
            "–→-",
            "«→\"",
            "ç→c",
            "»→\"",
            "ë→e",
            "…→...",
            "\u{a0}→ ",
            "ê→e"
        ]
    );
}

#[test]
fn kept_unicode_costs_ucs2() {
    let sms = compose("déçu", true);
    assert_eq!(
        (sms.encoding, sms.text.as_str(), sms.units),
        (Encoding::Ucs2, "déçu", 4)
    );
}

#[test]
fn a_text_without_replacement_goes_unchanged_in_ucs2() {
    let sms = compose("موعد – rappel", false);
    assert_eq!(
        (sms.encoding, sms.text.as_str()),
        (Encoding::Ucs2, "موعد – rappel")
    );
    assert!(sms.replaced.is_empty());
}

#[test]
fn limits_are_those_of_the_standard() {
    let parts = |text: &str| {
        compose(text, false)
            .parts
            .iter()
            .map(|part| part.chars().count())
            .collect::<Vec<_>>()
    };
    assert_eq!(parts(&"a".repeat(160)), [160]);
    assert_eq!(parts(&"a".repeat(161)), [153, 8]);
    assert_eq!(parts(&"a".repeat(307)), [153, 153, 1]);
    assert_eq!(parts(&"ж".repeat(70)), [70]);
    assert_eq!(parts(&"ж".repeat(71)), [67, 4]);
    assert!(parts("").is_empty());
}

#[test]
fn an_escape_pair_does_not_straddle_two_parts() {
    // 152 septets, then a pair: the pair moves on and the first part stays one short, so 306 septets take 3 parts.
    let text = format!("{}€{}€{}", "a".repeat(152), "b".repeat(150), "c".repeat(2));
    let sms = compose(&text, false);
    assert_eq!(sms.units, 308);
    assert_eq!(sms.parts[0], "a".repeat(152));
    assert_eq!(sms.parts[1], format!("€{}", "b".repeat(150)));
    assert_eq!(sms.parts.len(), 3);
}

#[test]
fn a_surrogate_pair_does_not_straddle_two_parts() {
    let text = format!("{}😀{}", "ж".repeat(66), "ж".repeat(10));
    let sms = compose(&text, false);
    assert_eq!(sms.parts[0].encode_utf16().count(), 66);
    assert!(sms.parts[1].starts_with('😀'));
}

proptest! {
    #[test]
    fn parts_together_are_the_text_and_none_is_too_long(text in "[ -~àéèùòçêœ€\\[\\]{}|^~’–«»…ж😀]{0,700}", keep in any::<bool>()) {
        let sms = compose(&text, keep);
        prop_assert_eq!(sms.parts.concat(), sms.text.clone());
        let limit = match (sms.encoding, sms.parts.len()) {
            (Encoding::Gsm7, 0..=1) => 160,
            (Encoding::Gsm7, _) => 153,
            (Encoding::Ucs2, 0..=1) => 70,
            (Encoding::Ucs2, _) => 67,
        };
        let mut units = 0;
        for part in &sms.parts {
            let wire = match sms.encoding {
                Encoding::Gsm7 => {
                    let septets = septets(part);
                    prop_assert_eq!(&shown(&septets), part);
                    septets.len()
                }
                Encoding::Ucs2 => part.encode_utf16().count(),
            };
            prop_assert!(wire <= limit, "{} units in a part", wire);
            units += wire;
        }
        prop_assert_eq!(units, sms.units);
    }

    #[test]
    fn no_part_could_have_taken_one_character_more(text in "[a€]{161,500}") {
        let sms = compose(&text, false);
        for pair in sms.parts.windows(2) {
            let next: String = pair[1].chars().take(1).collect();
            prop_assert!(septets(&pair[0]).len() + septets(&next).len() > 153);
        }
    }

    #[test]
    fn composing_what_was_composed_changes_nothing(text in "\\PC{0,200}") {
        let once = compose(&text, false);
        let twice = compose(&once.text, false);
        prop_assert_eq!(&once.text, &twice.text);
        prop_assert_eq!(once.parts, twice.parts);
    }
}
