//! What each kind of job does: it calls one use case, tells how far that is, and says what came of it.

use super::batches::{distribute_survey, print_letters};
use super::files::{self, FileResult};
use super::queue::{ReportTask, Task, enqueue};
use super::run::Clock;
use crate::audit::HeadLine;
use crate::exports::{self, ExportQuery};
use crate::imports::{ImportRequest, Mapping, import_file};
use crate::obligations::{PlanRequest, plan};
use crate::reports::{ReportFormat, ReportQuery, export_report};
use crate::{App, Error, Result, access, retention};
use chrono::{Duration, NaiveDate};
use domain::access::Actor;
use domain::ids::{CallId, ClientId, SurveyId, UserId};
use domain::imports::ImportKind;
use domain::time::Instant;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::sync::Arc;
use store::AuditEntry;
use store::jobs::{JobProgress, JobRow};
use tokio::sync::watch;
use uuid::Uuid;

/// Files that exports made can be fetched for a week.
const FILE_LIFE: Duration = Duration::days(7);

/// What is left to do when a job is done.
pub(super) struct Done {
    pub(super) progress: JobProgress,
    /// A file to delete at a moment.
    pub(super) discard: Option<(String, Instant)>,
}

impl Done {
    /// Nothing to show.
    fn nothing() -> Self {
        Self {
            progress: JobProgress::default(),
            discard: None,
        }
    }
}

/// Does what a job says, with the rights that its owner has today.
pub(super) async fn perform(
    app: &App,
    clock: Clock<'_>,
    job: &JobRow,
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let task: Task = serde_json::from_str(&job.payload)
        .map_err(|e| Error::from(crate::Refusal::with("job-payload", e.to_string())))?;
    let actor = owner(app, clock(), job).await?;
    match task {
        Task::Import {
            kind,
            key,
            file_name,
            map,
        } => {
            interrupt_earlier(app, clock(), job).await?;
            let file = (key, file_name, map);
            import(app, &actor, clock, &kind, file, progress).await
        }
        Task::Plan { since, as_of } => {
            plan_for(app, &actor, clock(), (since, as_of), progress).await
        }
        Task::Export(query) => export(app, &actor, clock(), &query, progress).await,
        Task::Report(task) => report(app, &actor, clock(), &task).await,
        Task::VerifyAudit => verify(app, &actor, clock(), progress).await,
        Task::Backup { kind } => backup(app, &actor, clock, &kind, progress).await,
        Task::RulesDiff(task) => compare_rules(app, &actor, clock(), &task, progress).await,
        Task::RenewKeys => renew_keys(app, &actor, clock, job, progress).await,
        Task::Destroy { batch } => destroy(app, clock, &batch, progress).await,
        Task::CopyData { request } => copy(app, &actor, clock(), &request).await,
        Task::CallRecording { call } => {
            crate::telephony::fetch_recording(app, clock(), CallId(call)).await?;
            Ok(Done::nothing())
        }
        Task::PrintLetters(batch) => {
            print_letters(app, &actor, clock, (job.id, &batch), progress).await
        }
        Task::DistributeSurvey { survey } => {
            distribute_survey(app, &actor, clock, SurveyId(survey), progress).await
        }
        Task::DiscardFile { key } => {
            crate::files::discard(app, clock(), &key).await?;
            Ok(Done::nothing())
        }
    }
}

async fn plan_for(
    app: &App,
    actor: &Actor,
    now: Instant,
    (since, as_of): (Option<NaiveDate>, Option<NaiveDate>),
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let request = PlanRequest {
        since,
        as_of,
        dry_run: false,
    };
    let report = plan(app, actor, now, request, &|p| {
        let run = p
            .run
            .map(|run| serde_json::json!({ "run": run }).to_string());
        progress.send_replace(at(p.looked_at, None, run));
    })
    .await?;
    let s = report.sums;
    let result = serde_json::json!({
        "run": report.run, "looked_at": s.looked_at, "candidates": s.candidates,
        "excluded": s.excluded, "created": s.created, "redated": s.redated,
        "cancelled": s.cancelled,
    });
    Ok(Done {
        progress: at(
            u64::try_from(s.looked_at).unwrap_or(0),
            None,
            Some(result.to_string()),
        ),
        discard: None,
    })
}

