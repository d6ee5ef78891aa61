//! Who belongs to a person's family, and the stages of the relationship. The others stay unnamed: they are
//! third persons.

use super::content::{Table, moment};
use crate::{App, Result};
use domain::access::Scope;
use domain::customers::{RelationshipStage, Reveal};
use store::customers::{list_relations, list_stages};
use store::retention::DataRequestRow;

/// Relations without the names of the others, and stages.
pub(super) async fn relations(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    trace: Reveal,
) -> Result<Vec<Table>> {
    let related = list_relations(app.store(), scope, row.customer).await?;
    let related = related.into_iter().map(|r| {
        vec![
            r.relation.to_string(),
            r.source.to_string(),
            moment(r.noted_at),
            r.ended_at.map(moment).unwrap_or_default(),
        ]
    });
    let stages = list_stages(app.store(), scope, row.customer).await?;
    let stages = stages.into_iter().map(|s| {
        vec![
            s.since_on.to_string(),
            s.from
                .map(RelationshipStage::as_str)
                .unwrap_or_default()
                .to_owned(),
            s.to.to_string(),
            s.note
                .map(|n| n.reveal(trace).to_owned())
                .unwrap_or_default(),
        ]
    });
    Ok(vec![
        Table {
            name: "relations",
            columns: &["relation", "source", "noted_at", "ended_at"],
            rows: related.collect(),
        },
        Table {
            name: "stages",
            columns: &["since", "from", "to", "note"],
            rows: stages.collect(),
        },
    ])
}
