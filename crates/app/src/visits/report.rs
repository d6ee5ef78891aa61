//! The report on the documents of visits that the sales post aggregates (B09 §4(3)), and the quota of
//! visits.

use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::time::{self, Instant};
use domain::visits::{VisitPurpose, VisitState};
use std::collections::BTreeMap;
use store::AuditEntry;
use store::obligations::{ObligationFilter, ObligationOrder, ObligationRow};
use store::visits::{self as rows, QuotaSum, VisitFilter, VisitRow, VisitorSum};

/// Most visits that a report sums up.
const ROWS_MAX: u64 = 5_000;

/// Sums of one unit and person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentSum {
    /// Name of the unit.
    pub org_name: String,
    /// Name of the visitor.
    pub visitor_name: String,
    /// Visits that were made.
    pub visited: i64,
    /// Of these with a signed form.
    pub signed: i64,
    /// Of these filed.
    pub archived: i64,
    /// With an objection or a problem.
    pub problems: i64,
    /// Entered later than allowed.
    pub late: i64,
}

/// The report.
#[derive(Clone, Debug)]
pub struct DocumentReport {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Sums by unit and person.
    pub sums: Vec<DocumentSum>,
    /// How many visits there were for each purpose.
    pub purposes: Vec<(VisitPurpose, i64)>,
    /// The visits, the newest first.
    pub visits: Vec<VisitRow>,
    /// There were more visits than the report takes.
    pub is_cut: bool,
}

/// Sums up the visits that were made in a span of days; the present month when none is given.
///
/// # Errors
/// When the actor may not, or the days cannot be read.
pub async fn document_report(
    app: &App,
    actor: &Actor,
    now: Instant,
    (from, to): (&str, &str),
) -> Result<DocumentReport> {
    use chrono::Datelike as _;
    let scope = actor.scope(Permission::VisitsRead)?;
    let today = time::date_in_china(now);
    let first = today.with_day(1).unwrap_or(today);
    let from = crate::listing::date("from", from)?.unwrap_or(first);
    let to = crate::listing::date("to", to)?.unwrap_or(today);
    if to < from {
        return Err(Error::invalid("to", "before-from"));
    }
    let filter = VisitFilter {
        visited_from: Some(from),
        visited_to: Some(to),
        ..VisitFilter::default()
    };
    let page = rows::list_visits(app.store(), &scope, &filter, ROWS_MAX).await?;
    let work = app.store().begin(now).await?;
    let detail = serde_json::json!({ "from": from, "to": to, "rows": page.rows.len() });
    let entry = AuditEntry::new(actor, "visit.documents_read", "visit", None);
    work.commit(entry.detail(detail)).await?;
    let (sums, purposes) = sum(&page.rows);
    Ok(DocumentReport {
        from,
        to,
        sums,
        purposes,
        is_cut: page.next.is_some(),
        visits: page.rows,
    })
}

fn sum(visits: &[VisitRow]) -> (Vec<DocumentSum>, Vec<(VisitPurpose, i64)>) {
    let mut sums: BTreeMap<(String, String), DocumentSum> = BTreeMap::new();
    let mut purposes: BTreeMap<VisitPurpose, i64> = BTreeMap::new();
    for visit in visits {
        let visitor = visit.visitor_name.clone().unwrap_or_default();
        let key = (visit.org_code.clone(), visitor.clone());
        let sum = sums.entry(key).or_insert_with(|| DocumentSum {
            org_name: visit.org_name.clone(),
            visitor_name: visitor,
            ..DocumentSum::default()
        });
        sum.visited += 1;
        sum.signed += i64::from(visit.signed_at.is_some());
        sum.archived += i64::from(visit.state == VisitState::Archived);
        sum.problems += i64::from(visit.affirmed == Some(false));
        sum.late += i64::from(visit.entered_late);
        *purposes.entry(visit.purpose).or_default() += 1;
    }
    (sums.into_values().collect(), purposes.into_iter().collect())
}

/// Visits owed within a period: quota, done, missing (VIS-01).
#[derive(Clone, Debug)]
pub struct QuotaPage {
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of the period.
    pub to: NaiveDate,
    /// By unit and programme.
    pub sums: Vec<QuotaSum>,
    /// By person.
    pub visitors: Vec<VisitorSum>,
    /// Customers who were not visited yet, the most urgent first.
    pub missing: Vec<ObligationRow>,
}

/// Customers who are listed as missing.
const MISSING_MAX: u64 = 200;

/// Quota, done and missing of the visits whose last day lies within a year; the present one when none
/// is given.
///
/// # Errors
/// When the actor may not, or the year cannot be read.
pub async fn quota_page(app: &App, actor: &Actor, now: Instant, year: &str) -> Result<QuotaPage> {
    use chrono::Datelike as _;
    let scope = actor.scope(Permission::VisitsRead)?;
    let today = time::date_in_china(now);
    let year = match year.trim() {
        "" => today.year(),
        given => given
            .parse()
            .map_err(|_| Error::invalid("year", "number"))?,
    };
    let first = NaiveDate::from_ymd_opt(year, 1, 1);
    let last = NaiveDate::from_ymd_opt(year, 12, 31);
    let (Some(from), Some(to)) = (first, last) else {
        return Err(Error::invalid("year", "number"));
    };
    let db = app.store();
    let filter = ObligationFilter {
        kind: Some("visit".to_owned()),
        status: Some("open".to_owned()),
        due_from: Some(from),
        due_to: Some(to),
        order: ObligationOrder::Due,
        ..ObligationFilter::default()
    };
    Ok(QuotaPage {
        from,
        to,
        sums: rows::list_quota(db, &scope, (from, to)).await?,
        visitors: rows::list_quota_visitors(db, &scope, (from, to)).await?,
        missing: store::obligations::list_obligations(db, &scope, &filter, MISSING_MAX)
            .await?
            .rows,
    })
}
