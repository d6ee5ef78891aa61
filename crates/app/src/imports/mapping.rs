//! Files from other systems keep their own column names and codes (`--map FILE.toml`).

use serde::Deserialize;
use std::collections::BTreeMap;

/// Renames columns and codes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Column of the file → column of ours.
    #[serde(default)]
    columns: BTreeMap<String, String>,
    /// For each of our columns: value of the file → our code.
    #[serde(default)]
    codes: BTreeMap<String, BTreeMap<String, String>>,
}

/// A mapping that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("map: {0}")]
pub struct MappingError(#[from] toml::de::Error);

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// Says where the file is no mapping.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        Ok(toml::from_str(text)?)
    }

    /// Our name of a column.
    pub(super) fn column<'a>(&'a self, theirs: &'a str) -> &'a str {
        self.columns.get(theirs).map_or(theirs, String::as_str)
    }

    /// Our code for a value.
    pub(super) fn code<'a>(&'a self, column: &str, theirs: &'a str) -> &'a str {
        self.codes
            .get(column)
            .and_then(|codes| codes.get(theirs))
            .map_or(theirs, String::as_str)
    }
}
