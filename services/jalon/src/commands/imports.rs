use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use contracts::speeddating::v1::{
    CommitImportRequest, ImportFile, PreviewImportRequest, RowProblem, Table, TableSummary,
};
use speeddating::import::FILE_MOST;

use super::session::new_id;
use crate::{client::Clients, config::Config, print};

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Id of the session
    session: String,
    /// CSV of employers
    #[arg(long, value_name = "FILE")]
    employers: Option<PathBuf>,
    /// CSV of candidates
    #[arg(long, value_name = "FILE")]
    candidates: Option<PathBuf>,
    /// CSV of wishes
    #[arg(long, value_name = "FILE")]
    wishes: Option<PathBuf>,
    /// Import what the preview accepted; without it nothing changes
    #[arg(long)]
    commit: bool,
    /// With --commit: leave faulty rows aside instead of refusing the whole
    #[arg(long, requires = "commit")]
    leave_faulty_rows: bool,
    /// JSON for scripts
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let mut clients = Clients::connect(config)?;
        let files = self.files()?;
        anyhow::ensure!(
            !files.is_empty(),
            "name at least one file: --employers, --candidates or --wishes"
        );
        let request = PreviewImportRequest {
            session_id: self.session.clone(),
            files: files.clone(),
        };
        let preview = clients.speeddating.preview_import(request).await?.into_inner();
        if !self.commit {
            if self.json {
                print::json("jalon.speeddating.v1.PreviewImportResponse", &preview)?;
            } else {
                show(&preview.tables, &preview.problems);
                println!("Nothing was changed. Add --commit to import.");
            }
            return Ok(ExitCode::from(u8::from(
                preview.problems.iter().any(|problem| !problem.notice),
            )));
        }
        let request = CommitImportRequest {
            import_id: new_id(),
            session_id: self.session,
            files,
            leave_faulty_rows: self.leave_faulty_rows,
            digest: preview.digest,
        };
        let reply = clients.speeddating.commit_import(request).await?.into_inner();
        if self.json {
            print::json("jalon.speeddating.v1.CommitImportResponse", &reply)?;
        } else {
            show(&reply.tables, &reply.problems);
        }
        Ok(ExitCode::SUCCESS)
    }

    fn files(&self) -> Result<Vec<ImportFile>> {
        let named = [
            (Table::Employers, &self.employers),
            (Table::Candidates, &self.candidates),
            (Table::Wishes, &self.wishes),
        ];
        let mut files = Vec::new();
        for (table, path) in named {
            if let Some(path) = path {
                let unreadable = || format!("{} cannot be read", path.display());
                let size = fs::metadata(path).with_context(unreadable)?.len();
                anyhow::ensure!(
                    usize::try_from(size).is_ok_and(|size| size <= FILE_MOST),
                    "{} has {} megabytes, a table has at most {}: is it a CSV file?",
                    path.display(),
                    size >> 20,
                    FILE_MOST >> 20
                );
                let content = fs::read(path).with_context(unreadable)?;
                files.push(ImportFile {
                    table: table.into(),
                    name: path.display().to_string(),
                    content,
                });
            }
        }
        Ok(files)
    }
}

fn show(tables: &[TableSummary], problems: &[RowProblem]) {
    let rows: Vec<_> = tables
        .iter()
        .map(|table| {
            let name = table
                .table()
                .as_str_name()
                .trim_start_matches("TABLE_")
                .to_lowercase();
            let counts = [
                table.rows,
                table.accepted,
                table.faulty,
                table.new_people,
                table.changed_people,
            ];
            [name]
                .into_iter()
                .chain(counts.map(|count| count.to_string()))
                .collect()
        })
        .collect();
    print::table(&["TABLE", "ROWS", "ACCEPTED", "FAULTY", "NEW", "CHANGED"], &rows);
    for problem in problems {
        let sort = if problem.notice { "note" } else { "erreur" };
        println!(
            "{sort}: ligne {}, {} « {} » : {} {}",
            problem.line,
            problem.column,
            print::cell(&problem.value),
            problem.message,
            problem.cure
        );
    }
}
