//! Which language a page speaks: little words that only one of the two languages has.

use html5gum::{StartTag, Token, Tokenizer};

/// Words of French that English does not have, and the other way round. Names and titles of the tests have none of them.
const FRENCH: [&str; 30] = [
    "le", "la", "les", "de", "du", "des", "une", "est", "sont", "et", "dans", "avec", "sur", "aux", "au",
    "vous", "votre", "vos", "pas", "qui", "que", "cette", "ces", "ou", "aucun", "aucune", "personne",
    "ligne", "sera", "chaque",
];
const ENGLISH: [&str; 26] = [
    "the", "of", "and", "with", "is", "are", "this", "these", "to", "by", "not", "from", "for", "you",
    "your", "has", "have", "was", "will", "be", "there", "must", "who", "what", "it", "their",
];
/// French takes an apostrophe after these.
const ELIDED: [&str; 5] = ["l", "d", "n", "qu", "s"];
/// Attributes that are read aloud or shown.
const SHOWN: [&str; 6] = [
    "aria-label",
    "title",
    "placeholder",
    "alt",
    "data-label",
    "summary",
];
/// What has no end tag.
const VOID: [&str; 9] = [
    "area", "br", "col", "hr", "img", "input", "link", "meta", "source",
];
/// What people typed, and what is not shown.
const SKIPPED: [&str; 6] = ["textarea", "code", "script", "style", "svg", "iframe"];

/// What a page says in its own language: parts that are marked as another language's are left out.
pub fn said(html: &str) -> String {
    let mut said = String::new();
    let mut own = String::new();
    // Depth of elements within one that is left out.
    let mut left_out = 0_u32;
    for token in Tokenizer::new(html) {
        match token {
            Ok(Token::StartTag(tag)) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let void = tag.self_closing || VOID.contains(&name.as_str());
                let lang = attribute(&tag, "lang");
                if name == "html" {
                    own = lang.unwrap_or_default();
                } else if left_out > 0
                    || SKIPPED.contains(&name.as_str())
                    || lang.is_some_and(|lang| lang != own)
                {
                    left_out += u32::from(!void);
                }
                if left_out == 0 {
                    for name in SHOWN {
                        said.extend(attribute(&tag, name).map(|words| format!(" {words} |")));
                    }
                }
                said.push(' ');
            }
            Ok(Token::EndTag(_)) => {
                left_out = left_out.saturating_sub(1);
                said.push(' ');
            }
            Ok(Token::String(text)) if left_out == 0 => said.push_str(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    said
}

/// The words of the other language in what a page says, each with what stands around it.
pub fn foreign(said: &str, language: &str, data: &[String]) -> Vec<String> {
    let mut said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for known in data.iter().filter(|known| !known.is_empty()) {
        let known = known.split_whitespace().collect::<Vec<_>>().join(" ");
        said = said.replace(&known, "…");
    }
    let words: Vec<&str> = if language == "en" {
        FRENCH.into()
    } else {
        ENGLISH.into()
    };
    let mut found = Vec::new();
    let letter =
        |sign: char| sign.is_alphanumeric() || sign == '_' || sign == '-' || sign == '.' || sign == '@';
    let mut start = None;
    for (at, sign) in said.char_indices().chain([(said.len(), ' ')]) {
        if letter(sign) {
            start.get_or_insert(at);
            continue;
        }
        let Some(from) = start.take() else { continue };
        let word = said[from..at].trim_matches(['.', '-']).to_lowercase();
        let elided = language == "en" && matches!(sign, '\'' | '’') && ELIDED.contains(&word.as_str());
        if elided || words.contains(&word.as_str()) {
            let before = said[..from].chars().rev().take(40).collect::<Vec<_>>();
            let before: String = before.into_iter().rev().collect();
            let after: String = said[from..].chars().take(50).collect();
            found.push(format!("{before}»{after}"));
        }
    }
    found
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_word_is_found_and_what_is_marked_or_data_is_not() {
        let page = "<html lang=\"en\"><body><p aria-label=\"à la ligne 3\">Fine</p><p lang=\"fr\">Le <b>texte</b> est là</p>\
                    <textarea>de la</textarea><p>Salle de la Paix</p><p>It is n’est</p></body></html>";
        let found = foreign(&said(page), "en", &["Salle de la Paix".to_owned()]);
        assert_eq!(found.len(), 4, "{found:?}");
        let french = "<html lang=\"fr\"><p>It is on page the-day</p></html>";
        assert_eq!(foreign(&said(french), "fr", &[]).len(), 2);
    }
}
