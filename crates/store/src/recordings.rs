//! Recordings and scans: where they are, and the hash that proves they were not changed.

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{CustomerId, RecordingId};
use domain::tickets::EvidenceKind;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// What a recording belongs to, and whose business it is.
#[derive(Clone, Copy, Debug)]
pub struct RecordingOwner {
    /// `attempt`, `callback`, `letter` or `ticket`.
    pub kind: &'static str,
    /// The attempt, callback, letter or ticket.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// The unit of the business: who sees the callback hears its recordings.
    pub org: Uuid,
}

/// A recording or scan to add.
#[derive(Clone, Debug)]
pub struct NewRecording<'n> {
    /// What it belongs to.
    pub owner: RecordingOwner,
    /// Kind of evidence.
    pub kind: EvidenceKind,
    /// Name of the file.
    pub file_name: &'n str,
    /// Media type.
    pub content_type: &'n str,
    /// Size in bytes; nothing for links.
    pub size_bytes: Option<i64>,
    /// SHA-256, hexadecimal; nothing for links whose file we do not hold.
    pub sha256: Option<&'n str>,
    /// Key in the store of files, or the link.
    pub location: &'n str,
    /// Whether it is a link into another system.
    pub is_link: bool,
    /// Who added it.
    pub added_by: &'n str,
}

/// A recording or scan.
#[derive(Clone, Debug)]
pub struct RecordingRow {
    /// Its id.
    pub id: RecordingId,
    /// The attempt or ticket it belongs to.
    pub owner_id: Uuid,
    /// The customer.
    pub customer_id: CustomerId,
    /// Kind of evidence.
    pub kind: EvidenceKind,
    /// Name of the file.
    pub file_name: String,
    /// Media type.
    pub content_type: String,
    /// Size in bytes.
    pub size_bytes: Option<i64>,
    /// SHA-256, hexadecimal.
    pub sha256: Option<String>,
    /// Key in the store of files, or the link.
    pub location: String,
    /// Whether it is a link into another system.
    pub is_link: bool,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    owner_id: Uuid,
    customer_id: Uuid,
    kind: String,
    file_name: String,
    content_type: String,
    size_bytes: Option<i64>,
    sha256: Option<String>,
    location: String,
    is_link: bool,
    added_by: String,
    added_at: i64,
}

impl TryFrom<Row> for RecordingRow {
    type Error = crate::StoreError;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: RecordingId(r.id),
            owner_id: r.owner_id,
            customer_id: CustomerId(r.customer_id),
            kind: EvidenceKind::parse(&r.kind)?,
            file_name: r.file_name,
            content_type: r.content_type,
            size_bytes: r.size_bytes,
            sha256: r.sha256,
            location: r.location,
            is_link: r.is_link,
            added_by: r.added_by,
            added_at: instant(r.added_at),
        })
    }
}

/// Adds a recording or scan.
///
/// # Errors
/// What the database says.
pub async fn insert_recording(
    work: &UnitOfWork,
    recording: &NewRecording<'_>,
) -> Result<RecordingId> {
    let id = work.next_id();
    let owner = recording.owner;
    let sql = "INSERT INTO recordings (id, owner, owner_id, customer_id, org_id, kind, file_name, content_type, \
               size_bytes, sha256, location, is_link, added_by, added_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let values = params![
        id,
        owner.kind,
        owner.id,
        owner.customer.0,
        owner.org,
        recording.kind.as_str(),
        recording.file_name,
        recording.content_type,
        recording.size_bytes,
        recording.sha256,
        recording.location,
        recording.is_link,
        recording.added_by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(RecordingId(id))
}

const SELECT: &str = "SELECT r.id, r.owner_id, r.customer_id, r.kind, r.file_name, r.content_type, r.size_bytes, \
     r.sha256, r.location, r.is_link, r.added_by, r.added_at \
     FROM recordings r";

/// Recordings and scans of attempts or tickets whose customers are in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_recordings(
    db: &impl Reads,
    scope: &Scope,
    owners: &[Uuid],
) -> Result<Vec<RecordingRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "r.org_id")
        .own(scope, "r.customer_id")
        .filter_in("r.owner_id", owners.iter().map(|o| (*o).into()).collect());
    select.then("ORDER BY r.id LIMIT 500", Vec::new());
    select
        .list::<Row>(db)
        .await?
        .into_iter()
        .map(RecordingRow::try_from)
        .collect()
}

/// A recording or scan in sight.
///
/// # Errors
/// What the database says.
pub async fn find_recording(
    db: &impl Reads,
    scope: &Scope,
    id: RecordingId,
) -> Result<Option<RecordingRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "r.org_id")
        .own(scope, "r.customer_id")
        .filter("r.id = ?", params![id.0]);
    select
        .list::<Row>(db)
        .await?
        .into_iter()
        .next()
        .map(RecordingRow::try_from)
        .transpose()
}
