//! Templates: files of the crate in French and English, checked when they are loaded so that nothing can fail at send.
//!
//! A template is up to four files: `<name>.<lang>.subject`, `.txt` and `.html` for mail, `.sms`. What it may print is
//! listed in `templates/check.rs`; facts come from the milestone kinds that it is declared for, and an SMS or a subject line may
//! print only those that the kind allows there.

mod check;
mod context;
mod dates;
mod engine;
mod files;
mod sample;
mod typography;

use std::{collections::BTreeMap, fmt, sync::Arc};

use contracts::kinds::Kind;
use minijinja::{Environment, Error as Jinja, Value};

pub use files::{DECLARATIONS, Declaration};

use crate::{
    content::Content,
    sms::{self, Sms},
};

/// The languages that every template has.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Language {
    /// The first language, and the one for people who speak neither.
    French,
    /// For people who asked for it.
    English,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::French, Self::English];

    /// Of an ISO 639-1 code.
    pub fn of(code: &str) -> Self {
        if code.eq_ignore_ascii_case("en") {
            Self::English
        } else {
            Self::French
        }
    }

    /// Its ISO 639-1 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }
}

/// What a text is written for: it sets how dates look and what may be said.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Medium {
    /// Mail: full dates, French spaces.
    Mail,
    /// SMS: short dates, plain spaces.
    Sms,
}

impl From<crate::domain::Channel> for Medium {
    fn from(channel: crate::domain::Channel) -> Self {
        match channel {
            crate::domain::Channel::Mail => Self::Mail,
            crate::domain::Channel::Sms => Self::Sms,
        }
    }
}

/// The written parts of a mail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MailText {
    /// One line.
    pub subject: String,
    /// For those who read no HTML.
    pub text: String,
    /// The same, laid out.
    pub html: String,
}

/// What is wrong with a template.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// Its file.
    pub template: String,
    /// Where, when it is known.
    pub line: Option<usize>,
    /// What and how to repair it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "{}:{line}: {}", self.template, self.message),
            None => write!(formatter, "{}: {}", self.template, self.message),
        }
    }
}

/// Templates that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("templates are faulty:\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faulty(pub Vec<Problem>);

/// A text that could not be rendered: it names the template, never what was to be printed.
#[derive(Debug, thiserror::Error)]
#[error("the template {template} cannot be rendered: {reason}")]
pub struct RenderError {
    template: String,
    reason: String,
}

/// The loaded templates. A clone shares them.
#[derive(Clone)]
pub struct Templates(Arc<Inner>);

struct Inner {
    environments: BTreeMap<(Language, Medium), Environment<'static>>,
    declarations: BTreeMap<&'static str, Declaration>,
    kinds: BTreeMap<String, Kind>,
}

impl Templates {
    /// Those of the crate, each parsed, its variables checked, and rendered with samples of everything it may meet.
    pub fn built_in(kinds: BTreeMap<String, Kind>) -> Result<Self, Faulty> {
        Self::load(&DECLARATIONS, &files::FILES, kinds)
    }

    fn load(
        declarations: &[Declaration],
        files: &[(&'static str, &'static str)],
        kinds: BTreeMap<String, Kind>,
    ) -> Result<Self, Faulty> {
        let mut problems = Vec::new();
        let mut environments = BTreeMap::new();
        for (language, medium) in Language::ALL
            .into_iter()
            .flat_map(|language| [Medium::Mail, Medium::Sms].map(|medium| (language, medium)))
        {
            let mut environment = engine::environment(language, medium);
            for (name, source) in files {
                if let Err(error) = environment.add_template(name, source) {
                    let problem = problem(name, &error);
                    if !problems.contains(&problem) {
                        problems.push(problem);
                    }
                }
            }
            environments.insert((language, medium), environment);
        }
        let declarations = declarations
            .iter()
            .map(|declaration| (declaration.name, *declaration))
            .collect();
        let templates = Self(Arc::new(Inner {
            environments,
            declarations,
            kinds,
        }));
        if problems.is_empty() {
            problems = check::problems(&templates, files);
        }
        if problems.is_empty() {
            Ok(templates)
        } else {
            Err(Faulty(problems))
        }
    }

