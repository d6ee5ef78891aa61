//! Backups as people see them.

use super::BackupPlan;
use crate::{App, Result};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::jobs::JobKind;
use domain::time::Instant;
use std::sync::Arc;
use store::backups::{self as rows, BackupRun};
use store::jobs::is_job_active;

/// Runs that are shown: two months of daily ones.
const SHOWN: u64 = 60;

/// What there is to know about backups.
#[derive(Clone, Debug)]
pub struct BackupOverview {
    /// The plan, if there is one.
    pub plan: Option<Arc<BackupPlan>>,
    /// The latest runs, the newest first.
    pub runs: Vec<BackupRun>,
    /// The last run that ended well.
    pub last_good: Option<BackupRun>,
    /// The last run that also stood its trial.
    pub last_verified: Option<BackupRun>,
    /// How old the last good one is.
    pub age: Option<Duration>,
    /// There is none, or it is older than the plan allows.
    pub is_too_old: bool,
    /// One waits or runs.
    pub is_active: bool,
}

/// The overview.
///
/// # Errors
/// When the actor may not.
pub async fn overview(app: &App, actor: &Actor, now: Instant) -> Result<BackupOverview> {
    actor.demand(Permission::SystemManage)?;
    let plan = app.backup_plan();
    let last_good = rows::find_last_good_run(app.store(), false).await?;
    let last_verified = rows::find_last_good_run(app.store(), true).await?;
    let age = last_good.as_ref().map(|run| now - run.started_at);
    let allowed = plan.as_ref().map(|p| p.warn_after);
    Ok(BackupOverview {
        runs: rows::list_runs(app.store(), SHOWN).await?,
        is_too_old: age.is_none_or(|age| allowed.is_some_and(|allowed| age > allowed)),
        is_active: is_job_active(app.store(), JobKind::Backup).await?,
        plan,
        last_good,
        last_verified,
        age,
    })
}
