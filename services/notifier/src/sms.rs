//! What a text costs as an SMS and how a telephone receives it: pure, exact to the unit.
//!
//! The alphabet is that of 3GPP TS 23.038 (GSM 7 bit, basic table and extension table); a long text is cut into parts as
//! TS 23.040 does with an 8-bit concatenation header: 160 or 153 units a part, 70 or 67 in UCS-2.

mod gsm7;
mod transliterate;

use unicode_normalization::UnicodeNormalization as _;

/// How the characters of an SMS are coded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encoding {
    /// The GSM 7-bit alphabet: 160 units in one part, 153 in each of several.
    Gsm7,
    /// UTF-16: 70 units in one part, 67 in each of several.
    Ucs2,
}

impl Encoding {
    /// Its usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gsm7 => "GSM-7",
            Self::Ucs2 => "UCS-2",
        }
    }

    /// Units of a text that fits one part.
    const fn alone(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units of each part of a longer text: the header takes the rest.
    const fn in_series(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// What a character takes; a character outside the alphabet cannot happen once the encoding is chosen.
    fn units(self, character: char) -> usize {
        match self {
            Self::Gsm7 => gsm7::units(character).unwrap_or(1),
            Self::Ucs2 => character.len_utf16(),
        }
    }
}

/// A text as it will be submitted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sms {
    /// After transliteration.
    pub text: String,
    /// How it is coded.
    pub encoding: Encoding,
    /// Units of the whole text.
    pub units: usize,
    /// What each part carries; together they are the text.
    pub parts: Vec<String>,
    /// What was replaced, once each: "œ→oe".
    pub replaced: Vec<String>,
}

/// Makes an SMS of a text. Unless `keep_unicode`, characters outside the GSM alphabet are replaced by what a reader
/// takes for them; when one has no replacement, the text goes as it is in UCS-2, because a half replaced one would cost
/// the same and read worse.
pub fn compose(text: &str, keep_unicode: bool) -> Sms {
    let text: String = text.nfc().collect();
    if text.chars().all(|character| gsm7::units(character).is_some()) {
        return cut(text, Encoding::Gsm7, Vec::new());
    }
    if !keep_unicode && let Some((plain, replaced)) = transliterate::to_gsm7(&text) {
        return cut(plain, Encoding::Gsm7, replaced);
    }
    cut(text, Encoding::Ucs2, Vec::new())
}

/// Packs unit by unit: an escape pair or a surrogate pair never straddles two parts, so a part may stay one unit short.
fn cut(text: String, encoding: Encoding, replaced: Vec<String>) -> Sms {
    let units = text.chars().map(|character| encoding.units(character)).sum();
    let mut parts = Vec::new();
    if units <= encoding.alone() {
        if !text.is_empty() {
            parts.push(text.clone());
        }
    } else {
        let mut part = String::new();
        let mut taken = 0;
        for character in text.chars() {
            let needs = encoding.units(character);
            if taken + needs > encoding.in_series() {
                parts.push(std::mem::take(&mut part));
                taken = 0;
            }
            part.push(character);
            taken += needs;
        }
        parts.push(part);
    }
    Sms {
        text,
        encoding,
        units,
        parts,
        replaced,
    }
}

#[cfg(test)]
mod tests;
