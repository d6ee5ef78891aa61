//! The proof that a customer's data lies nowhere in the clear: not in the database, its logs, the
//! store of files, or backups.

use super::finder::{Finder, Needle};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::time::Instant;
use flate2::read::MultiGzDecoder;
use object_store::ObjectStoreExt as _;
use object_store::path::Path as Key;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use store::sealing::proof::{list_secrets, visit_cells};
use store::{AuditEntry, DatabaseUrl};

/// Bytes that are read at once.
const PIECE_BYTES: usize = 1024 * 1024;
/// Places that are named; the rest is counted.
const FINDINGS_MAX: usize = 100;
/// How deep archives within archives are opened.
const DEPTH_MAX: usize = 4;

/// What to prove.
#[derive(Clone, Debug, Default)]
pub struct ProofQuery {
    /// Number of the customer.
    pub customer: String,
    /// Files to look through besides, such as backups.
    pub files: Vec<PathBuf>,
}

/// A value in the clear.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// File and offset, or table and column.
    pub place: String,
    /// Column that seals the value.
    pub value: String,
    /// The form in which it was found.
    pub form: &'static str,
}

/// Something that was looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searched {
    /// Its name.
    pub name: String,
    /// Bytes that were read.
    pub bytes: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct ProofReport {
    /// Values that were looked for.
    pub values: usize,
    /// Forms of these values that were looked for.
    pub forms: usize,
    /// What was looked through.
    pub searched: Vec<Searched>,
    /// Places in which a value lies in the clear, the first of them.
    pub findings: Vec<Finding>,
    /// How many places there are.
    pub found: u64,
    /// Files in the store of files that are not sealed.
    pub not_sealed: Vec<String>,
}

/// Looks for every value of a customer in everything that is kept. That it was done is recorded.
///
/// # Errors
/// When the actor may not, there is no such customer, or something cannot be read.
pub async fn prove(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ProofQuery,
) -> Result<ProofReport> {
    let scope = actor.scope(Permission::SystemManage)?;
    let number = query.customer.trim();
    let customer = store::customers::find_customer_by_number(app.store(), &scope, number).await?;
    let customer = customer.ok_or(Error::NotFound)?.id.0;
    let secrets = list_secrets(app.store(), customer).await?;
    let mut search = Search::new(Finder::new(&secrets), secrets.len());
    search.database(app, now).await?;
    if let DatabaseUrl::Sqlite(path) = app.store().url() {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let mut name = path.clone().into_os_string();
            name.push(ending);
            let path = PathBuf::from(name);
            if path.exists() {
                search.file(&path)?;
            }
        }
    }
    search.store(app).await?;
    for path in &query.files {
        search.file(path)?;
    }
    let report = search.report;
    let work = app.store().begin(now).await?;
    let bytes: u64 = report.searched.iter().map(|s| s.bytes).sum();
    let detail = serde_json::json!({ "found": report.found, "bytes": bytes });
    let entry = AuditEntry::new(actor, "keys.proved", "customer", customer);
    work.commit(entry.customer(customer).detail(detail)).await?;
    Ok(report)
}

struct Search {
    finder: Finder,
    report: ProofReport,
}

impl Search {
    fn new(finder: Finder, values: usize) -> Self {
        let report = ProofReport {
            values,
            forms: finder.len(),
            ..ProofReport::default()
        };
        Self { finder, report }
    }

    /// Every cell of every table, as the database gives it: a value may lie across pages of a file.
    async fn database(&mut self, app: &App, now: Instant) -> Result<()> {
        let mut tables: BTreeMap<String, u64> = BTreeMap::new();
        let Self { finder, report } = self;
        let mut bulk = app.store().bulk(now, true).await?;
        visit_cells(&mut bulk, &mut |table, column, cell| {
            finder.find(cell, |_, needle| {
                note(report, format!("{table}.{column}"), needle);
            });
            match tables.get_mut(table) {
                Some(bytes) => *bytes += cell.len() as u64,
                None => {
                    tables.insert(table.to_owned(), cell.len() as u64);
                }
            }
        })
        .await?;
        let searched = tables.into_iter().map(|(table, bytes)| Searched {
            name: format!("table {table}"),
            bytes,
        });
        self.report.searched.extend(searched);
        Ok(())
    }

