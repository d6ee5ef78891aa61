//! The log as it is read.

use super::AuditEntry;
use crate::sql::{Page, PageKey, Select, count, instant, millis, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

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
    /// With this in the purpose.
    pub purpose: Option<String>,
    /// Without the work of the program itself on jobs and sessions.
    pub by_people: bool,
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
    /// Id of the user or client.
    pub actor_id: Option<Uuid>,
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
    /// Number of the seal that covers it; nothing until it is sealed.
    pub seal: Option<i64>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    at: i64,
    actor_kind: String,
    actor_id: Option<Uuid>,
    actor_name: String,
    action: String,
    subject_kind: String,
    subject_id: Option<Uuid>,
    customer_id: Option<Uuid>,
    purpose: Option<String>,
    detail: String,
    seal: Option<i64>,
}

impl From<Row> for AuditRow {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            at: instant(r.at),
            actor_kind: r.actor_kind,
            actor_id: r.actor_id,
            actor_name: r.actor_name,
            action: r.action,
            subject_kind: r.subject_kind,
            subject: r.subject_id,
            customer: r.customer_id,
            purpose: r.purpose,
            detail: r.detail,
            seal: r.seal,
        }
    }
}

/// The seal of a row is the last one of its lane that begins at or before it, if it reaches that far.
const SELECT: &str = "SELECT id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, \
     customer_id, purpose, detail, CASE WHEN place <= (SELECT h.sealed FROM audit_heads h WHERE h.lane = e.lane) \
     THEN (SELECT s.seal FROM audit_seal_spans s WHERE s.lane = e.lane AND s.first_place <= e.place \
     ORDER BY s.first_place DESC LIMIT 1) END AS seal FROM audit_entries e";

/// What a scope shows of the log.
fn in_sight(scope: &Scope) -> Select {
    let mut select = Select::new(SELECT);
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
    select
}

fn filtered(scope: &Scope, filter: &AuditFilter) -> Select {
    let mut select = in_sight(scope);
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
        // The log keeps the record that was looked at; who stayed after a merge answers for both.
        let both =
            "customer_id IN (SELECT w.id FROM customers w WHERE w.id = ? OR w.merged_into_id = ?)";
        select.filter(both, params![customer, customer]);
    }
    if let Some(purpose) = &filter.purpose {
        let plain = purpose
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let like = format!("%{plain}%");
        select.filter("purpose LIKE ? ESCAPE '\\'", params![like]);
    }
    if filter.by_people {
        select.filter("actor_kind <> 'system'", Vec::new());
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
    let rows = rows.into_iter().map(AuditRow::from);
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

/// An entry by its id, when the scope shows it.
///
/// # Errors
/// What the database says.
pub async fn find_audit_entry(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<AuditRow>> {
    let mut select = in_sight(scope);
    select.filter("id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    Ok(rows.into_iter().next().map(AuditRow::from))
}

/// Whether the same actor did the same to the same record after a moment.
///
/// # Errors
/// What the database says.
pub async fn is_noted(db: &impl Reads, entry: &AuditEntry, after: Instant) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM audit_entries WHERE subject_id = $1 AND at > $2 \
               AND action = $3 AND actor_kind = $4 AND actor_name = $5 AND COALESCE(purpose, '') = $6 LIMIT 1) AS noted";
    let values = params![
        entry.subject,
        millis(after),
        entry.action,
        entry.actor.kind,
        entry.actor.name.as_str(),
        entry.purpose.as_deref().unwrap_or_default(),
    ];
    Ok(count(db, sql, values).await? > 0)
}