async fn backup(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    kind: &str,
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let sender = progress.clone();
    let heard: crate::backups::Heard = Arc::new(move |p| {
        sender.send_replace(at(p.done, Some(p.total).filter(|n| *n > 0), None));
    });
    let run = crate::backups::run_planned(app, actor, clock, kind, &heard).await?;
    let result = serde_json::json!({ "backup": run });
    Ok(Done {
        progress: at(1, Some(1), Some(result.to_string())),
        discard: None,
    })
}

async fn compare_rules(
    app: &App,
    actor: &Actor,
    now: Instant,
    task: &crate::rules::diff::DiffTask,
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let say = |n| {
        progress.send_replace(at(n, None, None));
    };
    let (diff, looked_at) = crate::rules::diff::make_diff(app, actor, now, task, &say).await?;
    let result = serde_json::json!({ "run": diff }).to_string();
    Ok(Done {
        progress: at(looked_at, None, Some(result)),
        discard: None,
    })
}

async fn destroy(
    app: &App,
    clock: Clock<'_>,
    batch: &str,
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let tell = |done, total| {
        let total = u64::try_from(total).ok();
        progress.send_replace(at(u64::try_from(done).unwrap_or(0), total, None));
    };
    let done = retention::execute(app, clock, batch, &tell).await?;
    let done = u64::try_from(done).unwrap_or(0);
    Ok(Done {
        progress: at(done, Some(done), None),
        discard: None,
    })
}

/// Goes on where an earlier attempt was, and comes back later when a key may not be destroyed yet.
async fn renew_keys(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    job: &JobRow,
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let earlier = (job.done, job.total, job.result.as_deref());
    let done = crate::keys::renew(app, actor, clock, earlier, &|done, total, place| {
        progress.send_replace(at(done, Some(total), Some(place)));
    })
    .await?;
    if let Some(later) = done.again_at {
        let work = app.store().begin(clock()).await?;
        let id = enqueue(&work, actor, later, &Task::RenewKeys).await?;
        let entry = AuditEntry::new(actor, "job.queued", "job", id);
        work.commit(entry).await?;
    }
    Ok(Done {
        progress: at(done.renewed, Some(done.renewed), Some(done.result)),
        discard: None,
    })
}

async fn copy(app: &App, actor: &Actor, now: Instant, request: &str) -> Result<Done> {
    retention::make_copy(app, actor, now, request).await?;
    Ok(Done {
        progress: JobProgress::default(),
        discard: None,
    })
}

pub(super) fn at(done: u64, total: Option<u64>, result: Option<String>) -> JobProgress {
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    JobProgress {
        done: signed(done),
        total: total.map(signed),
        result,
    }
}

/// The owner with the rights of today; who was shut out since then has none.
async fn owner(app: &App, now: Instant, job: &JobRow) -> Result<Actor> {
    let gone = || {
        Error::from(crate::Refusal::with(
            "job-owner-gone",
            job.created_by.clone(),
        ))
    };
    match (job.owner_kind.as_str(), job.owner_id) {
        ("shell", _) => Ok(Actor::shell(job.created_by.clone())),
        ("system", _) => Ok(Actor::system()),
        ("user", Some(id)) => access::actor_of_user(app, now, UserId(id), job.delegation)
            .await?
            .ok_or_else(gone),
        ("client", Some(id)) => access::actor_of_client(app, ClientId(id))
            .await?
            .ok_or_else(gone),
        _ => Err(gone()),
    }
}

/// The import run of an attempt that was killed: it will never say more.
async fn interrupt_earlier(app: &App, now: Instant, job: &JobRow) -> Result<()> {
    let result = job.result.as_deref().unwrap_or("{}");
    let result: serde_json::Value = serde_json::from_str(result).unwrap_or_default();
    let Some(run) = result["run"].as_str().and_then(|r| Uuid::try_parse(r).ok()) else {
        return Ok(());
    };
    let work = app.store().begin(now).await?;
    store::imports::interrupt_run(&work, run).await?;
    let entry = AuditEntry::new(&Actor::system(), "import.interrupted", "import_run", run);
    Ok(work.commit(entry).await?)
}

