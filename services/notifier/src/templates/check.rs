//! The check of templates at load. A template may print:
//!
//! * `recipient.given_name`, `organiser.name`, `organiser.phone`, `link`, `language`, `unsubscribe`; in a mail's body also `subject`;
//!   in an SMS also `brief` (true when the full text takes more than one part);
//! * `item.role`, `.occasion`, `.cleared`, `.cleared_reason`, `.starts`, `.ends`, `.previous_starts`, `.facts.<fact>`,
//!   in a body also `.about`; `facts.<fact>` of the first item; `items` to loop over as `item`;
//! * in a loop over a list fact: `meeting.<field>`.
//!
//! Paths are read from the text, so that a branch that no sample reaches is checked too.

use std::collections::BTreeSet;

use contracts::kinds::{FactDeclaration, Kind};

use super::{Language, Medium, Problem, Templates, sample};

const ROOTS: [&str; 9] = [
    "recipient",
    "organiser",
    "link",
    "unsubscribe",
    "language",
    "item",
    "items",
    "facts",
    "meeting",
];
const ITEM: [&str; 8] = [
    "role",
    "occasion",
    "cleared",
    "cleared_reason",
    "starts",
    "ends",
    "previous_starts",
    "facts",
];

/// Everything that is wrong with these files.
pub(super) fn problems(templates: &Templates, files: &[(&str, &str)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, source) in files {
        variables(templates, file, source, &mut problems);
    }
    if problems.is_empty() {
        for declaration in templates.0.declarations.values() {
            renderings(templates, declaration.name, &mut problems);
        }
    }
    problems
}

/// What one file may use.
struct Allowed<'a> {
    /// The kinds that it must work for; for a part of others any of them will do.
    kinds: Vec<&'a Kind>,
    part_of_others: bool,
    /// Whether only facts for SMS may be printed.
    narrow: bool,
}

fn variables(templates: &Templates, file: &str, source: &str, problems: &mut Vec<Problem>) {
    let extension = file.rsplit('.').next().unwrap_or_default();
    let narrow = matches!(extension, "sms" | "subject");
    let name = file.split('.').next().unwrap_or_default();
    let declaration = templates.0.declarations.get(name);
    let part_of_others = file.starts_with('_');
    if declaration.is_none() && !part_of_others {
        problems.push(Problem {
            template: file.to_owned(),
            line: None,
            message: "no template of that name is declared".to_owned(),
        });
        return;
    }
    let mut kinds = Vec::new();
    for kind in declaration.map_or(&[][..], |declaration| declaration.kinds) {
        match templates.0.kinds.get(*kind) {
            Some(kind) => kinds.push(kind),
            None => problems.push(Problem {
                template: file.to_owned(),
                line: None,
                message: format!("no milestone kind {kind}"),
            }),
        }
    }
    if part_of_others {
        kinds = templates.0.kinds.values().collect();
    }
    let allowed = Allowed {
        kinds,
        part_of_others,
        narrow,
    };
    for (line, path) in paths(source) {
        let segments: Vec<&str> = path.split('.').collect();
        if let Err(message) = allowed.path(&path, &segments) {
            problems.push(Problem {
                template: file.to_owned(),
                line: Some(line),
                message,
            });
        }
    }
    // Names without a dot: whatever the parser finds that neither a loop nor the context gives.
    let medium = if extension == "sms" {
        Medium::Sms
    } else {
        Medium::Mail
    };
    let extra = if extension == "sms" {
        "brief"
    } else if narrow {
        ""
    } else {
        "subject"
    };
    let Some(environment) = templates.0.environments.get(&(Language::French, medium)) else {
        return;
    };
    if let Ok(template) = environment.get_template(file) {
        let unknown = template.undeclared_variables(false);
        let unknown: BTreeSet<_> = unknown
            .into_iter()
            .filter(|name| name != extra && !ROOTS.contains(&name.as_str()))
            .collect();
        for name in unknown {
            let line = source
                .lines()
                .position(|line| line.contains(&name))
                .map(|at| at + 1);
            problems.push(Problem {
                template: file.to_owned(),
                line,
                message: format!("unknown variable {name}"),
            });
        }
    }
}

