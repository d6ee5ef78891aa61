//! Contacts whose day has come, and those that are of no use any more, in chunks.

use crate::customers::open_name;
use crate::dialect::bulk::{Bulk, Cell, Row};
use crate::messaging::AddresseeRow;
use crate::sql::{Select, count, instant, millis, params};
use crate::{Reads, Result, StoreError};
use chrono::NaiveDate;
use domain::customers::{CustomerKind, Email, Mobile};
use domain::ids::{CustomerId, OrgId};
use domain::messaging::{MessageReason, MessageState};
use uuid::Uuid;

/// A contact whose day has come.
#[derive(Clone, Debug)]
pub struct DueContact {
    /// The obligation.
    pub id: Uuid,
    /// Programme code.
    pub programme: String,
    /// The day that set it off.
    pub trigger_on: NaiveDate,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// The claim.
    pub claim_no: Option<String>,
    /// The facts of the decision, as JSON.
    pub facts: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Product of the policy.
    pub product: Option<String>,
    /// From when the policy is in force.
    pub effective_on: Option<NaiveDate>,
    /// When its next premium is due.
    pub premium_due_on: Option<NaiveDate>,
    /// Cooling-off period of the product, in days.
    pub cooling_off_days: Option<i64>,
    /// The customer.
    pub addressee: AddresseeRow,
}

fn needed<T>(value: Option<T>) -> Result<T> {
    value.ok_or(StoreError::Missing)
}

/// Conditions of contacts whose day has come and whose message nobody asked for yet. What is past its
/// day and of no use is not among them; `$1` is the day, `{late}` the programmes that are owed late too.
const DUE: &str = "o.kind = 'message' AND o.status = 'open' AND o.taken_up_at IS NULL AND o.earliest_on <= $1 \
     AND (o.due_on >= $1 OR o.due_on IS NULL OR o.programme IN ({late}))";

/// Places for programmes in a statement, from a number on, and what goes into them.
fn programmes(late: &[String], from: usize) -> (String, Vec<Cell>) {
    let places: Vec<_> = (0..late.len()).map(|n| format!("${}", from + n)).collect();
    let list = if places.is_empty() {
        "''".to_owned()
    } else {
        places.join(", ")
    };
    (list, late.iter().cloned().map(Cell::Text).collect())
}

/// Whether there may be anything to do: a contact whose day has come, or one that is past it. Asked
/// often, so it writes nothing.
///
/// # Errors
/// What the database says.
pub async fn is_contact_due(db: &impl Reads, today: NaiveDate, late: &[String]) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM obligations WHERE kind = 'message' AND status = 'open' \
               AND taken_up_at IS NULL AND earliest_on <= $1 LIMIT 1) AS due";
    if count(db, sql, params![today]).await? > 0 {
        return Ok(true);
    }
    let mut select = Select::new("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM obligations");
    select
        .filter("kind = 'message' AND status = 'open'", Vec::new())
        .filter("due_on < ?", params![today]);
    if !late.is_empty() {
        let places = vec!["?"; late.len()].join(", ");
        let codes = late.iter().map(|c| sea_orm::Value::from(c.as_str()));
        select.filter(&format!("programme NOT IN ({places})"), codes.collect());
    }
    select.then("LIMIT 1) AS late", Vec::new());
    Ok(select.count(db).await? > 0)
}

