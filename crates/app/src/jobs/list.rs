//! Jobs as their owners see them: what runs, how far it is, what came of it.

use super::queue::Task;
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::jobs::{JobKind, JobState};
use domain::time::Instant;
use store::jobs::{self as rows, JobFilter, JobRow};
use store::{AuditActor, AuditEntry, Page};
use uuid::Uuid;

/// Filters of the list, as text; an empty one does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobQuery {
    /// State code.
    pub state: String,
    /// Kind code.
    pub kind: String,
    /// Start of the page.
    pub after: String,
}

/// A job as it is shown.
#[derive(Clone, Debug)]
pub struct JobView {
    /// The job.
    pub job: JobRow,
    /// It is the actor's own: only then may its file be fetched.
    pub is_own: bool,
    /// Name of the file that is imported or made.
    pub file_name: Option<String>,
    /// Id of the import run or extraction run, as soon as it is known.
    pub run: Option<Uuid>,
    /// Part that is done, in percent, when the whole is known.
    pub percent: Option<u8>,
}

/// Jobs of the actor, the newest first; who manages units sees everybody's.
///
/// # Errors
/// When a filter cannot be read.
pub async fn list_jobs(app: &App, actor: &Actor, query: &JobQuery) -> Result<Page<JobView>> {
    let filter = JobFilter {
        owner: (!sees_all(actor)).then(|| AuditActor::from(actor)),
        state: listing::code("state", &query.state, JobState::parse)?,
        kind: listing::code("kind", &query.kind, JobKind::parse)?,
        after: listing::after(&query.after)?,
    };
    let page = rows::list_jobs(app.store(), &filter, PAGE_ROWS).await?;
    Ok(Page {
        rows: page.rows.into_iter().map(|j| view(actor, j)).collect(),
        next: page.next,
    })
}

/// One job.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist or is somebody else's.
pub async fn find_job(app: &App, actor: &Actor, id: Uuid) -> Result<JobView> {
    let job = rows::find_job(app.store(), id).await?;
    let view = view(actor, job.ok_or(Error::NotFound)?);
    if view.is_own || sees_all(actor) {
        Ok(view)
    } else {
        Err(Error::NotFound)
    }
}

/// Queues a job again that was given up.
///
/// # Errors
/// [`Error::NotFound`] when it is not in sight; [`Error::Conflict`] when it was not given up.
pub async fn revive(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<()> {
    find_job(app, actor, id).await?;
    let work = app.store().begin(now).await?;
    rows::revive_job(&work, id).await?;
    Ok(work
        .commit(AuditEntry::new(actor, "job.revived", "job", id))
        .await?)
}

fn sees_all(actor: &Actor) -> bool {
    actor.may(Permission::OrgsManage)
}

fn view(actor: &Actor, job: JobRow) -> JobView {
    let own = AuditActor::from(actor);
    let is_own = job.owner_kind == own.kind
        && job.owner_id == own.id
        && (own.id.is_some() || job.created_by == own.name);
    let file_name = match serde_json::from_str(&job.payload) {
        Ok(Task::Import { file_name, .. }) => Some(file_name),
        Ok(Task::Export(query)) => Some(query.file_name()),
        _ => None,
    };
    let result: Option<serde_json::Value> = job
        .result
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    let run = result
        .as_ref()
        .and_then(|r| Uuid::try_parse(r["run"].as_str()?).ok());
    let percent = job
        .total
        .filter(|total| *total > 0)
        .map(|total| u8::try_from((job.done * 100 / total).clamp(0, 100)).unwrap_or(100));
    JobView {
        job,
        is_own,
        file_name,
        run,
        percent,
    }
}
