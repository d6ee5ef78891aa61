//! Queueing: what a job is to do, and who may ask for it.

use crate::exports::ExportQuery;
use crate::recordings::Upload;
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::imports::ImportKind;
use domain::jobs::JobKind;
use domain::time::Instant;
use std::path::Path;
use store::jobs::{NewJob, enqueue_job, is_job_active};
use store::{AuditActor, AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Largest file that is taken over a page; larger ones are imported from the shell, which streams.
pub const IMPORT_BYTES_MAX: usize = 512 * 1024 * 1024;
/// Longest name of a file that is shown.
const FILE_NAME_MAX: usize = 120;

/// What a job does, as it is stored.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Import a file of the store of files.
    Import {
        /// Kind of file, as a code.
        kind: String,
        /// Where it lies.
        key: String,
        /// Name to show.
        file_name: String,
        /// Columns and codes of another system, as TOML; empty when there are none.
        #[serde(default)]
        map: String,
    },
    /// Run the planner.
    Plan {
        /// Triggers before this day make nothing; the setting when missing.
        since: Option<NaiveDate>,
        /// Nothing after this day is looked at; today when missing.
        as_of: Option<NaiveDate>,
    },
    /// Write a table to a file.
    Export(ExportQuery),
    /// Write a report to a file.
    Report(ReportTask),
    /// Verify the audit log.
    VerifyAudit,
    /// Back everything up by the plan.
    Backup {
        /// Who wanted it, as a code.
        kind: String,
    },
    /// Compare what a proposed version of a rule would change.
    RulesDiff(crate::rules::diff::DiffTask),
    /// Bring sealed values and indexes to the newest keys, then destroy the older ones.
    RenewKeys,
    /// Carry out an approved destruction.
    Destroy {
        /// Number of the batch.
        batch: String,
    },
    /// Put together everything held about a person.
    CopyData {
        /// Number of the request.
        request: String,
    },
    /// Fetch the recording of a telephone call.
    CallRecording {
        /// The call.
        call: Uuid,
    },
    /// Make letters for policies and print them.
    PrintLetters(crate::letters::LetterBatch),
    /// Invite customers to a survey.
    DistributeSurvey {
        /// The survey.
        survey: Uuid,
    },
    /// Delete a file of the store of files.
    DiscardFile {
        /// Where it lies.
        key: String,
    },
}

/// A report to write, as text.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ReportTask {
    /// Code or name of the metric.
    pub metric: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Code of the unit.
    pub org: String,
    /// Code of the dimension.
    pub by: String,
    /// Code of a programme.
    pub programme: String,
    /// `csv`, `xlsx` or `json`.
    pub format: String,
    /// Headings in English instead of Chinese.
    pub english: bool,
}

impl Task {
    /// Its kind.
    pub fn kind(&self) -> JobKind {
        match self {
            Self::Import { .. } => JobKind::Import,
            Self::Plan { .. } => JobKind::Plan,
            Self::Export(_) => JobKind::Export,
            Self::Report(_) => JobKind::Report,
            Self::VerifyAudit => JobKind::VerifyAudit,
            Self::Backup { .. } => JobKind::Backup,
            Self::RulesDiff(_) => JobKind::RulesDiff,
            Self::RenewKeys => JobKind::RenewKeys,
            Self::Destroy { .. } => JobKind::Destruction,
            Self::CopyData { .. } => JobKind::DataCopy,
            Self::CallRecording { .. } => JobKind::CallRecording,
            Self::PrintLetters(_) => JobKind::PrintLetters,
            Self::DistributeSurvey { .. } => JobKind::DistributeSurvey,
            Self::DiscardFile { .. } => JobKind::DiscardFile,
        }
    }
}

/// Queues a job inside a unit of work, not before a moment.
///
/// # Errors
/// What the store says.
pub async fn enqueue(
    work: &UnitOfWork,
    owner: &Actor,
    run_at: Instant,
    task: &Task,
) -> Result<Uuid> {
    let payload = serde_json::to_string(task).map_err(|e| Error::Fault(e.to_string()))?;
    let new = NewJob {
        kind: task.kind(),
        payload: &payload,
        run_at,
        owner: AuditActor::from(owner),
        delegation: owner.delegation,
    };
    Ok(enqueue_job(work, &new).await?)
}

pub(crate) async fn start(app: &App, actor: &Actor, now: Instant, task: &Task) -> Result<Uuid> {
    let work = app.store().begin(now).await?;
    let id = enqueue(&work, actor, now, task).await?;
    let detail = serde_json::json!({ "kind": task.kind().as_str() });
    let entry = AuditEntry::new(actor, "job.queued", "job", id).detail(detail);
    work.commit(entry).await?;
    Ok(id)
}

