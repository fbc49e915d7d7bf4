//! What is known of a pair: as the text of a cell, as the fields of a form, and back.

use contracts::speeddating::v1::{Opinion, Wish};

use crate::{forms::Form, view::View};

/// A cell of the matrix: a text that needs no colour, a class for those who see it, and its state for the script.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) class: &'static str,
    pub(super) state: String,
}

impl Cell {
    /// Nothing is known of the pair.
    pub(super) fn empty() -> Self {
        Self {
            text: String::new(),
            class: "",
            state: String::new(),
        }
    }

    pub(super) fn of(wish: &Wish, t: &View) -> Self {
        let opinion = wish.employer_opinion();
        let (mut text, class) = if wish.must_not {
            (t.say("wishes-cell-must-not"), "n")
        } else if wish.must {
            (t.say("wishes-cell-must"), "m")
        } else if opinion == Opinion::No {
            (t.say("wishes-cell-no"), "n")
        } else {
            let rank = if wish.rank > 0 {
                wish.rank.to_string()
            } else {
                String::new()
            };
            (rank, if wish.rank == 1 { "f" } else { "w" })
        };
        text.push_str(match opinion {
            Opinion::Priority => "++",
            Opinion::Yes => "+",
            Opinion::No | Opinion::Unspecified => "",
        });
        if wish.recommended {
            text.push('*');
        }
        Self {
            text,
            class,
            state: state(wish),
        }
    }
}

/// "3", "1y", "0p", with r, m and x: rank, opinion, recommended, must, must not.
pub(super) fn state(wish: &Wish) -> String {
    let mut out = wish.rank.to_string();
    out.push_str(match wish.employer_opinion() {
        Opinion::Unspecified => "",
        Opinion::Yes => "y",
        Opinion::Priority => "p",
        Opinion::No => "n",
    });
    for (is, letter) in [(wish.recommended, 'r'), (wish.must, 'm'), (wish.must_not, 'x')] {
        if is {
            out.push(letter);
        }
    }
    out
}

/// The wish of such a state; what cannot be read says nothing.
pub(super) fn read(state: &str) -> Wish {
    let digits = state.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let has = |letter| state.contains(letter);
    let opinion = if has('y') {
        Opinion::Yes
    } else if has('p') {
        Opinion::Priority
    } else if has('n') {
        Opinion::No
    } else {
        Opinion::Unspecified
    };
    Wish {
        rank: digits.parse().unwrap_or_default(),
        employer_opinion: opinion.into(),
        recommended: has('r'),
        must: has('m'),
        must_not: has('x'),
        ..Wish::default()
    }
}

/// What the fields of an editor say of a pair: rang, avis, conseille, regle. None, and said beside the field, when the rank is no
/// number: taken for "no wish" it would be lost.
pub(super) fn posted(form: &mut Form, suffix: &str, t: &View) -> Option<Wish> {
    let field = format!("rang{suffix}");
    let typed = form.text(&field);
    let rank = if typed.is_empty() { Ok(0) } else { typed.parse() };
    let Ok(rank) = rank else {
        form.blame(&field, t.say("wishes-rank-wrong"));
        return None;
    };
    let at = |field: &str| form.value(&format!("{field}{suffix}"));
    Some(Wish {
        rank,
        employer_opinion: match at("avis") {
            "oui" => Opinion::Yes,
            "prioritaire" => Opinion::Priority,
            "non" => Opinion::No,
            _ => Opinion::Unspecified,
        }
        .into(),
        recommended: at("conseille") == "oui",
        must: at("regle") == "impose",
        must_not: at("regle") == "interdit",
        ..Wish::default()
    })
}

/// A pair in words: "2, oui, conseillé"; empty when nothing is said of it.
pub(super) fn said(wish: &Wish, t: &View) -> String {
    let opinion = match wish.employer_opinion() {
        Opinion::Unspecified => "",
        Opinion::Yes => "wishes-opinion-yes",
        Opinion::Priority => "wishes-opinion-priority",
        Opinion::No => "wishes-opinion-no",
    };
    let parts = [
        (wish.recommended, "wishes-recommended"),
        (wish.must, "wishes-rule-must"),
        (wish.must_not, "wishes-rule-must-not"),
    ];
    let parts = [(!opinion.is_empty(), opinion)].into_iter().chain(parts);
    let rank = (wish.rank > 0).then(|| wish.rank.to_string());
    let words = parts.filter(|(said, _)| *said).map(|(_, key)| t.say(key));
    rank.into_iter().chain(words).collect::<Vec<_>>().join(", ")
}

/// The fields of an editor, filled anew over what was posted.
pub(super) fn put(form: &mut Form, suffix: &str, wish: &Wish) {
    for (field, value) in values(wish) {
        form.set(&format!("{field}{suffix}"), &value);
    }
}

/// The fields of an editor, filled.
pub(super) fn fill(form: Form, suffix: &str, wish: &Wish) -> Form {
    let all = values(wish).into_iter();
    all.fold(form, |form, (field, value)| {
        form.fill(&format!("{field}{suffix}"), value)
    })
}

/// The fields of an editor, and what is in them.
fn values(wish: &Wish) -> [(&'static str, String); 5] {
    let opinion = match wish.employer_opinion() {
        Opinion::Unspecified => "",
        Opinion::Yes => "oui",
        Opinion::Priority => "prioritaire",
        Opinion::No => "non",
    };
    let rule = match (wish.must, wish.must_not) {
        (true, _) => "impose",
        (_, true) => "interdit",
        _ => "",
    };
    let recommended = if wish.recommended { "oui" } else { "" };
    [
        ("rang", wish.rank.to_string()),
        ("avis", opinion.to_owned()),
        ("conseille", recommended.to_owned()),
        ("regle", rule.to_owned()),
        ("vu", state(wish)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written() {
        for text in ["0", "3", "12y", "0p", "1nr", "0m", "2rx", "5prm"] {
            assert_eq!(state(&read(text)), text);
        }
        assert_eq!(state(&read("")), "0");
        assert_eq!(state(&read("zzz")), "0");
    }
}
