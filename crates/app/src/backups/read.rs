//! Reading a backup from its beginning to its end, checking everything on the way: a truncated file,
//! a flipped bit, a part that is missing, twice there or in the wrong place.

use super::format::{
    CONTENTS, Contents, FILES, FORMAT, FileContents, GZIP_HEAD, HEAD, Head, KEYS, PRODUCT, SEAL,
    TABLES, TableContents, read_rows,
};
use super::{Heard, Progress, Stage, damaged, disk};
use crate::{Refusal, Result};
use flate2::bufread::GzDecoder;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;
use store::dialect::bulk::Cell;
use store::dialect::copy::TableShape;
use store::sealing::StoredKey;

/// Largest part of a table, largest table of contents. Parts are 4 MiB, but a row is never split.
const PART_BYTES_MAX: u64 = 512 * 1024 * 1024;
const BUFFER_BYTES: usize = 1024 * 1024;

/// What a backup holds, piece by piece.
pub(super) enum Part<'p> {
    /// Rows of a table, as lines.
    Lines {
        table: &'p TableShape,
        lines: &'p [u8],
    },
    /// A file.
    File {
        key: &'p str,
        size: u64,
        content: &'p mut dyn Read,
    },
}

/// What a backup says of itself.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub head: Head,
    pub shapes: Vec<TableShape>,
    pub contents: Contents,
    /// The contents as they stand in the file, and their seal.
    pub sealed: (Vec<u8>, Vec<u8>),
    /// The wrapped data keys.
    pub keys: Vec<StoredKey>,
}

/// Counts the bytes of the file that were read.
struct Counting {
    inner: File,
    done: u64,
    total: u64,
    heard: Heard,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.done += n as u64;
        (self.heard)(Progress {
            stage: Stage::Check,
            done: self.done,
            total: self.total,
        });
        Ok(n)
    }
}

/// Reads a backup and hands each piece on.
///
/// # Errors
/// `backup-damaged` says where; `backup-newer` when this program is too old; what `visit` says.
pub(super) fn read(
    path: &Path,
    heard: Heard,
    visit: &mut dyn FnMut(Part<'_>) -> Result<()>,
) -> Result<Checked> {
    let file = File::open(path).map_err(|e| disk(path, &e))?;
    let total = file.metadata().map_or(0, |m| m.len());
    let counting = Counting {
        inner: file,
        done: 0,
        total,
        heard,
    };
    let mut source = BufReader::with_capacity(BUFFER_BYTES, counting);
    let start = source.fill_buf().map_err(|e| disk(path, &e))?;
    if !start.starts_with(&GZIP_HEAD) {
        return Err(damaged("it does not begin like a backup of Huifang"));
    }
    let mut archive = tar::Archive::new(GzDecoder::new(source));
    let mut reading = Reading::default();
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path_bytes().into_owned();
        let name = String::from_utf8(name).map_err(damaged)?;
        let size = entry.size();
        reading.take(&name, size, &mut entry, visit)?;
    }
    // To the last byte, so that the checksum of the compression is compared too.
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
    let mut source = rest.into_inner();
    if !source.fill_buf().map_err(damaged)?.is_empty() {
        return Err(damaged("there is more after its end"));
    }
    reading.end()
}

#[derive(Default)]
struct Reading {
    head: Option<Head>,
    shapes: Vec<TableShape>,
    found: Contents,
    /// The table whose parts are coming, and its hash so far.
    table: Option<(usize, Sha256)>,
    sealed: Option<Vec<u8>>,
    seal: Option<Vec<u8>>,
    keys: Vec<StoredKey>,
}

