//! Writing pairs: what comparing found, and what people decided.

use crate::dialect::bulk::{Bulk, Cell, CellType, Row, Table};
use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::customers::CustomerKind;
use domain::duplicates::{Grade, PairState};
use uuid::Uuid;

/// A pair as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPair {
    /// Its id.
    pub id: Uuid,
    /// The two customers, the smaller id first.
    pub customers: (Uuid, Uuid),
    /// Where it stands.
    pub state: PairState,
    /// What comparing found last.
    pub found: Found,
}

/// What is to be written of a pair.
#[derive(Clone, Debug)]
pub enum PairChange {
    /// A new pair.
    Add {
        /// The two customers, the smaller id first.
        customers: (Uuid, Uuid),
        /// Individuals or groups.
        kind: CustomerKind,
        /// What was found.
        found: Found,
    },
    /// What agrees or what it says has changed.
    Change {
        /// The pair.
        id: Uuid,
        /// Where it stands now.
        state: PairState,
        /// What was found.
        found: Found,
    },
    /// It is none any more, and nobody decided on it.
    Remove(Uuid),
}

/// What comparing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What agrees.
    pub levels: String,
    /// Sum of the weights, in hundredths of a bit.
    pub weight: i64,
    /// Probability in millionths.
    pub probability: i64,
    /// The grade.
    pub grade: Grade,
}

/// Pairs of the customers of a span.
///
/// # Errors
/// What the database says.
pub async fn read_pairs_between(
    bulk: &mut Bulk,
    (low, high): (Uuid, Uuid),
) -> Result<Vec<StoredPair>> {
    let mut pairs = Vec::new();
    for column in ["low_id", "high_id"] {
        let sql = format!(
            "SELECT id, low_id, high_id, state, levels, weight, probability, grade FROM duplicate_pairs \
             WHERE {column} >= $1 AND {column} <= $2"
        );
        let found = bulk
            .query(&sql, &[Cell::Id(low), Cell::Id(high)], pair)
            .await?;
        pairs.extend(found);
    }
    pairs.sort_by_key(|p| p.id);
    pairs.dedup_by_key(|p| p.id);
    Ok(pairs)
}

fn pair(row: Row<'_>) -> Result<StoredPair> {
    Ok(StoredPair {
        id: row.id(0)?.unwrap_or_default(),
        customers: (
            row.id(1)?.unwrap_or_default(),
            row.id(2)?.unwrap_or_default(),
        ),
        state: PairState::parse(&row.text(3)?.unwrap_or_default())?,
        found: Found {
            levels: row.text(4)?.unwrap_or_default(),
            weight: row.int(5)?.unwrap_or_default(),
            probability: row.int(6)?.unwrap_or_default(),
            grade: Grade::parse(&row.text(7)?.unwrap_or_default())?,
        },
    })
}

static PAIRS: Table = Table {
    name: "duplicate_pairs",
    columns: &[
        ("id", CellType::Id),
        ("low_id", CellType::Id),
        ("high_id", CellType::Id),
        ("kind", CellType::Text),
        ("weight", CellType::Int),
        ("probability", CellType::Int),
        ("grade", CellType::Text),
        ("levels", CellType::Text),
        ("state", CellType::Text),
        ("found_at", CellType::Int),
        ("updated_at", CellType::Int),
        ("version", CellType::Int),
    ],
};

/// Writes what comparing found.
///
/// # Errors
/// What the database says.
pub async fn write_pairs(bulk: &mut Bulk, changes: Vec<PairChange>) -> Result<()> {
    let now = millis(bulk.now());
    let mut cells = Vec::new();
    for change in changes {
        match change {
            PairChange::Add {
                customers,
                kind,
                found,
            } => cells.extend([
                Cell::Id(bulk.next_id()),
                Cell::Id(customers.0),
                Cell::Id(customers.1),
                Cell::Code(kind.as_str()),
                Cell::Int(found.weight),
                Cell::Int(found.probability),
                Cell::Code(found.grade.as_str()),
                Cell::Text(found.levels),
                Cell::Code(PairState::Open.as_str()),
                Cell::Int(now),
                Cell::Int(now),
                Cell::Int(1),
            ]),
            PairChange::Change { id, state, found } => {
                let sql = "UPDATE duplicate_pairs SET weight = $1, probability = $2, grade = $3, levels = $4, state = $5, \
                           updated_at = $6, version = version + 1 WHERE id = $7";
                let values = [
                    Cell::Int(found.weight),
                    Cell::Int(found.probability),
                    Cell::Code(found.grade.as_str()),
                    Cell::Text(found.levels),
                    Cell::Code(state.as_str()),
                    Cell::Int(now),
                    Cell::Id(id),
                ];
                bulk.execute(sql, &values).await?;
            }
            PairChange::Remove(id) => {
                // What a merge that was taken back points to stays.
                let sql = "DELETE FROM duplicate_pairs WHERE id = $1 AND NOT EXISTS \
                           (SELECT 1 FROM customer_merges m WHERE m.pair_id = $1)";
                bulk.execute(sql, &[Cell::Id(id)]).await?;
            }
        }
    }
    bulk.insert(&PAIRS, &cells).await
}

/// Notes what somebody decided on a pair.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody else changed it.
pub async fn decide_pair(
    work: &UnitOfWork,
    (id, version): (Uuid, i64),
    state: PairState,
    reason: &str,
    (by_id, by): (Option<Uuid>, &str),
    postponed_until: Option<NaiveDate>,
) -> Result<()> {
    let sealed = match reason {
        "" => None,
        reason => Some(work.keys().seal("duplicate_pairs.reason", id, reason)?),
    };
    let sql = "UPDATE duplicate_pairs SET state = $1, reason = $2, decided_by_id = $3, decided_by = $4, decided_at = $5, \
               postponed_until = $6, updated_at = $5, version = version + 1 WHERE id = $7 AND version = $8";
    let values = params![
        state.as_str(),
        sealed,
        by_id,
        by,
        millis(work.now()),
        postponed_until,
        id,
        version,
    ];
    work.execute_one(sql, values).await
}
