//! Reports: figures of the metrics registry, the lists behind them, files of them, the dashboard.
//!
//! ```ignore
//! let report = run_report(&app, &actor, now, &query).await?;      // on a page
//! let behind = list_behind(&app, &actor, now, &behind_query).await?; // a click on a figure
//! let file = export_report(&app, &actor, now, &query, (ReportFormat::Xlsx, Language::Zh), &|_, _| {}).await?;
//! let dashboard = dashboard(&app, &actor, now).await?;
//! ```

mod behind;
mod dashboard;
mod names;
mod query;
mod run;
mod staffing;
mod table;
mod write;

pub use behind::{Behind, BehindQuery, list_behind};
pub use dashboard::{Dashboard, DashboardDay, DashboardRow, dashboard};
pub use names::Name;
pub use query::{ReportQuery, is_long};
pub use run::{Report, ReportColumn, ReportRow, run_report, run_report_with};
pub use staffing::{Staffing, StaffingReport, ToMoveUp, staffing, staffing_csv};
pub use write::{ReportFile, ReportFormat, export_report, registry_json};

use crate::Result;
use domain::access::{Actor, Permission};
use domain::reports::Metric;

/// The metrics of the registry, in the order of the requirements; those without data say why.
///
/// # Errors
/// When the actor may not see reports.
pub fn registry(actor: &Actor) -> Result<Vec<&'static Metric>> {
    actor.demand(Permission::ReportsRead)?;
    Ok(domain::reports::metrics())
}
