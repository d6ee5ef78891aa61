//! `huifang restore`.

use super::shell;
use crate::config::Config;
use crate::environment::{self, note, now, say};
use crate::progress;
use anyhow::{Result, anyhow};
use app::backups::{RestoreRequest, restore};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// The backup; the database that --database-url names must be empty
    pub file: PathBuf,
}

pub(super) async fn run(
    config: &Config,
    flag: Option<&str>,
    args: RestoreArgs,
) -> Result<ExitCode> {
    let url = config.database(flag)?;
    let ids = environment::ids();
    let master_key = || config.master_key(&url, true, ids.entropy());
    let request = RestoreRequest {
        file: args.file,
        url: url.clone(),
        master_key: &master_key,
        files: config.files(&url)?,
        ids: ids.clone(),
    };
    let (bar, heard) = progress::stages();
    let restored = restore(&request, &shell(), now(), &heard).await;
    bar.finish_and_clear();
    let restored = restored.map_err(in_words)?;
    say(format!(
        "restored {}: taken {} by {} on {}; {} tables, {} rows, {} files, each compared; {} entries of the audit \
         log verified",
        request.file.display(),
        restored.taken_at,
        restored.version,
        restored.engine,
        restored.tables,
        restored.rows,
        restored.files,
        restored.entries
    ));
    if let Some(flaw) = restored.flaw {
        note(format!(
            "the audit log was altered before this backup was taken ({flaw}): run `huifang audit verify` on it, and \
             look for an older backup"
        ));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Refusals of backups and restores, with what to do.
pub(super) fn in_words(error: app::Error) -> anyhow::Error {
    let app::Error::Refused(refusal) = &error else {
        return error.into();
    };
    let detail = &refusal.detail;
    match refusal.code {
        "restore-not-empty" => anyhow!(
            "the database is not empty: there are rows in {detail}. Nothing was changed. \
             Name a new database with --database-url"
        ),
        "restore-file-differs" => anyhow!(
            "{detail} exists already with another content. Nothing was changed. \
             Give the files an empty folder with the key `files` of the configuration"
        ),
        "backup-damaged" => anyhow!("the backup is damaged: {detail}. Take an older one"),
        "backup-newer" => anyhow!(
            "the backup was taken by a newer version ({detail}). Install that version or a later one"
        ),
        "backup-key" => anyhow!(
            "the master key does not open this backup ({detail}). \
             Give the key of the company that it was taken from, in HUIFANG_MASTER_KEY or its file"
        ),
        "backup-altered" => anyhow!(
            "the backup was altered after it was taken: its seal does not fit its content. Do not use it"
        ),
        _ => error.into(),
    }
}