/// Keeps an uploaded file and queues its import.
///
/// # Errors
/// When the actor may not, or the file is empty, too large or of an unknown format.
pub async fn start_import(
    app: &App,
    actor: &Actor,
    now: Instant,
    kind: ImportKind,
    upload: &Upload,
) -> Result<Uuid> {
    crate::access::demand_whole_company(app, actor, Permission::ImportsRun).await?;
    let name = upload.file_name.rsplit(['/', '\\']).next().unwrap_or("");
    let file_name: String = name.chars().take(FILE_NAME_MAX).collect();
    if crate::imports::Format::of(Path::new(name)).is_none() {
        return Err(Error::invalid("file", "file-type"));
    }
    match upload.bytes.len() {
        0 => return Err(Error::invalid("file", "missing")),
        n if n > IMPORT_BYTES_MAX => return Err(Error::invalid("file", "too-long")),
        _ => {}
    }
    let ending = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    let key = super::files::new_key(app, now, "imports", &ending);
    crate::files::put(app, now, &key, &upload.bytes).await?;
    let task = Task::Import {
        kind: kind.as_str().to_owned(),
        key,
        file_name,
        map: String::new(),
    };
    start(app, actor, now, &task).await
}

/// A file on this server's disk that is to be imported.
#[derive(Clone, Copy, Debug)]
pub struct FileToImport<'f> {
    /// Kind of file.
    pub kind: ImportKind,
    /// Where it lies; it may be removed when it is queued.
    pub path: &'f Path,
    /// Name to show.
    pub name: &'f str,
    /// Columns and codes of another system, as TOML; empty when there are none.
    pub map: &'f str,
}

/// Keeps a file of the disk, part by part, and queues its import.
///
/// # Errors
/// When the actor may not, the file is of an unknown format, or the mapping cannot be read.
pub async fn start_import_of_file(
    app: &App,
    actor: &Actor,
    now: Instant,
    file: FileToImport<'_>,
) -> Result<Uuid> {
    crate::access::demand_whole_company(app, actor, Permission::ImportsRun).await?;
    if crate::imports::Format::of(file.path).is_none() {
        return Err(Error::invalid("file", "file-type"));
    }
    crate::imports::Mapping::parse(file.map).map_err(|_| Error::invalid("map", "map"))?;
    let ending = file.path.extension().and_then(|e| e.to_str());
    let key = super::files::new_key(app, now, "imports", ending.unwrap_or("csv"));
    super::files::send(app, now, &key, file.path).await?;
    let task = Task::Import {
        kind: file.kind.as_str().to_owned(),
        key,
        file_name: file.name.chars().take(FILE_NAME_MAX).collect(),
        map: file.map.to_owned(),
    };
    start(app, actor, now, &task).await
}

/// Queues a run of the planner.
///
/// # Errors
/// When the actor may not, or [`Error::Refused`] with `plan-running` when one waits or runs already.
pub async fn start_plan(
    app: &App,
    actor: &Actor,
    now: Instant,
    since: Option<NaiveDate>,
    as_of: Option<NaiveDate>,
) -> Result<Uuid> {
    actor.demand(Permission::PlanRun)?;
    if is_job_active(app.store(), JobKind::Plan).await? {
        return Err(Refusal::new("plan-running").into());
    }
    start(app, actor, now, &Task::Plan { since, as_of }).await
}

/// Queues an export to a file. Rights are looked at again when it runs.
///
/// # Errors
/// When the actor may not take data out.
pub async fn start_export(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: ExportQuery,
) -> Result<Uuid> {
    query.check(actor)?;
    start(app, actor, now, &Task::Export(query)).await
}

/// Queues a report to a file.
///
/// # Errors
/// When the actor may not take data out.
pub async fn start_report(
    app: &App,
    actor: &Actor,
    now: Instant,
    report: ReportTask,
) -> Result<Uuid> {
    actor.demand(Permission::ReportsRead)?;
    actor.demand(Permission::DataExport)?;
    start(app, actor, now, &Task::Report(report)).await
}

/// Queues a verification of the audit log.
///
/// # Errors
/// When the actor may not, or [`Error::Refused`] with `audit-verifying` when one waits or runs already.
pub async fn start_verification(app: &App, actor: &Actor, now: Instant) -> Result<Uuid> {
    actor.demand(Permission::AuditRead)?;
    if is_job_active(app.store(), JobKind::VerifyAudit).await? {
        return Err(Refusal::new("audit-verifying").into());
    }
    start(app, actor, now, &Task::VerifyAudit).await
}
