//! Large files: streamed to disk, readable by the server alone, removed when they are done with.

use crate::failure::Failure;
use crate::forms::{FIELD_BYTES_MAX, Fields, demand, token_header};
use crate::frame::Who;
use crate::state::Web;
use app::Error;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt as _;

/// Endings that files keep, because they say how to read them.
const ENDINGS: [&str; 5] = ["csv", "tsv", "xlsx", "ndjson", "jsonl"];

/// A file on disk.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Where it lies.
    path: PathBuf,
    /// Its name as it was sent.
    pub(crate) file_name: String,
}

impl Kept {
    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, "an uploaded file could not be removed");
        }
    }
}

/// A form with a large file, the token among the fields before it.
#[derive(Debug)]
pub(crate) struct SentLarge {
    /// Who sent it.
    pub(crate) who: Who,
    /// Text fields.
    pub(crate) fields: Fields,
    /// The file, if one was chosen.
    pub(crate) file: Option<Kept>,
}

impl FromRequest<Web> for SentLarge {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let who = Who::from_request_parts(&mut parts, web).await?;
        let header = token_header(&parts.headers);
        let request = Request::from_parts(parts, body);
        let mut form = Multipart::from_request(request, web)
            .await
            .map_err(|e| Failure::Unreadable(e.body_text()))?;
        let (mut fields, mut file) = (Fields::default(), None);
        while let Some(part) = form.next_field().await.map_err(unreadable)? {
            let name = part.name().unwrap_or_default().to_owned();
            let Some(file_name) = part.file_name().map(str::to_owned) else {
                let text = part.text().await.map_err(unreadable)?;
                if text.len() > FIELD_BYTES_MAX {
                    return Err(Error::invalid(&name, "too-long").into());
                }
                fields.push(name, text);
                continue;
            };
            // Nothing of a file is kept before the token was seen; pages send it first.
            demand(
                &who,
                header.as_deref().unwrap_or_else(|| fields.get("csrf")),
            )?;
            if !file_name.is_empty() {
                file = Some(keep(web, &who, file_name, part).await?);
            }
        }
        demand(
            &who,
            header.as_deref().unwrap_or_else(|| fields.get("csrf")),
        )?;
        Ok(Self { who, fields, file })
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "handed to map_err by its name"
)]
fn unreadable(error: axum::extract::multipart::MultipartError) -> Failure {
    match error.status() {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
            Error::invalid("file", "file-too-large").into()
        }
        _ => Failure::Unreadable(error.body_text()),
    }
}

/// A file for a moment's use: readable by the server alone, and gone with its last handle.
pub(crate) fn scratch(web: &Web, who: &Who, ending: &str) -> std::io::Result<std::fs::File> {
    let path = place(web, who, ending);
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

fn place(web: &Web, who: &Who, ending: &str) -> PathBuf {
    let id = web.app.store().ids().next(who.now).simple().to_string();
    std::env::temp_dir().join(format!("huifang-{id}.{ending}"))
}

async fn keep(
    web: &Web,
    who: &Who,
    sent_name: String,
    mut part: axum::extract::multipart::Field<'_>,
) -> Result<Kept, Failure> {
    let file_name = sent_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let ending = file_name.rsplit('.').next().unwrap_or_default();
    let ending = ending.to_ascii_lowercase();
    if !ENDINGS.contains(&ending.as_str()) {
        return Err(Error::invalid("file", "file-type").into());
    }
    let path = place(web, who, &ending);
    let broken = |e: std::io::Error| Failure::from(Error::Unavailable(e.to_string()));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut out = options.open(&path).await.map_err(broken)?;
    let kept = Kept {
        path,
        file_name: file_name.to_owned(),
    };
    while let Some(bytes) = part.chunk().await.map_err(unreadable)? {
        out.write_all(&bytes).await.map_err(broken)?;
    }
    out.flush().await.map_err(broken)?;
    Ok(kept)
}
