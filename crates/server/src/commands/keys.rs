//! `huifang keys`.

use super::shell;
use crate::environment::{ids, note, now, say};
use anyhow::{Context as _, Result, bail};
use app::keys::{KeyView, ProofQuery, Rotated, RotationForm, prove, rewrap, rotate, status};
use app::{App, Error};
use clap::{Args, Subcommand, ValueEnum};
use domain::jobs::JobState;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use store::jobs::{JobRow, find_job};
use store::sealing::MasterKey;

/// How often to look whether another server that has taken the work up is done.
const WAIT: Duration = Duration::from_secs(1);

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List keys with their algorithms and how many values each sealed
    Status,
    /// Make new keys, bring everything to them, and destroy the older ones; people may work meanwhile
    Rotate(RotateArgs),
    /// Wrap the keys by another master key; values stay as they are
    Rewrap {
        /// File of the new master key; it is made when it does not exist
        #[arg(long, value_name = "FILE")]
        new_master_key_file: PathBuf,
    },
    /// Look for a customer's data in the clear: in the database, its logs, files and backups
    Prove {
        /// Number of the customer
        #[arg(long, value_name = "NO")]
        customer: String,
        /// A file to look through besides, such as a backup; may be given several times
        #[arg(long = "file", value_name = "PATH")]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// What to exchange
    #[arg(long, value_enum, default_value = "data")]
    pub what: WhatArg,
    /// Why, for the audit log
    #[arg(long, default_value = "rotation from the shell")]
    pub reason: String,
    /// Leave the work to a server that runs
    #[arg(long)]
    pub queue_only: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum WhatArg {
    /// The key that seals values and files
    Data,
    /// The key of blind indexes
    Index,
    /// Both, for keys of the algorithms that the configuration asks for
    Suite,
}

impl WhatArg {
    fn rotated(self) -> Rotated {
        match self {
            Self::Data => Rotated::Data,
            Self::Index => Rotated::Index,
            Self::Suite => Rotated::Suite,
        }
    }
}

pub(super) async fn run(app: &App, command: KeysCommand) -> Result<ExitCode> {
    match command {
        KeysCommand::Status => list(app).await,
        KeysCommand::Rotate(args) => exchange(app, &args).await,
        KeysCommand::Rewrap {
            new_master_key_file,
        } => {
            let new = match new_master_key_file.exists() {
                true => MasterKey::read(&new_master_key_file)?,
                false => MasterKey::create(&new_master_key_file, ids().entropy())?,
            };
            let keys = rewrap(app, &shell(), now(), &new).await?;
            let shown = new_master_key_file.display();
            say(format!("{keys} keys are wrapped by {shown}"));
            note(format!(
                "The former master key opens this database no more. Set master_key_file = \"{shown}\" \
                 (or put the file in the place of the former one) and restart servers before the next \
                 rotation; back it up in another place than the database. Older backups of the \
                 database still need the former one."
            ));
            Ok(ExitCode::SUCCESS)
        }
        KeysCommand::Prove { customer, files } => look(app, customer, files).await,
    }
}

async fn list(app: &App) -> Result<ExitCode> {
    let state = status(app, &shell(), true).await?;
    say("purpose\tversion\talgorithm\tstate\tvalues\tcreated");
    for KeyView {
        key,
        is_present,
        values,
    } in &state.keys
    {
        let stands = match (key.destroyed_at, is_present) {
            (Some(_), _) => "destroyed",
            (None, true) => "in use",
            (None, false) => "older",
        };
        let values = values.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let (purpose, version, algorithm) = (&key.purpose, key.version, &key.algorithm);
        let created = key.created_at.to_rfc3339();
        say(format!(
            "{purpose}\t{version}\t{algorithm}\t{stands}\t{values}\t{created}"
        ));
    }
    if !state.is_of_suite {
        note(format!(
            "the configuration asks for {}: huifang keys rotate --what suite",
            state.suite.as_str()
        ));
    }
    for job in state.jobs.iter().filter(|j| is_under_way(j)) {
        note(format!("under way: {} ({} rows so far)", job.id, job.done));
    }
    Ok(ExitCode::SUCCESS)
}

fn is_under_way(job: &JobRow) -> bool {
    matches!(job.state, JobState::Queued | JobState::Running)
}

async fn exchange(app: &App, args: &RotateArgs) -> Result<ExitCode> {
    let what = args.what.rotated().as_str().to_owned();
    let form = RotationForm {
        confirmation: what.clone(),
        what,
        reason: args.reason.clone(),
    };
    let id = match rotate(app, &shell(), now(), &form).await {
        Ok(id) => id,
        Err(Error::Refused(refusal)) if refusal.code == "keys-rotating" => {
            let state = status(app, &shell(), false).await?;
            let job = state.jobs.into_iter().find(is_under_way);
            note("a rotation is under way already; going on with that one");
            job.context("it ended in this moment; try again")?.id
        }
        Err(Error::Refused(refusal)) if refusal.code == "keys-suite" => {
            bail!("the keys are of {} already", refusal.detail)
        }
        Err(error) => return Err(error.into()),
    };
    if args.queue_only {
        say(format!("{id}: queued; a server that runs takes it up"));
        return Ok(ExitCode::SUCCESS);
    }
    let mut looks = tokio::time::interval(WAIT);
    loop {
        let ran = app::jobs::run_due(app, &now).await?;
        let job = find_job(app.store(), id).await?;
        let job = job.context("the work is gone from the queue")?;
        match job.state {
            JobState::Finished => {
                say(format!("{} rows are under the newest keys", job.done));
                break;
            }
            JobState::Dead => bail!("it failed: {}", job.error.unwrap_or_default()),
            _ if ran == 0 && job.run_at > now() => {
                let (id, at) = (job.id, job.run_at.to_rfc3339());
                let why = job.error.map(|e| format!(" ({e})")).unwrap_or_default();
                say(format!("{id}: a server goes on with it at {at}{why}"));
                return Ok(ExitCode::SUCCESS);
            }
            _ => {
                looks.tick().await;
            }
        }
    }
    let state = status(app, &shell(), false).await?;
    if let Some(job) = state.jobs.iter().find(|j| is_under_way(j)) {
        note(format!(
            "older keys are destroyed after {} by a server that runs, or by: huifang keys rotate",
            job.run_at.to_rfc3339()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn look(app: &App, customer: String, files: Vec<PathBuf>) -> Result<ExitCode> {
    let query = ProofQuery {
        customer: customer.clone(),
        files,
    };
    let report = match prove(app, &shell(), now(), &query).await {
        Err(Error::NotFound) => bail!("{customer}: there is no such customer"),
        other => other?,
    };
    for searched in &report.searched {
        say(format!(
            "searched\t{}\t{} bytes",
            searched.name, searched.bytes
        ));
    }
    for name in &report.not_sealed {
        say(format!("not sealed\t{name}"));
    }
    for finding in &report.findings {
        let (place, value, form) = (&finding.place, &finding.value, finding.form);
        say(format!("FOUND\t{place}\t{value} as {form}"));
    }
    let bytes: u64 = report.searched.iter().map(|s| s.bytes).sum();
    let (values, forms, found) = (report.values, report.forms, report.found);
    say(format!(
        "{values} values of {customer} in {forms} forms: {found} found in {bytes} bytes"
    ));
    Ok(match found {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
