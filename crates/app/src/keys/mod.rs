//! Keys: which there are, exchanging them while people work, wrapping them anew, and the proof that
//! nothing lies in the clear.
//!
//! A new key is used by every transaction that begins after it was made, on all servers. A job then
//! brings what is there to it and destroys the older key when nothing needs it any more.

mod finder;
mod prove;
mod renew;

pub use prove::{Finding, ProofQuery, ProofReport, Searched, prove};
pub use renew::{RenewDone, renew};

use crate::jobs::{Task, enqueue};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::jobs::JobKind;
use domain::time::Instant;
use store::AuditEntry;
use store::customers::{Derived, enqueue_derived_for_all};
use store::jobs::{JobFilter, JobRow, is_job_active, list_jobs};
use store::sealing::renew::{SealedCounts, count_sealed};
use store::sealing::{KeyInfo, MasterKey, Suite, add_keys, list_keys, refresh_keys, rewrap_keys};
use uuid::Uuid;

/// Longest reason that is kept.
const REASON_MAX: usize = 200;
/// Rotations that are shown.
const HISTORY_ROWS: u64 = 20;

/// What is exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The key that seals values and files.
    Data,
    /// The key of blind indexes.
    Index,
    /// Both, for keys of the family that the configuration asks for.
    Suite,
}

impl Rotated {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Data, Self::Index, Self::Suite];

    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Index => "index",
            Self::Suite => "suite",
        }
    }

    /// Reads a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == code)
    }
}

/// An order to exchange keys, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RotationForm {
    /// Code of what is exchanged.
    pub what: String,
    /// Why.
    pub reason: String,
    /// The code of what is exchanged, typed once more.
    pub confirmation: String,
}

/// Makes new keys and queues the work that brings everything to them. Gives the job.
///
/// # Errors
/// When the actor may not or the form is incomplete; [`Error::Refused`] with `keys-rotating` while an
/// exchange is under way, or `keys-suite` when the keys are of the family asked for already.
pub async fn rotate(app: &App, actor: &Actor, now: Instant, form: &RotationForm) -> Result<Uuid> {
    actor.demand(Permission::SystemManage)?;
    let what = Rotated::parse(&form.what).ok_or_else(|| Error::invalid("what", "unknown-code"))?;
    let reason = form.reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("reason", "missing"));
    }
    if reason.chars().count() > REASON_MAX {
        return Err(Error::invalid("reason", "too-long"));
    }
    if form.confirmation.trim() != what.as_str() {
        return Err(Error::invalid("confirmation", "confirmation"));
    }
    let store = app.store();
    if what == Rotated::Suite && is_of_suite(&list_keys(store).await?, store.suite()) {
        return Err(Refusal::with("keys-suite", store.suite().as_str()).into());
    }
    let work = store.begin(now).await?;
    if is_job_active(&work, JobKind::RenewKeys).await? {
        return Err(Refusal::new("keys-rotating").into());
    }
    let made = match what {
        Rotated::Data => add_keys(&work, &["seal"], None).await?,
        Rotated::Index => add_keys(&work, &["index"], None).await?,
        Rotated::Suite => add_keys(&work, &["seal", "index"], Some(store.suite())).await?,
    };
    if what != Rotated::Data {
        // Keys of names hold nothing to make them anew from but the names themselves.
        enqueue_derived_for_all(&work, Derived::Search).await?;
        // Keys of blocks are hashes of values that are not kept beside them: they are worked out anew.
        store::duplicates::forget_oversized(&work).await?;
        enqueue_derived_for_all(&work, Derived::Duplicates).await?;
    }
    let job = enqueue(&work, actor, now, &Task::RenewKeys).await?;
    let made: Vec<_> = made.iter().map(|(p, v)| format!("{p} {v}")).collect();
    let detail = serde_json::json!({ "what": what.as_str(), "new": made, "job": job });
    let entry = AuditEntry::new(actor, "keys.rotated", "keys", None);
    work.commit(entry.purpose(reason).detail(detail)).await?;
    refresh_keys(store).await?;
    Ok(job)
}

/// Whether the newest keys that seal and index are of a family.
fn is_of_suite(keys: &[KeyInfo], suite: Suite) -> bool {
    let is_of = |purpose: &str| {
        let newest = keys.iter().find(|k| k.purpose == purpose);
        newest.is_some_and(|k| k.suite() == Some(suite))
    };
    is_of("seal") && is_of("index")
}

/// Wraps every key by another master key and says how many. Servers that run keep the keys they have
/// unwrapped; they need the new master key when they start again or when keys are exchanged.
///
/// # Errors
/// When the actor may not, or the master key at hand is not the one of the database.
pub async fn rewrap(app: &App, actor: &Actor, now: Instant, new: &MasterKey) -> Result<usize> {
    actor.demand(Permission::SystemManage)?;
    let work = app.store().begin(now).await?;
    let keys = rewrap_keys(&work, new).await?;
    let detail = serde_json::json!({ "keys": keys });
    let entry = AuditEntry::new(actor, "keys.rewrapped", "keys", None);
    work.commit(entry.detail(detail)).await?;
    Ok(keys)
}

/// A key, and how many values it sealed.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// The key.
    pub key: KeyInfo,
    /// It is the newest of its purpose.
    pub is_present: bool,
    /// Values under it; only keys that seal have any, and only when they were counted.
    pub values: Option<u64>,
}

/// The state of the keys.
#[derive(Clone, Debug)]
pub struct KeysStatus {
    /// All keys that there ever were, by purpose, the newest first.
    pub keys: Vec<KeyView>,
    /// The family that the configuration asks for.
    pub suite: Suite,
    /// The keys are of that family.
    pub is_of_suite: bool,
    /// The work that brings values to new keys, the newest first.
    pub jobs: Vec<JobRow>,
}

/// The state of the keys. Counting reads every sealed value.
///
/// # Errors
/// When the actor may not.
pub async fn status(app: &App, actor: &Actor, with_counts: bool) -> Result<KeysStatus> {
    actor.demand(Permission::SystemManage)?;
    let store = app.store();
    let keys = list_keys(store).await?;
    let counts: Option<SealedCounts> = match with_counts {
        true => Some(count_sealed(store).await?),
        false => None,
    };
    let filter = JobFilter {
        kind: Some(JobKind::RenewKeys),
        ..JobFilter::default()
    };
    let jobs = list_jobs(store, &filter, HISTORY_ROWS).await?.rows;
    let is_of_suite = is_of_suite(&keys, store.suite());
    let is_present = |key: &KeyInfo| {
        let newest = keys.iter().find(|k| k.purpose == key.purpose);
        newest.is_some_and(|k| k.version == key.version)
    };
    let values = |key: &KeyInfo| {
        let counts = counts.as_ref().filter(|_| key.purpose == "seal");
        counts.map(|c| c.of(key.version))
    };
    let view = |key: &KeyInfo| KeyView {
        is_present: is_present(key),
        values: values(key),
        key: key.clone(),
    };
    Ok(KeysStatus {
        keys: keys.iter().map(view).collect(),
        suite: store.suite(),
        is_of_suite,
        jobs,
    })
}
