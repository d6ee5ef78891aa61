//! Files of jobs: uploads that wait for their import, exports that wait to be fetched.

use super::list::{JobView, find_job};
use crate::{App, Error, Result};
use bytes::Bytes;
use domain::access::Actor;
use domain::jobs::JobState;
use domain::time::{self, Instant};
use object_store::path::Path as Key;
use object_store::{ObjectStoreExt as _, WriteMultipart};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use store::AuditEntry;
use uuid::Uuid;

/// Bytes that are moved at once.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts that are under way at once.
const PARTS_AT_ONCE: usize = 2;

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
    pub content: object_store::GetResult,
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
    let content = match app.files().get(&place(&file.key)?).await {
        Ok(content) => content,
        Err(object_store::Error::NotFound { .. }) => return Err(Error::NotFound),
        Err(error) => return Err(unavailable(&error)),
    };
    let work = app.store().begin(now).await?;
    let detail = serde_json::json!({ "name": file.name, "rows": file.rows });
    let entry = AuditEntry::new(actor, "export.fetched", "job", job).detail(detail);
    work.commit(entry).await?;
    Ok(JobFile {
        name: file.name,
        media_type: file.media_type,
        size: content.meta.size,
        content,
    })
}

/// A new place for a file.
pub(crate) fn new_key(app: &App, now: Instant, folder: &str, ending: &str) -> String {
    let id = app.store().ids().next(now);
    let day = time::date_in_china(now).format("%Y/%m/%d");
    format!("{folder}/{day}/{}.{ending}", id.simple())
}

fn place(key: &str) -> Result<Key> {
    Key::parse(key).map_err(|e| Error::Fault(e.to_string()))
}

fn unavailable(error: &object_store::Error) -> Error {
    Error::Unavailable(format!("files: {error}"))
}

fn disk(error: &std::io::Error) -> Error {
    Error::Unavailable(format!("temporary file: {error}"))
}

/// Keeps bytes.
pub(crate) async fn put(app: &App, key: &str, bytes: Bytes) -> Result<()> {
    let put = app.files().put(&place(key)?, bytes.into()).await;
    put.map(|_| ()).map_err(|e| unavailable(&e))
}

/// A kept file as a whole.
pub(crate) async fn read(app: &App, key: &str) -> Result<Bytes> {
    let found = match app.files().get(&place(key)?).await {
        Ok(found) => found,
        Err(object_store::Error::NotFound { .. }) => return Err(Error::NotFound),
        Err(error) => return Err(unavailable(&error)),
    };
    found.bytes().await.map_err(|e| unavailable(&e))
}

/// Copies a kept file to the disk, part by part.
pub(super) async fn fetch(app: &App, key: &str, to: &Path) -> Result<()> {
    let place = place(key)?;
    let size = match app.files().head(&place).await {
        Ok(meta) => meta.size,
        Err(object_store::Error::NotFound { .. }) => return Err(Error::NotFound),
        Err(error) => return Err(unavailable(&error)),
    };
    let mut file = File::create(to).map_err(|e| disk(&e))?;
    let mut at = 0;
    while at < size {
        let end = size.min(at + PART_BYTES as u64);
        let part = app.files().get_range(&place, at..end).await;
        let part = part.map_err(|e| unavailable(&e))?;
        file.write_all(&part).map_err(|e| disk(&e))?;
        at = end;
    }
    file.flush().map_err(|e| disk(&e))
}

/// Keeps a file of the disk, part by part.
pub(super) async fn send(app: &App, key: &str, from: &Path) -> Result<()> {
    let mut file = File::open(from).map_err(|e| disk(&e))?;
    let upload = app.files().put_multipart(&place(key)?).await;
    let mut upload =
        WriteMultipart::new_with_chunk_size(upload.map_err(|e| unavailable(&e))?, PART_BYTES);
    let mut buffer = vec![0; PART_BYTES];
    loop {
        let read = file.read(&mut buffer).map_err(|e| disk(&e))?;
        if read == 0 {
            break;
        }
        let ready = upload.wait_for_capacity(PARTS_AT_ONCE).await;
        ready.map_err(|e| unavailable(&e))?;
        upload.write(&buffer[..read]);
    }
    upload
        .finish()
        .await
        .map(|_| ())
        .map_err(|e| unavailable(&e))
}

/// Deletes a kept file; one that is gone already is no error.
pub(crate) async fn discard(app: &App, key: &str) -> Result<()> {
    match app.files().delete(&place(key)?).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(unavailable(&error)),
    }
}
