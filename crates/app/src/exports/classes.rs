//! Customers whose class changed between two days.

use super::table::Cell;
use super::{Export, ListFilter, PAGE_ROWS};
use crate::Result;
use crate::segments::{MovementQuery, movement_filter};
use domain::segments::CustomerClass;
use store::PageKey;
use store::segments::{Movement, MovementFilter, list_movements};

pub(super) const COLUMNS: [&str; 7] = [
    "customer_no",
    "unit",
    "model",
    "before",
    "class",
    "cause",
    "since",
];

impl Export<'_> {
    pub(super) async fn classes(
        &self,
        after: Option<PageKey>,
    ) -> Result<(Vec<Vec<Cell>>, Option<PageKey>)> {
        let day = |on: Option<chrono::NaiveDate>| on.map(|d| d.to_string()).unwrap_or_default();
        let query = match &self.query.list {
            None => MovementQuery {
                from: day(self.query.from),
                to: day(self.query.to),
                ..MovementQuery::default()
            },
            Some(ListFilter::Classes(query)) => query.clone(),
            Some(_) => return Err(self.foreign_filter()),
        };
        let found = movement_filter(self.app, &self.scope, self.now, &query).await?;
        let found = MovementFilter {
            page_after: after,
            ..found
        };
        let page = list_movements(self.app.store(), &self.scope, &found, PAGE_ROWS).await?;
        let model = found.model.as_str();
        let row = |m: &Movement| {
            vec![
                m.customer_no.as_str().into(),
                m.org_name.as_str().into(),
                model.into(),
                m.before.map(|c: CustomerClass| c.to_string()).into(),
                m.after.as_str().into(),
                m.cause.as_str().into(),
                Some(m.since).into(),
            ]
        };
        Ok((page.rows.iter().map(row).collect(), page.next))
    }
}
