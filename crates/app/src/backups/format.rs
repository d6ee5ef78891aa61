//! What a backup looks like: a gzip'd tar of a heading, the rows of each table as JSON lines, the
//! files, a table of contents with the hash of everything, and its seal.
//!
//! ```text
//! head.json                        what it is, of when, of which schema, with which tables
//! tables/customers/000001.ndjson   rows in the order of the key, in parts
//! files/recordings/2026/…          recordings and scans
//! contents.json                    rows and SHA-256 of each table and file
//! contents.seal                    HMAC-SHA-256 of contents.json
//! ```
//!
//! A row is a JSON array in the order of the table's columns: `null`, a number, a text, or bytes as
//! `{"x": "hexadecimal"}`. Sealed columns are bytes and stay sealed.

use crate::{Error, Result};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt::Write as _;
use store::dialect::bulk::Cell;
use store::dialect::copy::{CopiedRow, TableShape};

/// The format that is written, and the only one so far.
pub(super) const FORMAT: u32 = 1;
/// What the heading calls itself.
pub(super) const PRODUCT: &str = "huifang";
/// Names inside the tar.
pub(super) const HEAD: &str = "head.json";
pub(super) const TABLES: &str = "tables/";
pub(super) const FILES: &str = "files/";
pub(super) const CONTENTS: &str = "contents.json";
pub(super) const SEAL: &str = "contents.seal";
/// The table of the wrapped data keys; whoever opens a backup needs them before anything else.
pub(super) const KEYS: &str = "encryption_keys";
/// The table of the audit log, whose last entry the table of contents names.
pub(super) const AUDIT: &str = "audit_entries";
/// The first bytes of every backup: gzip without a name, a time or a system, so that every byte of
/// the file is either checked by its content or compared with this.
pub(super) const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// The heading.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Head {
    pub format: u32,
    pub product: String,
    pub version: String,
    /// `sqlite` or `postgres`; for people, nothing depends on it.
    pub engine: String,
    /// RFC 3339.
    pub taken_at: String,
    pub migrations: Vec<String>,
    pub tables: Vec<HeadTable>,
    pub with_files: bool,
}

/// A table in the heading.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct HeadTable {
    pub name: String,
    pub columns: Vec<String>,
    pub key: Vec<String>,
}

impl HeadTable {
    pub(super) fn of(shape: &TableShape) -> Self {
        Self {
            name: shape.name.clone(),
            columns: shape.columns.clone(),
            key: shape.key.clone(),
        }
    }

    /// The table as the store takes it. Names become part of statements, so only those that a schema
    /// of ours may have are taken.
    pub(super) fn shape(&self) -> Result<TableShape> {
        let plain = |name: &String| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        let names = self.columns.iter().chain(&self.key);
        if !plain(&self.name) || !names.into_iter().all(plain) {
            return Err(super::damaged(format!("{HEAD}: a name that no table has")));
        }
        Ok(TableShape {
            name: self.name.clone(),
            columns: self.columns.clone(),
            key: self.key.clone(),
        })
    }
}

/// The table of contents.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Contents {
    pub head_sha256: String,
    pub tables: Vec<TableContents>,
    pub files: Vec<FileContents>,
    /// Versions of the wrapped data keys, such as `seal/1`.
    pub keys: Vec<String>,
    /// The last entry of the audit log, in hexadecimal.
    pub audit_head: Option<String>,
}

/// What a table holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct TableContents {
    pub name: String,
    pub rows: u64,
    pub sha256: String,
}

/// A file, or only its name and size where files were left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct FileContents {
    pub key: String,
    pub size: u64,
    pub sha256: Option<String>,
}

impl Contents {
    pub(super) fn rows(&self) -> u64 {
        self.tables.iter().map(|t| t.rows).sum()
    }
}

