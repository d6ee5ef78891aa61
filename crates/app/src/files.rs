//! The store of files, sealed: every file is cut into chunks that are sealed with a key of its own,
//! which lies in the database. What lies in the folder or the bucket tells nothing without it.
//!
//! A sealed file is `HUIFANG` 1 ‖ id (16) ‖ chunks of 64 KiB, each with its tag. Files that were kept
//! before files were sealed have no key; they are read as they are.

use crate::{App, Error, Result};
use bytes::Bytes;
use domain::access::Actor;
use domain::time::Instant;
use object_store::path::Path as Key;
use object_store::{ObjectStoreExt as _, WriteMultipart};
use std::io::Read;
use store::AuditEntry;
use store::files::{FileKey, delete_file_key, find_file_key, insert_file_key};
use store::sealing::{FILE_CHUNK, FILE_TAG};

/// How a sealed file begins.
pub(crate) const MAGIC: &[u8; 8] = b"HUIFANG\x01";
/// Bytes before the first chunk.
const HEAD: usize = MAGIC.len() + 16;
/// Bytes of a chunk as it lies in the store.
const SEALED_CHUNK: usize = FILE_CHUNK + FILE_TAG;
/// Chunks that are read at once: 8 MiB.
const CHUNKS_AT_ONCE: u64 = 128;
/// Bytes of a part of an upload.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts that are under way at once.
const PARTS_AT_ONCE: usize = 2;

fn place(key: &str) -> Result<Key> {
    Key::parse(key).map_err(|e| Error::Fault(e.to_string()))
}

fn failed(error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::NotFound,
        error => Error::Unavailable(format!("files: {error}")),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "handed to map_err by its name"
)]
fn disk(error: std::io::Error) -> Error {
    Error::Unavailable(format!("temporary file: {error}"))
}

/// Keeps bytes.
///
/// # Errors
/// When the files cannot be reached, or the place is taken.
pub(crate) async fn put(app: &App, now: Instant, key: &str, bytes: &[u8]) -> Result<()> {
    send(app, now, key, bytes).await
}

/// Keeps what can be read, part by part. Its key is there before its first byte.
///
/// # Errors
/// When it cannot be read, the files cannot be reached, or the place is taken.
pub(crate) async fn send(
    app: &App,
    now: Instant,
    key: &str,
    mut source: impl Read + Send,
) -> Result<()> {
    let place = place(key)?;
    let work = app.store().begin(now).await?;
    let file = insert_file_key(&work, key).await?;
    let entry = AuditEntry::new(&Actor::system(), "file.sealed", "file", file.id);
    work.commit(entry).await?;
    let upload = app.files().put_multipart(&place).await.map_err(failed)?;
    let mut upload = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
    upload.write(MAGIC);
    upload.write(file.id.as_bytes());
    let mut chunk = fill(&mut source)?;
    let mut n = 0;
    loop {
        // One chunk ahead, to know which one is the last.
        let next = match chunk.len() {
            FILE_CHUNK => fill(&mut source)?,
            _ => Vec::new(),
        };
        let is_last = chunk.len() < FILE_CHUNK || next.is_empty();
        upload
            .wait_for_capacity(PARTS_AT_ONCE)
            .await
            .map_err(failed)?;
        upload.write(&file.cipher.seal(n, is_last, &chunk)?);
        if is_last {
            break;
        }
        (chunk, n) = (next, n + 1);
    }
    upload.finish().await.map(|_| ()).map_err(failed)
}

/// The next chunk; shorter, or empty, only at the end.
fn fill(source: &mut impl Read) -> Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(FILE_CHUNK);
    let limit = FILE_CHUNK as u64;
    source.take(limit).read_to_end(&mut chunk).map_err(disk)?;
    Ok(chunk)
}

/// A file that is being read.
#[derive(Debug)]
pub struct OpenFile {
    app: App,
    place: Key,
    key: Option<FileKey>,
    /// Bytes as they lie in the store.
    stored: u64,
    at: u64,
}

/// Opens a file.
///
/// # Errors
/// [`Error::NotFound`] when it is gone; [`Error::Fault`] when another file lies in its place.
pub(crate) async fn open(app: &App, key: &str) -> Result<OpenFile> {
    let place = place(key)?;
    let file = find_file_key(app.store(), key).await?;
    let stored = app.files().head(&place).await.map_err(failed)?.size;
    let mut at = 0;
    if let Some(file) = &file {
        let head = HEAD as u64;
        let altered = || Error::Fault("a sealed file was altered".into());
        if stored < head + FILE_TAG as u64 {
            return Err(altered());
        }
        let read = app.files().get_range(&place, 0..head).await;
        let read = read.map_err(failed)?;
        if read[..MAGIC.len()] != MAGIC[..] || read[MAGIC.len()..] != file.id.as_bytes()[..] {
            return Err(altered());
        }
        at = head;
    }
    Ok(OpenFile {
        app: app.clone(),
        place,
        key: file,
        stored,
        at,
    })
}

impl OpenFile {
    /// Its size in bytes, in the clear.
    pub fn size(&self) -> u64 {
        if self.key.is_none() {
            return self.stored;
        }
        let body = self.stored - HEAD as u64;
        body - body.div_ceil(SEALED_CHUNK as u64) * FILE_TAG as u64
    }

    /// The next bytes; nothing at the end.
    ///
    /// # Errors
    /// When the files cannot be reached, or the file was altered.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.at >= self.stored {
            return Ok(None);
        }
        let end = self
            .stored
            .min(self.at + CHUNKS_AT_ONCE * SEALED_CHUNK as u64);
        let read = self.app.files().get_range(&self.place, self.at..end).await;
        let read = read.map_err(failed)?;
        let Some(file) = &self.key else {
            self.at = end;
            return Ok(Some(read));
        };
        let first = (self.at - HEAD as u64) / SEALED_CHUNK as u64;
        let mut plain = Vec::with_capacity(read.len());
        for (n, chunk) in (first..).zip(read.chunks(SEALED_CHUNK)) {
            self.at += chunk.len() as u64;
            let number = u32::try_from(n).map_err(|_| Error::Fault("a file is too long".into()))?;
            plain.extend(file.cipher.open(number, self.at == self.stored, chunk)?);
        }
        Ok(Some(plain.into()))
    }

    /// All bytes that are left.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut all = Vec::new();
        while let Some(part) = self.next().await? {
            all.extend_from_slice(&part);
        }
        Ok(all.into())
    }
}

/// Deletes a file and destroys its key; one that is gone already is no error.
///
/// # Errors
/// When the files or the database cannot be reached.
pub(crate) async fn discard(app: &App, now: Instant, key: &str) -> Result<()> {
    match app.files().delete(&place(key)?).await.map_err(failed) {
        Ok(()) | Err(Error::NotFound) => {}
        Err(error) => return Err(error),
    }
    let work = app.store().begin(now).await?;
    delete_file_key(&work, key).await?;
    let entry = AuditEntry::new(&Actor::system(), "file.discarded", "file", None);
    Ok(work.commit(entry).await?)
}
