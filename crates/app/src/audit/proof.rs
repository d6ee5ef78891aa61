//! Proving that nothing was altered: seals, their heads in other places, verification.

use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::audit::{self as rows, Problem, Seal, SealNote, Verified};
use store::settings;
use store::{AuditEntry, Store};

/// The setting that holds what was verified last.
const LAST_VERIFICATION: &str = "audit.verified";
/// Heads that are read at once.
const HEADS: i64 = 100;

/// A head of the chain, as it is kept in another place: whoever has it can tell later that the log
/// was put back to an earlier state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadLine {
    /// Number of the seal.
    pub number: i64,
    /// Entries that it covers.
    pub entries: i64,
    /// Entries that it and those before it cover.
    pub total: i64,
    /// When it was made (RFC 3339).
    pub sealed_at: String,
    /// Root of the tree over its entries, in hexadecimal.
    pub root: String,
    /// Its keyed hash, which also covers the seal before it, in hexadecimal.
    pub hash: String,
    /// Signature of this line, in hexadecimal.
    pub signature: String,
}

impl HeadLine {
    fn of(store: &Store, seal: &Seal) -> Self {
        let at = seal.sealed_at;
        let mut line = Self {
            number: seal.number,
            entries: seal.entries,
            total: seal.total,
            sealed_at: at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            root: hex::encode(&seal.root),
            hash: hex::encode(&seal.hash),
            signature: String::new(),
        };
        line.signature = line.sign(store);
        line
    }

    fn sign(&self, store: &Store) -> String {
        let text = format!(
            "{}|{}|{}|{}|{}|{}",
            self.number, self.entries, self.total, self.sealed_at, self.root, self.hash
        );
        hex::encode(rows::sign_head(store, text.as_bytes()))
    }

    /// As one line of a file.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Seals what is not sealed yet. What is found to be wrong on the way is noted for the page and
/// returned.
///
/// # Errors
/// What the store says.
pub async fn seal(app: &App, now: Instant) -> Result<Option<Problem>> {
    let sealing = rows::seal(app.store(), now).await?;
    let note = HeadNote {
        number: sealing.seals.last().map_or(0, |s| s.number),
        error: sealing.problem.as_ref().map(|p| describe(p).to_string()),
    };
    if note.error.is_some() {
        keep(app, now, SealNote::Sealing, &note).await?;
    }
    Ok(sealing.problem)
}

/// Heads after a number, in their order; at most a hundred.
///
/// # Errors
/// What the store says.
pub async fn heads_after(app: &App, number: i64) -> Result<Vec<HeadLine>> {
    let store = app.store();
    let seals = rows::list_seals(store, number, HEADS).await?;
    Ok(seals.iter().map(|s| HeadLine::of(store, s)).collect())
}

/// Where heads are kept besides the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadPlace {
    /// A file.
    File,
    /// An address that they are sent to.
    Url,
}

impl HeadPlace {
    fn note(self) -> SealNote {
        match self {
            Self::File => SealNote::HeadsFile,
            Self::Url => SealNote::HeadsUrl,
        }
    }
}

/// How far heads have come to another place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeadNote {
    /// Number of the last head that is there.
    pub number: i64,
    /// Why the next ones are not; tried again with the next seal.
    pub error: Option<String>,
}

async fn read(app: &App, note: SealNote) -> Result<Option<HeadNote>> {
    let text = settings::find_setting(app.store(), note.key()).await?;
    Ok(text.and_then(|t| serde_json::from_str(&t).ok()))
}

async fn keep(app: &App, now: Instant, place: SealNote, note: &HeadNote) -> Result<()> {
    if read(app, place).await?.as_ref() == Some(note) {
        return Ok(());
    }
    let text = serde_json::to_string(note).map_err(|e| Error::Fault(e.to_string()))?;
    Ok(rows::put_note(app.store(), now, place, &text).await?)
}

/// How far heads have come to a place; nothing when none ever went there.
///
/// # Errors
/// What the store says.
pub async fn read_note(app: &App, place: HeadPlace) -> Result<Option<HeadNote>> {
    read(app, place.note()).await
}

/// Notes how far heads have come to a place.
///
/// # Errors
/// What the store says.
pub async fn note_heads(app: &App, now: Instant, place: HeadPlace, note: &HeadNote) -> Result<()> {
    keep(app, now, place.note(), note).await
}

/// What is wrong with a head that was kept in another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadFlaw {
    /// This program did not write the line, or it was altered.
    Forged,
    /// The log ends before it: the database was put back, or its end was cut off.
    Gone,
    /// The log has another seal under this number: it was put back and went on differently.
    Other,
}

impl HeadFlaw {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forged => "head_forged",
            Self::Gone => "head_gone",
            Self::Other => "head_other",
        }
    }
}

/// What a verification found.
#[derive(Clone, Debug)]
pub struct VerifyReport {
    /// In the database.
    pub verified: Verified,
    /// Heads of other places that were compared.
    pub compared: usize,
    /// The first of them that does not fit.
    pub head: Option<(HeadFlaw, HeadLine)>,
}

