//! Import runs, and starting one with a file.

use super::run::tone;
use crate::background::{self, Begun};
use crate::failure::Failure;
use crate::forms::{Choice, Fields, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::uploads::SentLarge;
use app::Error;
use app::imports::{ImportReport, ImportRequest, Mapping, import_file};
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

pub(crate) async fn create_import(State(web): State<Web>, mut sent: SentLarge) -> Answer {
    let who = sent.who;
    who.actor.demand(domain::access::Permission::ImportsRun).map_err(Error::from)?;
    let kind = ImportKind::parse(sent.fields.get("kind"))
        .map_err(|_| Error::invalid("kind", "unknown-code"))?;
    let mapping = Mapping::parse(sent.fields.get("map")).map_err(|_| Error::invalid("map", "map"))?;
    let file = sent
        .file
        .take()
        .ok_or_else(|| Error::invalid("file", "missing"))?;
    let dry_run = sent.fields.is_ticked("dry_run");
    let file_name = file.file_name.clone();
    let request = ImportRequest {
        kind,
        path: file.path().to_owned(),
        shown_name: file_name.clone(),
        mapping,
        dry_run,
        errors_file: None,
    };
    let (app, actor, now) = (web.app.clone(), who.actor.clone(), who.now);
    let begun = background::begin(|began| async move {
        let progress = |p: app::imports::Progress| {
            if p.run.is_some() {
                began.send_if_modified(|run| run.replace(p.run.unwrap_or_default()) != p.run);
            }
        };
        let done = import_file(&app, &actor, now, request, &progress).await;
        drop(file);
        done
    })
    .await?;
    match begun {
        Begun::Running(run) => Ok(who.go(&format!("/imports/{run}"))),
        Begun::Done(ImportReport { run: Some(run), .. }) => Ok(who.go(&format!("/imports/{run}"))),
        Begun::Done(report) => html(&CheckedPage {
            f: who.frame("imports"),
            file_name,
            report,
        }),
    }
}

/// A file with nothing but the columns of a kind.
pub(crate) async fn download_template(
    State(_web): State<Web>,
    Path(kind): Path<String>,
    who: Who,
) -> Answer {
    who.actor.demand(domain::access::Permission::ImportsRun).map_err(Error::from)?;
    let kind = ImportKind::parse(kind.trim_end_matches(".csv")).map_err(|_| Failure::not_found())?;
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
