//! Taking a merge back.
//!
//! Every reference that moved goes back, unless it was changed to somebody else since; every fact of the
//! survivor that still stands as the merge left it becomes what it was, to the byte. What came about after
//! the merge stays with the survivor, unless it concerns a policy that goes back. What was forbidden since
//! holds for both: nobody knows which of the two spoke.

use super::copies::{PLAIN, SEALED, SealedRow, text_of, write};
use super::merge::{look_again, note_change};
use super::references::{How, REFERENCES};
use super::row::MergeRow;
use crate::sql::{millis, params};
use crate::{AuditActor, Reads as _, Result, UnitOfWork};

/// What taking a merge back did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Rows that went back.
    pub returned: u64,
    /// Rows that came about since and went with a policy.
    pub followed: u64,
    /// Facts that were changed since and stay.
    pub kept: Vec<&'static str>,
    /// What was forbidden since and holds for both from now on.
    pub forbidden: Vec<&'static str>,
    /// Numbers of the holds that were placed since and stand on both from now on.
    pub held: Vec<String>,
}

/// Takes a merge back.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody else took it back.
pub async fn unmerge_customers(
    work: &UnitOfWork,
    row: &MergeRow,
    by: &AuditActor,
    reason: &str,
) -> Result<Undone> {
    let (survivor, absorbed) = (row.survivor.0, row.absorbed.0);
    let sealed = work
        .keys()
        .seal("customer_merges.undo_reason", row.id, reason)?;
    let sql = "UPDATE customer_merges SET state = 'undone', undone_by = $1, undone_at = $2, undo_reason = $3 \
               WHERE id = $4 AND state = 'standing'";
    let values = params![by.name.as_str(), millis(work.now()), sealed, row.id];
    work.execute_one(sql, values).await?;
    let sql = "UPDATE customers SET merged_into_id = NULL WHERE id = $1 AND merged_into_id = $2";
    work.execute_one(sql, params![absorbed, survivor]).await?;
    let mut undone = Undone::default();
    for reference in REFERENCES {
        let (table, column) = (reference.table, reference.column);
        if matches!(reference.how, How::Stays(_)) {
            continue;
        }
        let sql = format!(
            "UPDATE {table} SET {column} = $1 WHERE {column} = $2 AND id IN (SELECT m.row_id FROM merge_moves m \
             WHERE m.merge_id = $3 AND m.table_name = $4 AND m.column_name = $5)"
        );
        let values = params![absorbed, survivor, row.id, table, column];
        undone.returned += work.execute(&sql, values).await?;
    }
    for reference in REFERENCES {
        let (table, column) = (reference.table, reference.column);
        let Some(policy) = reference.policy else {
            continue;
        };
        // Ids rise with time: what has a higher one than the merge came about after it.
        let sql = format!(
            "UPDATE {table} AS t SET {column} = $1 WHERE t.{column} = $2 AND t.id > $3 AND {policy} IN \
             (SELECT m.row_id FROM merge_moves m WHERE m.merge_id = $3 AND m.table_name = 'policies')"
        );
        undone.followed += work
            .execute(&sql, params![absorbed, survivor, row.id])
            .await?;
    }
    // A policy that came under either number since is put right by the next list that names it.
    let sql = "UPDATE policies SET row_hash = 0 WHERE id > $1 AND (policyholder_id = $2 OR insured_id = $2 OR beneficiary_id = $2)";
    work.execute(sql, params![row.id, survivor]).await?;
    undone.kept = restore(work, row, by, reason).await?;
    undone.forbidden = forbid(work, row, by, reason).await?;
    look_again(work, row.id, survivor, absorbed).await?;
    Ok(undone)
}

