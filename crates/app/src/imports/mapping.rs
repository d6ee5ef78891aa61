//! Files from other systems keep their own column names and codes (`--map FILE.toml`). Lists of a claims
//! system are no event files at all: a map says what they stand for. The maps that we ship lie in
//! `import-maps/`.

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Renames columns and codes, and completes rows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What the map is for.
    #[serde(default)]
    pub title: String,
    /// Column of the file → column of ours.
    #[serde(default)]
    columns: BTreeMap<String, String>,
    /// For each of our columns: value of the file → our code.
    #[serde(default)]
    codes: BTreeMap<String, BTreeMap<String, String>>,
    /// For each of our columns that the file lacks: words, in which `{column}` stands for the value of
    /// another of ours. Empty as soon as one of those is.
    #[serde(default)]
    compose: BTreeMap<String, String>,
}

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../import-maps");

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

    /// The text of a map that we ship, by its name without ending.
    pub fn shipped(name: &str) -> Option<&'static str> {
        SHIPPED.get_file(format!("{name}.toml"))?.contents_utf8()
    }

    /// Names of the maps that we ship.
    pub fn shipped_names() -> Vec<String> {
        let stems = SHIPPED.files().filter_map(|f| f.path().file_stem());
        let mut names: Vec<_> = stems.map(|s| s.to_string_lossy().into_owned()).collect();
        names.sort();
        names
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

    /// The columns of a file, and those that the map composes.
    pub(super) fn completed(&self, columns: &[String]) -> Vec<String> {
        let is_there = |ours: &str| columns.iter().any(|c| self.column(c) == ours);
        let added = self.compose.keys().filter(|ours| !is_there(ours));
        columns.iter().chain(added).cloned().collect()
    }

    /// Gives a row our codes, and the cells that the map composes. `columns` are those of
    /// [`Self::completed`].
    pub(super) fn complete(&self, columns: &[String], cells: &mut Vec<String>) {
        if self.codes.is_empty() && self.compose.is_empty() {
            return;
        }
        for (column, cell) in columns.iter().zip(cells.iter_mut()) {
            let ours = self.code(self.column(column), cell.trim());
            if ours != cell.trim() {
                *cell = ours.to_owned();
            }
        }
        for column in columns.get(cells.len()..).unwrap_or_default() {
            let words = self.compose.get(column).map_or("", String::as_str);
            let value = self.filled(words, columns, cells);
            cells.push(value);
        }
    }

    fn filled(&self, words: &str, columns: &[String], cells: &[String]) -> String {
        let value = |ours: &str| {
            let at = columns.iter().position(|c| self.column(c) == ours)?;
            let cell = cells.get(at)?.trim();
            (!cell.is_empty()).then(|| cell.to_owned())
        };
        let mut out = String::new();
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                return String::new();
            };
            match value(name) {
                Some(value) => out.push_str(&value),
                None => return String::new(),
            }
            rest = tail;
        }
        out + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_completed_with_our_words() {
        let map = "[columns]\n\"赔案号\" = \"claim_no\"\n\"拒赔\" = \"outcome\"\n\
                   [codes.outcome]\n\"否\" = \"paid\"\n\
                   [compose]\ntype = \"claim_paid\"\nevent_id = \"{claim_no}-paid\"\n";
        let map = Mapping::parse(map).unwrap();
        let columns = map.completed(&["赔案号".into(), "拒赔".into()]);
        assert_eq!(columns, ["赔案号", "拒赔", "event_id", "type"]);
        let mut cells = vec!["CL-1".to_owned(), "否".to_owned()];
        map.complete(&columns, &mut cells);
        assert_eq!(cells, ["CL-1", "paid", "CL-1-paid", "claim_paid"]);
        let mut cells = vec![String::new(), "是".to_owned()];
        map.complete(&columns, &mut cells);
        assert_eq!(cells, ["", "是", "", "claim_paid"], "nothing is made up");
    }
}
