//! Passwords and keys stand in files or in the environment, never in the configuration itself.

use anyhow::{Context as _, Result, bail};
use std::path::Path;

/// Reads a secret from the file or environment variable that is named; nothing when none is.
pub(super) fn read(
    what: &str,
    file: Option<&Path>,
    variable: Option<&str>,
) -> Result<Option<String>> {
    let text = match (file, variable) {
        (Some(_), Some(_)) => bail!("{what}_file and {what}_env: which one?"),
        (None, None) => return Ok(None),
        (Some(path), None) => {
            let read = std::fs::read_to_string(path);
            read.with_context(|| format!("{what}_file: {}", path.display()))?
        }
        (None, Some(name)) => std::env::var(name).with_context(|| format!("{what}_env: {name}"))?,
    };
    match text.trim() {
        "" => bail!("{what} is empty"),
        text => Ok(Some(text.to_owned())),
    }
}
