use unicode_normalization::UnicodeNormalization as _;

/// Why a number that wrote STOP is left alone.
pub const STOP: &str = "STOP";

/// Words that ask for no more, without accents; French operators know the first.
const WORDS: [&str; 6] = ["stop", "arret", "arreter", "stopsms", "unsubscribe", "desabonner"];

/// Whether a text asks for no more: its first word does.
pub fn says_stop(text: &str) -> bool {
    let plain: String = text
        .nfd()
        .filter(char::is_ascii)
        .map(|character| character.to_ascii_lowercase())
        .collect();
    let first = plain
        .split(|character: char| !character.is_ascii_alphanumeric())
        .find(|word| !word.is_empty());
    first.is_some_and(|word| WORDS.contains(&word))
}

/// How a number that a gateway names may stand in our messages: they are in E.164, gateways leave out the + or write as
/// one dials in France.
pub fn spellings(number: &str) -> Vec<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 6 || digits.len() > 17 {
        return Vec::new();
    }
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let mut spellings = vec![format!("+{digits}")];
    if let Some(national) = digits.strip_prefix('0').filter(|_| !number.starts_with('+')) {
        spellings = vec![format!("+33{national}")];
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_asks() {
        for text in ["STOP", " Stop merci", "arrêt!", "ARRETER svp", "unsubscribe"] {
            assert!(says_stop(text), "{text}");
        }
        for text in ["", "Ne stop pas", "je viens", "stopover", "?"] {
            assert!(!says_stop(text), "{text}");
        }
    }

    #[test]
    fn a_number_is_found_however_the_gateway_writes_it() {
        for number in ["+33639980101", "33639980101", "0033639980101", "0639980101"] {
            assert_eq!(spellings(number), ["+33639980101"], "{number}");
        }
        assert!(spellings("36111").is_empty());
        assert!(spellings("MLELyon").is_empty());
    }
}
