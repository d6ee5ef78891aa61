//! The heads of the lanes: how many entries each lane has, and how many of them are sealed.
//!
//! A transaction takes one lane for the moment between its audit entry and its commit, so servers
//! write side by side without waiting for each other. The count is written in the same transaction as
//! the entries, so a lane has no gaps; its code cannot be made without the key, so nobody shortens a
//! lane unseen.

use crate::dialect::Backend;
use crate::dialect::bulk::{Bulk, Cell, Row};
use crate::sealing::Keyring;
use crate::sql::{find, list, params};
use crate::{Reads, Result, StoreError, UnitOfWork};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Lanes of the log: as many transactions end at the same moment without waiting.
pub(super) const LANES: i64 = 16;
/// What codes of heads begin with, so that they are no codes of anything else.
const DOMAIN: &[u8] = b"huifang/audit/head/1\0";

/// The head of a lane.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Head {
    pub lane: i64,
    /// Entries of the lane; the place of the last one.
    pub entries: i64,
    /// Place of the last sealed one.
    pub sealed: i64,
    /// Number of the last seal, of this lane or another.
    pub seal: i64,
    /// Code over all of it.
    pub mac: Vec<u8>,
}

const SELECT: &str = "SELECT lane, entries, sealed, seal, mac FROM audit_heads";
const UPDATE: &str = "UPDATE audit_heads SET entries = $1, mac = $2 WHERE lane = $3";

impl Head {
    /// The head of a lane without entries.
    pub(super) fn empty(keys: &Keyring, lane: i64) -> Self {
        let mut head = Self {
            lane,
            entries: 0,
            sealed: 0,
            seal: 0,
            mac: Vec::new(),
        };
        head.sign(keys);
        head
    }

    fn code(&self, keys: &Keyring) -> [u8; 32] {
        keys.audit_seal(&[
            DOMAIN,
            &self.lane.to_be_bytes(),
            &self.entries.to_be_bytes(),
            &self.sealed.to_be_bytes(),
            &self.seal.to_be_bytes(),
        ])
    }

    /// Whether the program wrote it.
    pub(super) fn is_genuine(&self, keys: &Keyring) -> bool {
        self.mac == self.code(keys)
    }

    /// Codes it anew after a change.
    pub(super) fn sign(&mut self, keys: &Keyring) {
        self.mac = self.code(keys).to_vec();
    }
}

/// All heads, as one statement sees them.
pub(super) async fn list_heads(db: &impl Reads) -> Result<Vec<Head>> {
    list(db, &format!("{SELECT} ORDER BY lane"), Vec::new()).await
}

/// All heads, kept from others until the transaction ends.
pub(super) async fn lock_heads(work: &UnitOfWork) -> Result<Vec<Head>> {
    let lock = Backend::of(work.connection()).for_update();
    list(work, &format!("{SELECT} ORDER BY lane {lock}"), Vec::new()).await
}

/// How a transaction looks for a lane: first one that is free, then one that it waits for. A head
/// that was altered is passed over: writing on would hide that it was.
fn searches(backend: Backend, any: Uuid) -> [(String, i64); 3] {
    let lane = i64::from(any.as_bytes()[15]) % LANES;
    let next = |lock| format!("{SELECT} WHERE lane > $1 ORDER BY lane LIMIT 1 {lock}");
    let (skip, wait) = (next(backend.skip_locked()), next(backend.for_update()));
    [(skip, 0), (wait.clone(), lane), (wait, 0)]
}

fn none_left() -> StoreError {
    StoreError::Data("no head of the audit log is genuine: run `huifang audit verify`".into())
}

/// Takes a lane for the rest of a transaction.
pub(super) async fn take(work: &UnitOfWork) -> Result<Head> {
    for (sql, mut from) in searches(Backend::of(work.connection()), work.next_id()) {
        while let Some(head) = find::<Head>(work, &sql, params![from]).await? {
            if head.is_genuine(work.keys()) {
                return Ok(head);
            }
            from = head.lane;
        }
    }
    Err(none_left())
}

fn head(row: Row<'_>) -> Result<Head> {
    Ok(Head {
        lane: row.int(0)?.unwrap_or_default(),
        entries: row.int(1)?.unwrap_or_default(),
        sealed: row.int(2)?.unwrap_or_default(),
        seal: row.int(3)?.unwrap_or_default(),
        mac: row.bytes(4)?.unwrap_or_default(),
    })
}

/// Takes a lane for the rest of a chunk.
pub(super) async fn take_in_bulk(bulk: &mut Bulk) -> Result<Head> {
    let keys = bulk.keyring();
    for (sql, mut from) in searches(bulk.backend(), bulk.next_id()) {
        loop {
            let after = [Cell::Int(from)];
            let Some(head) = bulk.query(&sql, &after, head).await?.pop() else {
                break;
            };
            if head.is_genuine(&keys) {
                return Ok(head);
            }
            from = head.lane;
        }
    }
    Err(none_left())
}

/// Writes how long a lane has become.
pub(super) async fn put(work: &UnitOfWork, mut head: Head) -> Result<()> {
    head.sign(work.keys());
    work.execute_one(UPDATE, params![head.entries, head.mac, head.lane])
        .await
}

/// Writes how long a lane has become.
pub(super) async fn put_in_bulk(bulk: &mut Bulk, mut head: Head) -> Result<()> {
    head.sign(&bulk.keyring());
    let cells = [
        Cell::Int(head.entries),
        Cell::Bytes(head.mac),
        Cell::Int(head.lane),
    ];
    bulk.execute(UPDATE, &cells).await.map(|_| ())
}
