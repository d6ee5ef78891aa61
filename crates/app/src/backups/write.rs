//! Writing a backup: one thread compresses and hashes what others read, in constant memory.

use super::format::{
    AUDIT, CONTENTS, Contents, FILES, FileContents, GZIP_HEAD, HEAD, Head, HeadTable, KEYS, SEAL,
    TableContents, part_name, write_row,
};
use super::{disk, lost};
use crate::{Error, Result};
use bytes::Bytes;
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::dialect::bulk::Cell;
use store::dialect::copy::CopiedRow;
use store::sealing::Keyring;
use tokio::sync::mpsc;

/// Bytes of a part of a table; a row that is longer has a part of its own.
const PART_BYTES: usize = 4 * 1024 * 1024;
/// Messages that are under way to the writing thread.
const AHEAD: usize = 4;
/// Compression: the level at which most of the gain is reached and the disk is not yet waiting.
const LEVEL: u32 = 4;
/// Buffer before the disk.
const BUFFER_BYTES: usize = 1024 * 1024;

/// What the writing thread is told.
pub(super) enum Piece {
    /// The rows that follow are of this table of the heading.
    Table(usize),
    /// Rows.
    Rows(Vec<CopiedRow>),
    /// A file follows, of this size.
    File { key: String, size: u64 },
    /// Bytes of the file.
    Bytes(Bytes),
    /// A file that is not taken along.
    Listed(FileContents),
    /// Everything was said.
    End,
}

/// What was written.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub contents: Contents,
    pub size_bytes: u64,
    /// SHA-256 of the whole file.
    pub sha256: String,
}

/// The writing thread.
pub(super) struct Writer {
    pieces: mpsc::Sender<Piece>,
    thread: tokio::task::JoinHandle<Result<Written>>,
}

impl Writer {
    /// Begins a file that must not exist yet. Only its owner may read it.
    pub(super) fn start(path: PathBuf, head: Head, keys: Arc<Keyring>) -> Self {
        let (pieces, inbox) = mpsc::channel(AHEAD);
        let thread = tokio::task::spawn_blocking(move || write(&path, &head, &keys, inbox));
        Self { pieces, thread }
    }

    /// Hands a piece over; when the thread ended early, its error comes back.
    pub(super) async fn send(&mut self, piece: Piece) -> Result<()> {
        if self.pieces.send(piece).await.is_ok() {
            return Ok(());
        }
        match (&mut self.thread).await {
            Ok(Err(error)) => Err(error),
            _ => Err(lost()),
        }
    }

    /// Waits until everything lies on the disk.
    pub(super) async fn finish(mut self) -> Result<Written> {
        self.send(Piece::End).await?;
        self.thread.await.map_err(|_| lost())?
    }
}

/// Hashes and counts what goes through it.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(buffer)?;
        self.hash.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

type Tar = tar::Builder<flate2::write::GzEncoder<Hashing<BufWriter<File>>>>;

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn write(
    path: &Path,
    head: &Head,
    keys: &Keyring,
    inbox: mpsc::Receiver<Piece>,
) -> Result<Written> {
    let failed = |e: io::Error| disk(path, &e);
    let file = create(path).map_err(failed)?;
    let hashing = Hashing {
        inner: BufWriter::with_capacity(BUFFER_BYTES, file),
        hash: Sha256::new(),
        bytes: 0,
    };
    let gzip = GzBuilder::new()
        .operating_system(GZIP_HEAD[9])
        .write(hashing, Compression::new(LEVEL));
    let mut work = Work {
        path,
        tar: tar::Builder::new(gzip),
        contents: Contents::default(),
        inbox,
    };
    let text = json(head)?;
    work.contents.head_sha256 = hex::encode(Sha256::digest(&text));
    work.entry(HEAD, &text)?;
    work.take_pieces(head)?;
    let text = json(&work.contents)?;
    work.entry(CONTENTS, &text)?;
    let seal = hex::encode(keys.backup_seal(&text));
    work.entry(SEAL, seal.as_bytes())?;
    let Work { tar, contents, .. } = work;
    let gzip = tar.into_inner().map_err(failed)?;
    let mut hashing = gzip.finish().map_err(failed)?;
    hashing.flush().map_err(failed)?;
    hashing.inner.get_ref().sync_all().map_err(failed)?;
    Ok(Written {
        contents,
        size_bytes: hashing.bytes,
        sha256: hex::encode(hashing.hash.finalize()),
    })
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(|e| Error::Fault(e.to_string()))
}

struct Work<'w> {
    path: &'w Path,
    tar: Tar,
    contents: Contents,
    inbox: mpsc::Receiver<Piece>,
}

fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header
}

