//! Lists taken out of the system as files: what the filter of the list finds, masked.
//!
//! A file is written to disk first and then sent, in constant memory: what breaks off halfway is a
//! page that says so, never half a file that looks whole.

use crate::failure::Failure;
use crate::forms::Fields;
use crate::frame::{Answer, Who};
use crate::state::Web;
use crate::uploads::scratch;
use app::Error;
use app::exports::{ExportFormat, ExportKind, ExportQuery, ListFilter};
use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::get;
use std::io::{BufWriter, Seek as _, Write as _};
use tokio_util::io::ReaderStream;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/callbacks/export", get(export_callbacks))
        .route("/customers/export", get(export_customers))
        .route("/obligations/export", get(export_obligations))
        .route("/policies/export", get(export_policies))
        .route("/tickets/export", get(export_tickets))
}

async fn export_callbacks(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Callbacks, "callbacks", raw).await
}

async fn export_customers(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Customers, "customers", raw).await
}

async fn export_obligations(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Obligations, "obligations", raw).await
}

async fn export_policies(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Policies, "policies", raw).await
}

async fn export_tickets(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Tickets, "tickets", raw).await
}

/// The filter of a list from its address.
fn filter(list: &str, fields: &Fields) -> Result<ListFilter, Failure> {
    let pairs = fields
        .pairs()
        .map(|(name, value)| (name.to_owned(), value.into()));
    let query: serde_json::Map<String, serde_json::Value> = pairs.collect();
    let named = serde_json::json!({ list: query });
    serde_json::from_value(named).map_err(|e| Failure::Unreadable(e.to_string()))
}

async fn send(web: &Web, who: &Who, kind: ExportKind, list: &str, raw: Option<String>) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let format = match fields.get("format") {
        "" => ExportFormat::Xlsx,
        name => ExportFormat::parse(name).map_err(|_| Error::invalid("format", "unknown-code"))?,
    };
    let query = ExportQuery {
        list: Some(filter(list, &fields)?),
        ..ExportQuery::new(kind, format)
    };
    let broken = |e: std::io::Error| Failure::from(Error::Unavailable(e.to_string()));
    let file = scratch(web, who, "export").map_err(broken)?;
    let mut sink = BufWriter::new(file);
    app::exports::export(&web.app, &who.actor, who.now, &query, &mut sink, &|_| {}).await?;
    sink.flush().map_err(broken)?;
    let mut file = sink.into_inner().map_err(|e| broken(e.into_error()))?;
    file.rewind().map_err(broken)?;
    let size = file.metadata().map_err(broken)?.len();
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", query.file_name()),
        ),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let stream = ReaderStream::new(tokio::fs::File::from_std(file));
    Ok((headers, Body::from_stream(stream)).into_response())
}
