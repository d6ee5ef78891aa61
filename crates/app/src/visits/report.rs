//! The report on the documents of visits that the sales post aggregates (B09 §4(3)).

use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::time::{self, Instant};
use domain::visits::{VisitPurpose, VisitState};
use std::collections::BTreeMap;
use store::AuditEntry;
use store::visits::{self as rows, VisitFilter, VisitRow};

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
