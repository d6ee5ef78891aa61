//! The evidence as a chain: each row seals its own content and the row before it with the key of the
//! audit log, so that nobody who can only write into the database changes, drops or adds one unseen.

use crate::Result;
use domain::electronic::{EvidenceStep, LinkState};
use domain::ids::LinkId;
use domain::questionnaires::Answer;
use domain::time::Instant;
use sha2::{Digest as _, Sha256};
use store::electronic::{EvidenceRow, LinkRecord, NewEvidence, append_evidence};
use store::sealing::Keyring;
use store::{Reads as _, UnitOfWork};

/// What a row says.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry<'e> {
    /// The item.
    pub(super) item: Option<&'e str>,
    /// What was answered.
    pub(super) answer: Option<Answer>,
    /// The rating.
    pub(super) rating: Option<u8>,
    /// When the item came on the screen.
    pub(super) shown_at: Option<Instant>,
    /// What else is worth knowing, without personal data.
    pub(super) detail: String,
    /// What was on the screen.
    pub(super) content: Option<&'e str>,
    /// The customer's own words.
    pub(super) words: Option<&'e str>,
    /// The device and its address.
    pub(super) device: Option<&'e str>,
}

/// Writes rows of a link, one after the other.
pub(super) struct Pen<'p> {
    work: &'p UnitOfWork,
    link: LinkId,
    head: String,
    entries: i64,
    written: i64,
}

impl<'p> Pen<'p> {
    /// Goes on after the last row of a link.
    pub(super) fn of(work: &'p UnitOfWork, record: &LinkRecord) -> Self {
        Self {
            work,
            link: record.id,
            head: record.head.clone(),
            entries: record.entries,
            written: 0,
        }
    }

    /// Appends a row; its place.
    pub(super) async fn write(&mut self, kind: EvidenceStep, entry: &Entry<'_>) -> Result<i64> {
        let seq = self.entries + 1;
        let now = self.work.now();
        let dwell_millis = entry.shown_at.map(|at| (now - at).num_milliseconds());
        let (content_hash, words_hash, device_hash) = (
            sha256(entry.content),
            sha256(entry.words),
            sha256(entry.device),
        );
        let contents = Contents {
            link: self.link,
            seq,
            kind,
            at: now,
            item: entry.item,
            answer: entry.answer,
            rating: entry.rating,
            shown_at: entry.shown_at,
            dwell_millis,
            detail: &entry.detail,
            hashes: [&content_hash, &words_hash, &device_hash],
        };
        let hash = contents.seal(self.work.keys(), &self.head);
        let row = NewEvidence {
            link: self.link,
            seq,
            kind,
            item: entry.item,
            answer: entry.answer,
            rating: entry.rating,
            shown_at: entry.shown_at,
            dwell_millis,
            detail: &entry.detail,
            content: entry.content,
            content_hash: &content_hash,
            words: entry.words,
            words_hash: &words_hash,
            device: entry.device,
            device_hash: &device_hash,
            previous: &self.head,
            hash: &hash,
        };
        append_evidence(self.work, &row).await?;
        self.head = hash;
        self.entries = seq;
        self.written += 1;
        Ok(seq)
    }

    /// The hash of the last row, and how many were written.
    pub(super) fn head(&self) -> Option<(&str, i64)> {
        (self.written > 0).then_some((self.head.as_str(), self.written))
    }
}

/// SHA-256 of a text, hexadecimal; empty without one.
fn sha256(text: Option<&str>) -> String {
    text.map_or_else(String::new, |t| hex::encode(Sha256::digest(t.as_bytes())))
}

/// Everything that a row seals.
struct Contents<'c> {
    link: LinkId,
    seq: i64,
    kind: EvidenceStep,
    at: Instant,
    item: Option<&'c str>,
    answer: Option<Answer>,
    rating: Option<u8>,
    shown_at: Option<Instant>,
    dwell_millis: Option<i64>,
    detail: &'c str,
    hashes: [&'c str; 3],
}

impl Contents<'_> {
    fn seal(&self, keys: &Keyring, previous: &str) -> String {
        // JSON keeps the fields apart, whatever they hold.
        let text = serde_json::json!([
            self.link.0,
            self.seq,
            self.kind.as_str(),
            self.at.timestamp_millis(),
            self.item,
            self.answer.map(Answer::as_str),
            self.rating,
            self.shown_at.map(|at| at.timestamp_millis()),
            self.dwell_millis,
            self.detail,
            self.hashes,
        ]);
        hex::encode(keys.evidence_seal(previous, text.to_string().as_bytes()))
    }
}

/// What verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainState {
    /// Every row is as it was written, and none is missing.
    Sound,
    /// So it is, but what was seen was destroyed after its term.
    Emptied,
    /// The row of this place is not as it was written, or is missing.
    Broken(i64),
}

impl ChainState {
    /// Whether nothing was changed.
    pub fn is_sound(self) -> bool {
        !matches!(self, Self::Broken(_))
    }
}

/// Recomputes the chain of a link.
pub(super) fn verify(keys: &Keyring, record: &LinkRecord, rows: &[EvidenceRow]) -> ChainState {
    let mut head = String::new();
    let is_emptied = record.mobile.is_none();
    for (seq, row) in (1_i64..).zip(rows) {
        let contents = Contents {
            link: record.id,
            seq,
            kind: row.kind,
            at: row.at,
            item: row.item.as_deref(),
            answer: row.answer,
            rating: row.rating,
            shown_at: row.shown_at,
            dwell_millis: row.dwell_millis,
            detail: &row.detail,
            hashes: [&row.content_hash, &row.words_hash, &row.device_hash],
        };
        let whole = row.seq == seq
            && !row.is_torn
            && row.previous == head
            && row.hash == contents.seal(keys, &head)
            && [
                (&row.content, &row.content_hash),
                (&row.words, &row.words_hash),
                (&row.device, &row.device_hash),
            ]
            .iter()
            .all(|(text, hash)| {
                let destroyed = is_emptied && text.is_none();
                destroyed || sha256(text.as_deref()) == **hash
            });
        if !whole {
            return ChainState::Broken(seq);
        }
        head.clone_from(&row.hash);
    }
    let ends = rows.last().map(|r| r.kind);
    let fits = match record.link.state {
        LinkState::Submitted => ends == Some(EvidenceStep::Submitted),
        LinkState::PhoneWanted => ends == Some(EvidenceStep::PhoneWanted),
        _ => ends != Some(EvidenceStep::Submitted),
    };
    let entries = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if entries != record.entries || head != record.head || !fits {
        return ChainState::Broken(entries + 1);
    }
    if is_emptied {
        ChainState::Emptied
    } else {
        ChainState::Sound
    }
}
