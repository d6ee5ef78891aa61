//! Running jobs: taken with a lease, kept alive by progress, ended once.

use super::perform::{Done, perform};
use super::queue::{Task, enqueue};
use crate::{App, Error, Result};
use chrono::Duration;
use domain::access::Actor;
use domain::jobs::{lease, retry_after};
use domain::time::Instant;
use store::jobs::{self as rows, JobEnd, JobProgress, JobRow};
use store::{AuditEntry, StoreError, UnitOfWork};
use tokio::sync::watch;

/// Gives the present moment, each time it is asked.
pub type Clock<'c> = &'c (dyn Fn() -> Instant + Send + Sync);

/// Jobs of one call; the server calls again at once when there may be more.
const JOBS_MAX: usize = 50;
/// Progress is written no more often than this.
const PROGRESS_EVERY: Duration = Duration::seconds(2);

/// Runs the jobs whose time has come, one after the other, and says how many. A job that fails is an
/// entry of its own and no error here.
///
/// # Errors
/// When the queue itself cannot be read or written.
pub async fn run_due(app: &App, clock: Clock<'_>) -> Result<usize> {
    app.refresh_rules(clock()).await?;
    for count in 0..JOBS_MAX {
        if !rows::is_job_due(app.store(), clock()).await? {
            return Ok(count);
        }
        let now = clock();
        let work = app.store().begin(now).await?;
        let Some(job) = rows::take_job(&work, now + lease()).await? else {
            work.roll_back().await?;
            return Ok(count);
        };
        let detail = serde_json::json!({ "kind": job.kind.as_str(), "attempt": job.attempts });
        let entry = AuditEntry::new(&Actor::system(), "job.taken", "job", job.id).detail(detail);
        work.commit(entry).await?;
        run(app, clock, &job).await?;
    }
    Ok(JOBS_MAX)
}

async fn run(app: &App, clock: Clock<'_>, job: &JobRow) -> Result<()> {
    let (sender, receiver) = watch::channel(JobProgress::default());
    let ended = {
        let working = perform(app, clock, job, &sender);
        let keeping = keep(app, clock, job, receiver);
        tokio::pin!(working, keeping);
        tokio::select! {
            ended = &mut working => ended,
            lost = &mut keeping => match lost {
                // Another server has taken the job up: what it does now is what counts.
                Err(StoreError::Conflict) => return Ok(()),
                Err(error) => Err(error.into()),
                Ok(()) => working.await,
            },
        }
    };
    match end(app, clock(), job, ended).await {
        Err(Error::Conflict) => Ok(()),
        other => other,
    }
}

/// Writes progress as it comes, and prolongs the lease with it. Ends only when the job was lost or
/// the database failed.
async fn keep(
    app: &App,
    clock: Clock<'_>,
    job: &JobRow,
    mut progress: watch::Receiver<JobProgress>,
) -> std::result::Result<(), StoreError> {
    let mut last = clock();
    let mut known = None;
    while progress.changed().await.is_ok() {
        let seen = progress.borrow_and_update().clone();
        let now = clock();
        if now - last < PROGRESS_EVERY && seen.result == known {
            continue;
        }
        let work = app.store().begin(now).await?;
        rows::keep_job(&work, job, &seen, now + lease()).await?;
        let entry = AuditEntry::new(&Actor::system(), "job.progress", "job", job.id);
        work.commit(entry).await?;
        last = now;
        known = seen.result;
    }
    Ok(())
}

async fn end(app: &App, now: Instant, job: &JobRow, ended: Result<Done>) -> Result<()> {
    let work = app.store().begin(now).await?;
    let (end, action, detail) = match &ended {
        Ok(done) => {
            if let Some((key, at)) = &done.discard {
                let task = Task::DiscardFile { key: key.clone() };
                enqueue(&work, &Actor::system(), *at, &task).await?;
            }
            let detail = serde_json::json!({ "done": done.progress.done });
            (JobEnd::Finished(&done.progress), "job.finished", detail)
        }
        Err(error) => {
            let text = error.to_string();
            let may_help = matches!(
                error,
                Error::Unavailable(_) | Error::Fault(_) | Error::Conflict
            );
            let wait = retry_after(job.attempts).filter(|_| may_help);
            let detail = serde_json::json!({ "error": text, "again": wait.is_some() });
            tracing::warn!(job = %job.id, kind = job.kind.as_str(), error = text, "job failed");
            let text: &str = detail["error"].as_str().unwrap_or_default();
            let end = match wait {
                Some(wait) => JobEnd::Again(now + wait, text),
                None => JobEnd::Dead(text),
            };
            if wait.is_none() {
                discard_upload(&work, now, job).await?;
            }
            rows::end_job(&work, job, &end).await?;
            let entry = AuditEntry::new(&Actor::system(), "job.failed", "job", job.id);
            return Ok(work.commit(entry.detail(detail)).await?);
        }
    };
    rows::end_job(&work, job, &end).await?;
    let entry = AuditEntry::new(&Actor::system(), action, "job", job.id).detail(detail);
    Ok(work.commit(entry).await?)
}

/// How long the upload of a given-up import stays, so that the job can be run again.
const GIVEN_UP_LIFE: Duration = Duration::days(7);

/// Lets the upload of an import that was given up be deleted: it holds personal data in the clear.
async fn discard_upload(work: &UnitOfWork, now: Instant, job: &JobRow) -> Result<()> {
    let Ok(Task::Import { key, .. }) = serde_json::from_str(&job.payload) else {
        return Ok(());
    };
    let task = Task::DiscardFile { key };
    enqueue(work, &Actor::system(), now + GIVEN_UP_LIFE, &task).await?;
    Ok(())
}
