//! The plan of backups, as the configuration makes it.

use chrono::{Duration, NaiveTime};
use domain::backups::Retention;
use std::path::PathBuf;

/// When backups are taken, where they go, and how long they stay.
#[derive(Clone, Debug)]
pub struct BackupPlan {
    /// The folder; best on another disk or machine.
    pub folder: PathBuf,
    /// Time of day in China.
    pub at: NaiveTime,
    /// How many are kept.
    pub retention: Retention,
    /// Each is restored as a trial.
    pub verify: bool,
    /// Recordings and scans go along.
    pub with_files: bool,
    /// A last good backup older than this is a warning.
    pub warn_after: Duration,
}
