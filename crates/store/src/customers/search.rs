//! Finding customers by what people remember of them.

use super::read::{CustomerRow, SELECT, customers};
use crate::sealing::refresh_keys;
use crate::sql::{Select, params};
use crate::{Reads, Result};
use domain::access::Scope;
use domain::customers::{Reveal, SearchTerm};
use sea_orm::Value;

/// Customers in sight that fit a term exactly, the newest first; where digits may end a telephone or an identity number,
/// those of telephones come before. Numbers of other things find none.
///
/// # Errors
/// What the database says.
pub async fn search_customers(
    db: &impl Reads,
    scope: &Scope,
    term: &SearchTerm,
    limit: u64,
) -> Result<Vec<CustomerRow>> {
    // While indexes are rebuilt a row may have its index of either key.
    refresh_keys(db).await?;
    let keys = db.keys();
    let plain = term.plain(Reveal::for_storage()).unwrap_or_default();
    let by = |kind: &str| values(keys.indexes(kind, plain));
    let by_tail = |kind: &str| values(keys.tail_indexes(kind, plain));
    let lookups: Vec<(&str, Vec<Value>)> = match term {
        SearchTerm::Name(_) => vec![("n.name_index", by("name"))],
        SearchTerm::Mobile(_) => vec![("n.mobile_index", by("mobile"))],
        SearchTerm::Phone(_) => vec![("n.phone_index", by("phone"))],
        SearchTerm::IdNumber(_) => vec![("n.id_no_index", by("id_no"))],
        SearchTerm::LastFour(_) => vec![
            ("n.mobile_tail_index", by_tail("mobile")),
            ("n.id_no_tail_index", by_tail("id_no")),
        ],
        SearchTerm::Code(code) => vec![("n.customer_no", params![code.as_str()])],
        SearchTerm::Number(_) => Vec::new(),
    };
    let mut found: Vec<CustomerRow> = Vec::new();
    let enough = usize::try_from(limit).unwrap_or(usize::MAX);
    for (column, values) in lookups {
        if found.len() >= enough {
            break;
        }
        // What was known of a record that was merged leads to the survivor.
        let places = vec!["?"; values.len()].join(", ");
        let found_by = format!(
            "c.id IN (SELECT COALESCE(n.merged_into_id, n.id) FROM customers n WHERE {column} IN ({places}))"
        );
        let mut select = Select::new(SELECT);
        select.scope_customer(scope).filter(&found_by, values);
        select.then(
            "ORDER BY c.id DESC LIMIT ?",
            params![i64::try_from(limit).unwrap_or(i64::MAX)],
        );
        for row in customers(keys, select.list(db).await?)? {
            if !found.iter().any(|f| f.id == row.id) {
                found.push(row);
            }
        }
    }
    found.truncate(enough);
    Ok(found)
}

fn values(indexes: Vec<i64>) -> Vec<Value> {
    indexes.into_iter().map(Value::from).collect()
}
