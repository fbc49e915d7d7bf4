use std::fmt::Write as _;

use platform::said;
use sha2::{Digest as _, Sha256};

use crate::calendar::BusinessCalendar;

use super::{Kinds, Policy, Problem, built_in, check};

/// All policies in force, by name. A document of the installation replaces the built-in one of its name.
#[derive(Clone, Debug)]
pub struct PolicySet {
    policies: Vec<Policy>,
}

/// Policies that cannot be used; says every problem.
#[derive(Debug, thiserror::Error)]
#[error("{}", printed(.0))]
pub struct SetError(pub Vec<(String, Problem)>);

impl PolicySet {
    /// The built-in policies and the texts of an installation, each with the name of its file.
    pub fn new(kinds: &Kinds, texts: &[(String, String)]) -> Result<Self, SetError> {
        let own = built_in(kinds);
        let mut problems: Vec<_> = own
            .problems
            .into_iter()
            .map(|problem| ("built in".to_owned(), problem))
            .collect();
        let mut added: Vec<(&str, Policy)> = Vec::new();
        for (file, text) in texts {
            let checked = check(text, kinds);
            problems.extend(
                checked
                    .problems
                    .into_iter()
                    .map(|problem| (file.clone(), problem)),
            );
            for policy in checked.policies {
                if let Some((other, _)) = added.iter().find(|(_, known)| known.name == policy.name) {
                    let name = &policy.name;
                    let message = said!(
                        "`{name}` est déjà le nom d'une règle dans {other}",
                        "`{name}` is already the name of a policy in {other}"
                    );
                    let path = "metadata.name".to_owned();
                    problems.push((
                        file.clone(),
                        Problem {
                            document: 1,
                            path,
                            message,
                        },
                    ));
                } else {
                    added.push((file, policy));
                }
            }
        }
        if !problems.is_empty() {
            return Err(SetError(problems));
        }
        let mut policies: Vec<Policy> = added.into_iter().map(|(_, policy)| policy).collect();
        for policy in own.policies {
            if !policies.iter().any(|added| added.name == policy.name) {
                policies.push(policy);
            }
        }
        policies.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { policies })
    }

    /// Only these, for a trial; the last one of a name counts.
    pub(crate) fn only(policies: Vec<Policy>) -> Self {
        let mut kept: Vec<Policy> = Vec::new();
        for policy in policies {
            kept.retain(|known| known.name != policy.name);
            kept.push(policy);
        }
        Self { policies: kept }
    }

    /// All, those that are switched off included, by name.
    pub fn all(&self) -> &[Policy] {
        &self.policies
    }

    /// Those that speak about a milestone kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Policy> {
        self.policies
            .iter()
            .filter(move |policy| policy.enabled && policy.milestone == kind)
    }

    /// The policy of a name, when it is in force.
    pub fn get(&self, name: &str) -> Option<&Policy> {
        self.policies
            .iter()
            .find(|policy| policy.enabled && policy.name == name)
    }

    /// Changes when any document changes, or the days that the installation closes: then everything is planned anew.
    pub fn fingerprint(&self, calendar: &BusinessCalendar) -> String {
        let mut hash = Sha256::new();
        for policy in &self.policies {
            hash.update(policy.document.as_bytes());
            hash.update([0]);
        }
        for day in calendar.closed() {
            hash.update(day.to_string());
            hash.update([0]);
        }
        hash.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

fn printed(problems: &[(String, Problem)]) -> String {
    let lines = problems.iter().map(|(file, problem)| {
        format!(
            "{file}, document {}, {}: {}",
            problem.document, problem.path, problem.message.english
        )
    });
    let lines: Vec<_> = lines.collect();
    format!("reminder policies cannot be used:\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[(&str, &str)]) -> Result<PolicySet, SetError> {
        let texts: Vec<_> = texts
            .iter()
            .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
            .collect();
        PolicySet::new(&contracts::kinds::all().unwrap(), &texts)
    }

    const OFF: &str = include_str!("../../policies/employer-confirmation.yaml");

    #[test]
    fn a_document_of_the_installation_replaces_the_built_in_one() {
        let text = OFF.replace("spec:", "spec:\n  enabled: false");
        let (plain, changed) = (set(&[]).unwrap(), set(&[("own.yaml", &text)]).unwrap());
        assert_eq!(plain.all().len(), changed.all().len());
        assert!(
            plain.get("employer-confirmation").is_some() && changed.get("employer-confirmation").is_none()
        );
        assert_eq!(plain.of_kind("employer_confirmation").count(), 2);
        assert_eq!(changed.of_kind("employer_confirmation").count(), 1);
        let open = BusinessCalendar::default();
        assert_ne!(plain.fingerprint(&open), changed.fingerprint(&open));
        assert_eq!(plain.fingerprint(&open), set(&[]).unwrap().fingerprint(&open));
    }

    #[test]
    fn closed_days_are_part_of_the_fingerprint_in_whatever_order_they_are_given() {
        let plain = set(&[]).unwrap();
        let of = |days: &[&str]| {
            let days = days.iter().map(|day| day.parse().unwrap());
            plain.fingerprint(&BusinessCalendar::new(days))
        };
        assert_ne!(of(&[]), of(&["2026-12-24"]));
        assert_ne!(of(&["2026-12-24"]), of(&["2026-12-24", "2026-12-31"]));
        let twice = ["2026-12-31", "2026-12-24", "2026-12-31"];
        assert_eq!(of(&["2026-12-24", "2026-12-31"]), of(&twice));
    }

    #[test]
    fn two_documents_of_one_name_and_wrong_ones_are_refused_with_their_file() {
        let wrong = OFF.replace("trigger: before", "trigger: sometimes");
        let error = set(&[("a.yaml", OFF), ("b.yaml", OFF), ("c.yaml", &wrong)])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("b.yaml") && error.contains("already the name of a policy in a.yaml"),
            "{error}"
        );
        assert!(
            error.contains("c.yaml, document 1, spec.trigger: `sometimes`"),
            "{error}"
        );
    }
}
