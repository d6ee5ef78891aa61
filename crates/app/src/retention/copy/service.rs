//! What is kept of the service for a person: needs and plans, recommendations, privileges, flags.

use super::content::{ROWS_MAX, Table, moment};
use crate::{App, Result};
use domain::access::Scope;
use store::retention::DataRequestRow;
use store::service::{FlagFilter, WatchFilter, list_flags, list_items, list_watched};

/// The register of service, and what underwriting and claims are told.
pub(super) async fn service(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Vec<Table>> {
    let db = app.store();
    let items = list_items(db, scope, row.customer, &[], None, ROWS_MAX).await?;
    let items = items.rows.into_iter().map(|i| {
        vec![
            moment(i.made_at),
            i.kind.to_string(),
            i.subject.unwrap_or_default(),
            i.text.unwrap_or_default(),
            i.due_on.map(|d| d.to_string()).unwrap_or_default(),
            i.outcome.map(|o| o.to_string()).unwrap_or_default(),
            i.result.unwrap_or_default(),
        ]
    });
    let watch = WatchFilter {
        customer: Some(row.customer),
        ..WatchFilter::default()
    };
    let watched = list_watched(db, scope, &watch, ROWS_MAX).await?;
    let watched = watched.rows.into_iter().map(|w| {
        let signs: Vec<_> = w.signs.iter().map(|s| s.as_str()).collect();
        vec![
            moment(w.put_at),
            "watched".to_owned(),
            w.end.map(|e| e.to_string()).unwrap_or_default(),
            signs.join(","),
            w.reason.unwrap_or_default(),
        ]
    });
    let flags = FlagFilter {
        customer: Some(row.customer),
        ..FlagFilter::default()
    };
    let flags = list_flags(db, scope, &flags, ROWS_MAX).await?;
    let flags = flags.rows.into_iter().map(|g| {
        vec![
            moment(g.asked_at),
            g.flag.to_string(),
            g.state.to_string(),
            g.article,
            g.reason.unwrap_or_default(),
        ]
    });
    Ok(vec![
        Table {
            name: "service",
            columns: &[
                "at", "kind", "subject", "text", "due_on", "outcome", "result",
            ],
            rows: items.collect(),
        },
        Table {
            name: "ratings",
            columns: &["at", "kind", "state", "basis", "reason"],
            rows: watched.chain(flags).collect(),
        },
    ])
}
