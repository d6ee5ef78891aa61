//! The audit log: who did what to whose data, in the transaction that did it.

use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::{Actor, ActorKind, Scope};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Who acted, as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditActor {
    /// `user`, `client`, `shell`, `system` or `anonymous`.
    pub kind: &'static str,
    /// Id of the user or client.
    pub id: Option<Uuid>,
    /// Name at the time.
    pub name: String,
}

impl From<&Actor> for AuditActor {
    fn from(actor: &Actor) -> Self {
        let (kind, id) = match actor.kind {
            ActorKind::User(id) => ("user", Some(id.0)),
            ActorKind::Client(id) => ("client", Some(id.0)),
            ActorKind::Shell => ("shell", None),
            ActorKind::System => ("system", None),
        };
        Self {
            kind,
            id,
            name: actor.name.clone(),
        }
    }
}

impl AuditActor {
    /// Someone who has not signed in.
    pub fn anonymous(name: impl Into<String>) -> Self {
        Self {
            kind: "anonymous",
            id: None,
            name: name.into(),
        }
    }
}

/// One entry. `detail` is JSON without personal data: masked values only.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Who.
    pub actor: AuditActor,
    /// What, such as `callback.attempt_saved`.
    pub action: &'static str,
    /// Kind of the record, such as `callback`.
    pub subject_kind: &'static str,
    /// The record.
    pub subject: Option<Uuid>,
    /// The customer whose data it is.
    pub customer: Option<Uuid>,
    /// Why the data was looked at, where a reason is asked for.
    pub purpose: Option<String>,
    /// What else is worth knowing.
    pub detail: serde_json::Value,
}

impl AuditEntry {
    /// An entry about a record.
    pub fn new(
        actor: impl Into<AuditActor>,
        action: &'static str,
        subject_kind: &'static str,
        subject: impl Into<Option<Uuid>>,
    ) -> Self {
        Self {
            actor: actor.into(),
            action,
            subject_kind,
            subject: subject.into(),
            customer: None,
            purpose: None,
            detail: serde_json::Value::Null,
        }
    }

    /// Names the customer whose data it is.
    #[must_use]
    pub fn customer(mut self, customer: impl Into<Option<Uuid>>) -> Self {
        self.customer = customer.into();
        self
    }

    /// Says why.
    #[must_use]
    pub fn purpose(mut self, purpose: impl Into<String>) -> Self {
        self.purpose = Some(purpose.into());
        self
    }

    /// Adds what else is worth knowing, masked.
    #[must_use]
    pub fn detail(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }
}

/// The entries of one transaction: at least one.
#[derive(Clone, Debug)]
pub struct Audit(Vec<AuditEntry>);

impl From<AuditEntry> for Audit {
    fn from(entry: AuditEntry) -> Self {
        Self(vec![entry])
    }
}

impl Audit {
    /// A first entry and others.
    pub fn with(first: AuditEntry, others: impl IntoIterator<Item = AuditEntry>) -> Self {
        let mut entries = vec![first];
        entries.extend(others);
        Self(entries)
    }

    pub(crate) fn entries(&self) -> &[AuditEntry] {
        &self.0
    }
}

pub(crate) const INSERT: &str = "INSERT INTO audit_entries \
    (id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, customer_id, purpose, detail) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

pub(crate) async fn insert(work: &UnitOfWork, audit: Audit) -> Result<()> {
    for entry in audit.0 {
        let values = params![
            work.next_id(),
            millis(work.now()),
            entry.actor.kind,
            entry.actor.id,
            entry.actor.name,
            entry.action,
            entry.subject_kind,
            entry.subject,
            entry.customer,
            entry.purpose,
            entry.detail.to_string(),
        ];
        work.execute(INSERT, values).await?;
    }
    Ok(())
}

/// What to look for in the log.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// From this day.
    pub from: Option<NaiveDate>,
    /// Until this day.
    pub to: Option<NaiveDate>,
    /// By someone of this name.
    pub actor: Option<String>,
    /// Of this action, or of all that begin with it when it ends in a dot.
    pub action: Option<String>,
    /// About this kind of record.
    pub subject_kind: Option<String>,
    /// About this record.
    pub subject: Option<Uuid>,
    /// About this customer.
    pub customer: Option<Uuid>,
    /// Start of the page.
    pub after: Option<PageKey>,
}

