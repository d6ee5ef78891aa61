//! Requests that one person makes and another decides.

use crate::sql::{Page, PageKey, Select, count, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::{ApprovalKind, ApprovalState, Scope};
use domain::ids::{OrgId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A request to add.
#[derive(Clone, Debug)]
pub struct NewApproval<'n> {
    /// What is asked for.
    pub kind: ApprovalKind,
    /// About what, to show in a list; no personal data.
    pub subject: &'n str,
    /// What is to be done, as JSON.
    pub payload: &'n str,
    /// Why.
    pub reason: &'n str,
    /// Unit of the person who asks.
    pub org: OrgId,
    /// Who asks.
    pub asked_by: UserId,
    /// The delegation under which they ask.
    pub delegation: Option<Uuid>,
    /// When the request ends unless somebody decides.
    pub expires_at: Instant,
}

/// A request.
#[derive(Clone, Debug)]
pub struct ApprovalRow {
    /// Its id.
    pub id: Uuid,
    /// What is asked for.
    pub kind: ApprovalKind,
    /// About what.
    pub subject: String,
    /// What is to be done, as JSON.
    pub payload: String,
    /// Why.
    pub reason: String,
    /// Where it stands, as stored: see [`ApprovalState::at`].
    pub state: ApprovalState,
    /// Who asks.
    pub asked_by: UserId,
    /// The delegation under which they asked.
    pub delegation: Option<Uuid>,
    /// Name of who asks.
    pub asker_name: String,
    /// Unit of who asks.
    pub asker_org: String,
    /// When it was asked.
    pub asked_at: Instant,
    /// When it ends unless somebody decides.
    pub expires_at: Instant,
    /// Name of who decided.
    pub decider_name: Option<String>,
    /// When it was decided or taken back.
    pub decided_at: Option<Instant>,
    /// What was said at that.
    pub note: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    subject: String,
    payload: String,
    reason: String,
    state: String,
    asked_by: Uuid,
    delegation_id: Option<Uuid>,
    asker_name: String,
    asker_org: String,
    asked_at: i64,
    expires_at: i64,
    decider_name: Option<String>,
    decided_at: Option<i64>,
    note: Option<String>,
}

const SELECT: &str = "SELECT a.id, a.kind, a.subject, a.payload, a.reason, a.state, a.asked_by, a.delegation_id, \
     u.display_name AS asker_name, o.name AS asker_org, a.asked_at, a.expires_at, d.display_name AS decider_name, \
     a.decided_at, a.note FROM approvals a JOIN users u ON u.id = a.asked_by JOIN orgs o ON o.id = a.org_id \
     LEFT JOIN users d ON d.id = a.decided_by";

impl TryFrom<Row> for ApprovalRow {
    type Error = crate::StoreError;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: r.id,
            kind: ApprovalKind::parse(&r.kind)?,
            subject: r.subject,
            payload: r.payload,
            reason: r.reason,
            state: ApprovalState::parse(&r.state)?,
            asked_by: UserId(r.asked_by),
            delegation: r.delegation_id,
            asker_name: r.asker_name,
            asker_org: r.asker_org,
            asked_at: instant(r.asked_at),
            expires_at: instant(r.expires_at),
            decider_name: r.decider_name,
            decided_at: r.decided_at.map(instant),
            note: r.note,
        })
    }
}

/// Adds a request.
///
/// # Errors
/// What the database says.
pub async fn insert_approval(work: &UnitOfWork, new: &NewApproval<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO approvals (id, kind, subject, payload, reason, state, org_id, asked_by, asked_at, expires_at, \
               delegation_id) VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, $9, $10)";
    let values = params![
        id,
        new.kind.as_str(),
        new.subject,
        new.payload,
        new.reason,
        new.org.0,
        new.asked_by.0,
        millis(work.now()),
        millis(new.expires_at),
        new.delegation,
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Ends a request that nobody has decided yet.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody was quicker.
pub async fn end_approval(
    work: &UnitOfWork,
    id: Uuid,
    state: ApprovalState,
    by: UserId,
    note: &str,
) -> Result<()> {
    let sql = "UPDATE approvals SET state = $1, decided_by = $2, decided_at = $3, note = $4 \
               WHERE id = $5 AND state = 'pending'";
    let values = params![state.as_str(), by.0, millis(work.now()), note, id];
    work.execute_one(sql, values).await
}

/// A request by its id. Who may see it is for the caller to decide: the asker, or who may decide.
///
/// # Errors
/// What the database says.
pub async fn find_approval(db: &impl Reads, id: Uuid) -> Result<Option<ApprovalRow>> {
    let mut select = Select::new(SELECT);
    select.filter("a.id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter()
        .next()
        .map(ApprovalRow::try_from)
        .transpose()
}

/// Whether a request was made by somebody of a unit in sight.
///
/// # Errors
/// What the database says.
pub async fn is_approval_in_sight(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<bool> {
    let mut select = Select::new("SELECT COUNT(*) AS n FROM approvals a");
    select
        .scope(scope, "a.org_id")
        .filter("a.id = ?", params![id]);
    Ok(select.count(db).await? > 0)
}

/// Open requests of a kind that wait for somebody else than a person, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_waiting_approvals(
    db: &impl Reads,
    scope: &Scope,
    kind: ApprovalKind,
    now: Instant,
) -> Result<Vec<ApprovalRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "a.org_id")
        .filter("a.kind = ?", params![kind.as_str()])
        .filter("a.state = 'pending'", Vec::new())
        .filter("a.expires_at > ?", params![millis(now)]);
    select.then("ORDER BY a.id LIMIT 200", Vec::new());
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().map(ApprovalRow::try_from).collect()
}

/// What a person asked for, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_approvals_of(
    db: &impl Reads,
    asked_by: UserId,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<ApprovalRow>> {
    let mut select = Select::new(SELECT);
    select.filter("a.asked_by = ?", params![asked_by.0]);
    select.page_by_id("a.id", true, after, limit);
    page(select.list(db).await?, limit)
}

/// Requests of a kind that were decided, the newest first: the history of the table of rights.
///
/// # Errors
/// What the database says.
pub async fn list_decided_approvals(
    db: &impl Reads,
    scope: &Scope,
    kind: ApprovalKind,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<ApprovalRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "a.org_id")
        .filter("a.kind = ?", params![kind.as_str()])
        .filter("a.state <> 'pending'", Vec::new());
    select.page_by_id("a.id", true, after, limit);
    page(select.list(db).await?, limit)
}

fn page(rows: Vec<Row>, limit: u64) -> Result<Page<ApprovalRow>> {
    let rows: Result<Vec<_>> = rows.into_iter().map(ApprovalRow::try_from).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id))
}

/// Active users of a role, for demanding that one remains.
///
/// # Errors
/// What the database says.
pub async fn count_active_users_of(db: &impl Reads, role: domain::access::Role) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM user_roles r JOIN users u ON u.id = r.user_id \
               WHERE r.role = $1 AND u.active = TRUE";
    count(db, sql, params![role.as_str()]).await
}
