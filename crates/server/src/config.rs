//! Configuration: flags, environment, `huifang.toml`, in that order.

use crate::backup_plan::BackupConfig;
use crate::doors::OidcConfig;
use crate::messaging::MessagingConfig;
use crate::security::Security;
use crate::telephony::TelephonyConfig;
use crate::tls::TlsSettings;
use anyhow::{Context as _, Result};
use app::backups::BackupPlan;
use app::doctor::Surroundings;
use app::paper::Typeface;
use chrono::{NaiveTime, TimeDelta};
use domain::backups::Retention;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::sealing::{MasterKey, Suite};
use store::{DatabaseUrl, Entropy, StoreError};

/// Where configuration is looked for when no flag says otherwise.
const FILE: &str = "huifang.toml";
/// Name of the company when nothing is said.
const DEFAULT_COMPANY: &str = "示范人寿保险公司";
/// The database when nothing is said.
const DEFAULT_DATABASE: &str = "sqlite:data/huifang.db";

/// Settings of a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: Option<String>,
    /// Where the server listens.
    pub bind: Option<String>,
    /// File of the master key; the environment variable `HUIFANG_MASTER_KEY` comes before it.
    pub master_key_file: Option<PathBuf>,
    /// Recordings and scans: a folder, or `s3://bucket/prefix` with the usual AWS variables.
    pub files: Option<String>,
    /// Public keys, hexadecimal, whose packages of rules `rules load` takes.
    #[serde(default)]
    pub rules_trusted_keys: Vec<String>,
    /// Name of the company, as callers say it.
    pub company: Option<String>,
    /// Typeface of letters and forms, a TrueType or OpenType file; Noto Sans SC without it.
    pub paper_font: Option<PathBuf>,
    /// File to which the heads of the audit log are appended, on another disk than the database.
    pub audit_heads_file: Option<PathBuf>,
    /// Address to which the heads of the audit log are sent (POST, a JSON array).
    pub audit_heads_url: Option<String>,
    /// Whether people reach the server over HTTPS, so that cookies travel over HTTPS only.
    #[serde(default)]
    pub https: bool,
    /// What is asked of people who sign in.
    #[serde(default)]
    pub security: Security,
    /// Address under which people know the server, for passkeys and for providers of identities.
    pub public_url: Option<String>,
    /// Providers of identities.
    #[serde(default)]
    pub oidc: Vec<OidcConfig>,
    /// The telephone system.
    pub telephony: Option<TelephonyConfig>,
    /// The mail server and the gateways by which messages leave.
    #[serde(default)]
    pub messaging: MessagingConfig,
    /// Certificate and key, when the server itself speaks HTTPS.
    pub tls: Option<TlsSettings>,
    /// Where `/metrics` is answered instead of the main address.
    pub metrics_bind: Option<String>,
    /// Algorithms of new keys: `aes-256-gcm` or `sm4-gcm`.
    pub cipher: Option<String>,
    /// Backups by plan; none without it.
    pub backup: Option<BackupConfig>,
    /// Electronic callbacks.
    #[serde(default)]
    pub electronic: crate::face::ElectronicConfig,
    /// Where all of this was read.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