impl VerifyReport {
    /// Whether everything is as it was written.
    pub fn is_clean(&self) -> bool {
        self.verified.problem.is_none() && self.head.is_none()
    }

    /// The report as the log and jobs keep it.
    pub fn detail(&self) -> serde_json::Value {
        let v = &self.verified;
        let mut detail = json!({
            "outcome": if self.is_clean() { "clean" } else { "altered" },
            "entries": v.entries, "seals": v.seals, "unsealed": v.unsealed, "heads": self.compared,
        });
        if let Some(problem) = &v.problem {
            detail["problem"] = describe(problem);
        } else if let Some((flaw, head)) = &self.head {
            detail["problem"] = json!({ "flaw": flaw.as_str(), "seal": head.number });
        }
        detail
    }
}

fn describe(problem: &Problem) -> serde_json::Value {
    let entry = problem.entry.as_ref();
    json!({
        "flaw": problem.flaw.as_str(), "seal": problem.seal,
        "entry": entry.map(|e| e.id), "at": entry.map(|e| e.at), "action": entry.map(|e| &e.action),
        "missing": problem.missing,
    })
}

/// Seals what is left, then recomputes every code, root, seal and head of the log and compares it
/// with heads that were kept in another place. What came of it is an entry of the log. `each` is told
/// of every head that is right.
///
/// # Errors
/// When the actor may not.
pub async fn verify(
    app: &App,
    actor: &Actor,
    now: Instant,
    kept: &[HeadLine],
    each: &mut (dyn FnMut(&HeadLine) + Send),
) -> Result<VerifyReport> {
    actor.demand(Permission::AuditRead)?;
    let store = app.store();
    rows::seal(store, now).await?;
    let mut tell = |seal: &Seal| each(&HeadLine::of(store, seal));
    let verified = rows::verify(store, &mut tell).await?;
    let head = first_bad_head(app, kept).await?;
    let report = VerifyReport {
        verified,
        compared: kept.len(),
        head,
    };
    let detail = report.detail();
    let last = LastVerification {
        at: now.timestamp_millis(),
        by: actor.name.clone(),
        detail: detail.clone(),
    };
    let text = serde_json::to_string(&last).map_err(|e| Error::Fault(e.to_string()))?;
    let work = store.begin(now).await?;
    settings::put_setting(&work, LAST_VERIFICATION, &text).await?;
    let entry = AuditEntry::new(actor, "audit.verified", "audit", None).detail(detail);
    work.commit(entry).await?;
    if !report.is_clean() {
        tracing::error!(report = %report.detail(), "the audit log was altered");
    }
    Ok(report)
}

/// What is wrong with a head that was kept in another place, if anything.
///
/// # Errors
/// What the store says.
pub async fn check_head(app: &App, line: &HeadLine) -> Result<Option<HeadFlaw>> {
    let store = app.store();
    if line.sign(store) != line.signature {
        return Ok(Some(HeadFlaw::Forged));
    }
    Ok(match rows::find_seal(store, line.number).await? {
        None => Some(HeadFlaw::Gone),
        Some(seal) if hex::encode(&seal.hash) != line.hash => Some(HeadFlaw::Other),
        Some(_) => None,
    })
}

async fn first_bad_head(app: &App, kept: &[HeadLine]) -> Result<Option<(HeadFlaw, HeadLine)>> {
    for line in kept {
        if let Some(flaw) = check_head(app, line).await? {
            return Ok(Some((flaw, line.clone())));
        }
    }
    Ok(None)
}

/// What was verified last.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LastVerification {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// By whom.
    pub by: String,
    /// What came of it, as [`VerifyReport::detail`] says.
    pub detail: serde_json::Value,
}

/// Where the seals of the log stand.
#[derive(Clone, Debug)]
pub struct SealState {
    /// The newest seal.
    pub last: Option<HeadLine>,
    /// When it was made.
    pub sealed_at: Option<Instant>,
    /// Entries that no seal covers yet.
    pub unsealed: i64,
    /// What was verified last.
    pub verified: Option<LastVerification>,
    /// What sealing found to be wrong last.
    pub sealing: Option<HeadNote>,
    /// How far heads have come to the file.
    pub file: Option<HeadNote>,
    /// How far heads have come to the address.
    pub url: Option<HeadNote>,
}

/// What was verified last, if anything ever was.
pub(crate) async fn last_verification(app: &App) -> Result<Option<LastVerification>> {
    let kept = settings::find_setting(app.store(), LAST_VERIFICATION).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Where the seals of the log stand.
///
/// # Errors
/// When the actor may not read the log.
pub async fn seal_state(app: &App, actor: &Actor) -> Result<SealState> {
    actor.demand(Permission::AuditRead)?;
    let store = app.store();
    let last = rows::last_seal(store).await?;
    Ok(SealState {
        sealed_at: last.as_ref().map(|s| s.sealed_at),
        last: last.map(|s| HeadLine::of(store, &s)),
        unsealed: rows::count_unsealed(store).await?,
        verified: last_verification(app).await?,
        sealing: read(app, SealNote::Sealing).await?,
        file: read_note(app, HeadPlace::File).await?,
        url: read_note(app, HeadPlace::Url).await?,
    })
}
