//! What users are told about their own account.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::NoticeKind;
use domain::ids::UserId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Something a user is told.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    /// What happened.
    pub kind: NoticeKind,
    /// What the message names: a device, a number, a person.
    pub detail: String,
    /// When.
    pub at: Instant,
    /// When it was read.
    pub read_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    detail: String,
    at: i64,
    read_at: Option<i64>,
}

impl TryFrom<Row> for NoticeRow {
    type Error = crate::StoreError;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            kind: NoticeKind::parse(&r.kind)?,
            detail: r.detail,
            at: instant(r.at),
            read_at: r.read_at.map(instant),
        })
    }
}

/// Tells a user something.
///
/// # Errors
/// What the database says.
pub async fn insert_notice(
    work: &UnitOfWork,
    user: UserId,
    kind: NoticeKind,
    detail: &str,
) -> Result<()> {
    let id: Uuid = work.next_id();
    let sql =
        "INSERT INTO user_notices (id, user_id, kind, detail, at) VALUES ($1, $2, $3, $4, $5)";
    let values = params![id, user.0, kind.as_str(), detail, millis(work.now())];
    work.execute(sql, values).await.map(|_| ())
}

const SELECT: &str = "SELECT kind, detail, at, read_at FROM user_notices WHERE user_id = $1";

/// The last notice that a user has not read.
///
/// # Errors
/// What the database says.
pub async fn find_unread_notice(db: &impl Reads, user: UserId) -> Result<Option<NoticeRow>> {
    let sql = format!("{SELECT} AND read_at IS NULL ORDER BY id DESC LIMIT 1");
    let row = find::<Row>(db, &sql, params![user.0]).await?;
    row.map(NoticeRow::try_from).transpose()
}

/// The notices of a user, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_notices(db: &impl Reads, user: UserId, limit: i32) -> Result<Vec<NoticeRow>> {
    let sql = format!("{SELECT} ORDER BY id DESC LIMIT $2");
    let rows: Vec<Row> = list(db, &sql, params![user.0, limit]).await?;
    rows.into_iter().map(NoticeRow::try_from).collect()
}

/// Notes that a user has read all notices.
///
/// # Errors
/// What the database says.
pub async fn read_notices(work: &UnitOfWork, user: UserId) -> Result<()> {
    let sql = "UPDATE user_notices SET read_at = $1 WHERE user_id = $2 AND read_at IS NULL";
    work.execute(sql, params![millis(work.now()), user.0])
        .await
        .map(|_| ())
}
