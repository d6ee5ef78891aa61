//! Texts of messages: versions that are written, approved and used, never changed afterwards.

use crate::sql::{Select, count, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::TemplateId;
use domain::messaging::{MessageChannel, MessagePurpose, TemplateState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Versions that are listed.
const LISTED_MAX: i64 = 2_000;

/// A version of a text.
#[derive(Clone, Debug)]
pub struct TemplateRow {
    /// Its id.
    pub id: TemplateId,
    /// Code over versions and channels.
    pub code: String,
    /// For which channel.
    pub channel: MessageChannel,
    /// Version.
    pub version: i64,
    /// What it is for.
    pub purpose: MessagePurpose,
    /// What it is called.
    pub label: String,
    /// Subject of an e-mail.
    pub title: Option<String>,
    /// The text.
    pub body: String,
    /// The values that may stand in it.
    pub places: Vec<String>,
    /// Where it stands.
    pub state: TemplateState,
    /// The request that somebody decides.
    pub approval: Option<Uuid>,
    /// Who wrote it.
    pub created_by: String,
    /// When.
    pub created_at: Instant,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    code: String,
    channel: String,
    version: i64,
    purpose: String,
    label: String,
    title: Option<String>,
    body: String,
    places: String,
    state: String,
    approval_id: Option<Uuid>,
    created_by: String,
    created_at: i64,
    approved_by: Option<String>,
    approved_at: Option<i64>,
}

const SELECT: &str = "SELECT id, code, channel, version, purpose, label, title, body, places, state, approval_id, \
     created_by, created_at, approved_by, approved_at FROM message_templates";

fn template(r: Row) -> Result<TemplateRow> {
    Ok(TemplateRow {
        id: TemplateId(r.id),
        channel: MessageChannel::parse(&r.channel)?,
        purpose: MessagePurpose::parse(&r.purpose)?,
        state: TemplateState::parse(&r.state)?,
        places: r.places.split_whitespace().map(str::to_owned).collect(),
        code: r.code,
        version: r.version,
        label: r.label,
        title: r.title,
        body: r.body,
        approval: r.approval_id,
        created_by: r.created_by,
        created_at: instant(r.created_at),
        approved_by: r.approved_by,
        approved_at: r.approved_at.map(instant),
    })
}

/// A version to add.
#[derive(Clone, Debug)]
pub struct NewTemplate<'n> {
    /// Code over versions and channels.
    pub code: &'n str,
    /// For which channel.
    pub channel: MessageChannel,
    /// Version.
    pub version: i64,
    /// What it is for.
    pub purpose: MessagePurpose,
    /// What it is called.
    pub label: &'n str,
    /// Subject of an e-mail.
    pub title: Option<&'n str>,
    /// The text.
    pub body: &'n str,
    /// The values that may stand in it.
    pub places: &'n [String],
    /// Where it stands.
    pub state: TemplateState,
    /// Who wrote it.
    pub created_by: &'n str,
}

/// Adds a version. One that the program ships is approved at once.
///
/// # Errors
/// When that version exists already.
pub async fn insert_template(work: &UnitOfWork, new: &NewTemplate<'_>) -> Result<TemplateId> {
    let id = work.next_id();
    let now = millis(work.now());
    let approved = (new.state == TemplateState::Approved).then_some(now);
    let sql = "INSERT INTO message_templates (id, code, channel, version, purpose, label, title, body, places, state, \
               created_by, created_at, approved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let values = params![
        id,
        new.code,
        new.channel.as_str(),
        new.version,
        new.purpose.as_str(),
        new.label,
        new.title,
        new.body,
        new.places.join(" "),
        new.state.as_str(),
        new.created_by,
        now,
        approved,
    ];
    work.execute(sql, values).await?;
    Ok(TemplateId(id))
}

/// Texts: the newest version of each first. They are the same for everybody.
///
/// # Errors
/// What the database says.
pub async fn list_templates(db: &impl Reads, code: Option<&str>) -> Result<Vec<TemplateRow>> {
    let mut select = Select::new(SELECT);
    if let Some(code) = code {
        select.filter("code = ?", params![code]);
    }
    select.then(
        "ORDER BY code, channel, version DESC LIMIT ?",
        params![LISTED_MAX],
    );
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().map(template).collect()
}

/// A version by its id.
///
/// # Errors
/// What the database says.
pub async fn find_template(db: &impl Reads, id: TemplateId) -> Result<Option<TemplateRow>> {
    let sql = format!("{SELECT} WHERE id = $1");
    find::<Row>(db, &sql, params![id.0])
        .await?
        .map(template)
        .transpose()
}

/// The version that is used: the latest that was approved.
///
/// # Errors
/// What the database says.
pub async fn find_template_in_use(
    db: &impl Reads,
    code: &str,
    channel: MessageChannel,
) -> Result<Option<TemplateRow>> {
    let sql = format!(
        "{SELECT} WHERE code = $1 AND channel = $2 AND state = 'approved' ORDER BY version DESC LIMIT 1"
    );
    find::<Row>(db, &sql, params![code, channel.as_str()])
        .await?
        .map(template)
        .transpose()
}

/// The number of the version that would be added next.
///
/// # Errors
/// What the database says.
pub async fn next_version(db: &impl Reads, code: &str, channel: MessageChannel) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(version), 0) + 1 AS n FROM message_templates WHERE code = $1 AND channel = $2";
    count(db, sql, params![code, channel.as_str()]).await
}

/// Changes the words of a draft.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is no draft any more.
pub async fn update_draft(
    work: &UnitOfWork,
    id: TemplateId,
    label: &str,
    title: Option<&str>,
    body: &str,
) -> Result<()> {
    let sql = "UPDATE message_templates SET label = $1, title = $2, body = $3 WHERE id = $4 AND state = 'draft'";
    work.execute_one(sql, params![label, title, body, id.0])
        .await
}

/// Moves a version from one state to another.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is not in the first.
pub async fn set_template_state(
    work: &UnitOfWork,
    id: TemplateId,
    from: TemplateState,
    to: TemplateState,
    approval: Option<Uuid>,
    approved_by: Option<&str>,
) -> Result<()> {
    let sql = "UPDATE message_templates SET state = $1, approval_id = COALESCE($2, approval_id), \
               approved_by = COALESCE($3, approved_by), approved_at = COALESCE($4, approved_at) \
               WHERE id = $5 AND state = $6";
    let approved_at = approved_by.map(|_| millis(work.now()));
    let values = params![
        to.as_str(),
        approval,
        approved_by,
        approved_at,
        id.0,
        from.as_str(),
    ];
    work.execute_one(sql, values).await
}

/// Takes a version and those before it out of use.
///
/// # Errors
/// What the database says.
pub async fn retire_versions(
    work: &UnitOfWork,
    code: &str,
    channel: MessageChannel,
    up_to: i64,
) -> Result<()> {
    let sql = "UPDATE message_templates SET state = 'retired' WHERE code = $1 AND channel = $2 AND version <= $3 \
               AND state = 'approved'";
    let values = params![code, channel.as_str(), up_to];
    work.execute(sql, values).await.map(|_| ())
}
