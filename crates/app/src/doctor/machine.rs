//! What lies around the database: configuration, key file, disks, limits of the process.

use super::Check;
use crate::App;
use domain::doctor::{Verdict, of_disk};
use domain::time::Instant;
use object_store::ObjectStoreExt as _;
use object_store::path::Path as Key;
use std::path::{Path, PathBuf};

/// Open files below which a busy server may run out.
const OPEN_FILES_MIN: u64 = 4_096;

/// What the server knows of its surroundings.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The configuration file, when there is one.
    pub config_file: Option<PathBuf>,
    /// The file of the master key; none when it comes from the environment.
    pub master_key_file: Option<PathBuf>,
    /// Folders that grow.
    pub folders: Vec<PathBuf>,
    /// People reach the server over HTTPS.
    pub is_https: bool,
}

impl Surroundings {
    /// It was read, or the program would not run; unknown keys are errors.
    pub(super) fn configuration(&self) -> Check {
        match &self.config_file {
            Some(path) => {
                Check::new("configuration", (Verdict::Ok, "read")).with("file", &path.display())
            }
            None => Check::new("configuration", (Verdict::Info, "none")),
        }
    }

    pub(super) fn transport(&self) -> Check {
        let found = if self.is_https {
            (Verdict::Ok, "https")
        } else {
            (Verdict::Info, "http")
        };
        Check::new("transport", found)
    }

    /// Key file, disks, limits.
    pub fn machine(&self) -> Vec<Check> {
        let mut checks = vec![key_file(self.master_key_file.as_deref())];
        checks.push(disk(&self.folders));
        checks.extend(open_files());
        checks
    }
}

fn key_file(path: Option<&Path>) -> Check {
    let Some(path) = path else {
        return Check::new("key-file", (Verdict::Ok, "environment"));
    };
    let found = match std::fs::metadata(path) {
        Err(_) => (Verdict::Bad, "missing"),
        Ok(meta) if is_open_to_others(&meta) => (Verdict::Bad, "readable"),
        Ok(_) => (Verdict::Ok, "private"),
    };
    Check::new("key-file", found).with("file", &path.display())
}

#[cfg(unix)]
fn is_open_to_others(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_meta: &std::fs::Metadata) -> bool {
    false
}

/// The fullest of the disks.
#[cfg(unix)]
fn disk(folders: &[PathBuf]) -> Check {
    let gib = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 30));
    let room = folders.iter().filter_map(|folder| {
        // A folder that does not exist yet lies where its parent lies.
        let there = folder
            .ancestors()
            .find(|f| f.is_dir())
            .unwrap_or(Path::new("."));
        let stat = rustix::fs::statvfs(there).ok()?;
        let (free, total) = (stat.f_bavail * stat.f_frsize, stat.f_blocks * stat.f_frsize);
        Some((free, total, folder))
    });
    match room.min_by_key(|(free, ..)| *free) {
        Some((free, total, folder)) => Check::new("disk", of_disk(free, total))
            .with("folder", &folder.display())
            .with("free", &gib(free))
            .with("total", &gib(total)),
        None => Check::new("disk", (Verdict::Info, "unknown")),
    }
}

#[cfg(not(unix))]
fn disk(_folders: &[PathBuf]) -> Check {
    Check::new("disk", (Verdict::Info, "unknown"))
}

#[cfg(unix)]
fn open_files() -> Option<Check> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let most = limit.current.unwrap_or(u64::MAX);
    let found = if most < OPEN_FILES_MIN {
        (Verdict::Warn, "few")
    } else {
        (Verdict::Ok, "enough")
    };
    Some(Check::new("open-files", found).with("limit", &most))
}

#[cfg(not(unix))]
fn open_files() -> Option<Check> {
    None
}

/// Writes a small file where recordings go, and deletes it.
pub(super) async fn files(app: &App, now: Instant) -> Check {
    let id = app.store().ids().next(now);
    let place = Key::from(format!("doctor/{}", id.simple()));
    let tried = async {
        app.files().put(&place, "probe".into()).await?;
        app.files().delete(&place).await
    };
    match tried.await {
        Ok(()) => Check::new("files", (Verdict::Ok, "writable")),
        Err(error) => Check::new("files", (Verdict::Bad, "unwritable")).with("error", &error),
    }
}
