//! Where a database is: a file or a server, as configurations and command lines name it.

use crate::{Result, StoreError};
use std::path::PathBuf;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// Says which forms are understood.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(path) = text
            .strip_prefix("sqlite://")
            .or_else(|| text.strip_prefix("sqlite:"))
        {
            if path.is_empty() || path.starts_with(":memory:") {
                return Err(StoreError::Unavailable("name a file after sqlite:".into()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let what = "the database URL must be sqlite:PATH or postgres://…";
        Err(StoreError::Unavailable(what.into()))
    }

    /// The name of the database without its place, for naming things that belong to it.
    pub fn name(&self) -> String {
        match self {
            Self::Sqlite(path) => path
                .file_name()
                .map_or_else(|| "huifang".into(), |n| n.to_string_lossy().into_owned()),
            Self::Postgres(url) => {
                let path = url.split('?').next().unwrap_or(url);
                path.rsplit('/')
                    .next()
                    .filter(|n| !n.is_empty())
                    .unwrap_or("postgres")
                    .to_owned()
            }
        }
    }
}
