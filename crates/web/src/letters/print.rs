//! Printing: one letter, or those of all policies of a filter as a job.

use crate::forms::{Choice, Sent, orgs, programmes};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::letters::{BatchForm, PrintedLetter};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::access::Permission;

#[derive(askama::Template)]
#[template(path = "letters/batch.html")]
struct BatchPage {
    f: Frame,
    programmes: Vec<Choice>,
    orgs: Vec<Choice>,
}

pub(crate) async fn show_batch(State(web): State<Web>, who: Who) -> Answer {
    who.actor
        .demand(Permission::LettersHandle)
        .map_err(Error::from)?;
    let f = who.frame("letters");
    html(&BatchPage {
        programmes: programmes(&web, &f, "NB-T10"),
        orgs: orgs(&web, &who.actor, "").await?,
        f,
    })
}

pub(crate) async fn start_batch(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let batch = BatchForm {
        programme: form.own("programme"),
        from: form.own("from"),
        to: form.own("to"),
        org: form.own("org"),
    };
    let job = app::letters::start_batch(&web.app, &who.actor, who.now, &batch).await?;
    Ok(who.go(&crate::jobs::url(job)))
}

pub(crate) async fn download_letter(
    State(web): State<Web>,
    Path(key): Path<String>,
    who: Who,
) -> Answer {
    let printed = app::letters::print_letter(&web.app, &who.actor, who.now, &key).await?;
    Ok(pdf(printed))
}

/// A file that the browser shows.
pub(super) fn pdf(printed: PrintedLetter) -> axum::response::Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{}\"", printed.name),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, printed.bytes).into_response()
}
