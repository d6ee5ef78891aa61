//! What is held about the credit and risk of a person. Signals and what concerns money laundering are left
//! out: the law keeps them from the person (反洗钱法 35), and a suspicion is not a fact about somebody.

use super::content::{ROWS_MAX, Table, text};
use crate::{App, Result};
use domain::access::Scope;
use store::retention::DataRequestRow;
use store::risk::{self as rows, AssessmentFilter};

/// Assessments, the credit file and its flag.
pub(super) async fn risk(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Vec<Table>> {
    let db = app.store();
    let filter = AssessmentFilter {
        customer: Some(row.customer),
        ..AssessmentFilter::default()
    };
    let found = rows::list_assessments(db, scope, &filter, ROWS_MAX).await?;
    let assessments = found.rows.into_iter().map(|a| {
        vec![
            a.dimension.to_string(),
            a.level.to_string(),
            a.state.to_string(),
            text(a.confirmed_on),
            text(a.content),
        ]
    });
    let entries = rows::list_credit_entries(db, scope, row.customer).await?;
    let entries = entries.into_iter().map(|e| {
        vec![
            e.noted_on.to_string(),
            e.kind.to_string(),
            e.source,
            text(e.words),
        ]
    });
    let flags = rows::list_flags(db, scope, row.customer).await?;
    let flags = flags.into_iter().map(|f| {
        vec![
            f.from.to_string(),
            f.to.to_string(),
            f.state.to_string(),
            text(f.reason),
        ]
    });
    Ok(vec![
        Table {
            name: "risk_assessments",
            columns: &["dimension", "level", "state", "confirmed_on", "content"],
            rows: assessments.collect(),
        },
        Table {
            name: "credit_file",
            columns: &["noted_on", "kind", "source", "words"],
            rows: entries.collect(),
        },
        Table {
            name: "credit_flags",
            columns: &["from", "to", "state", "reason"],
            rows: flags.collect(),
        },
    ])
}
