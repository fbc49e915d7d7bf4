use minijinja::{Environment, Error as Jinja, ErrorKind, UndefinedBehavior, syntax::SyntaxConfig};

use super::{Language, Medium, dates};

/// The template engine for a language and a medium: strict, with our filters.
pub(super) fn environment(language: Language, medium: Medium) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Tags stand on lines of their own without leaving blank ones.
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
    {
        environment.set_syntax(syntax);
    }
    let unreadable =
        |what: &str| Jinja::new(ErrorKind::InvalidOperation, format!("{what} is no date or time"));
    environment.add_filter("date", move |text: &str| {
        let at = dates::read(text).ok_or_else(|| unreadable("date"))?;
        Ok::<_, Jinja>(dates::date(at.date(), language, medium))
    });
    environment.add_filter("clock", move |text: &str| {
        let at = dates::read(text).ok_or_else(|| unreadable("clock"))?;
        Ok::<_, Jinja>(dates::clock(at.time(), language, medium))
    });
    environment.add_filter("moment", move |text: &str| {
        let at = dates::read(text).ok_or_else(|| unreadable("moment"))?;
        Ok::<_, Jinja>(dates::moment(at, language, medium))
    });
    environment.add_filter("event", move |kind: &str| match (language, kind) {
        (Language::French, "b2b") => "rencontres entre professionnels",
        (Language::French, _) => "rencontres employeurs",
        (Language::English, "b2b") => "business meetings",
        (Language::English, _) => "employer meetings",
    });
    environment
}
