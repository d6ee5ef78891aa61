//! Figures of service by class and unit, as a page and as a file.

use crate::forms::{Choice, Fields, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::service::{Report, ReportQuery};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use std::borrow::Borrow;
use store::service::ClassFigures;

#[derive(askama::Template)]
#[template(path = "service/report.html")]
struct Page {
    f: Frame,
    report: Report,
    orgs: Vec<Choice>,
    here: String,
}

fn query_of(raw: &str) -> ReportQuery {
    let fields = Fields::parse(raw.as_bytes());
    ReportQuery {
        from: fields.own("from"),
        to: fields.own("to"),
        org: fields.own("org"),
    }
}

pub(crate) async fn show_report(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let query = query_of(&raw);
    html(&Page {
        report: app::service::service_report(&web.app, &who.actor, who.now, &query).await?,
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("service-report"),
    })
}

impl Page {
    /// Customers without anybody in charge, of classes that ask for somebody.
    fn unserved(&self, row: &ClassFigures) -> Option<i64> {
        let needs = self.report.with_person.contains(&row.value_class.as_str());
        needs.then_some(row.customers - row.in_charge)
    }

    /// A share with one decimal; a dash of nothing.
    fn share(part: impl Borrow<i64>, whole: impl Borrow<i64>) -> String {
        let (part, whole) = (*part.borrow(), *whole.borrow());
        if whole == 0 {
            return "—".to_owned();
        }
        let per_mille = (part * 1000 + whole / 2) / whole;
        format!("{}.{}%", per_mille / 10, per_mille % 10)
    }
}

pub(crate) async fn download(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let query = query_of(&raw.unwrap_or_default());
    let bytes = app::service::report_csv(&web.app, &who.actor, who.now, &query).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"service.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, bytes).into_response())
}
