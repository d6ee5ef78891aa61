//! Seals: each binds a batch of entries by the root of a tree over them, and the seal before it.

use super::heads::{self, Head};
use super::merkle::Tree;
use super::spans::{Span, walk};
use super::verify::{Flaw, Problem};
use crate::sealing::Keyring;
use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, Store, UnitOfWork};
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// Most entries of one seal, so that a seal is made in seconds.
const ENTRIES_MAX: i64 = 20_000;
/// What codes begin with, so that they are no codes of anything else.
const DOMAIN: &[u8] = b"huifang/audit/seal/1\0";
const LINE_DOMAIN: &[u8] = b"huifang/audit/head-line/1\0";
/// How seals are made: tree and chain.
const ALGORITHM: &str = "SHA-256/HMAC-SHA-256";

/// A seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Its number, from one.
    pub number: i64,
    /// Entries that it covers.
    pub entries: i64,
    /// Entries that it and those before it cover.
    pub total: i64,
    /// Root of the tree over its entries.
    pub root: Vec<u8>,
    /// Hash of the seal before it; empty for the first.
    pub previous: Vec<u8>,
    /// Its own hash, keyed.
    pub hash: Vec<u8>,
    /// How it was made.
    pub algorithm: String,
    /// When.
    pub sealed_at: Instant,
    pub(super) spans: Vec<Span>,
}

impl Seal {
    fn code(&self, keys: &Keyring) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(256);
        for number in [
            self.number,
            self.entries,
            self.total,
            millis(self.sealed_at),
        ] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        for part in [&self.root, &self.previous, self.algorithm.as_bytes()] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        for span in &self.spans {
            for number in [span.lane, span.first, span.last] {
                bytes.extend_from_slice(&number.to_be_bytes());
            }
        }
        keys.audit_seal(&[DOMAIN, &bytes])
    }

    /// Whether the program made it as it stands.
    pub(super) fn is_genuine(&self, keys: &Keyring) -> bool {
        self.hash == self.code(keys)
    }
}

/// The signature of a seal as it is handed to other places.
pub fn sign_head(db: &impl Reads, line: &[u8]) -> [u8; 32] {
    db.keys().audit_seal(&[LINE_DOMAIN, line])
}

#[derive(FromQueryResult)]
struct SealRow {
    number: i64,
    entries: i64,
    total: i64,
    root: Vec<u8>,
    previous: Vec<u8>,
    hash: Vec<u8>,
    algorithm: String,
    sealed_at: i64,
}

#[derive(FromQueryResult)]
struct SpanRow {
    seal: i64,
    lane: i64,
    first_place: i64,
    last_place: i64,
}

const SELECT: &str =
    "SELECT number, entries, total, root, previous, hash, algorithm, sealed_at FROM audit_seals";

/// Seals after a number, in their order.
///
/// # Errors
/// What the database says.
pub async fn list_seals(db: &impl Reads, after: i64, limit: i64) -> Result<Vec<Seal>> {
    let sql = format!("{SELECT} WHERE number > $1 ORDER BY number LIMIT $2");
    let rows: Vec<SealRow> = list(db, &sql, params![after, limit]).await?;
    with_spans(db, rows).await
}

/// A seal by its number.
///
/// # Errors
/// What the database says.
pub async fn find_seal(db: &impl Reads, number: i64) -> Result<Option<Seal>> {
    Ok(list_seals(db, number - 1, 1)
        .await?
        .pop()
        .filter(|s| s.number == number))
}

/// The newest seal.
///
/// # Errors
/// What the database says.
pub async fn last_seal(db: &impl Reads) -> Result<Option<Seal>> {
    let sql = format!("{SELECT} ORDER BY number DESC LIMIT 1");
    let row = find::<SealRow>(db, &sql, Vec::new()).await?;
    Ok(with_spans(db, row.into_iter().collect()).await?.pop())
}

async fn with_spans(db: &impl Reads, rows: Vec<SealRow>) -> Result<Vec<Seal>> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(Vec::new());
    };
    let sql = "SELECT seal, lane, first_place, last_place FROM audit_seal_spans WHERE seal >= $1 AND seal <= $2 \
               ORDER BY seal, lane";
    let spans: Vec<SpanRow> = list(db, sql, params![first.number, last.number]).await?;
    let mut spans = spans.into_iter().peekable();
    let mut seals = Vec::with_capacity(rows.len());
    for r in rows {
        let mut own = Vec::new();
        while let Some(s) = spans.next_if(|s| s.seal <= r.number) {
            own.push(Span {
                lane: s.lane,
                first: s.first_place,
                last: s.last_place,
            });
        }
        seals.push(Seal {
            number: r.number,
            entries: r.entries,
            total: r.total,
            root: r.root,
            previous: r.previous,
            hash: r.hash,
            algorithm: r.algorithm,
            sealed_at: instant(r.sealed_at),
            spans: own,
        });
    }
    Ok(seals)
}

/// Entries that no seal covers yet.
///
/// # Errors
/// What the database says.
pub async fn count_unsealed(db: &impl Reads) -> Result<i64> {
    let heads = heads::list_heads(db).await?;
    Ok(heads.iter().map(|h| h.entries - h.sealed).sum())
}

