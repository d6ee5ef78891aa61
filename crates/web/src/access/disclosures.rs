//! Personal data that people looked at in full or took away: who, how much, near which limit.

use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use axum::extract::{RawQuery, State};
use chrono::Days;
use domain::time;
use store::Page;
use store::exports::{DisclosureCount, ExportRow};

/// Days that are shown.
const DAYS: u64 = 31;

#[derive(askama::Template)]
#[template(path = "access/disclosures.html")]
struct DisclosuresPage {
    f: Frame,
    counts: Vec<DisclosureCount>,
    exports: Page<ExportRow>,
    after: String,
}

pub(crate) async fn list_disclosures(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let after = fields.own("after");
    let today = time::date_in_china(who.now);
    let from = today.checked_sub_days(Days::new(DAYS)).unwrap_or(today);
    let counts = app::customers::list_disclosures(&web.app, &who.actor, from).await?;
    // The list of exports is the company's; who reads the log of a unit sees the unit's looks only.
    let exports = match app::exports::list_exports(&web.app, &who.actor, &after).await {
        Err(app::Error::Denied(_)) => Page::empty(),
        other => other?,
    };
    html(&DisclosuresPage {
        exports,
        f: who.frame("disclosures"),
        counts,
        after,
    })
}

impl DisclosuresPage {
    fn tone(count: &DisclosureCount) -> &'static str {
        if count.field_count >= count.day_limit {
            "red"
        } else if domain::access::is_near(count.field_count, count.day_limit) {
            "orange"
        } else {
            "green"
        }
    }

    fn mark(row: &ExportRow) -> String {
        app::exports::mark_of(row.id)
    }
}
