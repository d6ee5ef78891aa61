//! The list behind a figure.

use super::dashboard::address;
use super::report::read;
use crate::failure::Failure;
use crate::forms::{Fields, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::reports::{Behind, BehindQuery};
use axum::extract::{Path, RawQuery, State};
use domain::reports::{Metric, Text};
use std::borrow::Borrow;
use store::callbacks::CallbackRow;

#[derive(askama::Template)]
#[template(path = "reports/behind.html")]
struct BehindPage {
    f: Frame,
    metric: &'static Metric,
    behind: Behind,
    rows: Vec<CallbackRow>,
    query: BehindQuery,
    here: String,
    report: String,
}

pub(crate) async fn list_behind(
    State(web): State<Web>,
    Path(metric): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let found = domain::reports::find_metric(&metric).ok_or_else(Failure::not_found)?;
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let f = who.frame("reports");
    let query = BehindQuery {
        report: read(&metric, &fields, f.today),
        figure: fields.own("figure"),
        // An empty key is the row of what is not known, so that it counts whether it is there.
        key: fields.has("key").then(|| fields.own("key")),
        after: fields.own("after"),
    };
    let behind = app::reports::list_behind(&web.app, &who.actor, who.now, &query).await?;
    let rows = behind.units.iter().flat_map(|u| u.callbacks.clone());
    html(&BehindPage {
        rows: rows.collect(),
        report: format!("/reports/{metric}?{}", address(&query.report)),
        here: without_page(&raw),
        metric: found,
        f,
        behind,
        query,
    })
}

impl BehindPage {
    fn text(&self, text: impl Borrow<Text>) -> &'static str {
        let text = text.borrow();
        self.f.pick(text.zh, text.en)
    }
}
