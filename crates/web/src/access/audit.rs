//! The audit log: who did what to which record, when and why.

use crate::forms::{Choice, Fields, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::audit::AuditQuery;
use axum::extract::{RawQuery, State};
use store::{AuditRow, Page};

/// Groups of actions, as beginnings of their codes.
const GROUPS: [&str; 16] = [
    "access.",
    "callback.",
    "ticket.",
    "obligation.",
    "customer.",
    "policy.",
    "recording.",
    "import.",
    "plan.",
    "report.",
    "export.",
    "rules.",
    "retention.",
    "data_request.",
    "setting.",
    "audit.",
];

#[derive(askama::Template)]
#[template(path = "access/audit.html")]
struct AuditPage {
    f: Frame,
    query: AuditQuery,
    page: Page<AuditRow>,
    here: String,
}

pub(crate) async fn list_entries(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = AuditQuery {
        from: fields.own("from"),
        to: fields.own("to"),
        actor: fields.own("actor"),
        action: fields.own("action"),
        subject_kind: fields.own("subject_kind"),
        subject: fields.own("subject"),
        customer: fields.own("customer"),
        after: fields.own("after"),
    };
    let page = app::audit::list_audit_entries(&web.app, &who.actor, who.now, &query).await?;
    html(&AuditPage {
        f: who.frame("audit"),
        here: without_page(&raw),
        query,
        page,
    })
}

impl AuditPage {
    fn groups(&self) -> Vec<Choice> {
        choices(&self.f, "audit-group", GROUPS, &self.query.action)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        let filters = [
            &q.from,
            &q.to,
            &q.actor,
            &q.action,
            &q.subject_kind,
            &q.subject,
            &q.customer,
        ];
        filters.iter().any(|f| !f.is_empty())
    }

    /// Where the record can be seen, for kinds that have pages.
    fn link(row: &AuditRow) -> Option<String> {
        let id = row.subject?;
        match row.subject_kind.as_str() {
            "callback" => Some(format!("/callbacks/{id}")),
            "ticket" => Some(format!("/tickets/{id}")),
            "user" => Some(format!("/users/{id}")),
            "import_run" => Some(format!("/imports/{id}")),
            "extraction_run" => Some(format!("/extraction-runs/{id}")),
            _ => None,
        }
    }

    /// All entries about the same record.
    fn about(row: &AuditRow) -> Option<String> {
        let id = row.subject?;
        Some(format!(
            "/audit?subject_kind={}&subject={id}",
            row.subject_kind
        ))
    }

    /// Details as names and values.
    fn details(row: &AuditRow) -> Vec<(String, String)> {
        let Ok(serde_json::Value::Object(detail)) = serde_json::from_str(&row.detail) else {
            return Vec::new();
        };
        let shown = detail.into_iter().filter(|(_, value)| !value.is_null());
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        shown.map(|(name, value)| (name, text(value))).collect()
    }
}
