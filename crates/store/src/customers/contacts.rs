//! Contact persons of groups, each in one role.

use super::write::{Change, note_changes};
use crate::audit::AuditActor;
use crate::sql::{Select, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::customers::{ContactRole, Mobile, PersonName, Reveal};
use domain::ids::CustomerId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A contact person of a group customer.
#[derive(Clone, Debug)]
pub struct ContactRow {
    /// Its id.
    pub id: Uuid,
    /// Role as a code.
    pub role: String,
    /// Name.
    pub name: PersonName,
    /// Position.
    pub position: Option<String>,
    /// Mobile number.
    pub mobile: Option<Mobile>,
}

#[derive(FromQueryResult)]
struct ContactDbRow {
    id: Uuid,
    role: String,
    name: Vec<u8>,
    position: Option<String>,
    mobile: Option<Vec<u8>>,
}

/// Contact persons of a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn list_contacts(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<ContactRow>> {
    let mut select = Select::new(
        "SELECT t.id, t.role, t.name, t.position, t.mobile FROM contacts t JOIN customers c ON c.id = t.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("t.customer_id = ?", params![customer.0]);
    select.then("ORDER BY t.role", Vec::new());
    let keys = db.keys();
    let rows: Vec<ContactDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            let mobile = r
                .mobile
                .map(|m| keys.open("contacts.mobile", r.id, &m))
                .transpose()?;
            Ok(ContactRow {
                id: r.id,
                role: r.role,
                name: PersonName::from_stored(keys.open("contacts.name", r.id, &r.name)?),
                position: r.position,
                mobile: mobile.map(Mobile::from_stored),
            })
        })
        .collect()
}

/// A contact person as it is to be.
#[derive(Clone, Debug)]
pub struct NewContact {
    /// Role.
    pub role: ContactRole,
    /// Name.
    pub name: PersonName,
    /// Position.
    pub position: Option<String>,
    /// Mobile number.
    pub mobile: Option<Mobile>,
}

/// Puts a contact person in a role, in the place of who had it; what changed stays in the history.
///
/// # Errors
/// What the database says.
pub async fn save_contact(
    work: &UnitOfWork,
    customer: CustomerId,
    old: Option<&ContactRow>,
    new: &NewContact,
    actor: &AuditActor,
    reason: &str,
) -> Result<Uuid> {
    let keys = work.keys();
    let id = old.map_or_else(|| work.next_id(), |o| o.id);
    let name = new.name.reveal(Reveal::for_storage());
    let mobile = new.mobile.as_ref().map(|m| m.reveal(Reveal::for_storage()));
    let sealed = mobile
        .map(|m| keys.seal("contacts.mobile", id, m))
        .transpose()?;
    let index = mobile.map(|m| keys.index("mobile", m));
    let now = millis(work.now());
    let sql = match old {
        Some(_) => {
            "UPDATE contacts SET name = $2, position = $3, mobile = $4, mobile_index = $5, updated_at = $6 WHERE id = $1"
        }
        // No row of a file has this hash: the next file that names somebody for the role is taken.
        None => {
            "INSERT INTO contacts (id, name, position, mobile, mobile_index, updated_at, created_at, customer_id, role, row_hash) \
                 VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, 0)"
        }
    };
    let mut values = params![
        id,
        keys.seal("contacts.name", id, name)?,
        new.position.clone(),
        sealed,
        index,
        now,
    ];
    if old.is_none() {
        values.extend(params![customer.0, new.role.as_str()]);
    }
    work.execute_one(sql, values).await?;
    let old_name = old.map(|o| o.name.reveal(Reveal::for_storage()));
    let old_mobile = old.and_then(|o| o.mobile.as_ref());
    let old_mobile = old_mobile.map(|m| m.reveal(Reveal::for_storage()));
    let changes = [
        ("name", old_name, Some(name)),
        (
            "position",
            old.and_then(|o| o.position.as_deref()),
            new.position.as_deref(),
        ),
        ("mobile", old_mobile, mobile),
    ];
    note(work, customer, id, &changes, actor, reason).await?;
    Ok(id)
}

/// Takes a contact person off; who it was stays in the history.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when there is none any more.
pub async fn remove_contact(
    work: &UnitOfWork,
    customer: CustomerId,
    old: &ContactRow,
    actor: &AuditActor,
    reason: &str,
) -> Result<()> {
    work.execute_one("DELETE FROM contacts WHERE id = $1", params![old.id])
        .await?;
    let mobile = old.mobile.as_ref().map(|m| m.reveal(Reveal::for_storage()));
    let changes = [
        ("name", Some(old.name.reveal(Reveal::for_storage())), None),
        ("position", old.position.as_deref(), None),
        ("mobile", mobile, None),
    ];
    note(work, customer, old.id, &changes, actor, reason).await
}

async fn note(
    work: &UnitOfWork,
    customer: CustomerId,
    contact: Uuid,
    changes: &[(&'static str, Option<&str>, Option<&str>)],
    actor: &AuditActor,
    reason: &str,
) -> Result<()> {
    for (field, old, new) in changes.iter().filter(|(_, old, new)| old != new) {
        let change = Change {
            entity: "contact",
            id: contact,
            customer,
            field,
            old: *old,
            new: *new,
        };
        note_changes(work, &change, actor, reason).await?;
    }
    super::derivations::enqueue_derivations_of(work, customer).await
}