/// Writes a row as a line.
pub(super) fn write_row(line: &mut Vec<u8>, row: &[Cell]) -> Result<()> {
    let unfit = |e: serde_json::Error| Error::Fault(e.to_string());
    line.push(b'[');
    for (at, cell) in row.iter().enumerate() {
        if at > 0 {
            line.push(b',');
        }
        match cell {
            Cell::Null => line.extend_from_slice(b"null"),
            Cell::Int(n) => serde_json::to_writer(&mut *line, n).map_err(unfit)?,
            Cell::Text(text) => serde_json::to_writer(&mut *line, text).map_err(unfit)?,
            Cell::Bytes(bytes) => {
                line.extend_from_slice(b"{\"x\":\"");
                let start = line.len();
                line.resize(start + 2 * bytes.len(), 0);
                hex::encode_to_slice(bytes, &mut line[start..])
                    .map_err(|e| Error::Fault(e.to_string()))?;
                line.extend_from_slice(b"\"}");
            }
            other => return Err(Error::Fault(format!("a copy holds {other:?}"))),
        }
    }
    line.extend_from_slice(b"]\n");
    Ok(())
}

struct Value(Cell);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Value;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("null, a number, a text or bytes")
            }
            fn visit_unit<E>(self) -> std::result::Result<Value, E> {
                Ok(Value(Cell::Null))
            }
            fn visit_i64<E>(self, n: i64) -> std::result::Result<Value, E> {
                Ok(Value(Cell::Int(n)))
            }
            fn visit_u64<E: serde::de::Error>(self, n: u64) -> std::result::Result<Value, E> {
                i64::try_from(n)
                    .map(|n| Value(Cell::Int(n)))
                    .map_err(E::custom)
            }
            fn visit_str<E>(self, text: &str) -> std::result::Result<Value, E> {
                Ok(Value(Cell::Text(text.to_owned())))
            }
            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Value, A::Error> {
                let entry =
                    map.next_entry::<std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>>()?;
                let digits = entry
                    .filter(|(key, _)| key == "x")
                    .map(|(_, digits)| digits);
                let bytes = digits.and_then(|digits| hex::decode(digits.as_ref()).ok());
                bytes
                    .map(|bytes| Value(Cell::Bytes(bytes)))
                    .ok_or_else(|| serde::de::Error::custom("not bytes"))
            }
        }
        from.deserialize_any(Reader)
    }
}

/// Reads the rows of some lines.
pub(super) fn read_rows(table: &TableShape, lines: &[u8]) -> Result<Vec<CopiedRow>> {
    let mut rows = Vec::new();
    for line in lines.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
        let values: Vec<Value> = serde_json::from_slice(line)
            .map_err(|e| super::damaged(format!("{}: {e}", table.name)))?;
        if values.len() != table.columns.len() {
            return Err(super::damaged(format!(
                "{}: a row of another width",
                table.name
            )));
        }
        rows.push(values.into_iter().map(|v| v.0).collect());
    }
    Ok(rows)
}

/// The name of a part of a table inside the tar.
pub(super) fn part_name(table: &str, part: u32) -> String {
    let mut name = String::new();
    let _ = write!(name, "{TABLES}{table}/{part:06}.ndjson");
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_was() {
        let table = TableShape {
            name: "things".into(),
            columns: ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(),
            key: vec!["a".into()],
        };
        let rows = [
            vec![
                Cell::Bytes((0..=255).collect()),
                Cell::Int(i64::MIN),
                Cell::Null,
                Cell::Text("陈秀兰\n\"{}\\\t\u{1}\u{1f600}".into()),
                Cell::Bytes(Vec::new()),
            ],
            vec![
                Cell::Bytes(vec![1]),
                Cell::Int(i64::MAX),
                Cell::Int(0),
                Cell::Text(String::new()),
                Cell::Null,
            ],
        ];
        let mut lines = Vec::new();
        for row in &rows {
            write_row(&mut lines, row).unwrap();
        }
        assert_eq!(lines.iter().filter(|b| **b == b'\n').count(), 2);
        assert_eq!(read_rows(&table, &lines).unwrap(), rows);
        assert!(read_rows(&table, b"[1,2]\n").is_err());
        assert!(read_rows(&table, b"[1,2,3,4,5.5]\n").is_err());
    }
}
