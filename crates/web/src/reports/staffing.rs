//! Headcount against load, and telephone callbacks that are to move up.

use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::reports::StaffingReport;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;

#[derive(askama::Template)]
#[template(path = "reports/staffing.html")]
struct StaffingPage {
    f: Frame,
    report: StaffingReport,
}

impl StaffingPage {
    /// Tenths as people read them.
    fn tenths(n: &Option<i64>) -> String {
        n.map_or_else(|| "—".to_owned(), |n| format!("{}.{}", n / 10, n % 10))
    }
}

pub(crate) async fn show_staffing(State(web): State<Web>, who: Who) -> Answer {
    let report = app::reports::staffing(&web.app, &who.actor, who.now).await?;
    html(&StaffingPage {
        f: who.frame("staffing"),
        report,
    })
}

pub(crate) async fn export_staffing(State(web): State<Web>, who: Who) -> Answer {
    let bytes = app::reports::staffing_csv(&web.app, &who.actor, who.now).await?;
    let name = format!(
        "attachment; filename=\"staffing-{}.csv\"",
        who.frame("staffing").today
    );
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}
