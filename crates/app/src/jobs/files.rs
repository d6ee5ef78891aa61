//! Files of jobs: uploads that wait for their import, exports that wait to be fetched.

use super::list::{JobView, find_job};
use crate::files::{self, OpenFile};
use crate::{App, Error, Result};
use domain::access::Actor;
use domain::jobs::JobState;
use domain::time::{self, Instant};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use store::AuditEntry;
use uuid::Uuid;

/// A file that a job made.
#[derive(Debug)]
pub struct JobFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its bytes, to be streamed.
    pub content: OpenFile,
}

/// What a job's result says of its file.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct FileResult {
    pub key: String,
    pub name: String,
    pub media_type: String,
    pub rows: u64,
}

/// Opens the file that a job of the actor's own made. That it was fetched is recorded.
///
/// # Errors
/// [`Error::NotFound`] when the job is somebody else's, not finished, made no file, or its file was
/// deleted after its time.
pub async fn open_file(app: &App, actor: &Actor, now: Instant, job: Uuid) -> Result<JobFile> {
    let view: JobView = find_job(app, actor, job).await?;
    if view.job.state != JobState::Finished || !view.is_own {
        return Err(Error::NotFound);
    }
    let result = view.job.result.as_deref().unwrap_or_default();
    let file: FileResult = serde_json::from_str(result).map_err(|_| Error::NotFound)?;
    let content = files::open(app, &file.key).await?;
    let work = app.store().begin(now).await?;
    let detail = serde_json::json!({ "name": file.name, "rows": file.rows });
    let entry = AuditEntry::new(actor, "export.fetched", "job", job).detail(detail);
    work.commit(entry).await?;
    Ok(JobFile {
        name: file.name,
        media_type: file.media_type,
        size: content.size(),
        content,
    })
}

/// A new place for a file.
pub(crate) fn new_key(app: &App, now: Instant, folder: &str, ending: &str) -> String {
    let id = app.store().ids().next(now);
    let day = time::date_in_china(now).format("%Y/%m/%d");
    format!("{folder}/{day}/{}.{ending}", id.simple())
}

fn disk(error: &std::io::Error) -> Error {
    Error::Unavailable(format!("temporary file: {error}"))
}

/// Copies a kept file to the disk, part by part.
pub(super) async fn fetch(app: &App, key: &str, to: &Path) -> Result<()> {
    let mut content = files::open(app, key).await?;
    let mut file = File::create(to).map_err(|e| disk(&e))?;
    while let Some(part) = content.next().await? {
        file.write_all(&part).map_err(|e| disk(&e))?;
    }
    file.flush().map_err(|e| disk(&e))
}

/// Keeps a file of the disk, part by part.
pub(super) async fn send(app: &App, now: Instant, key: &str, from: &Path) -> Result<()> {
    let file = File::open(from).map_err(|e| disk(&e))?;
    files::send(app, now, key, file).await
}
