//! What a merge keeps of the survivor's record: all of it before, and all of it after.
//!
//! A sealed value is kept twice in one sealed text: the bytes as they stood, so that taking the merge back
//! restores them to the byte, and the value, so that it can be sealed anew when its key has been replaced.

use crate::sealing::Keyring;
use crate::sql::{find, params};
use crate::{Reads, Result, StoreError, UnitOfWork};
use sea_orm::FromQueryResult;
use std::fmt::Write as _;
use uuid::Uuid;

/// Sealed columns of a customer with the kinds of their blind indexes: of the value, of its end.
pub(super) const SEALED: [(&str, Option<&str>, bool); 9] = [
    ("name", Some("name"), false),
    ("id_no", Some("id_no"), true),
    ("mobile", Some("mobile"), true),
    ("phone", Some("phone"), false),
    ("email", None, false),
    ("address", None, false),
    ("mailing_address", None, false),
    ("needs", None, false),
    ("special_needs", None, false),
];

/// Columns of a customer that are kept as they are.
pub(super) const PLAIN: [&str; 17] = [
    "sex",
    "birth_date",
    "id_type",
    "id_expires_on",
    "nationality",
    "occupation",
    "language",
    "preferred_channel",
    "annual_income_fen",
    "marketing_consent",
    "large",
    "key_account",
    "shareholder_related",
    "restricted_at",
    "consent_withdrawn_at",
    "erasure_asked_at",
    "care_stopped_at",
];

/// Those of them that protect a customer, or mark one to be treated with care. They are the survivor's when
/// either of both has them.
pub(super) const PROTECTING: [&str; 8] = [
    "large",
    "key_account",
    "shareholder_related",
    "marketing_consent",
    "restricted_at",
    "consent_withdrawn_at",
    "erasure_asked_at",
    "care_stopped_at",
];

/// A plain column as the history of a record writes it, the same on both databases.
pub(super) fn text_of(alias: &str, column: &str) -> String {
    match column {
        "marketing_consent" | "large" | "key_account" | "shareholder_related" => format!(
            "CASE WHEN {alias}.{column} THEN 'true' WHEN NOT {alias}.{column} THEN 'false' END"
        ),
        _ => format!("CAST({alias}.{column} AS TEXT)"),
    }
}

/// The sealed columns of a row.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct SealedRow {
    id: Uuid,
    name: Option<Vec<u8>>,
    id_no: Option<Vec<u8>>,
    mobile: Option<Vec<u8>>,
    phone: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    address: Option<Vec<u8>>,
    mailing_address: Option<Vec<u8>>,
    needs: Option<Vec<u8>>,
    special_needs: Option<Vec<u8>>,
}

const COLUMNS: &str =
    "id, name, id_no, mobile, phone, email, address, mailing_address, needs, special_needs";

impl SealedRow {
    /// The sealed columns of a customer.
    pub(super) async fn of_customer(db: &impl Reads, id: Uuid) -> Result<Self> {
        let sql = format!("SELECT {COLUMNS} FROM customers WHERE id = $1");
        let row = find(db, &sql, params![id]).await?;
        row.ok_or(StoreError::Missing)
    }

    /// The copy that a merge made.
    pub(super) async fn of_copy(db: &impl Reads, merge: Uuid, moment: &str) -> Result<Self> {
        let sql = format!("SELECT {COLUMNS} FROM merge_copies WHERE merge_id = $1 AND moment = $2");
        let row = find(db, &sql, params![merge, moment]).await?;
        row.ok_or(StoreError::Missing)
    }

    pub(super) fn column(&self, name: &str) -> Option<&Vec<u8>> {
        let column = match name {
            "name" => &self.name,
            "id_no" => &self.id_no,
            "mobile" => &self.mobile,
            "phone" => &self.phone,
            "email" => &self.email,
            "address" => &self.address,
            "mailing_address" => &self.mailing_address,
            "needs" => &self.needs,
            _ => &self.special_needs,
        };
        column.as_ref()
    }

