//! Batches of records to be destroyed: proposing, deciding, the certificate.

use super::overview::tone;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::retention::BatchPage;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;

#[derive(askama::Template)]
#[template(path = "retention/batch.html")]
struct PageTemplate {
    f: Frame,
    page: BatchPage,
}

pub(crate) async fn show_batch(
    State(web): State<Web>,
    Path(number): Path<String>,
    who: Who,
) -> Answer {
    html(&PageTemplate {
        page: app::retention::batch_page(&web.app, &who.actor, &number).await?,
        f: who.frame("retention"),
    })
}

pub(crate) async fn create_batch(State(web): State<Web>, Sent(who, _): Sent) -> Answer {
    let number = app::retention::propose(&web.app, &who.actor, who.now).await?;
    Ok(who.go(&url(&number)))
}

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(number): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let (step, note) = (form.get("step"), form.get("note"));
    let (actor, now) = (&who.actor, who.now);
    app::retention::take_batch_step(&web.app, actor, now, &number, step, note).await?;
    Ok(who.go(&url(&number)))
}

pub(crate) async fn download_certificate(
    State(web): State<Web>,
    Path(number): Path<String>,
    who: Who,
) -> Answer {
    let bytes = app::retention::certificate_csv(&web.app, &who.actor, who.now, &number).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{number}.csv\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

fn url(number: &str) -> String {
    format!("/retention/batches/{number}")
}

impl PageTemplate {
    fn tone(&self) -> &'static str {
        tone(self.page.row.batch.state.as_str())
    }

    fn is_under_way(&self) -> bool {
        self.page.row.batch.state.as_str() == "approved"
    }

    fn is_executed(&self) -> bool {
        self.page.row.batch.state.as_str() == "executed"
    }
}