pub(super) fn temporary(ending: &str) -> Result<tempfile::TempPath> {
    tempfile::Builder::new()
        .prefix("huifang-")
        .suffix(&format!(".{ending}"))
        .tempfile()
        .map(tempfile::NamedTempFile::into_temp_path)
        .map_err(|e| Error::Unavailable(format!("temporary file: {e}")))
}

async fn import(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    kind: &str,
    (key, file_name, map): (String, String, String),
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let kind = ImportKind::parse(kind).map_err(|_| Error::invalid("kind", "unknown-code"))?;
    let path = temporary(key.rsplit('.').next().unwrap_or("csv"))?;
    files::fetch(app, &key, &path).await?;
    let request = ImportRequest {
        kind,
        path: path.to_path_buf(),
        shown_name: file_name,
        mapping: Mapping::parse(&map).map_err(|_| Error::invalid("map", "map"))?,
        dry_run: false,
        errors_file: None,
    };
    let report = import_file(app, actor, clock, request, &|p| {
        let run = p.run.map(|run| serde_json::json!({ "run": run }));
        let run = run.map(|run| run.to_string());
        progress.send_replace(at(p.bytes_done, Some(p.bytes_total), run));
    })
    .await?;
    let size = std::fs::metadata(&path).map_or(0, |m| m.len());
    let t = report.tally;
    let result = serde_json::json!({
        "run": report.run, "read": t.read, "created": t.created, "updated": t.updated,
        "unchanged": t.unchanged, "rejected": t.rejected, "ignored_columns": report.unknown_columns,
    });
    Ok(Done {
        progress: at(size, Some(size), Some(result.to_string())),
        // The file holds personal data, and nobody needs it any more.
        discard: Some((key, clock())),
    })
}

async fn export(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ExportQuery,
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let path = temporary(query.format.as_str())?;
    let unwritable = |e: std::io::Error| Error::Unavailable(format!("temporary file: {e}"));
    let mut sink = BufWriter::new(File::create(&path).map_err(unwritable)?);
    let report = exports::export(app, actor, now, query, &mut sink, &|rows| {
        progress.send_replace(at(rows, None, None));
    })
    .await?;
    sink.flush().map_err(unwritable)?;
    let key = files::new_key(app, now, "exports", query.format.as_str());
    files::send(app, now, &key, &path).await?;
    let file = FileResult {
        key,
        name: query.marked_name(&report.mark),
        media_type: query.format.media_type().to_owned(),
        rows: report.rows,
    };
    made(now, file)
}

async fn report(app: &App, actor: &Actor, now: Instant, task: &ReportTask) -> Result<Done> {
    let format = ReportFormat::parse(&task.format)
        .ok_or_else(|| Error::invalid("format", "unknown-code"))?;
    let query = ReportQuery {
        metric: task.metric.clone(),
        from: task.from.clone(),
        to: task.to.clone(),
        org: task.org.clone(),
        by: task.by.clone(),
        programme: task.programme.clone(),
    };
    let language = if task.english {
        rules::Language::En
    } else {
        rules::Language::Zh
    };
    let report = export_report(app, actor, now, &query, (format, language), &|_, _| {}).await?;
    let key = files::new_key(app, now, "exports", format.extension());
    crate::files::put(app, now, &key, &report.bytes).await?;
    let file = FileResult {
        key,
        name: report.name,
        media_type: report.content_type.to_owned(),
        rows: 0,
    };
    made(now, file)
}

async fn verify(
    app: &App,
    actor: &Actor,
    now: Instant,
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let mut entries = 0;
    let mut each = |head: &HeadLine| {
        entries = u64::try_from(head.total).unwrap_or(entries);
        progress.send_replace(at(entries, None, None));
    };
    let report = crate::audit::verify(app, actor, now, &[], &mut each).await?;
    let looked_at = u64::try_from(report.verified.entries).unwrap_or(entries);
    Ok(Done {
        progress: at(looked_at, None, Some(report.detail().to_string())),
        discard: None,
    })
}

/// The end of a job that made a file.
pub(super) fn made(now: Instant, file: FileResult) -> Result<Done> {
    let result = serde_json::to_string(&file).map_err(|e| Error::Fault(e.to_string()))?;
    Ok(Done {
        progress: at(file.rows, Some(file.rows), Some(result)),
        discard: Some((file.key, now + FILE_LIFE)),
    })
}