impl Reading {
    fn take(
        &mut self,
        name: &str,
        size: u64,
        content: &mut dyn Read,
        visit: &mut dyn FnMut(Part<'_>) -> Result<()>,
    ) -> Result<()> {
        let is_first = self.head.is_none();
        if is_first != (name == HEAD) || self.seal.is_some() {
            return Err(damaged(format!("{name} is out of place")));
        }
        if name == HEAD {
            return self.take_head(&whole(name, size, content)?);
        }
        if let Some(table) = name.strip_prefix(TABLES) {
            return self.take_part(table, &whole(name, size, content)?, visit);
        }
        if let Some(key) = name.strip_prefix(FILES) {
            self.end_table();
            return self.take_file(key, size, content, visit);
        }
        match name {
            CONTENTS => self.sealed = Some(whole(name, size, content)?),
            SEAL => self.seal = Some(whole(name, size, content)?),
            _ => return Err(damaged(format!("{name} is unknown"))),
        }
        Ok(())
    }

    fn take_head(&mut self, text: &[u8]) -> Result<()> {
        let head: Head =
            serde_json::from_slice(text).map_err(|e| damaged(format!("{HEAD}: {e}")))?;
        if head.product != PRODUCT {
            return Err(damaged("it is a backup of another product"));
        }
        let known = store::dialect::copy::known_migrations();
        let newer = head.migrations.iter().find(|m| !known.contains(*m));
        if head.format != FORMAT || newer.is_some() {
            return Err(Refusal::with("backup-newer", head.version).into());
        }
        let first = known.iter().take(head.migrations.len());
        if !first.into_iter().all(|m| head.migrations.contains(m)) {
            return Err(damaged("its schema is none that this program ever had"));
        }
        self.found.head_sha256 = hex::encode(Sha256::digest(text));
        let shapes: Result<Vec<_>> = head
            .tables
            .iter()
            .map(super::format::HeadTable::shape)
            .collect();
        self.shapes = shapes?;
        self.found.tables = head
            .tables
            .iter()
            .map(|t| TableContents {
                name: t.name.clone(),
                rows: 0,
                sha256: hex::encode(Sha256::digest([])),
            })
            .collect();
        self.head = Some(head);
        Ok(())
    }

    fn take_part(
        &mut self,
        name: &str,
        lines: &[u8],
        visit: &mut dyn FnMut(Part<'_>) -> Result<()>,
    ) -> Result<()> {
        let table = name.split('/').next().unwrap_or_default();
        let at = self.shapes.iter().position(|s| s.name == table);
        let at = at.ok_or_else(|| damaged(format!("{TABLES}{name} is unknown")))?;
        if self.table.as_ref().is_none_or(|(last, _)| *last != at) {
            self.end_table();
            self.table = Some((at, Sha256::new()));
        }
        if let Some((_, hash)) = &mut self.table {
            hash.update(lines);
        }
        let rows = lines.iter().filter(|b| **b == b'\n').count();
        self.found.tables[at].rows += rows as u64;
        let shape = &self.shapes[at];
        if shape.name == KEYS {
            self.keys.extend(stored_keys(shape, lines)?);
        }
        visit(Part::Lines {
            table: shape,
            lines,
        })
    }

    fn end_table(&mut self) {
        if let Some((at, hash)) = self.table.take() {
            self.found.tables[at].sha256 = hex::encode(hash.finalize());
        }
    }

    fn take_file(
        &mut self,
        key: &str,
        size: u64,
        content: &mut dyn Read,
        visit: &mut dyn FnMut(Part<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut hashing = Hashed {
            inner: content,
            hash: Sha256::new(),
        };
        visit(Part::File {
            key,
            size,
            content: &mut hashing,
        })?;
        // What the visitor did not read counts too.
        io::copy(&mut hashing, &mut io::sink()).map_err(damaged)?;
        self.found.files.push(FileContents {
            key: key.to_owned(),
            size,
            sha256: Some(hex::encode(hashing.hash.finalize())),
        });
        Ok(())
    }

    fn end(mut self) -> Result<Checked> {
        self.end_table();
        let (Some(head), Some(sealed), Some(seal)) = (self.head, self.sealed, self.seal) else {
            return Err(damaged("it ends before its table of contents"));
        };
        let contents: Contents =
            serde_json::from_slice(&sealed).map_err(|e| damaged(format!("{CONTENTS}: {e}")))?;
        if contents.head_sha256 != self.found.head_sha256 {
            return Err(damaged(format!("{HEAD} was altered")));
        }
        for (found, said) in self.found.tables.iter().zip(&contents.tables) {
            if found != said {
                return Err(damaged(format!(
                    "table {}: {} rows, {} expected, or another content",
                    said.name, found.rows, said.rows
                )));
            }
        }
        let taken: Vec<_> = contents
            .files
            .iter()
            .filter(|f| f.sha256.is_some())
            .collect();
        if taken != self.found.files.iter().collect::<Vec<_>>() {
            return Err(damaged("the files are not those of the table of contents"));
        }
        if contents.tables.len() != self.found.tables.len() {
            return Err(damaged("tables are missing"));
        }
        Ok(Checked {
            head,
            shapes: self.shapes,
            contents,
            sealed: (sealed, seal),
            keys: self.keys,
        })
    }
}

struct Hashed<'h> {
    inner: &'h mut dyn Read,
    hash: Sha256,
}

impl Read for Hashed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.hash.update(&buffer[..n]);
        Ok(n)
    }
}

fn whole(name: &str, size: u64, content: &mut dyn Read) -> Result<Vec<u8>> {
    if size > PART_BYTES_MAX {
        return Err(damaged(format!("{name} is too large")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    content.read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() as u64 != size {
        return Err(damaged(format!("{name} ends early")));
    }
    Ok(bytes)
}

/// The wrapped keys among the rows of their table.
fn stored_keys(table: &TableShape, lines: &[u8]) -> Result<Vec<StoredKey>> {
    let place = |column: &str| table.columns.iter().position(|c| c == column);
    let places = ["purpose", "version", "algorithm", "wrapped"].map(place);
    let [Some(purpose), Some(version), Some(algorithm), Some(wrapped)] = places else {
        return Err(damaged(format!("{KEYS}: columns are missing")));
    };
    let key = |row: Vec<Cell>| match (&row[purpose], &row[version], &row[algorithm], &row[wrapped])
    {
        (Cell::Text(purpose), Cell::Int(version), Cell::Text(algorithm), Cell::Bytes(wrapped)) => {
            Ok(StoredKey {
                purpose: purpose.clone(),
                version: *version,
                algorithm: algorithm.clone(),
                wrapped: wrapped.clone(),
            })
        }
        _ => Err(damaged(format!("{KEYS}: a row is no key"))),
    };
    read_rows(table, lines)?.into_iter().map(key).collect()
}
