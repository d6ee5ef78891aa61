//! Headcount against load, and telephone callbacks that are to move up.

use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::reports::StaffingReport;
use axum::extract::State;

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
    let file = app::reports::staffing_csv(&web.app, &who.actor, who.now).await?;
    Ok(super::download(file))
}
