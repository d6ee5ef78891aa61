//! Recordings and scans on their way back.

use super::damaged;
use super::format::FileContents;
use crate::{Error, Refusal, Result};
use bytes::Bytes;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, WriteMultipart};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Bytes of a file that are moved at once.
pub(super) const FILE_PART: usize = 4 * 1024 * 1024;

/// The files that are being restored.
#[derive(Default)]
pub(super) struct Files {
    pub store: Option<Arc<dyn ObjectStore>>,
    /// Those that were not there before, to be taken back when the restore fails.
    written: Vec<Key>,
    open: Option<WriteMultipart>,
}

fn unavailable(error: &object_store::Error) -> Error {
    Error::Unavailable(format!("files: {error}"))
}

impl Files {
    /// Files that go to a store.
    pub(super) fn into(store: Arc<dyn ObjectStore>) -> Self {
        Self {
            store: Some(store),
            ..Self::default()
        }
    }

    /// Begins a file. One that is there already must be the same, and is left alone.
    pub(super) async fn begin(
        &mut self,
        key: String,
        size: u64,
        known: &[FileContents],
    ) -> Result<()> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        let place = Key::parse(&key).map_err(damaged)?;
        match store.head(&place).await {
            Ok(meta) => {
                let expected = known.iter().find(|f| f.key == key);
                let is_same = meta.size == size
                    && hash_file(store.as_ref(), &place, size).await?
                        == expected.and_then(|f| f.sha256.clone()).unwrap_or_default();
                match is_same {
                    true => Ok(()),
                    false => Err(Refusal::with("restore-file-differs", key).into()),
                }
            }
            Err(object_store::Error::NotFound { .. }) => {
                let upload = store.put_multipart(&place).await;
                let upload = upload.map_err(|e| unavailable(&e))?;
                self.open = Some(WriteMultipart::new_with_chunk_size(upload, FILE_PART));
                self.written.push(place);
                Ok(())
            }
            Err(error) => Err(unavailable(&error)),
        }
    }

    pub(super) async fn write(&mut self, bytes: &Bytes) -> Result<()> {
        if let Some(upload) = &mut self.open {
            let ready = upload.wait_for_capacity(2).await;
            ready.map_err(|e| unavailable(&e))?;
            upload.write(bytes);
        }
        Ok(())
    }

    pub(super) async fn end(&mut self) -> Result<()> {
        if let Some(upload) = self.open.take() {
            upload.finish().await.map_err(|e| unavailable(&e))?;
        }
        Ok(())
    }

    pub(super) async fn take_back(self) {
        let Some(store) = self.store else { return };
        if let Some(upload) = self.open {
            drop(upload.abort().await);
        }
        for place in self.written {
            if let Err(error) = store.delete(&place).await {
                tracing::warn!(%place, %error, "a file of a failed restore stays behind");
            }
        }
    }
}

async fn hash_file(store: &dyn ObjectStore, place: &Key, size: u64) -> Result<String> {
    let mut hash = Sha256::new();
    let mut at = 0;
    while at < size {
        let end = size.min(at + FILE_PART as u64);
        let part = store.get_range(place, at..end).await;
        hash.update(part.map_err(|e| unavailable(&e))?);
        at = end;
    }
    Ok(hex::encode(hash.finalize()))
}