/// An entry as it is shown.
#[derive(Clone, Debug)]
pub struct AuditRow {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Instant,
    /// Kind of actor.
    pub actor_kind: String,
    /// Name of the actor.
    pub actor_name: String,
    /// What.
    pub action: String,
    /// Kind of record.
    pub subject_kind: String,
    /// The record.
    pub subject: Option<Uuid>,
    /// The customer.
    pub customer: Option<Uuid>,
    /// Why.
    pub purpose: Option<String>,
    /// Details as JSON text.
    pub detail: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    at: i64,
    actor_kind: String,
    actor_name: String,
    action: String,
    subject_kind: String,
    subject_id: Option<Uuid>,
    customer_id: Option<Uuid>,
    purpose: Option<String>,
    detail: String,
}

fn filtered(scope: &Scope, filter: &AuditFilter) -> Select {
    let mut select = Select::new(
        "SELECT id, at, actor_kind, actor_name, action, subject_kind, subject_id, customer_id, purpose, detail \
         FROM audit_entries",
    );
    // Entries about customers of other units stay out of sight; entries about none belong to all.
    if !scope.is_whole_company() {
        let path = scope.org().as_str();
        let length = i32::try_from(path.chars().count()).unwrap_or(i32::MAX);
        select.filter(
            "(customer_id IS NULL OR customer_id IN (SELECT c.id FROM customers c JOIN orgs o ON o.id = c.org_id \
             WHERE substr(o.path, 1, ?) = ?))",
            params![length, path],
        );
    }
    if let Some(from) = filter.from {
        select.filter(
            "at >= ?",
            params![millis(domain::time::at_in_china(
                from,
                chrono::NaiveTime::MIN
            ))],
        );
    }
    if let Some(to) = filter.to {
        select.filter(
            "at < ?",
            params![millis(domain::time::end_of_day_in_china(to))],
        );
    }
    if let Some(actor) = &filter.actor {
        select.filter("actor_name = ?", params![actor.as_str()]);
    }
    if let Some(action) = &filter.action {
        let length = i32::try_from(action.chars().count()).unwrap_or(i32::MAX);
        select.filter("substr(action, 1, ?) = ?", params![length, action.as_str()]);
    }
    if let Some(kind) = &filter.subject_kind {
        select.filter("subject_kind = ?", params![kind.as_str()]);
    }
    if let Some(subject) = filter.subject {
        select.filter("subject_id = ?", params![subject]);
    }
    if let Some(customer) = filter.customer {
        select.filter("customer_id = ?", params![customer]);
    }
    select
}

/// Entries, the newest first. The log is the company's: only scopes over all of it show rows.
pub async fn list_audit_entries(
    db: &impl Reads,
    scope: &Scope,
    filter: &AuditFilter,
    limit: u64,
) -> Result<Page<AuditRow>> {
    let mut select = filtered(scope, filter);
    if let Some(after) = &filter.after {
        let at: i64 = after.sort.parse().unwrap_or(i64::MAX);
        select.filter("(at < ? OR (at = ? AND id < ?))", params![at, at, after.id]);
    }
    select.then(
        "ORDER BY at DESC, id DESC LIMIT ?",
        params![i64::try_from(limit + 1).unwrap_or(i64::MAX)],
    );
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(|r| AuditRow {
        id: r.id,
        at: instant(r.at),
        actor_kind: r.actor_kind,
        actor_name: r.actor_name,
        action: r.action,
        subject_kind: r.subject_kind,
        subject: r.subject_id,
        customer: r.customer_id,
        purpose: r.purpose,
        detail: r.detail,
    });
    let key = |r: &AuditRow| PageKey {
        sort: millis(r.at).to_string(),
        id: r.id,
    };
    Ok(Page::cut(
        rows.collect(),
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}
