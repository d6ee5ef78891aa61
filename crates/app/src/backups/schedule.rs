//! Backups by plan: one server queues one when it is due, whoever is free takes it, tries it out and
//! removes what the rule does not keep.

use super::plan::BackupPlan;
use super::run::{BackupRequest, PARTIAL, back_up};
use super::{Heard, Opening, try_out};
use crate::jobs::{Clock, Task, enqueue};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::backups::{BackupKind, KeptBackup, last_due, silence_max};
use domain::jobs::JobKind;
use domain::time::{self, Instant};
use std::path::{Path, PathBuf};
use store::backups as rows;
use store::{AuditEntry, jobs::is_job_active};
use uuid::Uuid;

/// Queues the backup that is due by the plan, once for all servers. Says whether it did.
///
/// # Errors
/// What the store says.
pub async fn start_due(app: &App, now: Instant) -> Result<bool> {
    let Some(plan) = app.backup_plan() else {
        return Ok(false);
    };
    let due = last_due(now, plan.at);
    if !rows::is_turn_open(app.store(), due).await? {
        return Ok(false);
    }
    let work = app.store().begin(now).await?;
    if !rows::take_turn(&work, due).await? {
        work.roll_back().await?;
        return Ok(false);
    }
    let actor = Actor::system();
    queue(work, &actor, now, BackupKind::Scheduled).await?;
    Ok(true)
}

/// Queues a backup for a person.
///
/// # Errors
/// When the actor may not, nothing is configured (`backup-no-plan`), or one waits or runs already
/// (`backup-running`).
pub async fn start_backup(app: &App, actor: &Actor, now: Instant) -> Result<Uuid> {
    actor.demand(Permission::SystemManage)?;
    if app.backup_plan().is_none() {
        return Err(Refusal::new("backup-no-plan").into());
    }
    if is_job_active(app.store(), JobKind::Backup).await? {
        return Err(Refusal::new("backup-running").into());
    }
    let work = app.store().begin(now).await?;
    queue(work, actor, now, BackupKind::Page).await
}

async fn queue(
    work: store::UnitOfWork,
    actor: &Actor,
    now: Instant,
    kind: BackupKind,
) -> Result<Uuid> {
    let task = Task::Backup {
        kind: kind.as_str().to_owned(),
    };
    let id = enqueue(&work, actor, now, &task).await?;
    let detail = serde_json::json!({ "kind": JobKind::Backup.as_str() });
    let entry = AuditEntry::new(actor, "job.queued", "job", id).detail(detail);
    work.commit(entry).await?;
    Ok(id)
}

/// Gives up the runs whose program was killed, and says how many.
///
/// # Errors
/// What the store says.
pub async fn give_up_silent(app: &App, now: Instant) -> Result<u64> {
    let work = app.store().begin(now).await?;
    let count = rows::give_up_silent_runs(&work, now - silence_max()).await?;
    if count == 0 {
        work.roll_back().await?;
        return Ok(0);
    }
    let detail = serde_json::json!({ "runs": count });
    let entry = AuditEntry::new(&Actor::system(), "backup.interrupted", "backup_run", None);
    work.commit(entry.detail(detail)).await?;
    Ok(count)
}

/// The work of the job: backup, trial, removal of old ones. Gives the run.
pub(crate) async fn run_planned(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    kind: &str,
    heard: &Heard,
) -> Result<Uuid> {
    let plan = app
        .backup_plan()
        .ok_or_else(|| Refusal::new("backup-no-plan"))?;
    let kind = BackupKind::parse(kind).map_err(|_| Error::invalid("kind", "unknown-code"))?;
    give_up_silent(app, clock()).await?;
    prepare_folder(&plan.folder)?;
    let request = BackupRequest {
        file: plan.folder.join(file_name(app, clock())),
        force: false,
        with_files: plan.with_files,
        kind,
    };
    let report = back_up(app, actor, clock, &request, heard).await?;
    let run = report.run.ok_or(Error::NotFound)?;
    if plan.verify {
        try_and_note(app, actor, clock, run, &request.file, heard).await?;
    }
    remove_old(app, &plan, clock).await?;
    Ok(run)
}

/// Makes the folder, and clears away what killed runs left in it.
fn prepare_folder(folder: &Path) -> Result<()> {
    let failed = |e: std::io::Error| super::disk(folder, &e);
    std::fs::create_dir_all(folder).map_err(failed)?;
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(PARTIAL) {
            std::fs::remove_file(&path).map_err(failed)?;
        } else if name.starts_with(".trial-") {
            std::fs::remove_dir_all(&path).map_err(failed)?;
        }
    }
    Ok(())
}

fn file_name(app: &App, now: Instant) -> String {
    let name = app.store().url().name();
    let name = name.strip_suffix(".db").unwrap_or(&name).to_owned();
    let moment = now.with_timezone(&time::china()).format("%Y%m%d-%H%M%S");
    format!("{name}-{moment}.huifang")
}

async fn try_and_note(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    run: Uuid,
    file: &Path,
    heard: &Heard,
) -> Result<()> {
    let keys = app.store().keyring();
    let tried = try_out(file, Opening::Keys(&keys), heard).await;
    let error = tried.as_ref().err().map(ToString::to_string);
    let work = app.store().begin(clock()).await?;
    rows::note_trial(&work, run, error.as_deref()).await?;
    let detail = serde_json::json!({ "error": error });
    let entry = AuditEntry::new(actor, "backup.tried", "backup_run", run).detail(detail);
    work.commit(entry).await?;
    match error {
        None => Ok(()),
        // A fault, so that the job tries again: the next backup may be good.
        Some(error) => Err(Error::Fault(error)),
    }
}

async fn remove_old(app: &App, plan: &BackupPlan, clock: Clock<'_>) -> Result<()> {
    let runs = rows::list_kept_runs(app.store()).await?;
    let kept = runs.iter().map(|r| KeptBackup {
        id: r.id,
        at: r.started_at,
        is_verified: r.verified_at.is_some(),
    });
    let gone = plan.retention.removable(&kept.collect::<Vec<_>>());
    for run in runs.iter().filter(|r| gone.contains(&r.id)) {
        let path = PathBuf::from(&run.file);
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(super::disk(&path, &error)),
        }
        let work = app.store().begin(clock()).await?;
        rows::note_removal(&work, run.id).await?;
        let entry = AuditEntry::new(&Actor::system(), "backup.removed", "backup_run", run.id);
        work.commit(entry).await?;
    }
    Ok(())
}