/// Contacts whose day has come, the longest waiting first. On PostgreSQL they are held for this
/// transaction, so that servers side by side take different ones.
///
/// # Errors
/// What the database says.
pub async fn read_due_contacts(
    bulk: &mut Bulk,
    today: NaiveDate,
    late: &[String],
    limit: i64,
) -> Result<Vec<DueContact>> {
    let (list, mut more) = programmes(late, 2);
    let due = DUE.replace("{late}", &list);
    let lock = bulk.backend().skip_locked_of("o");
    let sql = format!(
        "SELECT o.id, o.programme, o.trigger_on, o.due_on, o.claim_no, o.facts, p.policy_no, p.product_name, \
         p.effective_date, p.next_premium_due_on, p.cooling_off_days, c.id, c.customer_no, c.kind, c.name, c.sex, \
         c.mobile, c.email, c.preferred_channel, c.org_id, c.marketing_consent, c.care_stopped_at, c.restricted_at, \
         c.erased_at FROM obligations o JOIN customers c ON c.id = o.customer_id \
         LEFT JOIN policies p ON p.id = o.policy_id WHERE {due} ORDER BY o.earliest_on, o.id \
         LIMIT ${} {lock}",
        late.len() + 2
    );
    // SQLite numbers parameters as they appear, so the limit is the last.
    let mut cells = vec![Cell::Date(today)];
    cells.append(&mut more);
    cells.push(Cell::Int(limit));
    let keys = bulk.keyring();
    bulk.query(&sql, &cells, |row| due_contact(&keys, row))
        .await
}

fn due_contact(keys: &crate::sealing::Keyring, row: Row<'_>) -> Result<DueContact> {
    Ok(DueContact {
        id: needed(row.id(0)?)?,
        programme: needed(row.text(1)?)?,
        trigger_on: needed(row.date(2)?)?,
        due_on: row.date(3)?,
        claim_no: row.text(4)?,
        facts: needed(row.text(5)?)?,
        policy_no: row.text(6)?,
        product: row.text(7)?,
        effective_on: row.date(8)?,
        premium_due_on: row.date(9)?,
        cooling_off_days: row.int(10)?,
        addressee: addressee(keys, row, 11)?,
    })
}

fn addressee(keys: &crate::sealing::Keyring, row: Row<'_>, at: usize) -> Result<AddresseeRow> {
    let id = needed(row.id(at)?)?;
    let open = |column: &str, sealed: Option<Vec<u8>>| {
        let text = sealed.map(|s| keys.open(column, id, &s));
        text.transpose()
    };
    Ok(AddresseeRow {
        id: CustomerId(id),
        customer_no: needed(row.text(at + 1)?)?,
        kind: CustomerKind::parse(&needed(row.text(at + 2)?)?)?,
        name: open_name(keys, id, &row.bytes(at + 3)?.unwrap_or_default())?,
        sex: row.text(at + 4)?,
        mobile: open("customers.mobile", row.bytes(at + 5)?)?.map(Mobile::from_stored),
        email: open("customers.email", row.bytes(at + 6)?)?.map(Email::from_stored),
        preferred_channel: row.text(at + 7)?,
        org_id: OrgId(needed(row.id(at + 8)?)?),
        marketing_consent: row.bool(at + 9)?,
        care_stopped_at: row.int(at + 10)?.map(instant),
        restricted_at: row.int(at + 11)?.map(instant),
        erased_at: row.int(at + 12)?.map(instant),
    })
}

/// Notes that contacts were taken up: their messages were asked for, or it was found that there can be
/// none.
///
/// # Errors
/// What the database says.
pub async fn mark_taken_up(bulk: &mut Bulk, contacts: &[Uuid]) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    let places: Vec<_> = (2..contacts.len() + 2).map(|n| format!("${n}")).collect();
    let sql = format!(
        "UPDATE obligations SET taken_up_at = $1 WHERE id IN ({})",
        places.join(", ")
    );
    let mut cells = vec![Cell::Int(millis(bulk.now()))];
    cells.extend(contacts.iter().map(|id| Cell::Id(*id)));
    bulk.execute(&sql, &cells).await.map(|_| ())
}

/// A contact that is past its day.
#[derive(Clone, Debug)]
pub struct OverdueContact {
    /// The obligation.
    pub id: Uuid,
    /// The customer.
    pub customer: Uuid,
    /// Why its message did not go out; nothing where there was none.
    pub reason: Option<MessageReason>,
}

