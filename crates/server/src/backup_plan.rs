//! The section `[backup]` of the configuration.

use serde::Deserialize;
use std::path::PathBuf;

/// Backups by plan.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackupConfig {
    /// Where they go.
    pub folder: PathBuf,
    /// Time of day in China, such as `02:00`.
    #[serde(default = "BackupConfig::at")]
    pub at: String,
    /// Days of which the newest is kept.
    #[serde(default = "BackupConfig::keep_daily")]
    pub keep_daily: usize,
    /// Weeks of which the newest is kept.
    #[serde(default = "BackupConfig::keep_weekly")]
    pub keep_weekly: usize,
    /// Months of which the newest is kept.
    #[serde(default = "BackupConfig::keep_monthly")]
    pub keep_monthly: usize,
    /// Each is restored as a trial.
    #[serde(default = "BackupConfig::verify")]
    pub verify: bool,
    /// Recordings and scans go along; when nothing is said, those of a folder do.
    pub with_files: Option<bool>,
    /// Hours after which the last good one is too old.
    #[serde(default = "BackupConfig::warn_after_hours")]
    pub warn_after_hours: u32,
}

impl BackupConfig {
    fn at() -> String {
        "02:00".to_owned()
    }

    fn keep_daily() -> usize {
        7
    }

    fn keep_weekly() -> usize {
        5
    }

    fn keep_monthly() -> usize {
        12
    }

    fn verify() -> bool {
        true
    }

    /// A day and two hours: the next one may take a while.
    fn warn_after_hours() -> u32 {
        26
    }
}
