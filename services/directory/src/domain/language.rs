//! Languages.

use std::fmt;

/// A language of ISO 639-1.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Language([u8; 2]);

/// All codes of ISO 639-1, in order.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik \
    io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms \
    mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm \
    sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

impl Language {
    /// French.
    pub const FRENCH: Self = Self(*b"fr");

    /// Reads a code of two letters; case does not count.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        let code = typed.trim().to_ascii_lowercase();
        let known = CODES.split_ascii_whitespace().find(|known| *known == code);
        known
            .and_then(|known| known.as_bytes().try_into().ok())
            .map(Self)
            .ok_or("is not a language code of ISO 639-1, such as fr, en, ar, uk, ps")
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or("fr")
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::FRENCH
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_any_case_and_words_are_refused() {
        assert_eq!(Language::parse(" FR ").unwrap(), Language::FRENCH);
        assert_eq!(Language::parse("uk").unwrap().as_str(), "uk");
        for typed in ["klingon", "xx", "", "f", "fr en", "français"] {
            assert!(Language::parse(typed).is_err(), "{typed:?} was taken");
        }
    }

    #[test]
    fn the_list_is_complete_and_in_order() {
        let codes: Vec<_> = CODES.split_ascii_whitespace().collect();
        assert_eq!(codes.len(), 184);
        assert!(codes.is_sorted());
    }
}