    /// Whether a template can be written for a medium; false also for one that is not known.
    pub fn offers(&self, name: &str, medium: Medium) -> bool {
        self.0
            .declarations
            .get(name)
            .is_some_and(|declaration| declaration.media.contains(&medium))
    }

    /// Whether a template tells milestones of a kind; none when no template has this name.
    pub fn tells(&self, name: &str, kind: &str) -> Option<bool> {
        let declaration = self.0.declarations.get(name)?;
        Some(declaration.kinds.contains(&kind))
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.declarations.keys().copied()
    }

    /// Whether its mails carry the milestones as calendar entries.
    pub fn has_calendar(&self, name: &str) -> bool {
        self.0
            .declarations
            .get(name)
            .is_some_and(|declaration| declaration.calendar)
    }

    /// Whether its link opens an account of the staff.
    pub fn opens_account(&self, name: &str) -> bool {
        self.0
            .declarations
            .get(name)
            .is_some_and(Declaration::opens_account)
    }

    /// Whether people may stop it with one click.
    pub fn optional(&self, name: &str) -> bool {
        self.0
            .declarations
            .get(name)
            .is_some_and(|declaration| declaration.optional)
    }

    /// The written parts of a mail.
    pub fn mail(&self, name: &str, language: Language, content: &Content) -> Result<MailText, RenderError> {
        let line = context::Subject {
            language,
            content,
            kinds: &self.0.kinds,
        }
        .value(false);
        let subject = self.render(name, language, Medium::Mail, "subject", line)?;
        let subject = typography::spaces(&typography::line(&subject), language);
        let body = context::Body {
            language,
            content,
            kinds: &self.0.kinds,
            subject: &subject,
        }
        .value();
        let text = self.render(name, language, Medium::Mail, "txt", body.clone())?;
        let html = self.render(name, language, Medium::Mail, "html", body)?;
        Ok(MailText {
            text: typography::spaces(&typography::paragraphs(&text), language),
            html: typography::spaces(&html, language),
            subject,
        })
    }

    /// The SMS: the full text when it fits one part, else the brief one when that takes fewer parts.
    pub fn sms(&self, name: &str, language: Language, content: &Content) -> Result<Sms, RenderError> {
        let render = |brief| {
            let value = context::Subject {
                language,
                content,
                kinds: &self.0.kinds,
            }
            .value(brief);
            let text = self.render(name, language, Medium::Sms, "sms", value)?;
            Ok(sms::compose(&typography::line(&text), false))
        };
        let full = render(false)?;
        if full.parts.len() <= 1 {
            return Ok(full);
        }
        let brief = render(true)?;
        Ok(if brief.parts.len() < full.parts.len() {
            brief
        } else {
            full
        })
    }

    fn render(
        &self,
        name: &str,
        language: Language,
        medium: Medium,
        part: &str,
        value: Value,
    ) -> Result<String, RenderError> {
        let template = format!("{name}.{}.{part}", language.code());
        let Some(environment) = self.0.environments.get(&(language, medium)) else {
            return Err(RenderError {
                template,
                reason: "no such language".to_owned(),
            });
        };
        environment
            .get_template(&template)
            .and_then(|found| found.render(value))
            .map_err(|error| RenderError {
                reason: format!("{} at line {}", error.kind(), error.line().unwrap_or_default()),
                template,
            })
    }
}

fn problem(name: &str, error: &Jinja) -> Problem {
    Problem {
        template: error.name().unwrap_or(name).to_owned(),
        line: error.line(),
        message: error
            .detail()
            .map_or_else(|| error.kind().to_string(), ToOwned::to_owned),
    }
}

#[cfg(test)]
mod tests;
