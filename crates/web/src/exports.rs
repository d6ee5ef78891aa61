//! Lists taken out of the system as files: what the filter of the list finds, for a stated purpose,
//! masked unless asked for in full. What is larger than people may take alone is asked for here.
//!
//! A file is written to disk first and then sent, in constant memory: what breaks off halfway is a
//! page that says so, never half a file that looks whole.

use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::uploads::scratch;
use app::Error;
use app::exports::{Allowance, ExportFormat, ExportKind, ExportQuery, ListFilter};
use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use domain::customers::Purpose;
use std::io::{BufWriter, Seek as _, Write as _};
use tokio_util::io::ReaderStream;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/callbacks/export", get(export_callbacks))
        .route("/contacts/export", get(export_contacts))
        .route("/campaigns/export", get(export_campaigns))
        .route("/classes/export", get(export_classes))
        .route("/customers/export", get(export_customers))
        .route("/information/export", get(export_findings))
        .route("/commission_holds/export", get(export_holds))
        .route("/obligations/export", get(export_obligations))
        .route("/payouts/export", get(export_payouts))
        .route("/policies/export", get(export_policies))
        .route("/tickets/export", get(export_tickets))
        .route("/exports/new", get(show_new_export))
        .route("/exports/requests", post(request_export))
}

/// Lists that can be taken out, with their tables.
const LISTS: [(&str, ExportKind); 11] = [
    ("callbacks", ExportKind::Callbacks),
    ("contacts", ExportKind::Contacts),
    ("campaigns", ExportKind::Campaigns),
    ("classes", ExportKind::Classes),
    ("customers", ExportKind::Customers),
    ("information", ExportKind::Information),
    ("commission_holds", ExportKind::CommissionHolds),
    ("obligations", ExportKind::Obligations),
    ("payouts", ExportKind::Payouts),
    ("policies", ExportKind::Policies),
    ("tickets", ExportKind::Tickets),
];
/// Fields of the form itself; all others are filters of the list.
const OWN_FIELDS: [&str; 7] = [
    "csrf", "list", "format", "purpose", "note", "in_full", "after",
];

#[derive(askama::Template)]
#[template(path = "exports/new.html")]
struct NewPage {
    f: Frame,
    list: String,
    filters: Vec<(String, String)>,
    allowance: Allowance,
}

/// Asks what a list is needed for, before it is taken out.
async fn show_new_export(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let list = fields.own("list");
    if !LISTS.iter().any(|(name, _)| *name == list) {
        return Err(Failure::not_found());
    }
    let filters = fields
        .pairs()
        .filter(|(name, value)| !OWN_FIELDS.contains(name) && !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    html(&NewPage {
        filters: filters.collect(),
        allowance: app::exports::allowance(&web.app, &who.actor, who.now).await?,
        f: who.frame("exports"),
        list,
    })
}

/// Asks another person to agree to an export.
async fn request_export(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let list = form.own("list");
    let kind = LISTS.iter().find(|(name, _)| *name == list);
    let (_, kind) = kind.ok_or_else(|| Error::invalid("list", "unknown-code"))?;
    let query = query_of(*kind, &list, &form)?;
    let id = app::exports::request_export(&web.app, &who.actor, who.now, &query).await?;
    Ok(who.go(&crate::approvals::url(id)))
}

impl NewPage {
    /// Where the list is that is taken out.
    fn back(&self) -> String {
        match self.list.as_str() {
            "information" => "/information-quality/findings".to_owned(),
            "commission_holds" => "/information-quality/commissions".to_owned(),
            list => format!("/{list}"),
        }
    }

    fn purposes(&self) -> Vec<Choice> {
        let codes = Purpose::ALL.iter().map(|p| p.as_str());
        choices(&self.f, "purpose", codes, "")
    }
}

async fn export_callbacks(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Callbacks, "callbacks", raw).await
}

async fn export_contacts(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Contacts, "contacts", raw).await
}

async fn export_campaigns(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Campaigns, "campaigns", raw).await
}

async fn export_classes(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Classes, "classes", raw).await
}

async fn export_customers(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Customers, "customers", raw).await
}

async fn export_findings(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let kind = ExportKind::Information;
    send(&web, &who, kind, "information", raw).await
}

async fn export_holds(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let kind = ExportKind::CommissionHolds;
    send(&web, &who, kind, "commission_holds", raw).await
}

async fn export_obligations(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Obligations, "obligations", raw).await
}

async fn export_payouts(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    send(&web, &who, ExportKind::Payouts, "payouts", raw).await
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
        .filter(|(name, _)| !OWN_FIELDS.contains(name))
        .map(|(name, value)| (name.to_owned(), value.into()));
    let query: serde_json::Map<String, serde_json::Value> = pairs.collect();
    let named = serde_json::json!({ list: query });
    serde_json::from_value(named).map_err(|e| Failure::Unreadable(e.to_string()))
}

/// An export of a list as a form wants it.
fn query_of(kind: ExportKind, list: &str, fields: &Fields) -> Result<ExportQuery, Failure> {
    let format = match fields.get("format") {
        "" => ExportFormat::Xlsx,
        name => ExportFormat::parse(name).map_err(|_| Error::invalid("format", "unknown-code"))?,
    };
    let query = ExportQuery {
        list: Some(filter(list, fields)?),
        in_full: fields.is_ticked("in_full"),
        ..ExportQuery::new(kind, format)
    };
    Ok(query.stating(fields.get("purpose"), fields.get("note")))
}

async fn send(web: &Web, who: &Who, kind: ExportKind, list: &str, raw: Option<String>) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let query = query_of(kind, list, &fields)?;
    let format = query.format;
    let broken = |e: std::io::Error| Failure::from(Error::Unavailable(e.to_string()));
    let file = scratch(web, who, "export").map_err(broken)?;
    let mut sink = BufWriter::new(file);
    let report =
        app::exports::export(&web.app, &who.actor, who.now, &query, &mut sink, &|_| {}).await?;
    sink.flush().map_err(broken)?;
    let mut file = sink.into_inner().map_err(|e| broken(e.into_error()))?;
    file.rewind().map_err(broken)?;
    let size = file.metadata().map_err(broken)?.len();
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!(
                "attachment; filename=\"{}\"",
                query.marked_name(&report.mark)
            ),
        ),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let stream = ReaderStream::new(tokio::fs::File::from_std(file));
    Ok((headers, Body::from_stream(stream)).into_response())
}
