//! Backups: the whole database in one file that fits SQLite and PostgreSQL, tried out before anyone
//! relies on it ([decision 22](../../../../docs/decisions/0022-one-file-for-both-databases.md)).
//!
//! `format` says what the file looks like; `write` makes one, `read` checks and reads one; `restore`
//! fills an empty database, for good or as a trial; `run` and `schedule` are the use cases around it.

mod files;
mod format;
mod kept;
mod plan;
mod read;
mod restore;
mod run;
mod schedule;
mod write;

pub use kept::{BackupOverview, overview};
pub use plan::BackupPlan;
pub use restore::{MasterKeys, Opening, RestoreReport, RestoreRequest, restore, try_out};
pub use run::{BackupReport, BackupRequest, back_up, write_backup};
pub use schedule::{give_up_silent, start_backup, start_due};

pub(crate) use schedule::run_planned;

use crate::{Error, Refusal};

/// What a backup or restore is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Rows are read and written, or read and loaded.
    Rows,
    /// Recordings and scans.
    Files,
    /// A file is checked from its beginning to its end; counted in bytes.
    Check,
    /// Rows are read back and compared.
    Compare,
}

/// How far it has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What it is at.
    pub stage: Stage,
    /// How much of that is done.
    pub done: u64,
    /// How much there is, when known.
    pub total: u64,
}

/// Hears how far a backup or restore has come.
pub type Heard = std::sync::Arc<dyn Fn(Progress) + Send + Sync>;

fn damaged(what: impl std::fmt::Display) -> Error {
    Refusal::with("backup-damaged", what.to_string()).into()
}

fn disk(path: &std::path::Path, error: &std::io::Error) -> Error {
    Error::Unavailable(format!("{}: {error}", path.display()))
}

fn lost() -> Error {
    Error::Fault("the thread of the backup is gone".into())
}
