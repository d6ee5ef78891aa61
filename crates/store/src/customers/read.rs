//! Reading customers.

use crate::sealing::Keyring;
use crate::sql::{Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::{
    Address, CustomerKind, Email, IdNumber, Landline, Mobile, PersonName, SensitiveText,
};
use domain::ids::{CustomerId, OrgId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A customer, personal data masked by its types.
#[derive(Clone, Debug)]
pub struct CustomerRow {
    /// Its id.
    pub id: CustomerId,
    /// Its number.
    pub customer_no: String,
    /// Individual or group.
    pub kind: CustomerKind,
    /// Name.
    pub name: PersonName,
    /// Sex as a code.
    pub sex: Option<String>,
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Kind of identity document as a code.
    pub id_type: Option<String>,
    /// Number of the identity document.
    pub id_no: Option<IdNumber>,
    /// When the document expires.
    pub id_expires_on: Option<NaiveDate>,
    /// Nationality.
    pub nationality: Option<String>,
    /// Mobile number.
    pub mobile: Option<Mobile>,
    /// Landline number.
    pub phone: Option<Landline>,
    /// E-mail address.
    pub email: Option<Email>,
    /// Home address.
    pub address: Option<Address>,
    /// Mailing address.
    pub mailing_address: Option<Address>,
    /// Occupation.
    pub occupation: Option<String>,
    /// Language as a code.
    pub language: Option<String>,
    /// Preferred channel as a code.
    pub preferred_channel: Option<String>,
    /// Stage of the relationship as a code.
    pub relationship_stage: Option<String>,
    /// Large customer.
    pub large: bool,
    /// Key customer.
    pub key_account: bool,
    /// Related to a shareholder.
    pub shareholder_related: bool,
    /// Insurance needs.
    pub needs: Option<SensitiveText>,
    /// Sum insured that the customer wants, in fen.
    pub wanted_sum_fen: Option<i64>,
    /// Term that the customer wants, in months.
    pub wanted_term_months: Option<i64>,
    /// Special needs.
    pub special_needs: Option<SensitiveText>,
    /// Special circumstances.
    pub special_circumstances: Option<SensitiveText>,
    /// What the customer is worth, as a code.
    pub value_class: Option<String>,
    /// What risk the customer bears, as a code.
    pub risk_class: Option<String>,
    /// Risk appetite as a code.
    pub risk_appetite: Option<String>,
    /// Risk tolerance as a code.
    pub risk_tolerance: Option<String>,
    /// Annual income in fen.
    pub annual_income_fen: Option<i64>,
    /// Consent to marketing.
    pub marketing_consent: Option<bool>,
    /// Where it was collected, as a code.
    pub source_channel: Option<String>,
    /// Who collected it.
    pub collected_by: Option<String>,
    /// When it was collected.
    pub collected_at: Option<Instant>,
    /// Unit.
    pub org_id: OrgId,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// When it became known to us.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// When the data was destroyed, because its term had ended.
    pub erased_at: Option<Instant>,
    /// Since when the data may only be stored, because deletion was asked for and a term runs.
    pub restricted_at: Option<Instant>,
    /// The customer that this record was merged into.
    pub merged_into: Option<CustomerId>,
    /// Version, for updates.
    pub version: i64,
}

impl CustomerRow {
    /// The name as it is shown in lists: persons masked, organisations in full.
    pub fn shown_name(&self) -> String {
        match self.kind {
            CustomerKind::Individual => self.name.to_string(),
            CustomerKind::Group => self.name.organisation().to_owned(),
        }
    }
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    sex: Option<String>,
    birth_date: Option<NaiveDate>,
    id_type: Option<String>,
    id_no: Option<Vec<u8>>,
    id_expires_on: Option<NaiveDate>,
    nationality: Option<String>,
    mobile: Option<Vec<u8>>,
    phone: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    address: Option<Vec<u8>>,
    mailing_address: Option<Vec<u8>>,
    occupation: Option<String>,
    language: Option<String>,
    preferred_channel: Option<String>,
    relationship_stage: Option<String>,
    large: bool,
    key_account: bool,
    shareholder_related: bool,
    needs: Option<Vec<u8>>,
    wanted_sum_fen: Option<i64>,
    wanted_term_months: Option<i64>,
    special_needs: Option<Vec<u8>>,
    special_circumstances: Option<Vec<u8>>,
    value_class: Option<String>,
    risk_class: Option<String>,
    risk_appetite: Option<String>,
    risk_tolerance: Option<String>,
    annual_income_fen: Option<i64>,
    marketing_consent: Option<bool>,
    source_channel: Option<String>,
    collected_by: Option<String>,
    collected_at: Option<i64>,
    org_id: Uuid,
    org_code: String,
    org_name: String,
    created_at: i64,
    updated_at: i64,
    erased_at: Option<i64>,
    restricted_at: Option<i64>,
    merged_into_id: Option<Uuid>,
    version: i64,
}

pub(super) const SELECT: &str = "SELECT c.id, c.customer_no, c.kind, c.name, c.sex, c.birth_date, c.id_type, c.id_no, \
     c.id_expires_on, c.nationality, c.mobile, c.phone, c.email, c.address, c.mailing_address, c.occupation, \
     c.language, c.preferred_channel, c.relationship_stage, c.large, c.key_account, c.shareholder_related, c.needs, \
     c.wanted_sum_fen, c.wanted_term_months, c.special_needs, c.special_circumstances, c.value_class, c.risk_class, c.risk_appetite, c.risk_tolerance, c.annual_income_fen, c.marketing_consent, c.source_channel, c.collected_by, c.collected_at, \
     c.org_id, o.org_code, o.name AS org_name, c.created_at, c.updated_at, c.erased_at, c.restricted_at, c.merged_into_id, c.version \
     FROM customers c JOIN orgs o ON o.id = c.org_id";

/// Opens a sealed column of a customer, if it has a value.
fn open(
    keys: &Keyring,
    column: &str,
    id: Uuid,
    sealed: Option<&Vec<u8>>,
) -> Result<Option<String>> {
    sealed
        .map(|s| keys.open(&format!("customers.{column}"), id, s))
        .transpose()
}

/// The name of a customer from its sealed column.
pub(crate) fn open_name(keys: &Keyring, id: Uuid, sealed: &[u8]) -> Result<PersonName> {
    // Nothing is left of the name of a customer whose data was destroyed.
    if sealed.is_empty() {
        return Ok(PersonName::destroyed());
    }
    Ok(PersonName::from_stored(keys.open(
        "customers.name",
        id,
        sealed,
    )?))
}

/// The name of a customer as it is shown in lists.
pub(crate) fn shown_name(keys: &Keyring, id: Uuid, kind: &str, sealed: &[u8]) -> Result<String> {
    let name = open_name(keys, id, sealed)?;
    Ok(if kind == CustomerKind::Group.as_str() {
        name.organisation().to_owned()
    } else {
        name.to_string()
    })
}

fn customer(keys: &Keyring, r: Row) -> Result<CustomerRow> {
    let text = |column: &str, sealed: &Option<Vec<u8>>| open(keys, column, r.id, sealed.as_ref());
    Ok(CustomerRow {
        id: CustomerId(r.id),
        kind: CustomerKind::parse(&r.kind)?,
        name: open_name(keys, r.id, &r.name)?,
        id_no: text("id_no", &r.id_no)?.map(IdNumber::from_stored),
        mobile: text("mobile", &r.mobile)?.map(Mobile::from_stored),
        phone: text("phone", &r.phone)?.map(Landline::from_stored),
        email: text("email", &r.email)?.map(Email::from_stored),
        address: text("address", &r.address)?.map(Address::from_stored),
        mailing_address: text("mailing_address", &r.mailing_address)?.map(Address::from_stored),
        needs: text("needs", &r.needs)?.map(SensitiveText::from_stored),
        wanted_sum_fen: r.wanted_sum_fen,
        wanted_term_months: r.wanted_term_months,
        special_needs: text("special_needs", &r.special_needs)?.map(SensitiveText::from_stored),
        special_circumstances: text("special_circumstances", &r.special_circumstances)?
            .map(SensitiveText::from_stored),
        customer_no: r.customer_no,
        sex: r.sex,
        birth_date: r.birth_date,
        id_type: r.id_type,
        id_expires_on: r.id_expires_on,
        nationality: r.nationality,
        occupation: r.occupation,
        language: r.language,
        preferred_channel: r.preferred_channel,
        relationship_stage: r.relationship_stage,
        large: r.large,
        key_account: r.key_account,
        shareholder_related: r.shareholder_related,
        value_class: r.value_class,
        risk_class: r.risk_class,
        risk_appetite: r.risk_appetite,
        risk_tolerance: r.risk_tolerance,
        annual_income_fen: r.annual_income_fen,
        marketing_consent: r.marketing_consent,
        source_channel: r.source_channel,
        collected_by: r.collected_by,
        collected_at: r.collected_at.map(instant),
        org_id: OrgId(r.org_id),
        org_code: r.org_code,
        org_name: r.org_name,
        created_at: instant(r.created_at),
        updated_at: instant(r.updated_at),
        erased_at: r.erased_at.map(instant),
        restricted_at: r.restricted_at.map(instant),
        merged_into: r.merged_into_id.map(CustomerId),
        version: r.version,
    })
}

pub(super) fn customers(keys: &Keyring, rows: Vec<Row>) -> Result<Vec<CustomerRow>> {
    rows.into_iter().map(|r| customer(keys, r)).collect()
}

/// A customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_customer(
    db: &impl Reads,
    scope: &Scope,
    id: CustomerId,
) -> Result<Option<CustomerRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope_customer(scope)
        .filter("c.id = ?", params![id.0]);
    Ok(customers(db.keys(), select.list(db).await?)?.pop())
}

/// The customer of a number; a number that was merged leads to the survivor.
pub(super) const BY_NUMBER: &str =
    "SELECT COALESCE(n.merged_into_id, n.id) FROM customers n WHERE n.customer_no = ?";

/// A customer in sight, by number; a number that was merged leads to the survivor.
///
/// # Errors
/// What the database says.
pub async fn find_customer_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<CustomerRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope_customer(scope)
        .filter(&format!("c.id IN ({BY_NUMBER})"), params![number]);
    Ok(customers(db.keys(), select.list(db).await?)?.pop())
}

/// Customers in sight among some ids, in no order that means anything.
///
/// # Errors
/// What the database says.
pub async fn list_customers_by_id(
    db: &impl Reads,
    scope: &Scope,
    ids: &[CustomerId],
) -> Result<Vec<CustomerRow>> {
    let mut select = Select::new(SELECT);
    let values = ids.iter().map(|id| sea_orm::Value::from(id.0)).collect();
    select.filter_in("c.id", values).scope_customer(scope);
    customers(db.keys(), select.list(db).await?)
}
