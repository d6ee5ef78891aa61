//! How promptly collected facts are entered, by unit and by collector.

use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::information::{EntryLine, EntryReport};
use axum::extract::{RawQuery, State};

#[derive(askama::Template)]
#[template(path = "information/entries.html")]
struct EntriesPage {
    f: Frame,
    report: EntryReport,
}

pub(crate) async fn show_entries(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let (from, to) = (query.get("from"), query.get("to"));
    html(&EntriesPage {
        report: app::information::entry_report(&web.app, &who.actor, who.now, from, to).await?,
        f: who.frame("entry-lag"),
    })
}

impl EntriesPage {
    /// The share entered in time, as `98.5%`.
    fn share(line: &EntryLine) -> String {
        let share = line.share();
        format!("{}.{}%", share / 10, share % 10)
    }
}
