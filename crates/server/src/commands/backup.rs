//! `huifang backup`.

use super::shell;
use crate::config::Config;
use crate::environment::{self, note, now, say};
use crate::progress;
use anyhow::{Result, bail};
use app::backups::{BackupReport, BackupRequest, Opening, back_up, try_out, write_backup};
use app::{App, Passwords};
use domain::backups::BackupKind;
use std::path::PathBuf;
use std::process::ExitCode;
use store::{DatabaseUrl, Store};

/// Arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// The file to write
    pub file: PathBuf,
    /// Replace a file of that name
    #[arg(long, conflicts_with = "verify")]
    pub force: bool,
    /// Take recordings and scans along (default: when they lie in a folder)
    #[arg(long, conflicts_with_all = ["without_files", "verify"])]
    pub with_files: bool,
    /// Only list recordings and scans
    #[arg(long, conflicts_with = "verify")]
    pub without_files: bool,
    /// Take none; check the file, restore it into a database of its own and compare every row
    #[arg(long)]
    pub verify: bool,
}

pub(super) async fn run(config: &Config, flag: Option<&str>, args: BackupArgs) -> Result<ExitCode> {
    let url = config.database(flag)?;
    if args.verify {
        return verify(config, &url, args).await;
    }
    if let DatabaseUrl::Sqlite(path) = &url
        && !path.exists()
    {
        bail!("there is no database at {}", path.display());
    }
    let request = BackupRequest {
        force: args.force,
        with_files: args.with_files || (config.are_files_local() && !args.without_files),
        kind: BackupKind::Shell,
        file: args.file,
    };
    let (bar, heard) = progress::stages();
    let taken = take(config, url, &request, &heard).await;
    bar.finish_and_clear();
    let taken = taken?;
    say(format!(
        "{}: {} tables, {} rows, {} files, {} bytes, SHA-256 {}",
        request.file.display(),
        taken.tables,
        taken.rows,
        taken.files,
        taken.size_bytes,
        taken.sha256
    ));
    note("It cannot be opened without the master key; keep that in another place.");
    Ok(ExitCode::SUCCESS)
}

async fn take(
    config: &Config,
    url: DatabaseUrl,
    request: &BackupRequest,
    heard: &app::backups::Heard,
) -> Result<BackupReport> {
    let ids = environment::ids();
    let (key_config, key_url, key_ids) = (config.clone(), url.clone(), ids.clone());
    let files = config.files(&url)?;
    let store = Store::open_as_it_is(url, ids, now(), move |_| {
        key_config.master_key(&key_url, true, key_ids.entropy())
    })
    .await?;
    if store.is_schema_current().await? {
        let app = App::start(store, files, Passwords::strong(), now()).await?;
        return Ok(back_up(&app, &shell(), &now, request, heard).await?);
    }
    // Before an upgrade: the copy is taken of the schema as it is, and noted nowhere.
    note("the schema is of an older version; the backup is taken as it is");
    Ok(write_backup(&store, files.as_ref(), now(), request, heard).await?)
}

async fn verify(config: &Config, url: &DatabaseUrl, args: BackupArgs) -> Result<ExitCode> {
    let ids = environment::ids();
    let master_key = || config.master_key(url, true, ids.entropy());
    let (bar, heard) = progress::stages();
    let tried = try_out(&args.file, Opening::Master(&master_key, &ids), &heard).await;
    bar.finish_and_clear();
    let found = tried.map_err(super::restore::in_words)?;
    say(format!(
        "{}: good; taken {} by {} on {}, {} tables, {} rows, {} files",
        args.file.display(),
        found.taken_at,
        found.version,
        found.engine,
        found.tables,
        found.rows,
        found.files
    ));
    Ok(ExitCode::SUCCESS)
}
