//! Posts of a person, and what holders put on record of their duties.

use crate::sql::{Select, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{OrgId, UserId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A post that a person holds.
#[derive(Clone, Debug, FromQueryResult)]
pub struct OwnPostRow {
    /// The unit.
    pub org_id: Uuid,
    /// Name of the unit.
    pub org_name: String,
    /// Code of the post's kind.
    pub kind: String,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub until_on: Option<NaiveDate>,
}

/// The posts that a person holds on a day.
///
/// # Errors
/// What the database says.
pub async fn list_own_posts(
    db: &impl Reads,
    user: UserId,
    on: NaiveDate,
) -> Result<Vec<OwnPostRow>> {
    let sql = "SELECT p.org_id, o.name AS org_name, p.kind, h.from_on, h.until_on \
               FROM post_holders h JOIN posts p ON p.id = h.post_id JOIN orgs o ON o.id = p.org_id \
               WHERE h.user_id = $1 AND h.from_on <= $2 AND (h.until_on IS NULL OR h.until_on >= $2) \
               ORDER BY h.from_on, h.id";
    list(db, sql, params![user.0, on]).await
}

/// The last record of a duty.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DutyRecordRow {
    /// The unit.
    pub org_id: Uuid,
    /// Code of the post's kind.
    pub post: String,
    /// Code of the duty.
    pub duty: String,
    /// The day of which it speaks.
    pub done_on: NaiveDate,
    /// What was done.
    pub note: String,
    /// Who wrote it.
    pub display_name: String,
    /// How many there are of this duty.
    pub records: i64,
}

const LAST: &str = "SELECT org_id, post, duty, done_on, note, display_name, records FROM ( \
     SELECT r.org_id, r.post, r.duty, r.done_on, r.note, u.display_name, \
     COUNT(*) OVER (PARTITION BY r.org_id, r.post, r.duty) AS records, \
     ROW_NUMBER() OVER (PARTITION BY r.org_id, r.post, r.duty ORDER BY r.done_on DESC, r.created_at DESC, r.id) AS place \
     FROM post_duty_records r JOIN users u ON u.id = r.user_id";

/// The last record of each duty of the units in sight.
///
/// # Errors
/// What the database says.
pub async fn list_last_duty_records(db: &impl Reads, scope: &Scope) -> Result<Vec<DutyRecordRow>> {
    let mut select = Select::new(LAST);
    select.scope(scope, "r.org_id").then(
        ") last WHERE place = 1 ORDER BY org_id, post, duty",
        Vec::new(),
    );
    select.list(db).await
}

/// The last record of each duty of the posts that a person holds on a day.
///
/// # Errors
/// What the database says.
pub async fn list_last_records_of_own_posts(
    db: &impl Reads,
    user: UserId,
    on: NaiveDate,
) -> Result<Vec<DutyRecordRow>> {
    let sql = format!(
        "{LAST} WHERE EXISTS (SELECT 1 FROM posts p JOIN post_holders h ON h.post_id = p.id \
         WHERE p.org_id = r.org_id AND p.kind = r.post AND h.user_id = $1 AND h.from_on <= $2 \
         AND (h.until_on IS NULL OR h.until_on >= $2))) last WHERE place = 1 ORDER BY org_id, post, duty"
    );
    list(db, &sql, params![user.0, on]).await
}

/// Puts on record that a duty was done.
///
/// # Errors
/// What the database says.
pub async fn insert_duty_record(
    work: &UnitOfWork,
    (org, post, duty): (OrgId, &str, &str),
    user: UserId,
    done_on: NaiveDate,
    note: &str,
) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO post_duty_records (id, org_id, post, duty, user_id, done_on, note, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        org.0,
        post,
        duty,
        user.0,
        done_on,
        note,
        millis(work.now())
    ];
    work.execute(sql, values).await?;
    Ok(id)
}