    /// Every file in the store of files, as it lies there.
    async fn store(&mut self, app: &App) -> Result<()> {
        let failed = |e: object_store::Error| Error::Unavailable(format!("files: {e}"));
        let mut folders: Vec<Option<Key>> = vec![None];
        while let Some(folder) = folders.pop() {
            let listed = app.files().list_with_delimiter(folder.as_ref()).await;
            let listed = listed.map_err(failed)?;
            folders.extend(listed.common_prefixes.into_iter().map(Some));
            for object in listed.objects {
                let name = format!("files/{}", object.location);
                let mut stream = self.finder.stream();
                let mut at = 0;
                while at < object.size {
                    let end = object.size.min(at + PIECE_BYTES as u64);
                    let piece = app.files().get_range(&object.location, at..end).await;
                    let piece = piece.map_err(failed)?;
                    if at == 0 && !piece.starts_with(crate::files::MAGIC) {
                        self.report.not_sealed.push(name.clone());
                    }
                    let report = &mut self.report;
                    stream.feed(&piece, |place, needle| {
                        note(report, format!("{name} at byte {place}"), needle);
                    });
                    at = end;
                }
                let bytes = object.size;
                self.report.searched.push(Searched { name, bytes });
            }
        }
        Ok(())
    }

    /// A file of the disk, and what is packed in it.
    fn file(&mut self, path: &Path) -> Result<()> {
        let name = path.display().to_string();
        let failed = |e: std::io::Error| Error::Unavailable(format!("{name}: {e}"));
        let file = File::open(path).map_err(failed)?;
        self.look_through(&name, file).map_err(failed)?;
        let file = File::open(path).map_err(failed)?;
        self.unpack(&name, file, 0).map_err(failed)
    }

    fn look_through(&mut self, name: &str, mut source: impl Read) -> std::io::Result<()> {
        let mut stream = self.finder.stream();
        let mut piece = vec![0; PIECE_BYTES];
        let mut bytes = 0;
        loop {
            let read = source.read(&mut piece)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            let report = &mut self.report;
            stream.feed(&piece[..read], |at, needle| {
                note(report, format!("{name} at byte {at}"), needle);
            });
        }
        let name = name.to_owned();
        self.report.searched.push(Searched { name, bytes });
        Ok(())
    }

    /// Looks into gzip and tar. Unpacked parts go to a file without a name, so that archives of any
    /// size can be looked through.
    fn unpack(&mut self, name: &str, mut file: File, depth: usize) -> std::io::Result<()> {
        if depth >= DEPTH_MAX {
            return Ok(());
        }
        let mut head = [0; 262];
        let mut length = 0;
        while length < head.len() {
            match file.read(&mut head[length..])? {
                0 => break,
                read => length += read,
            }
        }
        file.seek(SeekFrom::Start(0))?;
        if head.starts_with(&[0x1f, 0x8b]) {
            let inside = format!("{name} (unpacked)");
            let unpacked = spill(&mut MultiGzDecoder::new(file))?;
            self.look_through(&inside, unpacked.try_clone()?)?;
            return self.unpack(&inside, rewound(unpacked)?, depth + 1);
        }
        if &head[257..262] == b"ustar" {
            let mut archive = tar::Archive::new(file);
            for entry in archive.entries()? {
                let mut entry = entry?;
                let inside = format!("{name}:{}", entry.path()?.display());
                let unpacked = spill(&mut entry)?;
                self.unpack(&inside, unpacked, depth + 1)?;
            }
        }
        Ok(())
    }
}

fn spill(source: &mut impl Read) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    std::io::copy(source, &mut file)?;
    rewound(file)
}

fn rewound(mut file: File) -> std::io::Result<File> {
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn note(report: &mut ProofReport, place: String, needle: &Needle) {
    report.found += 1;
    let finding = Finding {
        place,
        value: needle.column.clone(),
        form: needle.form,
    };
    if report.findings.len() < FINDINGS_MAX && !report.findings.contains(&finding) {
        report.findings.push(finding);
    }
}
