//! Of which rows the planner works.

use crate::Result;
use crate::dialect::bulk::{Bulk, Cell, Row};
use uuid::Uuid;

/// Which policies or customers to read.
#[derive(Clone, Debug)]
pub enum Span<'s> {
    /// A span of ids, both included.
    Between(Uuid, Uuid),
    /// These ids.
    List(&'s [Uuid]),
}

/// Of what rows are read.
#[derive(Clone, Debug)]
pub enum Of<'s> {
    /// Of policies.
    Policies(Span<'s>),
    /// Of customers, as far as no policy is concerned.
    Customers(Span<'s>),
}

impl Of<'_> {
    pub(super) fn column(&self) -> &'static str {
        match self {
            Self::Policies(_) => "policy_id",
            Self::Customers(_) => "customer_id",
        }
    }
}

/// Rows of the subjects of a span. `select` ends before its conditions.
pub(super) async fn by_subject<T>(
    bulk: &mut Bulk,
    of: &Of<'_>,
    select: &str,
    order: &str,
    map: impl FnMut(Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let (span, column, also) = match of {
        Of::Policies(span) => (span, "policy_id", ""),
        Of::Customers(span) => (span, "customer_id", "policy_id IS NULL AND "),
    };
    match span {
        Span::Between(low, high) => {
            let sql =
                format!("{select} WHERE {also}{column} >= $1 AND {column} <= $2 ORDER BY {order}");
            bulk.query(&sql, &[Cell::Id(*low), Cell::Id(*high)], map)
                .await
        }
        Span::List(ids) => {
            let sql = format!("{select} WHERE {also}{column} IN ({{values}}) ORDER BY {order}");
            let cells: Vec<_> = ids.iter().map(|id| Cell::Id(*id)).collect();
            bulk.query_in(&sql, &cells, map).await
        }
    }
}

pub(super) fn text(row: Row<'_>, at: usize) -> Result<String> {
    Ok(row.text(at)?.unwrap_or_default())
}

pub(super) fn id(row: Row<'_>, at: usize) -> Result<Uuid> {
    Ok(row.id(at)?.unwrap_or_default())
}
