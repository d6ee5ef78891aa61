//! Which customers are looked at.

use crate::customers::{self, Subject};
use crate::dialect::bulk::{Bulk, Cell, Row};
use crate::{Result, StoreError};
use uuid::Uuid;

/// Which customers to read.
#[derive(Clone, Debug)]
pub enum Whom {
    /// A span of ids, both included.
    Between(Uuid, Uuid),
    /// These, in the order of their ids.
    List(Vec<Uuid>),
}

/// Rows of a query over customers. `select` ends where the condition begins, `column` holds the customer;
/// what follows stands in `rest`.
pub(super) async fn of<T>(
    bulk: &mut Bulk,
    whom: &Whom,
    (select, column, rest): (&str, &str, &str),
    map: impl FnMut(Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    match whom {
        Whom::Between(low, high) => {
            let sql = format!("{select} {column} >= $1 AND {column} <= $2 {rest}");
            bulk.query(&sql, &[Cell::Id(*low), Cell::Id(*high)], map)
                .await
        }
        Whom::List(ids) => {
            let sql = format!("{select} {column} IN ({{values}}) {rest}");
            let cells: Vec<_> = ids.iter().map(|id| Cell::Id(*id)).collect();
            bulk.query_in(&sql, &cells, map).await
        }
    }
}

pub(super) fn id(row: Row<'_>, at: usize) -> Result<Uuid> {
    row.id(at)?
        .ok_or_else(|| StoreError::Data("a row without id".into()))
}

pub(super) fn text(row: Row<'_>, at: usize) -> Result<String> {
    Ok(row.text(at)?.unwrap_or_default())
}

/// The customers whom a span of rows concerns: themselves, the holders of policies, the customers or the
/// holders of the policies of events. At most `limit` rows are looked at; gives the last id of them when
/// there may be more.
///
/// # Errors
/// What the database says.
pub async fn read_subjects(
    bulk: &mut Bulk,
    span: &customers::Span,
    limit: i64,
) -> Result<(Vec<Uuid>, Option<Uuid>)> {
    let sql = match span.subject {
        Subject::Customers => {
            "SELECT id, id FROM customers WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3"
        }
        Subject::Policies => {
            "SELECT id, policyholder_id FROM policies WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3"
        }
        Subject::Events => {
            "SELECT e.id, COALESCE(p.policyholder_id, e.customer_id) FROM events e \
             LEFT JOIN policies p ON p.id = e.policy_id WHERE e.id >= $1 AND e.id <= $2 ORDER BY e.id LIMIT $3"
        }
    };
    let cells = [Cell::Id(span.low), Cell::Id(span.high), Cell::Int(limit)];
    let rows = bulk
        .query(sql, &cells, |row| Ok((id(row, 0)?, row.id(1)?)))
        .await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit;
    let last = rows.last().map(|(id, _)| *id).filter(|_| full);
    Ok((rows.into_iter().filter_map(|(_, c)| c).collect(), last))
}
