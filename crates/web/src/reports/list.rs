//! The registry of metrics: what each counts, and where it is laid down.

use super::query_of;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use axum::extract::State;
use chrono::{Datelike as _, NaiveDate};
use domain::reports::{Metric, Text};
use std::borrow::Borrow;

#[derive(askama::Template)]
#[template(path = "reports/list.html")]
struct ListPage {
    f: Frame,
    metrics: Vec<&'static Metric>,
}

pub(crate) async fn list_reports(State(_web): State<Web>, who: Who) -> Answer {
    let metrics = app::reports::registry(&who.actor)?;
    html(&ListPage {
        f: who.frame("reports"),
        metrics,
    })
}

/// The present month up to today, with which reports begin.
pub(super) fn usual_period(today: NaiveDate) -> (NaiveDate, NaiveDate) {
    (today.with_day(1).unwrap_or(today), today)
}

impl ListPage {
    fn text(&self, text: impl Borrow<Text>) -> &'static str {
        let text = text.borrow();
        self.f.pick(text.zh, text.en)
    }

    fn available(&self) -> Vec<&'static Metric> {
        let has_data = |m: &&Metric| m.unavailable.is_none();
        self.metrics
            .iter()
            .copied()
            .filter(|m| has_data(m))
            .collect()
    }

    fn missing(&self) -> Vec<(&'static Metric, Text)> {
        let why = |m: &&'static Metric| m.unavailable.map(|why| (*m, why));
        self.metrics.iter().filter_map(why).collect()
    }

    fn link(&self, metric: &Metric) -> String {
        let (from, to) = usual_period(self.f.today);
        let (from, to) = (from.to_string(), to.to_string());
        let query = query_of(&[("from", &from), ("to", &to), ("by", "unit")]);
        format!("/reports/{}?{query}", metric.name)
    }
}
