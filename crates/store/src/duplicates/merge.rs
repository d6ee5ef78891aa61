//! Merging two records of one customer. Rows stay where they are, with their ids, so that what is sealed
//! stays readable; only their references move, and every one that moves is noted.

use super::copies::{PLAIN, PROTECTING, SEALED, SealedRow, copy, text_of, write};
use super::references::{How, REFERENCES, Reference};
use crate::customers::enqueue_derivations_of;
use crate::obligations::enqueue_customer;
use crate::sql::{count, millis, params};
use crate::{AuditActor, Reads as _, Result, UnitOfWork};
use domain::duplicates::MergedField;
use domain::ids::CustomerId;
use uuid::Uuid;

/// A merge to carry out.
#[derive(Clone, Debug)]
pub struct NewMerge<'n> {
    /// The pair.
    pub pair: Uuid,
    /// Who stays.
    pub survivor: CustomerId,
    /// Whose record is absorbed.
    pub absorbed: CustomerId,
    /// Facts that come from the absorbed record.
    pub fields: &'n [MergedField],
    /// Why.
    pub reason: &'n str,
    /// Who merges, or agrees.
    pub by: &'n AuditActor,
    /// Who asked for it, when that was somebody else.
    pub asked_by: Option<&'n str>,
}

/// What a merge did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedPair {
    /// Its id.
    pub id: Uuid,
    /// Rows that moved.
    pub moved: u64,
    /// Rows that stayed, because the survivor had their like.
    pub left_behind: u64,
}

/// Merges.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when one of the records was merged by somebody else.
pub async fn merge_customers(work: &UnitOfWork, new: &NewMerge<'_>) -> Result<MergedPair> {
    let id = work.next_id();
    let (survivor, absorbed) = (new.survivor.0, new.absorbed.0);
    insert(work, id, new).await?;
    copy(work, id, survivor, "before").await?;
    let (mut moved, mut left_behind) = (0, 0);
    for reference in REFERENCES {
        let (rows, rest) = move_rows(work, id, reference, survivor, absorbed).await?;
        moved += rows;
        left_behind += rest;
    }
    let sql = "UPDATE customers SET merged_into_id = $1 WHERE id = $2 AND merged_into_id IS NULL";
    work.execute_one(sql, params![survivor, absorbed]).await?;
    take_facts(work, new).await?;
    protect(work, new, id).await?;
    let sql = "UPDATE customers SET updated_at = $1, version = version + 1 WHERE id = $2 AND merged_into_id IS NULL";
    work.execute_one(sql, params![millis(work.now()), survivor])
        .await?;
    copy(work, id, survivor, "after").await?;
    let as_int = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let sql = "UPDATE customer_merges SET moved = $1, left_behind = $2 WHERE id = $3";
    work.execute(sql, params![as_int(moved), as_int(left_behind), id])
        .await?;
    look_again(work, id, survivor, absorbed).await?;
    Ok(MergedPair {
        id,
        moved,
        left_behind,
    })
}

