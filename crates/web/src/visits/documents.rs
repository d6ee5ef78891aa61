//! The report on the documents of visits.

use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::visits::{DocumentReport, DocumentSum};
use axum::extract::{RawQuery, State};

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
