//! Text as people see it: what shows nothing, or turns what follows around, is no part of a name.

/// Whether a character is seen by nobody: controls, marks of direction, joiners, fillers and tags. Some make a title
/// read backwards, others make two names that look the same.
pub fn invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_told_from_letters_and_spaces() {
        for hidden in [
            '\u{202e}',
            '\u{2066}',
            '\u{200b}',
            '\u{feff}',
            '\u{200f}',
            '\u{7f}',
            '\u{e0041}',
            '\u{ad}',
        ] {
            assert!(invisible(hidden), "{hidden:?}");
        }
        for seen in [
            'é', ' ', '\u{a0}', '\u{202f}', '\'', '’', '·', 'ن', '中', '🙂', '\u{301}',
        ] {
            assert!(!invisible(seen), "{seen:?}");
        }
    }
}