impl Config {
    /// Reads a file; a missing default file is an empty configuration.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self> {
        let (path, must_exist) = match path {
            Some(path) => (path, true),
            None => (Path::new(FILE), false),
        };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let read = toml::from_str::<Self>(&text);
                let config = read.with_context(|| path.display().to_string())?;
                Ok(Self {
                    file: Some(path.to_owned()),
                    ..config
                })
            }
            Err(_) if !must_exist => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    /// What stands at the head of what is printed.
    pub(crate) fn letterhead(&self) -> app::Letterhead {
        let unnamed = app::Letterhead::default();
        app::Letterhead {
            company: self.company.clone().unwrap_or(unnamed.company),
            public_url: self.public_url.clone(),
        }
    }

    /// The company's own typeface for what is printed.
    pub(crate) fn typeface(&self) -> Result<Option<Typeface>> {
        let Some(path) = &self.paper_font else {
            return Ok(None);
        };
        let read = || -> Result<Typeface> { Ok(Typeface::from_bytes(std::fs::read(path)?)?) };
        let typeface = read().with_context(|| format!("paper_font: {}", path.display()))?;
        Ok(Some(typeface))
    }

    /// Name of the company.
    pub(crate) fn company_name(&self) -> &str {
        self.company.as_deref().unwrap_or(DEFAULT_COMPANY)
    }

    /// The plan of backups.
    pub(crate) fn backup_plan(&self) -> Result<Option<BackupPlan>> {
        let Some(backup) = &self.backup else {
            return Ok(None);
        };
        let at = NaiveTime::parse_from_str(&backup.at, "%H:%M")
            .with_context(|| format!("backup.at: {:?} is no time such as 02:00", backup.at))?;
        Ok(Some(BackupPlan {
            folder: backup.folder.clone(),
            at,
            retention: Retention {
                daily: backup.keep_daily,
                weekly: backup.keep_weekly,
                monthly: backup.keep_monthly,
            },
            verify: backup.verify,
            with_files: backup.with_files.unwrap_or(self.are_files_local()),
            warn_after: TimeDelta::hours(i64::from(backup.warn_after_hours)),
        }))
    }

    /// Whether recordings and scans lie in a folder.
    pub(crate) fn are_files_local(&self) -> bool {
        !self
            .files
            .as_deref()
            .is_some_and(|f| f.starts_with("s3://"))
    }

    /// What lies around a database.
    pub(crate) fn surroundings(&self, url: &DatabaseUrl) -> Surroundings {
        let mut folders = vec![Self::folder(url), std::env::temp_dir()];
        if self.are_files_local() {
            folders.extend(self.files.as_ref().map(PathBuf::from));
        }
        folders.extend(self.backup.as_ref().map(|b| b.folder.clone()));
        let is_set = std::env::var_os("HUIFANG_MASTER_KEY").is_some();
        Surroundings {
            config_file: self.file.clone(),
            master_key_file: (!is_set).then(|| self.master_key_path(url)),
            folders,
            is_https: self.https,
        }
    }

    /// The file of the master key of a database.
    pub(crate) fn master_key_path(&self, url: &DatabaseUrl) -> PathBuf {
        let default = || Self::folder(url).join(format!("{}.master-key", url.name()));
        self.master_key_file.clone().unwrap_or_else(default)
    }

    /// The database, a flag or environment variable first.
    pub(crate) fn database(&self, flag: Option<&str>) -> Result<DatabaseUrl> {
        let text = flag
            .or(self.database_url.as_deref())
            .unwrap_or(DEFAULT_DATABASE);
        Ok(DatabaseUrl::parse(text)?)
    }

    /// Whether browsers reach the server over HTTPS, here or at a proxy before it.
    pub(crate) fn is_https(&self) -> bool {
        self.https || self.tls.is_some()
    }

    /// The family of algorithms of new keys.
    pub(crate) fn suite(&self) -> Result<Suite> {
        let Some(name) = &self.cipher else {
            return Ok(Suite::default());
        };
        Suite::parse(name)
            .with_context(|| format!("cipher = \"{name}\": say \"aes-256-gcm\" or \"sm4-gcm\""))
    }

    /// The folder of things that belong to a database but do not lie in it.
    fn folder(url: &DatabaseUrl) -> PathBuf {
        match url {
            DatabaseUrl::Sqlite(path) => path.parent().unwrap_or(Path::new("")).to_owned(),
            DatabaseUrl::Postgres(_) => PathBuf::from("data"),
        }
    }

    /// The master key of a database. A key file is created when the database has no keys yet.
    pub(crate) fn master_key(
        &self,
        url: &DatabaseUrl,
        has_keys: bool,
        entropy: &dyn Entropy,
    ) -> Result<MasterKey, StoreError> {
        if let Ok(text) = std::env::var("HUIFANG_MASTER_KEY") {
            return MasterKey::parse(&text);
        }
        let path = self.master_key_path(url);
        if has_keys || path.exists() {
            return MasterKey::read(&path);
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| StoreError::Key(e.to_string()))?;
        }
        let key = MasterKey::create(&path, entropy)?;
        crate::environment::note(format!(
            "created the master key {}: back it up in another place than the database",
            path.display()
        ));
        Ok(key)
    }

    /// Where recordings and scans are kept.
    pub(crate) fn files(&self, url: &DatabaseUrl) -> Result<Arc<dyn object_store::ObjectStore>> {
        match self.files.as_deref().and_then(|f| f.strip_prefix("s3://")) {
            Some(place) => {
                let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
                let s3 = object_store::aws::AmazonS3Builder::from_env()
                    .with_bucket_name(bucket)
                    .build()?;
                let prefixed = object_store::prefix::PrefixStore::new(s3, prefix);
                Ok(Arc::new(prefixed))
            }
            None => {
                let folder = self
                    .files
                    .as_ref()
                    .map_or_else(|| Self::folder(url).join("files"), PathBuf::from);
                std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
                Ok(Arc::new(
                    object_store::local::LocalFileSystem::new_with_prefix(folder)?,
                ))
            }
        }
    }
}
