//! The evidence of an electronic callback: append-only, each row bound to the one before it.

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::electronic::EvidenceStep;
use domain::ids::LinkId;
use domain::questionnaires::Answer;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A row to append, hashed already.
#[derive(Clone, Debug)]
pub struct NewEvidence<'n> {
    /// The link.
    pub link: LinkId,
    /// Its place, from one.
    pub seq: i64,
    /// What it says.
    pub kind: EvidenceStep,
    /// The item.
    pub item: Option<&'n str>,
    /// What was answered.
    pub answer: Option<Answer>,
    /// The rating.
    pub rating: Option<u8>,
    /// When the item came on the screen.
    pub shown_at: Option<Instant>,
    /// Milliseconds until it was answered.
    pub dwell_millis: Option<i64>,
    /// What else is worth knowing, without personal data.
    pub detail: &'n str,
    /// What was on the screen.
    pub content: Option<&'n str>,
    /// SHA-256 of it, hexadecimal; empty without.
    pub content_hash: &'n str,
    /// The customer's own words.
    pub words: Option<&'n str>,
    /// SHA-256 of them.
    pub words_hash: &'n str,
    /// The device and its address.
    pub device: Option<&'n str>,
    /// SHA-256 of it.
    pub device_hash: &'n str,
    /// Hash of the row before it.
    pub previous: &'n str,
    /// Hash of this row.
    pub hash: &'n str,
}

/// Appends a row. Its place is taken once; whoever comes second is told that things have changed.
///
/// # Errors
/// What the database says.
pub async fn append_evidence(work: &UnitOfWork, row: &NewEvidence<'_>) -> Result<()> {
    let id = work.next_id();
    let seal = |column: &str, text: Option<&str>| {
        text.map(|t| work.keys().seal(column, id, t)).transpose()
    };
    let sql = "INSERT INTO electronic_evidence (id, link_id, seq, kind, at, item, answer, rating, shown_at, dwell_millis, \
               detail, content, content_hash, words, words_hash, device, device_hash, previous, hash) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    let values = params![
        id,
        row.link.0,
        row.seq,
        row.kind.as_str(),
        millis(work.now()),
        row.item,
        row.answer.map(Answer::as_str),
        row.rating.map(i64::from),
        row.shown_at.map(millis),
        row.dwell_millis,
        row.detail,
        seal("electronic_evidence.content", row.content)?,
        row.content_hash,
        seal("electronic_evidence.words", row.words)?,
        row.words_hash,
        seal("electronic_evidence.device", row.device)?,
        row.device_hash,
        row.previous,
        row.hash,
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// A row of the evidence.
#[derive(Clone, Debug)]
pub struct EvidenceRow {
    /// Its place.
    pub seq: i64,
    /// What it says.
    pub kind: EvidenceStep,
    /// When.
    pub at: Instant,
    /// The item.
    pub item: Option<String>,
    /// What was answered.
    pub answer: Option<Answer>,
    /// The rating.
    pub rating: Option<u8>,
    /// When the item came on the screen.
    pub shown_at: Option<Instant>,
    /// Milliseconds until it was answered.
    pub dwell_millis: Option<i64>,
    /// What else is worth knowing.
    pub detail: String,
    /// What was on the screen; nothing after it was destroyed.
    pub content: Option<String>,
    /// SHA-256 of it.
    pub content_hash: String,
    /// The customer's own words.
    pub words: Option<String>,
    /// SHA-256 of them.
    pub words_hash: String,
    /// The device and its address.
    pub device: Option<String>,
    /// SHA-256 of it.
    pub device_hash: String,
    /// Hash of the row before it.
    pub previous: String,
    /// Hash of this row.
    pub hash: String,
    /// Whether a sealed column does not open any more: it was put there by another hand.
    pub is_torn: bool,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    seq: i64,
    kind: String,
    at: i64,
    item: Option<String>,
    answer: Option<String>,
    rating: Option<i64>,
    shown_at: Option<i64>,
    dwell_millis: Option<i64>,
    detail: String,
    content: Option<Vec<u8>>,
    content_hash: String,
    words: Option<Vec<u8>>,
    words_hash: String,
    device: Option<Vec<u8>>,
    device_hash: String,
    previous: String,
    hash: String,
}

/// The evidence of a link in sight, the first row first.
///
/// # Errors
/// What the database says.
pub async fn list_evidence(
    db: &impl Reads,
    scope: &Scope,
    link: LinkId,
) -> Result<Vec<EvidenceRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.seq, e.kind, e.at, e.item, e.answer, e.rating, e.shown_at, e.dwell_millis, e.detail, e.content, \
         e.content_hash, e.words, e.words_hash, e.device, e.device_hash, e.previous, e.hash FROM electronic_evidence e \
         JOIN electronic_links l ON l.id = e.link_id JOIN callbacks b ON b.id = l.callback_id",
    );
    select
        .scope(scope, "b.org_id")
        .own(scope, "b.customer_id")
        .filter("e.link_id = ?", params![link.0]);
    select.then("ORDER BY e.seq LIMIT 5000", Vec::new());
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().map(|r| row(db, r)).collect()
}

fn row(db: &impl Reads, r: Row) -> Result<EvidenceRow> {
    let mut is_torn = false;
    let mut open = |column: &str, sealed: Option<Vec<u8>>| {
        let opened = sealed.map(|s| db.keys().open(column, r.id, &s));
        match opened {
            Some(Ok(text)) => Some(text),
            Some(Err(_)) => {
                is_torn = true;
                None
            }
            None => None,
        }
    };
    let (content, words, device) = (
        open("electronic_evidence.content", r.content),
        open("electronic_evidence.words", r.words),
        open("electronic_evidence.device", r.device),
    );
    Ok(EvidenceRow {
        content,
        words,
        device,
        is_torn,
        seq: r.seq,
        kind: EvidenceStep::parse(&r.kind)?,
        at: instant(r.at),
        item: r.item,
        answer: r.answer.as_deref().map(Answer::parse).transpose()?,
        rating: r.rating.and_then(|n| u8::try_from(n).ok()),
        shown_at: r.shown_at.map(instant),
        dwell_millis: r.dwell_millis,
        detail: r.detail,
        content_hash: r.content_hash,
        words_hash: r.words_hash,
        device_hash: r.device_hash,
        previous: r.previous,
        hash: r.hash,
    })
}
