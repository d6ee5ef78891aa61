//! The audit log: who did what to which record, when and why, and the proof that it stands as it was
//! written.

use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::audit::{AuditQuery, HeadNote, SealState};
use axum::extract::{Path, RawQuery, State};
use domain::time::Instant;
use store::Page;
use store::audit::AuditRow;
use uuid::Uuid;

/// Groups of actions, as beginnings of their codes.
const GROUPS: &[&str] = &[
    "access.",
    "callback.",
    "ticket.",
    "letter.",
    "obligation.",
    "customer.",
    "policy.",
    "recording.",
    "import.",
    "plan.",
    "report.",
    "export.",
    "job.",
    "rules.",
    "retention.",
    "data_request.",
    "setting.",
    "audit.",
    "keys.",
    "file.",
    "backup.",
];

#[derive(askama::Template)]
#[template(path = "access/audit.html")]
struct AuditPage {
    f: Frame,
    query: AuditQuery,
    page: Page<AuditRow>,
    state: SealState,
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
        purpose: fields.own("purpose"),
        after: fields.own("after"),
    };
    let page = app::audit::list_audit_entries(&web.app, &who.actor, who.now, &query).await?;
    let state = app::audit::seal_state(&web.app, &who.actor).await?;
    html(&AuditPage {
        f: who.frame("audit"),
        here: without_page(&raw),
        query,
        page,
        state,
    })
}

/// Queues a verification.
pub(crate) async fn create_verification(State(web): State<Web>, Sent(who, _): Sent) -> Answer {
    let job = app::jobs::start_verification(&web.app, &who.actor, who.now).await?;
    Ok(who.go(&crate::jobs::url(job)))
}

#[derive(askama::Template)]
#[template(path = "access/audit_entry.html")]
struct EntryPage {
    f: Frame,
    row: AuditRow,
}

pub(crate) async fn show_entry(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let id = Uuid::try_parse(&id).map_err(|_| Failure::not_found())?;
    let row = app::audit::find_audit_entry(&web.app, &who.actor, who.now, id).await?;
    html(&EntryPage {
        f: who.frame("audit"),
        row,
    })
}

/// Where the record can be seen, for kinds that have pages.
pub(crate) fn link(row: &AuditRow) -> Option<String> {
    let id = row.subject?;
    match row.subject_kind.as_str() {
        "callback" => Some(format!("/callbacks/{id}")),
        "ticket" => Some(format!("/tickets/{id}")),
        "user" => Some(format!("/users/{id}")),
        "import_run" => Some(format!("/imports/{id}")),
        "extraction_run" => Some(format!("/extraction-runs/{id}")),
        "job" => Some(format!("/jobs/{id}")),
        _ => None,
    }
}

/// One thing that an entry tells besides its columns.
pub(crate) struct Told {
    /// Its name.
    name: String,
    /// What it was before, where it was changed.
    before: Option<String>,
    /// What it is.
    value: String,
}

/// Details as names and values; two values of one name are before and after.
pub(crate) fn told(f: &Frame, row: &AuditRow) -> Vec<Told> {
    let Ok(serde_json::Value::Object(detail)) = serde_json::from_str(&row.detail) else {
        return Vec::new();
    };
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => "—".to_owned(),
        other => other.to_string(),
    };
    let shown = detail.into_iter().filter(|(_, value)| !value.is_null());
    shown
        .map(|(name, value)| {
            let changed = row.action.ends_with("_changed") || row.action.ends_with("_corrected");
            let (before, value) = match value {
                serde_json::Value::Array(two) if changed && two.len() == 2 => {
                    let mut two = two.into_iter();
                    (
                        two.next().map(text),
                        two.next().map(text).unwrap_or_default(),
                    )
                }
                other => (None, text(other)),
            };
            Told {
                name: f.code("audit-told", name),
                before,
                value,
            }
        })
        .collect()
}

impl AuditPage {
    fn groups(&self) -> Vec<Choice> {
        choices(
            &self.f,
            "audit-group",
            GROUPS.iter().copied(),
            &self.query.action,
        )
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
            &q.purpose,
        ];
        filters.iter().any(|f| !f.is_empty())
    }

    /// All entries about the same record.
    fn about(row: &AuditRow) -> Option<String> {
        let id = row.subject?;
        Some(format!(
            "/audit?subject_kind={}&subject={id}",
            row.subject_kind
        ))
    }

    fn details(&self, row: &AuditRow) -> Vec<Told> {
        told(&self.f, row)
    }

    /// When it was verified last, by whom, and whether everything stood as written.
    fn verified(&self) -> Option<(Instant, &str, bool)> {
        let last = self.state.verified.as_ref()?;
        let at = chrono::DateTime::from_timestamp_millis(last.at)?;
        Some((at, &last.by, last.detail["outcome"] == "clean"))
    }

    /// Entries and seals that were verified last.
    fn verified_counts(&self) -> (i64, i64) {
        let count = |name: &str| {
            let detail = self.state.verified.as_ref().map(|v| &v.detail[name]);
            detail
                .and_then(serde_json::Value::as_i64)
                .unwrap_or_default()
        };
        (count("entries"), count("seals"))
    }

    /// What the last verification found to be wrong: the kind, and the id of the entry.
    fn problem(&self) -> Option<(String, Option<String>)> {
        let problem = &self.state.verified.as_ref()?.detail["problem"];
        let flaw = problem["flaw"].as_str()?;
        let entry = problem["entry"].as_str().map(str::to_owned);
        Some((self.f.code("audit-flaw", flaw), entry))
    }

    /// What sealing found to be wrong.
    fn sealing_error(&self) -> Option<&str> {
        self.state.sealing.as_ref()?.error.as_deref()
    }

    /// Places outside that keep heads: their kind, and how far they are.
    fn places(&self) -> Vec<(&'static str, &HeadNote)> {
        let places = [("file", &self.state.file), ("url", &self.state.url)];
        places
            .into_iter()
            .filter_map(|(kind, note)| Some((kind, note.as_ref()?)))
            .collect()
    }
}