impl Allowed<'_> {
    fn path(&self, path: &str, segments: &[&str]) -> Result<(), String> {
        match segments {
            ["facts", fact] | ["item", "facts", fact] => self.fact(fact),
            ["item", "about"] if self.narrow => {
                Err(format!("{path} may not be printed in an SMS or a subject line"))
            }
            ["recipient", "given_name"]
            | ["organiser", "name" | "phone"]
            | ["loop", _]
            | ["item", "about"] => Ok(()),
            ["item", attribute] if ITEM.contains(attribute) => Ok(()),
            ["meeting", field] => self.field(field),
            _ => Err(format!("unknown variable {path}")),
        }
    }

    fn fact(&self, fact: &str) -> Result<(), String> {
        let found: Vec<Option<&FactDeclaration>> =
            self.kinds.iter().map(|kind| kind.facts.get(fact)).collect();
        let known = if self.part_of_others {
            found.iter().any(Option::is_some)
        } else {
            found.iter().all(Option::is_some)
        };
        if !known || found.is_empty() {
            let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.kind.as_str()).collect();
            return Err(format!("{fact} is no fact of {}", kinds.join(" and of ")));
        }
        if self.narrow && found.iter().flatten().any(|declared| !declared.sms) {
            return Err(format!(
                "the fact {fact} may not be printed in an SMS or a subject line"
            ));
        }
        Ok(())
    }

    fn field(&self, field: &str) -> Result<(), String> {
        let known = self
            .kinds
            .iter()
            .flat_map(|kind| kind.facts.values())
            .any(|fact| fact.fields.iter().any(|known| known == field));
        if known && !self.narrow {
            Ok(())
        } else {
            Err(format!("unknown variable meeting.{field}"))
        }
    }
}

/// The dotted names inside tags, with their lines.
fn paths(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(at) = rest.find(['{']) {
        line += rest[..at].matches('\n').count();
        let tag = &rest[at..];
        let close = if tag.starts_with("{{") {
            "}}"
        } else if tag.starts_with("{%") {
            "%}"
        } else {
            rest = &rest[at + 1..];
            continue;
        };
        let end = tag.find(close).unwrap_or(tag.len());
        dotted(&tag[..end], line, &mut found);
        line += tag[..end].matches('\n').count();
        rest = &tag[end..];
    }
    found
}

fn dotted(tag: &str, first_line: usize, found: &mut Vec<(usize, String)>) {
    let mut line = first_line;
    let mut quote: Option<char> = None;
    let mut word = String::new();
    for character in tag.chars().chain([' ']) {
        if let Some(open) = quote {
            if character == open {
                quote = None;
            }
        } else if character.is_ascii_alphanumeric() || character == '_' || character == '.' {
            word.push(character);
            continue;
        } else if character == '"' || character == '\'' {
            quote = Some(character);
        }
        let done = std::mem::take(&mut word);
        if done.contains('.') && !done.starts_with(|first: char| first.is_ascii_digit()) {
            found.push((line, done));
        }
        line += usize::from(character == '\n');
    }
}

/// Renders every sample in each language; says also when an SMS gives the reader no way to answer.
fn renderings(templates: &Templates, name: &str, problems: &mut Vec<Problem>) {
    let Some(declaration) = templates.0.declarations.get(name) else {
        return;
    };
    let contents = declaration
        .kinds
        .iter()
        .filter_map(|kind| templates.0.kinds.get(*kind))
        .flat_map(sample::contents);
    for content in contents {
        for language in Language::ALL {
            let mut report = |part: &str, message: String| {
                let template = format!("{name}.{}.{part}", language.code());
                let problem = Problem {
                    template,
                    line: None,
                    message,
                };
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            };
            if declaration.media.contains(&Medium::Mail) {
                match templates.mail(name, language, &content) {
                    Ok(mail) if mail.subject.is_empty() => {
                        report("subject", "is empty for a sample".to_owned());
                    }
                    Ok(_) => {}
                    Err(error) => report("txt", error.to_string()),
                }
            }
            if declaration.media.contains(&Medium::Sms) {
                match templates.sms(name, language, &content) {
                    Ok(sms) if !sms.text.contains("rdv.exemple.fr/r/") => {
                        report(
                            "sms",
                            "prints no link: the reader cannot answer an SMS".to_owned(),
                        );
                    }
                    Ok(_) => {}
                    Err(error) => report("sms", error.to_string()),
                }
            }
        }
    }
}
