/// Languages of the pages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Language {
    /// Unless something else is asked for.
    #[default]
    French,
    English,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::French, Self::English];

    /// `fr` or `en`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// Its own name, as whoever reads it would look for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::French => "Français",
            Self::English => "English",
        }
    }

    /// The language of a code such as `en-GB`.
    pub(crate) fn of(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next()?.trim();
        Self::ALL
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    /// The one of ours that a browser likes best, from its `Accept-Language`.
    pub(crate) fn accepted(header: &str) -> Option<Self> {
        let mut best = None;
        for item in header.split(',').take(20) {
            let mut parts = item.split(';');
            let language = parts.next().and_then(Self::of);
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(Some(1.0), |weight| weight.trim().parse::<f32>().ok());
            if let (Some(language), Some(weight)) = (language, weight)
                && weight > 0.0
                && best.is_none_or(|(_, most)| weight > most)
            {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_a_browser_likes_best_wins() {
        for (header, wanted) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", Some(Language::French)),
            ("de,en-GB;q=0.7,fr;q=0.3", Some(Language::English)),
            ("fr;q=0.1, en;q=0.2", Some(Language::English)),
            ("en;q=0", None),
            ("de", None),
            ("", None),
            (";;q=x,,", None),
        ] {
            assert_eq!(Language::accepted(header), wanted, "{header}");
        }
    }
}
