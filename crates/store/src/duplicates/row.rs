//! Rows of pairs and merges.

use crate::sealing::Keyring;
use crate::sql::instant;
use crate::{Result, StoreError};
use chrono::NaiveDate;
use domain::customers::CustomerKind;
use domain::duplicates::{Grade, MergeState, MergedField, PairState, Vector};
use domain::ids::CustomerId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// One of the two customers of a pair.
#[derive(Clone, Debug)]
pub struct DuplicateSide {
    /// Its id.
    pub id: CustomerId,
    /// Its number.
    pub customer_no: String,
    /// Its name as lists show it.
    pub shown_name: String,
    /// Name of the unit.
    pub org_name: String,
}

/// A pair.
#[derive(Clone, Debug)]
pub struct DuplicateRow {
    /// Its id.
    pub id: Uuid,
    /// Individuals or groups.
    pub kind: CustomerKind,
    /// One customer.
    pub low: DuplicateSide,
    /// The other.
    pub high: DuplicateSide,
    /// Sum of the weights, in hundredths of a bit.
    pub weight: i64,
    /// Probability in millionths.
    pub probability: i64,
    /// The grade.
    pub grade: Grade,
    /// What agrees.
    pub vector: Vector,
    /// Where it stands.
    pub state: PairState,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
    /// When it is asked again.
    pub postponed_until: Option<NaiveDate>,
    /// When it was found.
    pub found_at: Instant,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    kind: String,
    low_id: Uuid,
    low_no: String,
    low_name: Vec<u8>,
    low_org: String,
    high_id: Uuid,
    high_no: String,
    high_name: Vec<u8>,
    high_org: String,
    weight: i64,
    probability: i64,
    grade: String,
    levels: String,
    state: String,
    reason: Option<Vec<u8>>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    postponed_until: Option<NaiveDate>,
    found_at: i64,
    version: i64,
}

pub(super) const SELECT: &str = "SELECT d.id, d.kind, d.low_id, a.customer_no AS low_no, a.name AS low_name, ao.name AS low_org, d.high_id, \
     b.customer_no AS high_no, b.name AS high_name, bo.name AS high_org, d.weight, d.probability, d.grade, d.levels, d.state, \
     d.reason, d.decided_by, d.decided_at, d.postponed_until, d.found_at, d.version FROM duplicate_pairs d \
     JOIN customers a ON a.id = d.low_id JOIN orgs ao ON ao.id = a.org_id \
     JOIN customers b ON b.id = d.high_id JOIN orgs bo ON bo.id = b.org_id";

pub(super) fn duplicate(keys: &Keyring, r: Row) -> Result<DuplicateRow> {
    let side = |id: Uuid, customer_no: String, name: &[u8], org_name: String| {
        Ok::<_, StoreError>(DuplicateSide {
            shown_name: crate::customers::shown_name(keys, id, &r.kind, name)?,
            id: CustomerId(id),
            customer_no,
            org_name,
        })
    };
    let reason = r.reason.as_ref();
    let reason = reason.map(|s| keys.open("duplicate_pairs.reason", r.id, s));
    Ok(DuplicateRow {
        low: side(r.low_id, r.low_no, &r.low_name, r.low_org)?,
        high: side(r.high_id, r.high_no, &r.high_name, r.high_org)?,
        kind: CustomerKind::parse(&r.kind)?,
        grade: Grade::parse(&r.grade)?,
        vector: Vector::read(&r.levels)?,
        state: PairState::parse(&r.state)?,
        reason: reason.transpose()?,
        id: r.id,
        weight: r.weight,
        probability: r.probability,
        decided_by: r.decided_by,
        decided_at: r.decided_at.map(instant),
        postponed_until: r.postponed_until,
        found_at: instant(r.found_at),
        version: r.version,
    })
}

/// A merge.
#[derive(Clone, Debug)]
pub struct MergeRow {
    /// Its id.
    pub id: Uuid,
    /// The pair.
    pub pair: Uuid,
    /// Who stayed.
    pub survivor: CustomerId,
    /// Number of who stayed.
    pub survivor_no: String,
    /// Whose record was absorbed.
    pub absorbed: CustomerId,
    /// The number of that record.
    pub absorbed_no: String,
    /// Where it stands.
    pub state: MergeState,
    /// Facts that came from the absorbed record.
    pub fields: Vec<MergedField>,
    /// Why.
    pub reason: Option<String>,
    /// Rows that moved.
    pub moved: i64,
    /// Rows that stayed, because the survivor had their like.
    pub left_behind: i64,
    /// Who merged, or agreed.
    pub merged_by: String,
    /// Who asked for it, when that was somebody else.
    pub asked_by: Option<String>,
    /// When.
    pub merged_at: Instant,
    /// Who took it back.
    pub undone_by: Option<String>,
    /// When.
    pub undone_at: Option<Instant>,
    /// Why.
    pub undo_reason: Option<String>,
    /// What it takes to undo it was destroyed with the customer's data.
    pub is_destroyed: bool,
}

#[derive(FromQueryResult)]
pub(super) struct MergeDbRow {
    id: Uuid,
    pair_id: Uuid,
    survivor_id: Uuid,
    survivor_no: String,
    absorbed_id: Uuid,
    absorbed_no: String,
    state: String,
    fields: String,
    reason: Option<Vec<u8>>,
    moved: i64,
    left_behind: i64,
    merged_by: String,
    asked_by: Option<String>,
    merged_at: i64,
    undone_by: Option<String>,
    undone_at: Option<i64>,
    undo_reason: Option<Vec<u8>>,
    is_destroyed: bool,
}

pub(super) const SELECT_MERGE: &str = "SELECT m.id, m.pair_id, m.survivor_id, c.customer_no AS survivor_no, m.absorbed_id, \
     o.customer_no AS absorbed_no, m.state, m.fields, m.reason, m.moved, m.left_behind, m.merged_by, m.asked_by, m.merged_at, \
     m.undone_by, m.undone_at, m.undo_reason, m.is_destroyed FROM customer_merges m \
     JOIN customers c ON c.id = m.survivor_id JOIN customers o ON o.id = m.absorbed_id";

pub(super) fn merge(keys: &Keyring, r: MergeDbRow) -> Result<MergeRow> {
    let open = |column: &str, sealed: Option<Vec<u8>>| {
        sealed
            .map(|s| keys.open(&format!("customer_merges.{column}"), r.id, &s))
            .transpose()
    };
    let fields = r.fields.split(' ').filter(|f| !f.is_empty());
    Ok(MergeRow {
        fields: fields
            .map(MergedField::parse)
            .collect::<std::result::Result<_, _>>()?,
        state: MergeState::parse(&r.state)?,
        reason: open("reason", r.reason)?,
        undo_reason: open("undo_reason", r.undo_reason)?,
        id: r.id,
        pair: r.pair_id,
        survivor: CustomerId(r.survivor_id),
        survivor_no: r.survivor_no,
        absorbed: CustomerId(r.absorbed_id),
        absorbed_no: r.absorbed_no,
        moved: r.moved,
        left_behind: r.left_behind,
        merged_by: r.merged_by,
        asked_by: r.asked_by,
        merged_at: instant(r.merged_at),
        undone_by: r.undone_by,
        undone_at: r.undone_at.map(instant),
        is_destroyed: r.is_destroyed,
    })
}