    /// The value of a column of a customer.
    pub(super) fn open(&self, keys: &Keyring, column: &str) -> Result<Option<String>> {
        let sealed = self.column(column);
        sealed
            .map(|s| keys.open(&format!("customers.{column}"), self.id, s))
            .transpose()
    }

    /// What a copy holds of a column: the bytes as they stood, and the value.
    pub(super) fn open_copy(
        &self,
        keys: &Keyring,
        column: &str,
    ) -> Result<Option<(Vec<u8>, String)>> {
        let Some(sealed) = self.column(column) else {
            return Ok(None);
        };
        let text = keys.open(&format!("merge_copies.{column}"), self.id, sealed)?;
        let damaged = || StoreError::Data(format!("a copy of {column} cannot be read"));
        let (bytes, value) = text.split_once(' ').ok_or_else(damaged)?;
        let bytes: Option<Vec<u8>> = (0..bytes.len() / 2)
            .map(|n| u8::from_str_radix(bytes.get(n * 2..n * 2 + 2)?, 16).ok())
            .collect();
        Ok(Some((bytes.ok_or_else(damaged)?, value.to_owned())))
    }
}

/// Keeps the survivor's record as it stands.
pub(super) async fn copy(
    work: &UnitOfWork,
    merge: Uuid,
    customer: Uuid,
    moment: &str,
) -> Result<()> {
    let id = work.next_id();
    let row = SealedRow::of_customer(work, customer).await?;
    let keys = work.keys();
    let plain = PLAIN.join(", ");
    let sql = format!(
        "INSERT INTO merge_copies (id, merge_id, moment, {plain}, version, updated_at) \
         SELECT $1, $2, $3, {plain}, version, updated_at FROM customers WHERE id = $4"
    );
    work.execute(&sql, params![id, merge, moment, customer])
        .await?;
    for (column, ..) in SEALED {
        let (Some(sealed), Some(value)) = (row.column(column), row.open(keys, column)?) else {
            continue;
        };
        let mut text = String::with_capacity(sealed.len() * 2 + value.len() + 1);
        for byte in sealed {
            let _ = write!(text, "{byte:02x}");
        }
        text.push(' ');
        text.push_str(&value);
        let sealed = keys.seal(&format!("merge_copies.{column}"), id, &text)?;
        let sql = format!("UPDATE merge_copies SET {column} = $1 WHERE id = $2");
        work.execute(&sql, params![sealed, id]).await?;
    }
    Ok(())
}

/// Writes a value into a sealed column of a customer, with its blind indexes. `bytes` are used as they are
/// where the newest key sealed them.
pub(super) async fn write(
    work: &UnitOfWork,
    customer: Uuid,
    column: &str,
    value: Option<&str>,
    bytes: Option<Vec<u8>>,
) -> Result<()> {
    let keys = work.keys();
    let context = format!("customers.{column}");
    let known = bytes.filter(|b| b.starts_with(&keys.present_head()));
    let sealed = match (known, value) {
        (Some(bytes), _) => Some(bytes),
        (None, Some(value)) => Some(keys.seal(&context, customer, value)?),
        (None, None) => None,
    };
    let sql = format!("UPDATE customers SET {column} = $1 WHERE id = $2");
    work.execute(&sql, params![sealed, customer]).await?;
    let indexes = SEALED.iter().find(|(name, ..)| *name == column);
    let Some((_, Some(kind), has_tail)) = indexes else {
        return Ok(());
    };
    // Nobody is without a name, whose index is never nothing.
    let index = value.map(|v| keys.index(kind, v));
    let sql = format!("UPDATE customers SET {column}_index = $1 WHERE id = $2");
    work.execute(&sql, params![index, customer]).await?;
    if *has_tail {
        let tail = value.map(|v| keys.index_tail(kind, v));
        let sql = format!("UPDATE customers SET {column}_tail_index = $1 WHERE id = $2");
        work.execute(&sql, params![tail, customer]).await?;
    }
    Ok(())
}
