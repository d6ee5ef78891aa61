//! The dashboard, reports, the lists behind their figures, and files of them.

mod behind;
mod charts;
mod dashboard;
mod list;
mod post_duties;
mod report;
mod staffing;

use report::download;

use crate::state::Web;
use axum::Router;
use axum::routing::get;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/dashboard", get(dashboard::show_dashboard))
        .route("/staffing", get(staffing::show_staffing))
        .route("/staffing/file", get(staffing::export_staffing))
        .route("/duties", get(post_duties::list_duties))
        .route("/duties/file", get(post_duties::download_duties))
        .route("/reports", get(list::list_reports))
        .route("/reports/{metric}", get(report::show_report))
        .route("/reports/{metric}/list", get(behind::list_behind))
        .route("/reports/{metric}/file", get(report::download_report))
}

/// Writes a query from names and values that are not empty.
fn query_of(pairs: &[(&str, &str)]) -> String {
    let mut writer = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        writer.append_pair(name, value);
    }
    writer.finish()
}
