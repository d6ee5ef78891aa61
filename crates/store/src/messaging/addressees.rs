//! Who a message goes to, and what else they get.

use crate::customers::open_name;
use crate::dialect::Backend;
use crate::sql::{Select, find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::customers::{CustomerKind, Email, Mobile, PersonName};
use domain::ids::{CustomerId, MessageId, OrgId};
use domain::messaging::{Contact, History, MessageChannel, MessagePurpose};
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// A customer, as far as messages need it.
#[derive(Clone, Debug)]
pub struct AddresseeRow {
    /// The customer.
    pub id: CustomerId,
    /// Number.
    pub customer_no: String,
    /// Individual or group.
    pub kind: CustomerKind,
    /// Name.
    pub name: PersonName,
    /// Sex as a code.
    pub sex: Option<String>,
    /// Mobile number.
    pub mobile: Option<Mobile>,
    /// E-mail address.
    pub email: Option<Email>,
    /// Preferred channel as a code.
    pub preferred_channel: Option<String>,
    /// Unit.
    pub org_id: OrgId,
    /// Consent to marketing.
    pub marketing_consent: Option<bool>,
    /// Since when the customer wants no greetings.
    pub care_stopped_at: Option<Instant>,
    /// Since when the data may only be stored.
    pub restricted_at: Option<Instant>,
    /// When the data was destroyed.
    pub erased_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    sex: Option<String>,
    mobile: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    preferred_channel: Option<String>,
    org_id: Uuid,
    marketing_consent: Option<bool>,
    care_stopped_at: Option<i64>,
    restricted_at: Option<i64>,
    erased_at: Option<i64>,
}

/// The customer that a message goes to, kept from others until the unit of work ends, so that two
/// servers do not both find room under a cap.
///
/// # Errors
/// What the database says.
pub async fn find_addressee(
    work: &UnitOfWork,
    customer: CustomerId,
) -> Result<Option<AddresseeRow>> {
    let lock = Backend::of(work.connection()).for_update();
    let sql = format!(
        "SELECT id, customer_no, kind, name, sex, mobile, email, preferred_channel, org_id, marketing_consent, \
         care_stopped_at, restricted_at, erased_at FROM customers WHERE id = $1 {lock}"
    );
    let Some(r) = find::<Row>(work, &sql, params![customer.0]).await? else {
        return Ok(None);
    };
    let keys = work.keys();
    let open = |column: &str, sealed: &Option<Vec<u8>>| {
        let text = sealed.as_ref().map(|s| keys.open(column, r.id, s));
        text.transpose()
    };
    Ok(Some(AddresseeRow {
        mobile: open("customers.mobile", &r.mobile)?.map(Mobile::from_stored),
        email: open("customers.email", &r.email)?.map(Email::from_stored),
        name: open_name(keys, r.id, &r.name)?,
        id: CustomerId(r.id),
        kind: CustomerKind::parse(&r.kind)?,
        customer_no: r.customer_no,
        sex: r.sex,
        preferred_channel: r.preferred_channel,
        org_id: OrgId(r.org_id),
        marketing_consent: r.marketing_consent,
        care_stopped_at: r.care_stopped_at.map(instant),
        restricted_at: r.restricted_at.map(instant),
        erased_at: r.erased_at.map(instant),
    }))
}

#[derive(FromQueryResult)]
struct ContactRow {
    purpose: String,
    at: i64,
}

fn contacts(rows: Vec<ContactRow>, not_before: Instant) -> Result<Vec<Contact>> {
    let contact = |r: ContactRow| {
        Ok(Contact {
            purpose: MessagePurpose::parse(&r.purpose)?,
            at: instant(r.at).max(not_before),
        })
    };
    rows.into_iter().map(contact).collect()
}

/// Messages of one customer that are counted; nobody gets more in the longest period.
const COUNTED_MAX: i64 = 1_000;

/// What else a customer gets: what went out since a moment or is going out, and what has to, by the
/// channels that are served.
///
/// # Errors
/// What the database says.
pub async fn list_history(
    work: &UnitOfWork,
    customer: CustomerId,
    except: MessageId,
    since: Instant,
    channels: &[MessageChannel],
) -> Result<History> {
    let sql = "SELECT purpose, COALESCE(sent_at, updated_at) AS at FROM messages \
               WHERE customer_id = $1 AND id <> $2 AND state IN ('sending', 'sent', 'delivered') \
               AND COALESCE(sent_at, updated_at) >= $3 ORDER BY id DESC LIMIT $4";
    let values = params![customer.0, except.0, millis(since), COUNTED_MAX];
    let sent = contacts(list(work, sql, values).await?, Instant::MIN_UTC)?;
    let mut select = Select::new("SELECT purpose, next_at AS at FROM messages");
    select
        .filter("customer_id = ?", params![customer.0])
        .filter("id <> ?", params![except.0])
        .filter("state IN ('queued', 'waiting', 'failed')", Vec::new())
        .filter_in(
            "channel",
            channels.iter().map(|c| Value::from(c.as_str())).collect(),
        )
        .then("ORDER BY id DESC LIMIT ?", params![COUNTED_MAX]);
    let pending = contacts(select.list(work).await?, work.now())?;
    Ok(History { sent, pending })
}
