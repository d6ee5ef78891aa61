//! The report on the documents of visits, and the quota of visits.

use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::visits::{DocumentReport, DocumentSum, QuotaPage};
use axum::extract::{RawQuery, State};
use store::visits::QuotaSum;

#[derive(askama::Template)]
#[template(path = "visits/documents.html")]
struct DocumentsPage {
    f: Frame,
    report: DocumentReport,
}

pub(crate) async fn show_documents(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let days = (fields.get("from"), fields.get("to"));
    let report = app::visits::document_report(&web.app, &who.actor, who.now, days).await?;
    html(&DocumentsPage {
        f: who.frame("visits"),
        report,
    })
}

impl DocumentsPage {
    fn total(&self) -> DocumentSum {
        let mut total = DocumentSum::default();
        for sum in &self.report.sums {
            total.visited += sum.visited;
            total.signed += sum.signed;
            total.archived += sum.archived;
            total.problems += sum.problems;
            total.late += sum.late;
        }
        total
    }
}

#[derive(askama::Template)]
#[template(path = "visits/quota.html")]
struct QuotaTemplate {
    f: Frame,
    page: QuotaPage,
}

pub(crate) async fn show_quota(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let year = fields.get("year");
    let page = app::visits::quota_page(&web.app, &who.actor, who.now, year).await?;
    html(&QuotaTemplate {
        f: who.frame("visits"),
        page,
    })
}

impl QuotaTemplate {
    fn year(&self) -> i32 {
        use chrono::Datelike as _;
        self.page.from.year()
    }

    fn missing(&self, sum: &QuotaSum) -> i64 {
        sum.quota - sum.done
    }

    /// Quota, done and missing over all units.
    fn total(&self) -> (i64, i64, i64) {
        let sums = &self.page.sums;
        let quota: i64 = sums.iter().map(|s| s.quota).sum();
        let done: i64 = sums.iter().map(|s| s.done).sum();
        (quota, done, quota - done)
    }
}