/// Restores the survivor's record; names the facts that were changed since.
async fn restore(
    work: &UnitOfWork,
    row: &MergeRow,
    by: &AuditActor,
    reason: &str,
) -> Result<Vec<&'static str>> {
    let survivor = row.survivor.0;
    let now = SealedRow::of_customer(work, survivor).await?;
    let before = SealedRow::of_copy(work, row.id, "before").await?;
    let after = SealedRow::of_copy(work, row.id, "after").await?;
    let keys = work.keys();
    let mut kept = Vec::new();
    for (column, ..) in SEALED {
        let present = now.open(keys, column)?;
        let was = before.open_copy(keys, column)?;
        let became = after.open_copy(keys, column)?;
        let value = |copy: &Option<(Vec<u8>, String)>| copy.as_ref().map(|(_, v)| v.clone());
        if value(&was) == value(&became) && was.is_some() == became.is_some() {
            continue;
        }
        if present != value(&became) {
            kept.push(column);
            continue;
        }
        let (bytes, text) = was.unzip();
        write(work, survivor, column, text.as_deref(), bytes).await?;
        let change = (present.as_deref(), text.as_deref());
        note_change(work, row.survivor, column, change, by, reason).await?;
    }
    for column in PLAIN {
        restore_plain(work, row, column, by, reason).await?;
    }
    // The version is what it was unless something else was changed since.
    let sql = "UPDATE customers SET \
               updated_at = CASE WHEN version = (SELECT a.version FROM merge_copies a WHERE a.merge_id = $1 AND a.moment = 'after') \
               THEN (SELECT b.updated_at FROM merge_copies b WHERE b.merge_id = $1 AND b.moment = 'before') ELSE $2 END, \
               version = CASE WHEN version = (SELECT a.version FROM merge_copies a WHERE a.merge_id = $1 AND a.moment = 'after') \
               THEN (SELECT b.version FROM merge_copies b WHERE b.merge_id = $1 AND b.moment = 'before') ELSE version + 1 END \
               WHERE id = $3";
    work.execute(sql, params![row.id, millis(work.now()), survivor])
        .await?;
    Ok(kept)
}

/// What a customer may forbid, and when a record says so.
const FORBIDDEN: [&str; 4] = [
    "marketing_consent",
    "consent_withdrawn_at",
    "restricted_at",
    "care_stopped_at",
];

/// Whether a record says so.
fn is_forbidden(alias: &str, column: &str) -> String {
    match column {
        "marketing_consent" => format!("({alias}.{column} IS NOT DISTINCT FROM FALSE)"),
        _ => format!("({alias}.{column} IS NOT NULL)"),
    }
}

/// Lets what was forbidden since the merge hold for the absorbed record, too.
async fn forbid(
    work: &UnitOfWork,
    row: &MergeRow,
    by: &AuditActor,
    reason: &str,
) -> Result<Vec<&'static str>> {
    let mut forbidden = Vec::new();
    for column in FORBIDDEN {
        let sql = format!(
            "SELECT {} AS old, {} AS new FROM customers o JOIN customers c ON c.id = $1 \
             JOIN merge_copies a ON a.merge_id = $2 AND a.moment = 'after' WHERE o.id = $3 AND {} AND NOT {} AND NOT {}",
            text_of("o", column),
            text_of("c", column),
            is_forbidden("c", column),
            is_forbidden("a", column),
            is_forbidden("o", column),
        );
        let values = params![row.survivor.0, row.id, row.absorbed.0];
        let Some(texts) = crate::sql::find::<Texts>(work, &sql, values).await? else {
            continue;
        };
        let sql = format!(
            "UPDATE customers SET {column} = (SELECT c.{column} FROM customers c WHERE c.id = $1) WHERE id = $2"
        );
        work.execute(&sql, params![row.survivor.0, row.absorbed.0])
            .await?;
        let change = (texts.old.as_deref(), texts.new.as_deref());
        note_change(work, row.absorbed, column, change, by, reason).await?;
        forbidden.push(column);
    }
    if !forbidden.is_empty() {
        let sql = "UPDATE customers SET updated_at = $1, version = version + 1 WHERE id = $2";
        work.execute(sql, params![millis(work.now()), row.absorbed.0])
            .await?;
    }
    Ok(forbidden)
}

#[derive(sea_orm::FromQueryResult)]
struct Texts {
    old: Option<String>,
    new: Option<String>,
}

/// Restores a column that is not sealed, where it stands as the merge left it.
async fn restore_plain(
    work: &UnitOfWork,
    row: &MergeRow,
    column: &str,
    by: &AuditActor,
    reason: &str,
) -> Result<()> {
    let condition = format!(
        "c.{column} IS NOT DISTINCT FROM a.{column} AND a.{column} IS DISTINCT FROM b.{column}"
    );
    let sql = format!(
        "SELECT {} AS old, {} AS new FROM customers c \
         JOIN merge_copies a ON a.merge_id = $1 AND a.moment = 'after' \
         JOIN merge_copies b ON b.merge_id = $1 AND b.moment = 'before' WHERE c.id = $2 AND {condition}",
        text_of("a", column),
        text_of("b", column)
    );
    let values = params![row.id, row.survivor.0];
    let Some(texts) = crate::sql::find::<Texts>(work, &sql, values).await? else {
        return Ok(());
    };
    let sql = format!(
        "UPDATE customers SET {column} = (SELECT b.{column} FROM merge_copies b WHERE b.merge_id = $1 AND b.moment = 'before') \
         WHERE id = $2"
    );
    work.execute(&sql, params![row.id, row.survivor.0]).await?;
    let change = (texts.old.as_deref(), texts.new.as_deref());
    note_change(work, row.survivor, column, change, by, reason).await
}
