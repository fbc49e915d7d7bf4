use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use contracts::scheduler::v1::ListPoliciesRequest;
use notifier::templates::Templates;
use scheduler::policy::{Policy, Step, Trigger};

use crate::{client::Clients, config::Config, print};

#[derive(Debug, clap::Args)]
pub(crate) struct Policies {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The policies that the running scheduler obeys, each in a sentence
    List {
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Explain every error of a policy document with its path; exits with 1 when there is one
    Check {
        /// A YAML file, possibly of several documents
        file: PathBuf,
    },
}

impl Policies {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        match self.command {
            Command::List { json } => {
                let mut clients = Clients::connect(config)?;
                let reply = clients
                    .scheduler
                    .list_policies(ListPoliciesRequest {})
                    .await?
                    .into_inner();
                if json {
                    print::json("jalon.scheduler.v1.ListPoliciesResponse", &reply)?;
                } else {
                    let rows: Vec<_> = reply
                        .policies
                        .into_iter()
                        .map(|policy| vec![policy.name, policy.reading])
                        .collect();
                    print::table(&["POLICY", "READING"], &rows);
                }
                Ok(ExitCode::SUCCESS)
            }
            Command::Check { file } => check(&file),
        }
    }
}

fn check(file: &std::path::Path) -> Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let kinds = contracts::kinds::all()?;
    let templates = Templates::built_in(kinds.clone())?;
    let checked = scheduler::policy::check(&text, &kinds);
    let messages: Vec<_> = checked
        .policies
        .iter()
        .flat_map(|policy| messages(policy, &templates))
        .collect();
    for problem in &checked.problems {
        let path = if problem.path.is_empty() {
            "the text"
        } else {
            &problem.path
        };
        println!(
            "{}: document {}, {path}: {}",
            file.display(),
            problem.document,
            problem.message
        );
    }
    for message in &messages {
        println!("{}: {message}", file.display());
    }
    if checked.problems.is_empty() && messages.is_empty() {
        println!(
            "{}: no error in {} policies",
            file.display(),
            checked.policies.len()
        );
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// What no document knows by itself: that each template exists, and tells milestones of this kind.
fn messages(policy: &Policy, templates: &Templates) -> Vec<String> {
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