async fn insert(work: &UnitOfWork, id: Uuid, new: &NewMerge<'_>) -> Result<()> {
    let reason = work.keys().seal("customer_merges.reason", id, new.reason)?;
    let fields: Vec<_> = new.fields.iter().map(|f| f.as_str()).collect();
    let sql = "INSERT INTO customer_merges (id, pair_id, survivor_id, absorbed_id, state, fields, reason, moved, left_behind, \
               merged_by_id, merged_by, asked_by, merged_at, is_destroyed) \
               VALUES ($1, $2, $3, $4, 'standing', $5, $6, 0, 0, $7, $8, $9, $10, FALSE)";
    let values = params![
        id,
        new.pair,
        new.survivor.0,
        new.absorbed.0,
        fields.join(" "),
        reason,
        new.by.id,
        new.by.name.as_str(),
        new.asked_by,
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Moves what refers to the absorbed record; says how many rows moved, and how many stayed.
async fn move_rows(
    work: &UnitOfWork,
    merge: Uuid,
    reference: &Reference,
    survivor: Uuid,
    absorbed: Uuid,
) -> Result<(u64, u64)> {
    let Reference { table, column, .. } = reference;
    let unless = match reference.how {
        How::Stays(_) => return Ok((0, 0)),
        How::Moves => String::new(),
        How::MovesUnless(same) => format!(
            " AND NOT EXISTS (SELECT 1 FROM {table} o WHERE o.{column} = $5 AND o.{same} = t.{same})"
        ),
        How::MovesIf(holds) => format!(" AND ({holds})"),
    };
    let sql = format!(
        "INSERT INTO merge_moves (merge_id, table_name, column_name, row_id) \
         SELECT $1, $2, $3, t.id FROM {table} t WHERE t.{column} = $4{unless}"
    );
    let mut values = params![merge, *table, *column, absorbed];
    if !unless.is_empty() {
        values.extend(params![survivor]);
    }
    let moved = work.execute(&sql, values).await?;
    let sql = format!(
        "UPDATE {table} SET {column} = $1 WHERE {column} = $2 AND id IN (SELECT m.row_id FROM merge_moves m \
         WHERE m.merge_id = $3 AND m.table_name = $4 AND m.column_name = $5)"
    );
    if moved > 0 {
        let values = params![survivor, absorbed, merge, *table, *column];
        work.execute(&sql, values).await?;
    }
    if unless.is_empty() {
        return Ok((moved, 0));
    }
    let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE {column} = $1");
    let rest = count(work, &sql, params![absorbed]).await?;
    Ok((moved, u64::try_from(rest).unwrap_or(0)))
}

/// Brings the chosen facts of the absorbed record into the survivor's, each with its trace.
async fn take_facts(work: &UnitOfWork, new: &NewMerge<'_>) -> Result<()> {
    let (survivor, absorbed) = (new.survivor.0, new.absorbed.0);
    let from = SealedRow::of_customer(work, absorbed).await?;
    let own = SealedRow::of_customer(work, survivor).await?;
    let keys = work.keys();
    for field in new.fields {
        for column in field.columns() {
            if SEALED.iter().any(|(name, ..)| name == column) {
                let (old, value) = (own.open(keys, column)?, from.open(keys, column)?);
                if old == value {
                    continue;
                }
                write(work, survivor, column, value.as_deref(), None).await?;
                note(work, new, column, old.as_deref(), value.as_deref()).await?;
            } else if PLAIN.contains(column) {
                note_plain(work, new, column).await?;
                let sql = format!(
                    "UPDATE customers SET {column} = (SELECT o.{column} FROM customers o WHERE o.id = $1) WHERE id = $2"
                );
                work.execute(&sql, params![absorbed, survivor]).await?;
            }
        }
    }
    Ok(())
}

/// Flags and limits that protect the customer come in any case: of both records the stricter holds.
async fn protect(work: &UnitOfWork, new: &NewMerge<'_>, merge: Uuid) -> Result<()> {
    let (survivor, absorbed) = (new.survivor.0, new.absorbed.0);
    let sql = "UPDATE customers SET large = large OR o.is_large, key_account = key_account OR o.is_key, \
               shareholder_related = shareholder_related OR o.is_related, \
               marketing_consent = CASE WHEN o.consent = FALSE THEN FALSE ELSE marketing_consent END, \
               restricted_at = COALESCE(restricted_at, o.restricted), \
               consent_withdrawn_at = COALESCE(consent_withdrawn_at, o.withdrawn), \
               erasure_asked_at = COALESCE(erasure_asked_at, o.asked), \
               care_stopped_at = COALESCE(care_stopped_at, o.stopped) \
               FROM (SELECT large AS is_large, key_account AS is_key, shareholder_related AS is_related, \
               marketing_consent AS consent, restricted_at AS restricted, consent_withdrawn_at AS withdrawn, \
               erasure_asked_at AS asked, care_stopped_at AS stopped FROM customers WHERE id = $1) AS o \
               WHERE customers.id = $2";
    work.execute(sql, params![absorbed, survivor]).await?;
    for column in PROTECTING {
        let sql = format!(
            "SELECT {} AS old, {} AS new FROM customers c JOIN merge_copies b ON b.merge_id = $1 AND b.moment = 'before' \
             WHERE c.id = $2",
            text_of("b", column),
            text_of("c", column)
        );
        let found = crate::sql::find::<Texts>(work, &sql, params![merge, survivor]).await?;
        if let Some(Texts { old, new: value }) = found {
            note(work, new, column, old.as_deref(), value.as_deref()).await?;
        }
    }
    Ok(())
}

#[derive(sea_orm::FromQueryResult)]
struct Texts {
    old: Option<String>,
    new: Option<String>,
}

async fn note_plain(work: &UnitOfWork, new: &NewMerge<'_>, column: &str) -> Result<()> {
    let sql = format!(
        "SELECT {} AS old, {} AS new FROM customers a JOIN customers b ON b.id = $1 WHERE a.id = $2",
        text_of("a", column),
        text_of("b", column)
    );
    let found = crate::sql::find::<Texts>(work, &sql, params![new.absorbed.0, new.survivor.0]);
    let Some(texts) = found.await? else {
        return Ok(());
    };
    note(
        work,
        new,
        column,
        texts.old.as_deref(),
        texts.new.as_deref(),
    )
    .await
}

/// A line in the history of the survivor's record.
async fn note(
    work: &UnitOfWork,
    merge: &NewMerge<'_>,
    field: &str,
    old: Option<&str>,
    new: Option<&str>,
) -> Result<()> {
    if old == new {
        return Ok(());
    }
    note_change(
        work,
        merge.survivor,
        field,
        (old, new),
        merge.by,
        merge.reason,
    )
    .await
}

/// A line in the history of a record.
pub(super) async fn note_change(
    work: &UnitOfWork,
    customer: CustomerId,
    field: &str,
    (old, new): (Option<&str>, Option<&str>),
    by: &AuditActor,
    reason: &str,
) -> Result<()> {
    let id = work.next_id();
    let keys = work.keys();
    let seal =
        |column: &str, value: Option<&str>| value.map(|v| keys.seal(column, id, v)).transpose();
    let sql = "INSERT INTO record_changes (id, entity, entity_id, customer_id, field, old_value, new_value, reason, \
               actor_kind, actor_id, actor_name, changed_at) VALUES ($1, 'customer', $2, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        id,
        customer.0,
        field,
        seal("record_changes.old_value", old)?,
        seal("record_changes.new_value", new)?,
        reason,
        by.kind,
        by.id,
        by.name.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Asks for both customers and the policies that moved to be planned and worked out again.
pub(super) async fn look_again(
    work: &UnitOfWork,
    merge: Uuid,
    survivor: Uuid,
    absorbed: Uuid,
) -> Result<()> {
    for customer in [survivor, absorbed] {
        enqueue_customer(work, CustomerId(customer)).await?;
        enqueue_derivations_of(work, CustomerId(customer)).await?;
    }
    for policy in moved_policies(work, merge).await? {
        crate::obligations::enqueue_policy(work, domain::ids::PolicyId(policy)).await?;
    }
    Ok(())
}

#[derive(sea_orm::FromQueryResult)]
struct IdRow {
    row_id: Uuid,
}

/// Policies of which somebody moved.
async fn moved_policies(work: &UnitOfWork, merge: Uuid) -> Result<Vec<Uuid>> {
    let sql =
        "SELECT DISTINCT row_id FROM merge_moves WHERE merge_id = $1 AND table_name = 'policies'";
    let rows: Vec<IdRow> = crate::sql::list(work, sql, params![merge]).await?;
    Ok(rows.into_iter().map(|r| r.row_id).collect())
}
