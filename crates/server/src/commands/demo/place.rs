//! The folder of the demonstration: made afresh each time, and never while another one serves from it.

use anyhow::{Context as _, Result, bail};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// Where demonstrations live, below the working directory.
const FOLDER: &str = "data/demo";
/// The database; also how a folder is known to be a demonstration's.
const DATABASE: &str = "huifang.db";

/// A fresh folder that is ours until this value is dropped.
pub(super) struct Place {
    folder: PathBuf,
    _lock: File,
}

impl Place {
    /// Removes the last demonstration and makes room for a new one.
    pub(super) fn fresh() -> Result<Self> {
        let folder = PathBuf::from(FOLDER);
        let above = folder.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(above).with_context(|| above.display().to_string())?;
        let lock_path = folder.with_extension("lock");
        let lock = File::create(&lock_path).with_context(|| lock_path.display().to_string())?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another demonstration is using {FOLDER}: stop it first, or start this one in another folder"
            ),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let is_empty = !folder.exists() || folder.read_dir()?.next().is_none();
        if !is_empty && !folder.join(DATABASE).exists() {
            bail!("{FOLDER} holds something else than a demonstration: move it away first");
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// The database, as a URL.
    pub(super) fn url(&self) -> String {
        format!("sqlite:{}", self.folder.join(DATABASE).display())
    }

    /// Where the import files of the portfolio lie.
    pub(super) fn portfolio(&self) -> PathBuf {
        self.folder.join("portfolio")
    }
}
