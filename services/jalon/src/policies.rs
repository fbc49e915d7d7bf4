//! What the scheduler's policies and the notifier's templates must agree on. The two do not know each other: the binary does.

use anyhow::{Result, bail};
use notifier::templates::Templates;
use scheduler::policy::{Policy, Step, Trigger};

/// Refuses policies whose text is nowhere: each of their reminders would fail, one by one, at the hour it is needed.
pub(crate) fn all_have_texts<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Result<()> {
    let templates = Templates::built_in(contracts::kinds::all()?)?;
    let problems: Vec<_> = policies
        .into_iter()
        .filter(|policy| policy.enabled)
        .flat_map(|policy| without_text(policy, &templates))
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    bail!("{}", problems.join("; "))
}

/// What no document knows by itself: that each template exists, and tells milestones of this kind.
pub(crate) fn without_text(policy: &Policy, templates: &Templates) -> Vec<String> {
    let steps: Vec<Option<&Step>> = match &policy.trigger {
        Trigger::Relative { steps, .. } => steps.iter().map(Some).collect(),
        Trigger::Planned | Trigger::Changed { .. } => vec![None],
    };
    let mut problems = Vec::new();
    for (index, audience) in policy.audience.iter().enumerate() {
        for (number, step) in steps.iter().enumerate() {
            let Some((_, template)) = audience.message(*step) else {
                continue;
            };
            let what = match templates.tells(&template, &policy.milestone) {
                Some(true) => continue,
                Some(false) => format!("does not tell milestones of the kind {}", policy.milestone),
                None => format!(
                    "is no template; there are {}",
                    templates.names().collect::<Vec<_>>().join(", ")
                ),
            };
            let path = if step.is_some_and(|step| step.template.is_some()) {
                format!("spec.offsets[{number}].template")
            } else if audience.template.is_some() {
                format!("spec.audience[{index}].template")
            } else {
                "spec.template".to_owned()
            };
            problems.push(format!("policy {}, {path}: `{template}` {what}", policy.name));
        }
    }
    problems.dedup();
    problems
}