impl Work<'_> {
    fn entry(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut header = header(bytes.len() as u64);
        let appended = self.tar.append_data(&mut header, name, bytes);
        appended.map_err(|e| disk(self.path, &e))
    }

    fn take_pieces(&mut self, head: &Head) -> Result<()> {
        let mut table: Option<Table> = None;
        loop {
            // Who sends was stopped when the channel closes without an end.
            match self.inbox.blocking_recv().ok_or_else(lost)? {
                Piece::Table(at) => {
                    self.end_table(table.take())?;
                    table = Some(Table::new(&head.tables[at]));
                }
                Piece::Rows(rows) => {
                    let Some(table) = &mut table else { continue };
                    self.rows(table, &rows)?;
                }
                Piece::File { key, size } => {
                    self.end_table(table.take())?;
                    self.file(key, size)?;
                }
                Piece::Listed(file) => self.contents.files.push(file),
                Piece::Bytes(_) => return Err(lost()),
                Piece::End => return self.end_table(table.take()),
            }
        }
    }

    fn rows(&mut self, table: &mut Table, rows: &[CopiedRow]) -> Result<()> {
        for row in rows {
            write_row(&mut table.lines, row)?;
            table.contents.rows += 1;
            if table.lines.len() >= PART_BYTES {
                self.part(table)?;
            }
        }
        self.note(table, rows);
        Ok(())
    }

    /// Notes what the table of contents says of keys and of the end of the audit log.
    fn note(&mut self, table: &Table, rows: &[CopiedRow]) {
        let cell = |row: &CopiedRow, column: &str| {
            let at = table.columns.iter().position(|c| c == column)?;
            row.get(at).cloned()
        };
        match table.contents.name.as_str() {
            KEYS => {
                for row in rows {
                    let key = (cell(row, "purpose"), cell(row, "version"));
                    if let (Some(Cell::Text(purpose)), Some(Cell::Int(version))) = key {
                        self.contents.keys.push(format!("{purpose}/{version}"));
                    }
                }
            }
            AUDIT => {
                let last = rows.last().and_then(|row| cell(row, "id"));
                if let Some(Cell::Bytes(id)) = last {
                    self.contents.audit_head = Some(hex::encode(id));
                }
            }
            _ => {}
        }
    }

    fn part(&mut self, table: &mut Table) -> Result<()> {
        if table.lines.is_empty() {
            return Ok(());
        }
        table.part += 1;
        table.hash.update(&table.lines);
        let name = part_name(&table.contents.name, table.part);
        self.entry(&name, &table.lines)?;
        table.lines.clear();
        Ok(())
    }

    fn end_table(&mut self, table: Option<Table>) -> Result<()> {
        let Some(mut table) = table else {
            return Ok(());
        };
        self.part(&mut table)?;
        table.contents.sha256 = hex::encode(table.hash.finalize());
        self.contents.tables.push(table.contents);
        Ok(())
    }

    fn file(&mut self, key: String, size: u64) -> Result<()> {
        let mut header = header(size);
        let mut reader = Incoming {
            inbox: &mut self.inbox,
            bytes: Bytes::new(),
            left: size,
            hash: Sha256::new(),
        };
        let name = format!("{FILES}{key}");
        let appended = self.tar.append_data(&mut header, name, &mut reader);
        let sha256 = hex::encode(reader.hash.finalize());
        appended.map_err(|e| disk(self.path, &e))?;
        self.contents.files.push(FileContents {
            key,
            size,
            sha256: Some(sha256),
        });
        Ok(())
    }
}

/// A table while its rows come in.
struct Table {
    contents: TableContents,
    columns: Vec<String>,
    hash: Sha256,
    lines: Vec<u8>,
    part: u32,
}

impl Table {
    fn new(table: &HeadTable) -> Self {
        Self {
            contents: TableContents {
                name: table.name.clone(),
                ..TableContents::default()
            },
            columns: table.columns.clone(),
            hash: Sha256::new(),
            lines: Vec::new(),
            part: 0,
        }
    }
}

/// The bytes of a file as they come in.
struct Incoming<'i> {
    inbox: &'i mut mpsc::Receiver<Piece>,
    bytes: Bytes,
    left: u64,
    hash: Sha256,
}

impl Read for Incoming<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        while self.bytes.is_empty() {
            match self.inbox.blocking_recv() {
                Some(Piece::Bytes(bytes)) => self.bytes = bytes,
                // Fewer bytes than announced: the tar would be wrong from here on.
                _ => return Err(io::Error::other("a file ended early")),
            }
        }
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let n = buffer.len().min(self.bytes.len()).min(left);
        let taken = self.bytes.split_to(n);
        buffer[..n].copy_from_slice(&taken);
        self.hash.update(&taken);
        self.left -= n as u64;
        Ok(n)
    }
}
