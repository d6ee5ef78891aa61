//! What the code of an entry covers: every column and the place of the entry, each with its length,
//! so that no two entries have the same bytes.

use super::AuditEntry;
use crate::sealing::Keyring;
use sea_orm::FromQueryResult;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What codes of entries begin with, so that they are no codes of anything else.
const DOMAIN: &[u8] = b"huifang/audit/entry/1\0";

/// The columns of an entry that people gave it.
#[derive(Clone, Debug)]
pub(super) struct Content<'e> {
    pub id: Uuid,
    pub at: i64,
    pub actor_kind: &'e str,
    pub actor_id: Option<Uuid>,
    pub actor_name: &'e str,
    pub action: &'e str,
    pub subject_kind: &'e str,
    pub subject: Option<Uuid>,
    pub customer: Option<Uuid>,
    pub purpose: Option<&'e str>,
    pub detail: &'e str,
}

impl<'e> Content<'e> {
    /// The content of a new entry; `detail` is its detail as text.
    pub(super) fn of(entry: &'e AuditEntry, id: Uuid, at: i64, detail: &'e str) -> Self {
        Self {
            id,
            at,
            actor_kind: entry.actor.kind,
            actor_id: entry.actor.id,
            actor_name: &entry.actor.name,
            action: entry.action,
            subject_kind: entry.subject_kind,
            subject: entry.subject,
            customer: entry.customer,
            purpose: entry.purpose.as_deref(),
            detail,
        }
    }

    /// The bytes at a place of a lane.
    pub(super) fn bytes(&self, lane: i64, place: i64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(192 + self.detail.len());
        let mut part = |value: Option<&[u8]>| match value {
            None => bytes.push(0),
            Some(value) => {
                bytes.push(1);
                bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
                bytes.extend_from_slice(value);
            }
        };
        part(Some(&lane.to_be_bytes()));
        part(Some(&place.to_be_bytes()));
        part(Some(self.id.as_bytes()));
        part(Some(&self.at.to_be_bytes()));
        part(Some(self.actor_kind.as_bytes()));
        part(self.actor_id.as_ref().map(|id| id.as_bytes().as_slice()));
        part(Some(self.actor_name.as_bytes()));
        part(Some(self.action.as_bytes()));
        part(Some(self.subject_kind.as_bytes()));
        part(self.subject.as_ref().map(|id| id.as_bytes().as_slice()));
        part(self.customer.as_ref().map(|id| id.as_bytes().as_slice()));
        part(self.purpose.map(str::as_bytes));
        part(Some(self.detail.as_bytes()));
        bytes
    }
}

/// The code of an entry over its bytes.
pub(super) fn code(keys: &Keyring, bytes: &[u8]) -> [u8; 32] {
    keys.audit_seal(&[DOMAIN, bytes])
}

/// The leaf of an entry in the tree of its seal.
pub(super) fn leaf(bytes: &[u8]) -> [u8; 32] {
    Sha256::new_with_prefix([0])
        .chain_update(bytes)
        .finalize()
        .into()
}

/// An entry as it is stored.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct StoredEntry {
    pub id: Uuid,
    pub at: i64,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub purpose: Option<String>,
    pub detail: String,
    pub lane: Option<i64>,
    pub place: Option<i64>,
    pub mac: Option<Vec<u8>>,
}

impl StoredEntry {
    /// Its columns.
    pub(super) const COLUMNS: &'static str = "id, at, actor_kind, actor_id, actor_name, action, subject_kind, \
         subject_id, customer_id, purpose, detail, lane, place, mac";

    pub(super) fn content(&self) -> Content<'_> {
        Content {
            id: self.id,
            at: self.at,
            actor_kind: &self.actor_kind,
            actor_id: self.actor_id,
            actor_name: &self.actor_name,
            action: &self.action,
            subject_kind: &self.subject_kind,
            subject: self.subject_id,
            customer: self.customer_id,
            purpose: self.purpose.as_deref(),
            detail: &self.detail,
        }
    }

    /// Whether its code is that of its content at a place.
    pub(super) fn belongs_at(&self, keys: &Keyring, lane: i64, place: i64) -> bool {
        let bytes = self.content().bytes(lane, place);
        self.mac.as_deref() == Some(code(keys, &bytes).as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content<'static> {
        Content {
            id: Uuid::from_u128(1),
            at: 1,
            actor_kind: "user",
            actor_id: None,
            actor_name: "ab",
            action: "c",
            subject_kind: "d",
            subject: None,
            customer: None,
            purpose: None,
            detail: "{}",
        }
    }

    /// What moves from one column to its neighbour, or becomes nothing, has other bytes.
    #[test]
    fn no_two_entries_have_the_same_bytes() {
        let one = content().bytes(1, 1);
        let some = Some(Uuid::from_u128(7));
        let others = [
            content().bytes(1, 2),
            content().bytes(2, 1),
            Content {
                actor_name: "a",
                action: "bc",
                ..content()
            }
            .bytes(1, 1),
            Content {
                purpose: Some(""),
                ..content()
            }
            .bytes(1, 1),
            Content {
                subject: some,
                ..content()
            }
            .bytes(1, 1),
            Content {
                customer: some,
                ..content()
            }
            .bytes(1, 1),
            Content {
                actor_id: some,
                ..content()
            }
            .bytes(1, 1),
        ];
        for (n, other) in others.iter().enumerate() {
            assert_ne!(&one, other, "{n}");
            assert!(others[n + 1..].iter().all(|o| o != other), "{n}");
        }
    }
}
