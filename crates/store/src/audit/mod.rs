//! The audit log: who did what to whose data, in the transaction that did it.
//!
//! Every entry has a place in a lane and a code that nobody makes without the audit key
//! ([`content`]); the head of each lane says how many entries it has ([`heads`]); seals bind batches
//! of entries into a chain ([`seals`]); [`verify()`] recomputes all of it. Decision 16 says what this
//! finds and what it cannot.

mod begin;
mod content;
mod heads;
mod merkle;
mod read;
mod seals;
mod spans;
mod verify;
mod write;

pub(crate) use begin::{begin, begin_in, is_unsealed};
pub use read::{AuditFilter, AuditRow, find_audit_entry, is_noted, list_audit_entries};
pub use seals::{
    Seal, SealNote, Sealing, count_unsealed, find_seal, last_seal, list_seals, put_note, seal,
    sign_head,
};
pub use verify::{BadEntry, Flaw, Problem, Verified, verify};
pub(crate) use write::{insert, insert_in_bulk};

use domain::access::{Actor, ActorKind};
use uuid::Uuid;

/// Who acted, as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditActor {
    /// `user`, `client`, `shell`, `system` or `anonymous`.
    pub kind: &'static str,
    /// Id of the user or client.
    pub id: Option<Uuid>,
    /// Name at the time.
    pub name: String,
}

impl From<&Actor> for AuditActor {
    fn from(actor: &Actor) -> Self {
        let (kind, id) = match actor.kind {
            ActorKind::User(id) => ("user", Some(id.0)),
            ActorKind::Client(id) => ("client", Some(id.0)),
            ActorKind::Shell => ("shell", None),
            ActorKind::System => ("system", None),
            ActorKind::Visitor => ("anonymous", None),
        };
        Self {
            kind,
            id,
            name: actor.name.clone(),
        }
    }
}

impl AuditActor {
    /// Someone who has not signed in.
    pub fn anonymous(name: impl Into<String>) -> Self {
        Self {
            kind: "anonymous",
            id: None,
            name: name.into(),
        }
    }
}

/// One entry. `detail` is JSON without personal data: masked values only.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Who.
    pub actor: AuditActor,
    /// What, such as `callback.attempt_saved`.
    pub action: &'static str,
    /// Kind of the record, such as `callback`.
    pub subject_kind: &'static str,
    /// The record.
    pub subject: Option<Uuid>,
    /// The customer whose data it is.
    pub customer: Option<Uuid>,
    /// Why the data was looked at, where a reason is asked for.
    pub purpose: Option<String>,
    /// What else is worth knowing.
    pub detail: serde_json::Value,
}

impl AuditEntry {
    /// An entry about a record.
    pub fn new(
        actor: impl Into<AuditActor>,
        action: &'static str,
        subject_kind: &'static str,
        subject: impl Into<Option<Uuid>>,
    ) -> Self {
        Self {
            actor: actor.into(),
            action,
            subject_kind,
            subject: subject.into(),
            customer: None,
            purpose: None,
            detail: serde_json::Value::Null,
        }
    }

    /// Names the customer whose data it is.
    #[must_use]
    pub fn customer(mut self, customer: impl Into<Option<Uuid>>) -> Self {
        self.customer = customer.into();
        self
    }

    /// Says why, in the words of a person; numbers that may be somebody's are masked.
    #[must_use]
    pub fn purpose(mut self, purpose: impl AsRef<str>) -> Self {
        self.purpose = Some(domain::customers::mask_numbers(purpose.as_ref()));
        self
    }

    /// Adds what else is worth knowing, masked.
    #[must_use]
    pub fn detail(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }
}

/// The entries of one transaction: at least one.
#[derive(Clone, Debug)]
pub struct Audit(Vec<AuditEntry>);

impl From<AuditEntry> for Audit {
    fn from(entry: AuditEntry) -> Self {
        Self(vec![entry])
    }
}

impl Audit {
    /// A first entry and others.
    pub fn with(first: AuditEntry, others: impl IntoIterator<Item = AuditEntry>) -> Self {
        let mut entries = vec![first];
        entries.extend(others);
        Self(entries)
    }

    fn entries(&self) -> &[AuditEntry] {
        &self.0
    }
}
