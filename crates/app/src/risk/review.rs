//! Reviews: the day of the next look by the level, and the worklist of what is due.

use super::monitor::{Monitored, asked, monitoring};
use super::setting;
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Result};
use chrono::{Days, NaiveDate};
use domain::access::{Actor, Permission};
use domain::risk::{AssessmentState, RiskDimension, RiskLevel};
use domain::time::{self, Instant};
use rules::dates::add_months;
use store::Page;
use store::risk::{
    self as rows, AssessmentFilter, AssessmentRow, FlagRow, MeasureFilter, MonitoredFilter,
    RiskMeasureRow,
};

/// The day of the next look after a confirmation. What falls on a day that is not worked moves on, where
/// the rules say so.
pub(super) fn next_review(
    app: &App,
    dimension: RiskDimension,
    level: RiskLevel,
    on: NaiveDate,
) -> Result<NaiveDate> {
    let of = match dimension {
        RiskDimension::Aml => "aml",
        _ => "risk",
    };
    let months = setting(app, &format!("{of}_review_months_{level}"), on)?;
    Ok(rolled(app, add_months(on, months), on))
}

/// A day, or the next one that is worked where the rules of another day say so.
pub(super) fn rolled(app: &App, day: NaiveDate, on: NaiveDate) -> NaiveDate {
    let rules = app.rules();
    match rules.flag("risk_review_rolls", on) {
        Some(true) => rules.calendar().on_or_after(day),
        _ => day,
    }
}

/// Filters of the worklist, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewQuery {
    /// `due` (and soon due), `overdue`, `class` (whose class asks for assessments), `waiting` (for confirmation),
    /// `measures` or `flags`.
    pub view: String,
    /// Level, as a code.
    pub level: String,
    /// Where the page begins.
    pub after: String,
}

/// The worklist; of its lists the one that was asked for is filled.
#[derive(Clone, Debug)]
pub struct Reviews {
    /// Customers to look at again, or assessments that wait for confirmation.
    pub assessments: Page<AssessmentRow>,
    /// Customers whose class asks for more recent assessments than there are.
    pub monitored: Page<Monitored>,
    /// Measures to take.
    pub measures: Page<RiskMeasureRow>,
    /// Changes of credit flags that wait for a second person.
    pub flags: Vec<FlagRow>,
}

/// What is to be done in sight.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_reviews(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ReviewQuery,
) -> Result<Reviews> {
    let scope = actor.scope(Permission::RiskRead)?;
    let (db, today) = (app.store(), time::date_in_china(now));
    let after = listing::after(&query.after)?;
    let mut found = Reviews {
        assessments: Page::empty(),
        monitored: Page::empty(),
        measures: Page::empty(),
        flags: Vec::new(),
    };
    let mut filter = AssessmentFilter {
        level: listing::code("level", &query.level, RiskLevel::parse)?,
        confidential: super::confidential(actor),
        after: after.clone(),
        ..AssessmentFilter::default()
    };
    match query.view.as_str() {
        "" | "due" | "overdue" => {
            let ahead = setting(app, "risk_review_ahead_days", today)?;
            let soon = today + Days::new(u64::try_from(ahead).unwrap_or(0));
            let overdue = query.view == "overdue";
            filter.state = Some(AssessmentState::Confirmed);
            filter.review_to = Some(if overdue { today - Days::new(1) } else { soon });
        }
        "class" => {
            let filter = MonitoredFilter {
                asked: asked(app, filter.level, today)?,
                after,
            };
            let page = rows::list_monitored(db, &scope, &filter, PAGE_ROWS).await?;
            let (mut monitored, next) = (Vec::new(), page.next);
            for row in page.rows {
                let asks = monitoring(app, row.standing.clone(), &row.confirmed, today);
                monitored.extend(asks.map(|monitoring| Monitored { row, monitoring }));
            }
            found.monitored = Page {
                rows: monitored,
                next,
            };
            return Ok(found);
        }
        "waiting" => filter.state = Some(AssessmentState::Submitted),
        "measures" => {
            let filter = MeasureFilter {
                open: true,
                confidential: filter.confidential,
                after,
                ..MeasureFilter::default()
            };
            found.measures = rows::list_risk_measures(db, &scope, &filter, PAGE_ROWS).await?;
            return Ok(found);
        }
        "flags" => {
            found.flags = rows::list_waiting_flags(db, &scope).await?;
            return Ok(found);
        }
        _ => return Err(Error::invalid("view", "unknown-code")),
    }
    found.assessments = rows::list_assessments(db, &scope, &filter, PAGE_ROWS).await?;
    Ok(found)
}
