//! Lists of what is due of customers: one set of filters.

use crate::listing;
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::time::{self, Instant};
use store::data_quality::DueFilter;

/// Filters of the lists of customers to verify and of files to complete, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueQuery {
    /// `overdue` or a month as `YYYY-MM`; everybody when empty.
    pub due: String,
    /// Code of the unit.
    pub org: String,
    /// Start of the page.
    pub after: String,
}

impl DueQuery {
    /// What the texts ask for, as it holds at a moment.
    ///
    /// # Errors
    /// When a filter cannot be read.
    pub(super) async fn filter(&self, app: &App, scope: &Scope, now: Instant) -> Result<DueFilter> {
        let (from, to) = self.within(time::date_in_china(now))?;
        Ok(DueFilter {
            from,
            to,
            org_path: listing::org_path(app, scope, &self.org).await?,
            after: listing::after(&self.after)?,
        })
    }

    /// The days before today, or those of a month.
    fn within(&self, today: NaiveDate) -> Result<(Option<NaiveDate>, Option<NaiveDate>)> {
        Ok(match self.due.as_str() {
            "" => (None, None),
            "overdue" => (None, today.pred_opt()),
            month => {
                let first = format!("{month}-01").parse::<NaiveDate>();
                let first = first.map_err(|_| Error::invalid("due", "date"))?;
                let last = first.checked_add_months(chrono::Months::new(1));
                (Some(first), last.and_then(|d| d.pred_opt()))
            }
        })
    }
}
