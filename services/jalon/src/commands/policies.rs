use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use contracts::scheduler::v1::ListPoliciesRequest;
use notifier::templates::Templates;

use crate::{client::Clients, config::Config, policies, print};

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
        .flat_map(|policy| policies::without_text(policy, &templates))
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
            problem.message.english
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
