//! How tickets kept their time limits, by unit and handler.

use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::tickets::Timeliness;
use axum::extract::{RawQuery, State};
use store::tickets::TimelinessSum;

#[derive(askama::Template)]
#[template(path = "tickets/timeliness.html")]
struct TimelinessPage {
    f: Frame,
    page: Timeliness,
}

pub(crate) async fn show_timeliness(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let days = (fields.get("from"), fields.get("to"));
    let page = app::tickets::timeliness(&web.app, &who.actor, who.now, days).await?;
    html(&TimelinessPage {
        f: who.frame("tickets"),
        page,
    })
}

/// Tickets in a hundred that kept their time.
pub(crate) fn in_time(sum: &TimelinessSum) -> String {
    if sum.issued == 0 {
        return "—".to_owned();
    }
    let kept = (sum.issued - sum.overdue).max(0);
    format!("{}%", (kept * 100) / sum.issued)
}
