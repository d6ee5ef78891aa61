//! One import run: how far it is, what became of the rows, which were not taken and why.

use crate::failure::Failure;
use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::imports::{ImportPage, Reason};
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "imports/run.html")]
struct RunPage {
    f: Frame,
    page: ImportPage,
    after: u64,
}

pub(crate) async fn show_import(
    State(web): State<Web>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let after = query.get("after").parse().unwrap_or(0);
    let page = app::imports::import_page(&web.app, &who.actor, id_of(&id)?, after).await?;
    html(&RunPage {
        f: who.frame("imports"),
        page,
        after,
    })
}

pub(crate) async fn download_rejections(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let id = id_of(&id)?;
    let bytes = app::imports::rejections_csv(&web.app, &who.actor, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"rejections-{id}.csv\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

/// Colour of a run's state.
pub(super) fn tone(state: &str) -> &'static str {
    match state {
        "finished" => "green",
        "failed" | "interrupted" => "red",
        _ => "blue",
    }
}

/// Why a row was not taken, in the reader's language.
pub(super) fn reason(f: &Frame, code: &str) -> String {
    let found = Reason::ALL.iter().find(|r| r.code() == code);
    found.map_or_else(|| code.to_owned(), |r| f.pick(r.zh(), r.en()).to_owned())
}

impl RunPage {
    fn tone(&self) -> &'static str {
        tone(&self.page.run.state)
    }

    fn is_running(&self) -> bool {
        self.page.run.state == "running"
    }

    fn reason(&self, code: &str) -> String {
        reason(&self.f, code)
    }

    fn bytes_total(&self) -> i64 {
        self.page.run.bytes_total.unwrap_or(0).max(1)
    }

    fn percent(&self) -> i64 {
        (self.page.run.bytes_done * 100 / self.bytes_total()).clamp(0, 100)
    }
}
