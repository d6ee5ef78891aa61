//! What the program brings, and packs in a folder.

use crate::{Error, Result};
use include_dir::{Dir, include_dir};
use rules::{Calendar, FactSchema, Source};
use std::path::Path;

static PACKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rulepacks");
static CALENDARS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../calendars");

/// Name of the file that lists facts and events.
const FACTS_FILE: &str = "facts.toml";

/// The facts and events that packs may use.
///
/// # Errors
/// [`Error::Fault`] when the shipped schema is broken.
pub fn shipped_schema() -> Result<FactSchema> {
    let text = PACKS
        .get_file(FACTS_FILE)
        .and_then(|f| f.contents_utf8())
        .unwrap_or_default();
    FactSchema::parse(text).map_err(|e| Error::Fault(e.to_string()))
}

/// The calendar that the program brings.
///
/// # Errors
/// [`Error::Fault`] when it is broken.
pub fn shipped_calendar() -> Result<Calendar> {
    Calendar::parse(shipped_calendar_text()).map_err(|e| Error::Fault(e.to_string()))
}

pub(super) fn shipped_calendar_text() -> &'static str {
    CALENDARS
        .get_file("cn.toml")
        .and_then(|f| f.contents_utf8())
        .unwrap_or_default()
}

/// The packs that the program brings.
pub fn shipped_packs() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in PACKS.dirs() {
        for file in folder
            .files()
            .filter(|f| f.path().extension().is_some_and(|e| e == "toml"))
        {
            let name = file.path().to_string_lossy().into_owned();
            let text = file.contents_utf8().unwrap_or_default().to_owned();
            sources.push(Source { name, text });
        }
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    sources
}

/// Packs in a folder and its folders, with the schema beside them or the shipped one.
///
/// # Errors
/// [`Error::Fault`] when the folder cannot be read or holds no packs.
pub fn packs_in(folder: &Path) -> Result<(FactSchema, Vec<Source>)> {
    let mut sources = Vec::new();
    let mut schema = None;
    let mut folders = vec![folder.to_owned()];
    let unreadable =
        |path: &Path, e: std::io::Error| Error::Fault(format!("{}: {e}", path.display()));
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).map_err(|e| unreadable(&next, e))? {
            let path = entry.map_err(|e| unreadable(&next, e))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|e| e != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).map_err(|e| unreadable(&path, e))?;
            let name = path
                .strip_prefix(folder)
                .unwrap_or(&path)
                .to_string_lossy()
                .into_owned();
            if name == FACTS_FILE {
                schema = Some(FactSchema::parse(&text).map_err(|e| Error::Fault(e.to_string()))?);
            } else {
                sources.push(Source { name, text });
            }
        }
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    if sources.is_empty() {
        return Err(Error::Fault(format!(
            "{}: no packs (*.toml) here",
            folder.display()
        )));
    }
    let schema = match schema {
        Some(schema) => schema,
        None => shipped_schema()?,
    };
    Ok((schema, sources))
}