/// Contacts that are past their day and of no use after it. A message that is being handed over at this
/// moment is waited for.
///
/// # Errors
/// What the database says.
pub async fn read_overdue_contacts(
    bulk: &mut Bulk,
    today: NaiveDate,
    late: &[String],
    limit: i64,
) -> Result<Vec<OverdueContact>> {
    let (list, mut more) = programmes(late, 2);
    let lock = bulk.backend().skip_locked_of("o");
    let sql = format!(
        "SELECT o.id, o.customer_id, m.reason, m.state FROM obligations o LEFT JOIN messages m ON m.about_id = o.id \
         AND m.about_kind = 'contact' WHERE o.kind = 'message' AND o.status = 'open' AND o.due_on < $1 \
         AND o.programme NOT IN ({list}) AND (m.state IS NULL OR m.state <> 'sending') \
         ORDER BY o.due_on, o.id LIMIT ${} {lock}",
        late.len() + 2
    );
    let mut cells = vec![Cell::Date(today)];
    cells.append(&mut more);
    cells.push(Cell::Int(limit));
    bulk.query(&sql, &cells, |row| {
        let state = row.text(3)?.map(|s| MessageState::parse(&s)).transpose()?;
        let ended = state.is_some_and(MessageState::is_final);
        let reason = row.text(2)?.filter(|_| ended);
        Ok(OverdueContact {
            id: needed(row.id(0)?)?,
            customer: needed(row.id(1)?)?,
            reason: reason.map(|r| MessageReason::parse(&r)).transpose()?,
        })
    })
    .await
}

/// Ends contacts that are of no use any more, each with its reason. Their messages do not go out.
///
/// # Errors
/// What the database says.
pub async fn insert_lapses(
    bulk: &mut Bulk,
    contacts: &[(Uuid, MessageReason)],
    actor: &str,
) -> Result<()> {
    let now = millis(bulk.now());
    let mut reasons: Vec<_> = contacts.iter().map(|(_, reason)| *reason).collect();
    reasons.sort_unstable_by_key(|r| r.as_str());
    reasons.dedup();
    for reason in reasons {
        let ids: Vec<_> = contacts.iter().filter(|(_, r)| *r == reason).collect();
        let places: Vec<_> = (3..ids.len() + 3).map(|n| format!("${n}")).collect();
        let sql = format!(
            "UPDATE obligations SET status = 'not_discharged', cancel_reason = $1, updated_at = $2 WHERE id IN ({})",
            places.join(", ")
        );
        let mut cells = vec![Cell::Code(reason.as_str()), Cell::Int(now)];
        cells.extend(ids.iter().map(|(id, _)| Cell::Id(*id)));
        bulk.execute(&sql, &cells).await?;
    }
    let ids: Vec<_> = contacts.iter().map(|(id, _)| Cell::Id(*id)).collect();
    end_messages(bulk, &ids, actor).await
}

/// Cancels the messages of contacts that have not gone out, those that were given up too.
async fn end_messages(bulk: &mut Bulk, contacts: &[Cell], actor: &str) -> Result<()> {
    let sql = "SELECT id FROM messages WHERE about_kind = 'contact' AND state IN ('queued', 'waiting', 'failed', 'dead') \
               AND about_id IN ({values})";
    let found = bulk.query_in(sql, contacts, |row| row.id(0)).await?;
    let expired = MessageReason::Expired.as_str();
    let now = millis(bulk.now());
    for id in found.into_iter().flatten() {
        let sql = "UPDATE messages SET state = 'cancelled', reason = COALESCE(CASE WHEN state = 'dead' THEN reason END, $1), \
                   updated_at = $2, version = version + 1 WHERE id = $3";
        let cells = [Cell::Code(expired), Cell::Int(now), Cell::Id(id)];
        bulk.execute(sql, &cells).await?;
        let sql = "INSERT INTO message_entries (id, message_id, at, actor_name, state, reason) \
                   VALUES ($1, $2, $3, $4, 'cancelled', $5)";
        let cells = [
            Cell::Id(bulk.next_id()),
            Cell::Id(id),
            Cell::Int(now),
            Cell::Text(actor.to_owned()),
            Cell::Code(expired),
        ];
        bulk.execute(sql, &cells).await?;
    }
    Ok(())
}