/// What sealing did.
#[derive(Clone, Debug, Default)]
pub struct Sealing {
    /// The new seals.
    pub seals: Vec<Seal>,
    /// What was wrong with the entries that were sealed, or with the seals before them.
    pub problem: Option<Problem>,
}

/// Seals everything that is not sealed yet. What was altered before is sealed as it stands, so that
/// it cannot change any more, and still found when the log is verified.
///
/// Several servers may seal at once: one of them does it, the others find nothing left to do.
///
/// # Errors
/// What the database says.
pub async fn seal(store: &Store, now: Instant) -> Result<Sealing> {
    let mut done = Sealing::default();
    loop {
        let heads: Vec<Head> = heads::list_heads(store).await?;
        let spans = open_spans(&heads, store.keys());
        if spans.is_empty() {
            return Ok(done);
        }
        let mut tree = Tree::default();
        for span in &spans {
            let problem = walk(store, &heads, *span, &mut tree).await?;
            done.problem = done.problem.or(problem);
        }
        match write(store, now, spans, tree.root()).await? {
            Ok(seal) => done.seals.push(seal),
            Err(problem) => {
                done.problem = done.problem.or(problem);
                return Ok(done);
            }
        }
    }
}

/// What is not sealed, up to the size of one seal. A lane whose head was altered stays as it is.
fn open_spans(heads: &[Head], keys: &Keyring) -> Vec<Span> {
    let mut room = ENTRIES_MAX;
    let mut spans = Vec::new();
    for head in heads.iter().filter(|h| h.is_genuine(keys)) {
        let count = (head.entries - head.sealed).min(room);
        if count > 0 {
            room -= count;
            spans.push(Span {
                lane: head.lane,
                first: head.sealed + 1,
                last: head.sealed + count,
            });
        }
    }
    spans
}

/// Writes a seal, unless another server did meanwhile or the last seal is gone.
async fn write(
    store: &Store,
    now: Instant,
    spans: Vec<Span>,
    root: [u8; 32],
) -> Result<std::result::Result<Seal, Option<Problem>>> {
    let work = store.begin(now).await?;
    let mut heads = heads::lock_heads(&work).await?;
    heads.retain(|h| h.is_genuine(work.keys()));
    let last = last_seal(&work).await?;
    let number = last.as_ref().map_or(0, |s| s.number);
    let sealed_to = |lane| heads.iter().find(|h| h.lane == lane).map(|h| h.sealed);
    if heads.iter().any(|h| h.seal > number) {
        work.roll_back().await?;
        return Ok(Err(Some(
            Problem::of(Flaw::SealsTruncated).seal(number + 1),
        )));
    }
    if spans.iter().any(|s| sealed_to(s.lane) != Some(s.first - 1)) {
        work.roll_back().await?;
        return Ok(Err(None));
    }
    let entries = spans.iter().map(|s| s.count()).sum();
    let mut seal = Seal {
        number: number + 1,
        entries,
        total: last.as_ref().map_or(0, |s| s.total) + entries,
        root: root.to_vec(),
        previous: last.map(|s| s.hash).unwrap_or_default(),
        hash: Vec::new(),
        algorithm: ALGORITHM.to_owned(),
        sealed_at: instant(millis(now)),
        spans,
    };
    seal.hash = seal.code(work.keys()).to_vec();
    insert(&work, &seal).await?;
    for mut head in heads {
        if let Some(span) = seal.spans.iter().find(|s| s.lane == head.lane) {
            head.sealed = span.last;
        }
        head.seal = seal.number;
        head.sign(work.keys());
        let sql = "UPDATE audit_heads SET sealed = $1, seal = $2, mac = $3 WHERE lane = $4";
        work.execute_one(sql, params![head.sealed, head.seal, head.mac, head.lane])
            .await?;
    }
    work.commit_log().await?;
    Ok(Ok(seal))
}

async fn insert(work: &UnitOfWork, seal: &Seal) -> Result<()> {
    let sql = "INSERT INTO audit_seals (number, entries, total, root, previous, hash, algorithm, sealed_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        seal.number,
        seal.entries,
        seal.total,
        seal.root.clone(),
        seal.previous.clone(),
        seal.hash.clone(),
        seal.algorithm.as_str(),
        millis(seal.sealed_at),
    ];
    work.execute(sql, values).await?;
    for span in &seal.spans {
        let sql = "INSERT INTO audit_seal_spans (seal, lane, first_place, last_place) VALUES ($1, $2, $3, $4)";
        work.execute(sql, params![seal.number, span.lane, span.first, span.last])
            .await?;
    }
    Ok(())
}

/// What the program notes for itself about seals. It is no data of anybody, and an entry about it
/// would have to be sealed in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealNote {
    /// How sealing went last.
    Sealing,
    /// How far heads were written to the file.
    HeadsFile,
    /// How far heads were sent to the address.
    HeadsUrl,
}

impl SealNote {
    /// The name of the setting.
    pub fn key(self) -> &'static str {
        match self {
            Self::Sealing => "audit.sealing",
            Self::HeadsFile => "audit.heads_file",
            Self::HeadsUrl => "audit.heads_url",
        }
    }
}

/// Keeps a note.
///
/// # Errors
/// What the database says.
pub async fn put_note(store: &Store, now: Instant, note: SealNote, value: &str) -> Result<()> {
    let work = store.begin(now).await?;
    crate::settings::put_setting(&work, note.key(), value).await?;
    work.commit_log().await
}
