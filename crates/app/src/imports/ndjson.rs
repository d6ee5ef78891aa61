//! Lines of JSON objects, which may leave out what is unknown.

use super::reason::Reason;
use super::source::{COLUMNS_MAX, ROW_BYTES_MAX, SourceError};
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};

/// The keys of all objects of a file, in the order in which they first come.
pub(super) fn columns(mut reader: BufReader<File>) -> Result<Vec<String>, SourceError> {
    type Keys<'k> = HashMap<Cow<'k, str>, IgnoredAny>;
    let mut columns: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    let mut is_first = true;
    while let Some(line) = read_line(&mut reader)? {
        let Ok(object) = serde_json::from_slice::<Keys<'_>>(&line) else {
            if is_first {
                let what = "the first line must be a JSON object".into();
                return Err(SourceError::Table { line: 1, what });
            }
            continue;
        };
        is_first = false;
        let mut new: Vec<_> = object
            .into_keys()
            .filter(|key| !known.contains(key.as_ref()))
            .map(Cow::into_owned)
            .collect();
        new.sort_unstable();
        known.extend(new.iter().cloned());
        columns.extend(new);
        if columns.len() > COLUMNS_MAX {
            break;
        }
    }
    Ok(columns)
}

/// The cells of an object, in the order of the columns.
pub(super) fn cells(text: &[u8], columns: &[String]) -> Result<Vec<String>, Reason> {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(text) else {
        return Err(Reason::Json);
    };
    if object.keys().any(|k| !columns.contains(k)) {
        return Err(Reason::Cells);
    }
    let cell = |column: &String| match object.get(column) {
        None | Some(serde_json::Value::Null) => Ok(String::new()),
        Some(serde_json::Value::String(text)) => Ok(text.clone()),
        Some(serde_json::Value::Bool(b)) => Ok(b.to_string()),
        Some(serde_json::Value::Number(n)) => Ok(n.to_string()),
        Some(_) => Err(Reason::Json),
    };
    columns.iter().map(cell).collect()
}

/// The next line that is not blank, without its end.
pub(super) fn read_line(reader: &mut BufReader<File>) -> std::io::Result<Option<Vec<u8>>> {
    loop {
        let mut line = Vec::new();
        let read = reader
            .by_ref()
            .take(ROW_BYTES_MAX + 1)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        if line.len() as u64 > ROW_BYTES_MAX {
            let what = "a line is longer than 1 MiB";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what));
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(line));
        }
    }
}
