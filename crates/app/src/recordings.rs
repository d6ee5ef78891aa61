//! Files that prove things: recordings, signed records, documents. Kept, sealed, in a folder or S3,
//! with the SHA-256 of what was sent.

use crate::{App, Error, Refusal, Result};
use bytes::Bytes;
use domain::access::{Actor, Permission};
use domain::ids::RecordingId;
use domain::tickets::EvidenceKind;
use domain::time::{self, Instant};
use sha2::{Digest as _, Sha256};
use store::recordings::{NewRecording, RecordingOwner, RecordingRow};
use store::{AuditEntry, UnitOfWork};

/// Largest recording or scan: two hours of telephone quality are about 60 MB.
pub const UPLOAD_BYTES_MAX: usize = 100 * 1024 * 1024;
/// Longest name of a file that is kept.
const FILE_NAME_MAX: usize = 120;
/// Media types that are taken, by the end of the file name.
const MEDIA_TYPES: [(&str, &str); 11] = [
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("m4a", "audio/mp4"),
    ("ogg", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("amr", "audio/amr"),
    ("webm", "audio/webm"),
    ("pdf", "application/pdf"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
];

/// A file as it was sent.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Name of the file.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A file in the store of files.
pub(crate) struct StoredFile {
    pub file_name: String,
    pub content_type: &'static str,
    pub size: i64,
    pub sha256: String,
    pub key: String,
}

/// Writes a file under a new key and hashes it.
pub(crate) async fn store_file(app: &App, now: Instant, upload: &Upload) -> Result<StoredFile> {
    let name: String = upload
        .file_name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or("")
        .chars()
        .take(FILE_NAME_MAX)
        .collect();
    let ending = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    let known = MEDIA_TYPES.iter().find(|(e, _)| *e == ending);
    let Some((_, content_type)) = known else {
        return Err(Error::invalid("file", "file-type"));
    };
    if upload.bytes.is_empty() {
        return Err(Error::invalid("file", "missing"));
    }
    if upload.bytes.len() > UPLOAD_BYTES_MAX {
        return Err(Error::invalid("file", "too-long"));
    }
    keep_file(app, now, name, content_type, &upload.bytes).await
}

/// Writes a drawing that this program made itself.
pub(crate) async fn store_drawing(
    app: &App,
    now: Instant,
    name: String,
    svg: &str,
) -> Result<StoredFile> {
    keep_file(app, now, name, "image/svg+xml", svg.as_bytes()).await
}

async fn keep_file(
    app: &App,
    now: Instant,
    file_name: String,
    content_type: &'static str,
    bytes: &[u8],
) -> Result<StoredFile> {
    let ending = file_name.rsplit('.').next().unwrap_or("");
    let ending = ending.to_ascii_lowercase();
    let id = app.store().ids().next(now);
    let day = time::date_in_china(now).format("%Y/%m/%d");
    let key = format!("recordings/{day}/{}.{ending}", id.simple());
    crate::files::put(app, now, &key, bytes).await?;
    Ok(StoredFile {
        file_name,
        content_type,
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: hex::encode(Sha256::digest(bytes)),
        key,
    })
}

/// Notes a stored file.
pub(crate) async fn attach(
    work: &UnitOfWork,
    actor: &Actor,
    owner: RecordingOwner,
    kind: EvidenceKind,
    file: &StoredFile,
) -> Result<RecordingId> {
    let new = NewRecording {
        owner,
        kind,
        file_name: &file.file_name,
        content_type: file.content_type,
        size_bytes: Some(file.size),
        sha256: Some(&file.sha256),
        location: &file.key,
        is_link: false,
        added_by: &actor.name,
    };
    Ok(store::recordings::insert_recording(work, &new).await?)
}

/// Opens a recording to listen to; that someone did is recorded. The bytes are checked against the
/// hash, so that an altered file is never played as if it were the original.
///
/// # Errors
/// When the actor may not, it is a link, or the file is gone or altered.
pub async fn open_recording(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: RecordingId,
) -> Result<(RecordingRow, Bytes)> {
    let scope = actor.scope(Permission::RecordingsListen)?;
    let row = store::recordings::find_recording(app.store(), &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    let bytes = verified(app, &row).await?;
    let work = app.store().begin(now).await?;
    let entry = AuditEntry::new(actor, "recording.played", "recording", row.id.0);
    work.commit(entry.customer(row.customer_id.0)).await?;
    Ok((row, bytes))
}

/// The bytes of a file as they were when it was added.
///
/// # Errors
/// When it is a link, or the file is gone or altered.
pub(crate) async fn verified(app: &App, row: &RecordingRow) -> Result<Bytes> {
    if row.is_link {
        return Err(Error::NotFound);
    }
    let bytes = match crate::files::open(app, &row.location).await {
        Ok(file) => file.bytes().await,
        Err(error) => Err(error),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(Error::Fault(_)) => return Err(Refusal::new("recording-altered").into()),
        Err(Error::NotFound) => return Err(Error::Unavailable("files: it is gone".into())),
        Err(error) => return Err(error),
    };
    if row.sha256.as_deref() != Some(hex::encode(Sha256::digest(&bytes)).as_str()) {
        return Err(Refusal::new("recording-altered").into());
    }
    Ok(bytes)
}
