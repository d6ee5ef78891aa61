//! Work that goes on after a request: what is queued and running, how far it is, what came of it.

use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::OpenFile;
use app::jobs::{JobQuery, JobView};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use domain::jobs::{JobKind, JobState};
use store::Page;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

/// Bytes of a file that wait to be sent.
const STREAM_BYTES: usize = 256 * 1024;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/jobs", get(list_jobs))
        .route("/jobs/{id}", get(show_job))
        .route("/jobs/{id}/file", get(download_file))
        .route("/jobs/{id}/revival", post(revive_job))
}

/// Address of a job.
pub(crate) fn url(id: Uuid) -> String {
    format!("/jobs/{id}")
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

#[derive(askama::Template)]
#[template(path = "jobs/list.html")]
struct ListPage {
    f: Frame,
    page: Page<JobView>,
    query: JobQuery,
}

async fn list_jobs(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let query = JobQuery {
        state: fields.own("state"),
        kind: fields.own("kind"),
        after: fields.own("after"),
    };
    let page = app::jobs::list_jobs(&web.app, &who.actor, &query).await?;
    html(&ListPage {
        f: who.frame("jobs"),
        page,
        query,
    })
}

#[derive(askama::Template)]
#[template(path = "jobs/job.html")]
struct JobPage {
    f: Frame,
    view: JobView,
}

/// A job; as soon as it has a run with a page of its own, that page.
async fn show_job(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let view = app::jobs::find_job(&web.app, &who.actor, id_of(&id)?).await?;
    if view.job.state != JobState::Dead
        && let Some(page) = run_page(&view)
    {
        return Ok(who.go(&page));
    }
    html(&JobPage {
        f: who.frame(place(&view)),
        view,
    })
}

/// The page of the run that a job made.
fn run_page(view: &JobView) -> Option<String> {
    if view.job.kind == JobKind::VerifyAudit && view.job.state == JobState::Finished {
        return Some("/audit".to_owned());
    }
    let run = view.run?;
    match view.job.kind {
        JobKind::Import => Some(format!("/imports/{run}")),
        JobKind::Plan => Some(format!("/extraction-runs/{run}")),
        JobKind::Export
        | JobKind::Report
        | JobKind::RenewKeys
        | JobKind::VerifyAudit
        | JobKind::Backup
        | JobKind::Destruction
        | JobKind::DataCopy
        | JobKind::CallRecording
        | JobKind::PrintLetters
        | JobKind::DistributeSurvey
        | JobKind::DiscardFile => None,
        JobKind::RulesDiff => Some(format!("/rules/diffs/{run}")),
    }
}

/// The menu entry under which a job lies.
fn place(view: &JobView) -> &'static str {
    match view.job.kind {
        JobKind::Import => "imports",
        JobKind::Plan => "extraction-runs",
        JobKind::Report => "reports",
        JobKind::VerifyAudit => "audit",
        JobKind::Backup => "backups",
        JobKind::RulesDiff => "rules",
        JobKind::RenewKeys => "keys",
        JobKind::Destruction => "retention",
        JobKind::DataCopy => "data-requests",
        JobKind::PrintLetters => "letters",
        JobKind::DistributeSurvey => "surveys",
        JobKind::Export | JobKind::CallRecording | JobKind::DiscardFile => "jobs",
    }
}

async fn download_file(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let file = app::jobs::open_file(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        ),
        (header::CONTENT_LENGTH, file.size.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, stream(file.content)).into_response())
}

/// Sends a file as it is opened, part by part. One that cannot be read to its end breaks off.
fn stream(mut content: OpenFile) -> Body {
    let (mut into, from) = tokio::io::duplex(STREAM_BYTES);
    tokio::spawn(async move {
        loop {
            match content.next().await {
                Ok(Some(part)) if into.write_all(&part).await.is_ok() => {}
                Ok(_) => return,
                Err(error) => {
                    tracing::error!(%error, "a file cannot be sent");
                    return;
                }
            }
        }
    });
    Body::from_stream(tokio_util::io::ReaderStream::new(from))
}

async fn revive_job(State(web): State<Web>, Path(id): Path<String>, Sent(who, _): Sent) -> Answer {
    let id = id_of(&id)?;
    app::jobs::revive(&web.app, &who.actor, who.now, id).await?;
    Ok(who.go(&url(id)))
}

fn tone(view: &JobView) -> &'static str {
    match view.job.state {
        JobState::Queued => "secondary",
        JobState::Running => "blue",
        JobState::Finished => "green",
        JobState::Dead => "red",
    }
}

fn is_under_way(view: &JobView) -> bool {
    matches!(view.job.state, JobState::Queued | JobState::Running)
}

fn has_file(view: &JobView) -> bool {
    let makes_file = matches!(view.job.kind, JobKind::Export | JobKind::Report);
    makes_file && view.is_own && view.job.state == JobState::Finished
}

impl ListPage {
    fn states(&self) -> Vec<Choice> {
        let codes = JobState::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "job-state", codes, &self.query.state)
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = JobKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "job-kind", codes, &self.query.kind)
    }

    fn tone(view: &JobView) -> &'static str {
        tone(view)
    }

    fn has_file(view: &JobView) -> bool {
        has_file(view)
    }

    fn is_any_under_way(&self) -> bool {
        self.page.rows.iter().any(is_under_way)
    }
}

impl JobPage {
    fn tone(&self) -> &'static str {
        tone(&self.view)
    }

    fn is_under_way(&self) -> bool {
        is_under_way(&self.view)
    }

    fn has_file(&self) -> bool {
        has_file(&self.view)
    }

    fn run_page(&self) -> Option<String> {
        run_page(&self.view)
    }
}
