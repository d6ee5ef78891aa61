//! Import runs, and starting one with a file.

use super::run::tone;
use crate::failure::Failure;
use crate::forms::{Choice, Fields, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::uploads::SentLarge;
use app::Error;
use app::imports::{ImportReport, ImportRequest, Mapping, import_file};
use app::jobs::{FileToImport, start_import_of_file};
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::imports::ImportKind;
use store::Page;
use store::imports::ImportRun;

#[derive(askama::Template)]
#[template(path = "imports/list.html")]
struct ListPage {
    f: Frame,
    page: Page<ImportRun>,
    after: String,
}

pub(crate) async fn list_imports(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let after = query.own("after");
    let page = app::imports::list_imports(&web.app, &who.actor, &after).await?;
    html(&ListPage {
        f: who.frame("imports"),
        page,
        after,
    })
}

/// What checking a file without keeping anything found.
#[derive(askama::Template)]
#[template(path = "imports/checked.html")]
struct CheckedPage {
    f: Frame,
    file_name: String,
    report: ImportReport,
}

/// Checks a file at once, or queues its import.
pub(crate) async fn create_import(State(web): State<Web>, sent: SentLarge) -> Answer {
    let SentLarge { who, fields, file } = sent;
    let kind = ImportKind::parse(fields.get("kind"))
        .map_err(|_| Error::invalid("kind", "unknown-code"))?;
    let file = file.ok_or_else(|| Error::invalid("file", "missing"))?;
    let (actor, now) = (&who.actor, who.now);
    if !fields.is_ticked("dry_run") {
        let file = FileToImport {
            kind,
            path: file.path(),
            name: &file.file_name,
            map: fields.get("map"),
        };
        let job = start_import_of_file(&web.app, actor, now, file).await?;
        return Ok(who.go(&crate::jobs::url(job)));
    }
    let mapping = Mapping::parse(fields.get("map")).map_err(|_| Error::invalid("map", "map"))?;
    let request = ImportRequest {
        kind,
        path: file.path().to_owned(),
        shown_name: file.file_name.clone(),
        mapping,
        dry_run: true,
        errors_file: None,
    };
    let report = import_file(&web.app, actor, &move || now, request, &|_| {}).await?;
    html(&CheckedPage {
        f: who.frame("imports"),
        file_name: file.file_name.clone(),
        report,
    })
}

/// A file with nothing but the columns of a kind.
pub(crate) async fn download_template(
    State(_web): State<Web>,
    Path(kind): Path<String>,
    who: Who,
) -> Answer {
    who.actor
        .demand(domain::access::Permission::ImportsRun)
        .map_err(Error::from)?;
    let kind =
        ImportKind::parse(kind.trim_end_matches(".csv")).map_err(|_| Failure::not_found())?;
    let (columns, _) = app::imports::columns(kind);
    // The mark at the beginning makes spreadsheet programs read Chinese rightly.
    let text = format!("\u{feff}{}\r\n", columns.join(","));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{kind}.csv\""),
        ),
    ];
    Ok((headers, text).into_response())
}

impl ListPage {
    fn kinds(&self) -> Vec<Choice> {
        let codes = ImportKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "import-kind", codes, "customers")
    }

    /// Kinds with their columns: the required ones, then the others.
    fn formats(&self) -> Vec<(&'static str, String, String)> {
        let format = |kind: &ImportKind| {
            let (columns, required) = app::imports::columns(*kind);
            let others = columns.iter().copied().filter(|c| !required.contains(c));
            let others: Vec<_> = others.collect();
            (kind.as_str(), required.join(", "), others.join(", "))
        };
        ImportKind::ALL.iter().map(format).collect()
    }

    fn tone(run: &ImportRun) -> &'static str {
        tone(&run.state)
    }

    fn is_any_running(&self) -> bool {
        self.page.rows.iter().any(|r| r.state == "running")
    }
}

impl CheckedPage {
    fn reason(&self, code: &str) -> String {
        super::run::reason(&self.f, code)
    }
}
