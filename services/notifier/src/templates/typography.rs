//! French spaces of mails, and tidy blank lines of rendered texts.

use super::Language;

/// Puts the spaces that do not break before « : ; ! ? » and inside French quotes, where a template has a plain space.
pub(super) fn spaces(text: &str, language: Language) -> String {
    if language != Language::French {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            (' ', Some(';' | '!' | '?')) => out.push('\u{202f}'),
            (' ', Some(':' | '»')) => out.push('\u{a0}'),
            ('«', Some(' ')) => {
                characters.next();
                out.push_str("«\u{a0}");
            }
            _ => out.push(character),
        }
    }
    out
}

/// At most one blank line between paragraphs, no spaces at ends of lines, one line break at the end.
pub(super) fn paragraphs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = true;
    for line in text.lines().map(str::trim_end) {
        if !line.is_empty() || !blank {
            out.push_str(line);
            out.push('\n');
        }
        blank = line.is_empty();
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// Everything on one line with single spaces: subjects and SMS.
pub(super) fn line(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_marks_get_their_spaces_and_addresses_keep_theirs() {
        let text = "Bonjour ! Votre plan : « ici » ; https://a.fr/x?y=1:2";
        assert_eq!(
            spaces(text, Language::French),
            "Bonjour\u{202f}! Votre plan\u{a0}: «\u{a0}ici\u{a0}»\u{202f}; https://a.fr/x?y=1:2"
        );
        assert_eq!(spaces("Hello : you", Language::English), "Hello : you");
    }

    #[test]
    fn blank_lines_left_by_conditions_vanish() {
        assert_eq!(paragraphs("\n\na  \n\n\n\nb\n\n"), "a\n\nb\n");
        assert_eq!(line("  a\n  b  c "), "a b c");
    }
}
