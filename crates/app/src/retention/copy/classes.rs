//! How a person was classed, by what, and why somebody set it otherwise.

use super::content::Table;
use crate::{App, Result};
use domain::access::Scope;
use store::retention::DataRequestRow;
use store::segments::{list_class_spans, list_overrides, list_scores};

/// The classes from when to when, with the points and the facts that they rest on.
pub(super) async fn classes(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Table> {
    let db = app.store();
    let spans = list_class_spans(db, scope, row.customer).await?;
    let scores = list_scores(db, scope, row.customer).await?;
    let overrides = list_overrides(db, scope, row.customer).await?;
    let rows = spans.into_iter().map(|span| {
        let score = scores.iter().find(|s| {
            s.model == span.model
                && s.from_on <= span.from_on
                && s.until_on.is_none_or(|until| until > span.from_on)
        });
        let set = overrides.iter().find(|o| Some(o.id) == span.set);
        vec![
            span.model.to_string(),
            span.class.to_string(),
            span.cause.to_string(),
            span.from_on.to_string(),
            span.until_on.map(|d| d.to_string()).unwrap_or_default(),
            score.map(|s| s.points.to_string()).unwrap_or_default(),
            score.map(|s| s.facts.clone()).unwrap_or_default(),
            set.and_then(|o| o.reason.clone()).unwrap_or_default(),
        ]
    });
    Ok(Table {
        name: "classes",
        columns: &[
            "model",
            "class",
            "cause",
            "from_on",
            "until_on",
            "points_hundredths",
            "facts",
            "reason",
        ],
        rows: rows.collect(),
    })
}
