//! Characters that the GSM alphabet lacks, written as a reader takes them.

use unicode_normalization::UnicodeNormalization as _;

use super::gsm7;

/// The text in the GSM alphabet and what was replaced, once each in order of appearance; none when a character has no
/// replacement.
pub(super) fn to_gsm7(text: &str) -> Option<(String, Vec<String>)> {
    let mut plain = String::with_capacity(text.len());
    let mut replaced: Vec<String> = Vec::new();
    for character in text.chars() {
        if gsm7::units(character).is_some() {
            plain.push(character);
            continue;
        }
        let replacement = replacement(character)?;
        plain.push_str(&replacement);
        let note = format!("{character}→{replacement}");
        if !replaced.contains(&note) {
            replaced.push(note);
        }
    }
    Some((plain, replaced))
}

fn replacement(character: char) -> Option<String> {
    let fixed = match character {
        '’' | '‘' | '‚' | '‛' | '′' | '´' | '`' | 'ʼ' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '‹' => "<",
        '›' => ">",
        '–' | '—' | '‐' | '‑' | '‒' | '―' | '−' | '•' | '·' => "-",
        '…' => "...",
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' | '\u{2002}' | '\u{2003}' | '\t' => " ",
        'œ' => "oe",
        'Œ' => "OE",
        'ð' | 'đ' => "d",
        'Ð' | 'Đ' => "D",
        'ł' => "l",
        'Ł' => "L",
        'þ' => "th",
        'Þ' => "Th",
        'ı' => "i",
        '×' => "x",
        '°' | 'º' => "o",
        'ª' => "a",
        '²' => "2",
        '³' => "3",
        '½' => "1/2",
        '¼' => "1/4",
        '¾' => "3/4",
        '©' => "(c)",
        '®' => "(R)",
        '™' => "TM",
        '→' => "->",
        _ => "",
    };
    // Soft hyphen, zero width space, joiners, direction marks, byte order mark: nothing to see.
    let vanishes = matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    );
    if vanishes || !fixed.is_empty() {
        return Some(fixed.to_owned());
    }
    // An accent that the alphabet lacks: the base letter, when the alphabet has that.
    let base: String = character
        .nfd()
        .filter(|part| gsm7::units(*part).is_some())
        .collect();
    (!base.is_empty()).then_some(base)
}
