//! Cleaning up: findings that were put together to be worked off, and how far that is.

use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{OrgId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A new cleaning up.
#[derive(Clone, Debug)]
pub struct NewCleanup {
    /// Title.
    pub title: String,
    /// The filter that it was made from, as it stands in the address.
    pub filter: String,
    /// Unit of who made it.
    pub org: OrgId,
    /// By when.
    pub due_on: NaiveDate,
    /// Who made it.
    pub by: UserId,
    /// Name of who made it.
    pub by_name: String,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CleanupProgress {
    /// Findings on the list.
    pub found: i64,
    /// Put right.
    pub cleaned: i64,
    /// Explained.
    pub explained: i64,
}

impl CleanupProgress {
    /// Left to do.
    pub fn left(self) -> i64 {
        self.found - self.cleaned - self.explained
    }
}

/// A cleaning up.
#[derive(Clone, Debug)]
pub struct CleanupRow {
    /// Id.
    pub id: Uuid,
    /// Title.
    pub title: String,
    /// Unit.
    pub org_name: String,
    /// By when.
    pub due_on: NaiveDate,
    /// Who made it.
    pub made_by_name: String,
    /// When.
    pub made_at: Instant,
    /// How far it is.
    pub progress: CleanupProgress,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    title: String,
    org_name: String,
    due_on: NaiveDate,
    made_by_name: String,
    made_at: i64,
    found: i64,
    cleaned: i64,
    explained: i64,
}

const SELECT: &str = "SELECT k.id, k.title, o.name AS org_name, k.due_on, k.made_by_name, k.made_at, \
     (SELECT COUNT(*) FROM information_findings g WHERE g.cleanup_id = k.id) AS found, \
     (SELECT COUNT(*) FROM information_findings g WHERE g.cleanup_id = k.id AND g.state = 'cleaned') AS cleaned, \
     (SELECT COUNT(*) FROM information_findings g WHERE g.cleanup_id = k.id AND g.state = 'explained') AS explained \
     FROM cleanups k JOIN orgs o ON o.id = k.org_id";

fn cleanup(r: Row) -> CleanupRow {
    CleanupRow {
        id: r.id,
        title: r.title,
        org_name: r.org_name,
        due_on: r.due_on,
        made_by_name: r.made_by_name,
        made_at: instant(r.made_at),
        progress: CleanupProgress {
            found: r.found,
            cleaned: r.cleaned,
            explained: r.explained,
        },
    }
}

/// Keeps a cleaning up.
///
/// # Errors
/// What the database says.
pub async fn insert_cleanup(work: &UnitOfWork, new: &NewCleanup) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO cleanups (id, title, filter, org_id, due_on, made_by, made_by_name, made_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        new.title.as_str(),
        new.filter.as_str(),
        new.org.0,
        new.due_on,
        new.by.0,
        new.by_name.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Whoever sees the own list only sees what they made or have a part in.
fn in_sight(scope: &Scope) -> Select {
    let mut select = Select::new(SELECT);
    select.scope(scope, "k.org_id");
    if let Some(user) = scope.own_list_of() {
        let part = "(k.made_by = ? OR EXISTS (SELECT 1 FROM information_findings p \
                    WHERE p.cleanup_id = k.id AND p.assignee_id = ?))";
        select.filter(part, params![user.0, user.0]);
    }
    select
}

/// Cleanings up in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_cleanups(
    db: &impl Reads,
    scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<CleanupRow>> {
    let mut select = in_sight(scope);
    select.page_by_id("k.id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(cleanup).collect();
    Ok(Page::cut_by_id(rows, limit, |r: &CleanupRow| r.id))
}

/// A cleaning up in sight.
///
/// # Errors
/// What the database says.
pub async fn find_cleanup(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<CleanupRow>> {
    let mut select = in_sight(scope);
    select.filter("k.id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    Ok(rows.into_iter().next().map(cleanup))
}
