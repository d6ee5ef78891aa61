//! What hangs on records that were merged into a person's: the numbers, the facts as they stood there, and what
//! the merge left behind, such as a contact person in a role that the person's own record had filled.

use super::content::{Table, moment, of_record};
use crate::{App, Result};
use domain::access::Scope;
use domain::customers::Reveal;
use store::retention::{DataRequestRow, MergedRecord, list_merged_records};

/// Records that are looked at; a person has far fewer.
const RECORDS_MAX: i64 = 50;
/// The table of facts of one record.
const FACTS: &str = "customer";

/// Adds to the tables of a person what is known under merged numbers. Of a record of a unit out of sight only the
/// number, the day and the reason are told, as everywhere in the copy.
pub(super) async fn add_merged(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    trace: Reveal,
    tables: &mut Vec<Table>,
) -> Result<()> {
    let db = app.store();
    let merged = list_merged_records(db, scope, row.customer, RECORDS_MAX).await?;
    let mut lines = Vec::new();
    for record in merged {
        lines.push(line(&record, "merge_reason", record.reason.clone()));
        let seen = store::customers::find_customer(db, scope, record.id).await?;
        if seen.is_none() {
            continue;
        }
        let own = DataRequestRow {
            customer: record.id,
            ..row.clone()
        };
        for table in of_record(app, scope, &own, trace).await? {
            if table.name == FACTS {
                let facts = table.rows.into_iter().filter_map(|mut cells| {
                    let value = cells.pop()?;
                    let field = cells.pop()?;
                    Some(line(&record, &field, Some(value)))
                });
                lines.extend(facts);
            } else if let Some(into) = tables.iter_mut().find(|t| t.name == table.name) {
                into.rows.extend(table.rows);
            }
        }
    }
    tables.push(Table {
        name: "merged_records",
        columns: &["customer_no", "merged_at", "field", "value"],
        rows: lines,
    });
    Ok(())
}

fn line(record: &MergedRecord, field: &str, value: Option<String>) -> Vec<String> {
    vec![
        record.customer_no.clone(),
        moment(record.merged_at),
        field.to_owned(),
        value.unwrap_or_default(),
    ]
}
