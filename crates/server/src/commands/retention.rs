//! `huifang retention`: what a calendar of the machine runs every month.

use super::shell;
use crate::environment::{note, now, say};
use anyhow::Result;
use app::retention::{batch_page, propose, retention_page};
use app::{App, Error};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// Look for what is past its term and under no hold, and propose it; people submit and approve it
    Propose,
    /// List the batches, the newest first, as CSV
    List,
}

pub(super) async fn run(app: &App, command: RetentionCommand) -> Result<ExitCode> {
    match command {
        RetentionCommand::Propose => find_and_propose(app).await,
        RetentionCommand::List => list(app).await,
    }
}

/// Nothing due, or a batch that still waits for people, is no failure: a timer runs this.
async fn find_and_propose(app: &App) -> Result<ExitCode> {
    let number = match propose(app, &shell(), now()).await {
        Ok(number) => number,
        Err(Error::Refused(refusal)) if refusal.code == "destruction-nothing-due" => {
            note("nothing is past its term");
            return Ok(ExitCode::SUCCESS);
        }
        Err(Error::Refused(refusal)) if refusal.code == "destruction-open" => {
            let open = refusal.detail;
            note(format!(
                "{open} still waits to be decided; nothing new was proposed"
            ));
            return Ok(ExitCode::SUCCESS);
        }
        Err(other) => return Err(other.into()),
    };
    let batch = batch_page(app, &shell(), &number).await?.row;
    say(&number);
    note(format!(
        "{} items are proposed; they wait for people to submit and approve them",
        batch.items
    ));
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App) -> Result<ExitCode> {
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    writer.write_record(["number", "state", "as_of", "items", "destroyed", "skipped"])?;
    let mut after = String::new();
    loop {
        let page = retention_page(app, &shell(), &after).await?.batches;
        for row in &page.rows {
            writer.write_record([
                row.number.clone(),
                row.batch.state.to_string(),
                row.as_of.to_string(),
                row.items.to_string(),
                row.destroyed.to_string(),
                row.skipped.to_string(),
            ])?;
        }
        match page.next {
            Some(next) => after = next.encode(),
            None => break,
        }
    }
    writer.flush()?;
    Ok(ExitCode::SUCCESS)
}
