//! What a proposed version would change: counts, and the list behind them.

use super::drafts::url;
use crate::failure::Failure;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::rules::diff::{Diff, Line, find_diff};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use chrono::NaiveDate;
use std::sync::Arc;
use store::rules::DiffRow;
use uuid::Uuid;

/// Lines of the page; the file has more.
const LINES_SHOWN: usize = 200;

#[derive(askama::Template)]
#[template(path = "rules/diff.html")]
struct DiffPage {
    f: Frame,
    rules: Arc<app::rules::Rules>,
    row: DiffRow,
    diff: Diff,
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

pub(super) async fn show(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let (row, diff) = find_diff(&web.app, &who.actor, id_of(&id)?).await?;
    html(&DiffPage {
        f: who.frame("rules"),
        rules: web.app.rules(),
        row,
        diff,
    })
}

pub(super) async fn download(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let (row, diff) = find_diff(&web.app, &who.actor, id_of(&id)?).await?;
    let name = format!("attachment; filename=\"rules-diff-{}.csv\"", row.as_of);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, diff.csv()?).into_response())
}

impl DiffPage {
    fn back(&self) -> String {
        url(self.row.proposal)
    }

    fn totals(&self) -> [u64; 3] {
        self.diff.totals()
    }

    fn lines(&self) -> &[Line] {
        &self.diff.lines[..self.diff.lines.len().min(LINES_SHOWN)]
    }

    fn due(dates: &Option<[Option<NaiveDate>; 3]>) -> String {
        let due = dates.and_then(|d| d[1]);
        due.map_or_else(|| "—".to_owned(), |d| d.to_string())
    }

    /// A reason in words, as the packs say it.
    fn words(&self, line: &Line) -> String {
        let Some(code) = &line.reason else {
            return String::new();
        };
        let found = self.rules.book().find_reason(&line.programme, code);
        found.map_or_else(|| code.clone(), |r| self.f.text(&r.text).to_owned())
    }
}
