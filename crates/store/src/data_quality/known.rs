//! What is known of customers, many at once, with the keys by which they are compared.

use crate::dialect::bulk::{Bulk, Cell, Row};
use crate::sealing::Keyring;
use crate::{Result, StoreError};
use chrono::NaiveDate;
use domain::customers::{
    Address, CustomerKind, Email, IdNumber, IdType, Landline, Mobile, PersonName, Reveal, Sex,
};
use domain::data_quality::{Placeholders, Subject, normal_address, surname};
use domain::time;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Blind indexes of what is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Mobile number; none for one that is made up.
    pub mobile: Option<i64>,
    /// E-mail address.
    pub email: Option<i64>,
    /// Home address.
    pub address: Option<i64>,
    /// The household: the address, or the customer alone.
    pub household: i64,
    /// The surname.
    pub surname: i64,
}

/// A customer as it is examined.
#[derive(Clone, Debug)]
pub struct Known {
    /// Id.
    pub id: Uuid,
    /// Unit.
    pub org: Uuid,
    /// Since when we know the customer.
    pub known_on: NaiveDate,
    /// The mobile number as it is looked up among numbers of our side.
    pub mobile_index: Option<i64>,
    /// The landline as it is looked up among numbers of our side.
    pub phone_index: Option<i64>,
    /// By what the customer is compared.
    pub keys: Keys,
    /// What is known.
    pub subject: Subject,
}

const SELECT: &str = "SELECT id, org_id, created_at, kind, name, sex, birth_date, id_type, id_no, id_expires_on, \
     nationality, mobile, mobile_index, phone, email, address, mailing_address, occupation FROM customers \
     WHERE id IN ({values}) AND erased_at IS NULL AND merged_into_id IS NULL";

/// What is known of customers, without their policies. Customers whose data was destroyed are left out.
///
/// # Errors
/// What the database says.
pub async fn read_known(
    bulk: &mut Bulk,
    ids: &[Uuid],
    placeholders: Placeholders,
) -> Result<Vec<Known>> {
    let keys = bulk.keyring();
    let cells: Vec<Cell> = ids.iter().copied().map(Cell::Id).collect();
    bulk.query_in(SELECT, &cells, |row| known(&keys, row, placeholders))
        .await
}

fn known(keys: &Keyring, row: Row<'_>, placeholders: Placeholders) -> Result<Known> {
    let missing = || StoreError::Data("a customer without id or unit".into());
    let id = row.id(0)?.ok_or_else(missing)?;
    let open = |at: usize, column: &str| -> Result<Option<String>> {
        let sealed = row.bytes(at)?;
        sealed
            .map(|s| keys.open(&format!("customers.{column}"), id, &s))
            .transpose()
    };
    let kind = CustomerKind::parse(&row.text(3)?.unwrap_or_default())?;
    let name = PersonName::from_stored(open(4, "name")?.unwrap_or_default());
    let mut subject = Subject::named(kind, name);
    subject.sex = row.text(5)?.as_deref().map(Sex::parse).transpose()?;
    subject.birth_date = row.date(6)?;
    subject.id_type = row.text(7)?.as_deref().map(IdType::parse).transpose()?;
    subject.id_no = open(8, "id_no")?.map(IdNumber::from_stored);
    subject.id_expires_on = row.date(9)?;
    subject.has_nationality = row.text(10)?.is_some_and(|n| !n.is_empty());
    subject.mobile = open(11, "mobile")?.map(Mobile::from_stored);
    subject.phone = open(13, "phone")?.map(Landline::from_stored);
    subject.email = open(14, "email")?.map(Email::from_stored);
    subject.address = open(15, "address")?.map(Address::from_stored);
    subject.mailing_address = open(16, "mailing_address")?.map(Address::from_stored);
    subject.occupation = row.text(17)?;
    let created = row.int(2)?.unwrap_or_default();
    let phone = subject
        .phone
        .as_ref()
        .map(|p| digits(p.reveal(Reveal::for_storage())));
    Ok(Known {
        id,
        org: row.id(1)?.ok_or_else(missing)?,
        known_on: time::date_in_china(crate::sql::instant(created)),
        mobile_index: row.int(12)?,
        phone_index: phone.map(|p| keys.index("mobile", &p)),
        keys: keys_of(keys, id, &subject, placeholders),
        subject,
    })
}

/// The digits of a number, as numbers of our side are indexed.
pub(super) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn keys_of(keys: &Keyring, id: Uuid, subject: &Subject, placeholders: Placeholders) -> Keys {
    let raw = Reveal::for_storage();
    let address = subject.address.as_ref().and_then(normal_address);
    let address = address.map(|a| keys.index("address", &a));
    let mobile = subject.mobile.as_ref().map(|m| m.reveal(raw));
    let mobile = mobile.filter(|m| !placeholders.are_digits_made_up(m));
    let email = subject.email.as_ref().map(|e| e.reveal(raw).to_lowercase());
    Keys {
        mobile: mobile.map(|m| keys.index("mobile", m)),
        email: email.map(|e| keys.index("email", &e)),
        address,
        household: address.unwrap_or_else(|| keys.index("household", &id.to_string())),
        surname: keys.index("surname", &surname(&subject.name)),
    }
}

/// What policies say of the customers.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Lines of the policies that go on.
    pub lines: Vec<String>,
    /// First day of an own policy.
    pub holder_since: Option<NaiveDate>,
    /// First day of a policy on the customer.
    pub insured_since: Option<NaiveDate>,
    /// Salesperson and channel of the newest own policy.
    pub newest: Option<(NaiveDate, Option<Uuid>, String)>,
    /// Own policies with a salesperson: policy, salesperson, unit, issued on.
    pub sold: Vec<(Uuid, Uuid, Uuid, NaiveDate)>,
}

/// What policies and contact persons say of customers; whoever is not in the answer has neither.
///
/// # Errors
/// What the database says.
pub async fn read_held(
    bulk: &mut Bulk,
    ids: &[Uuid],
) -> Result<(HashMap<Uuid, Held>, HashSet<Uuid>)> {
    let cells: Vec<Cell> = ids.iter().copied().map(Cell::Id).collect();
    let mut held: HashMap<Uuid, Held> = HashMap::new();
    let sql = "SELECT policyholder_id, line, channel, issue_date, agent_id, id, org_id, status FROM policies \
               WHERE policyholder_id IN ({values})";
    let rows = bulk.query_in(sql, &cells, |row| {
        let text = |at| row.text(at).map(Option::unwrap_or_default);
        let own = (
            row.id(4)?,
            row.id(5)?.unwrap_or_default(),
            row.id(6)?.unwrap_or_default(),
        );
        Ok((
            row.id(0)?.unwrap_or_default(),
            text(1)?,
            text(2)?,
            row.date(3)?,
            own,
            text(7)?,
        ))
    });
    for (holder, line, channel, issued, (agent, policy, org), status) in rows.await? {
        let of = held.entry(holder).or_default();
        of.note_line(line, &status);
        let Some(issued) = issued else { continue };
        of.holder_since = Some(of.holder_since.map_or(issued, |d| d.min(issued)));
        if of.newest.as_ref().is_none_or(|(day, ..)| *day < issued) {
            of.newest = Some((issued, agent, channel));
        }
        if let Some(agent) = agent {
            of.sold.push((policy, agent, org, issued));
        }
    }
    let sql =
        "SELECT insured_id, line, issue_date, status FROM policies WHERE insured_id IN ({values})";
    let rows = bulk.query_in(sql, &cells, |row| {
        let text = |at| row.text(at).map(Option::unwrap_or_default);
        Ok((
            row.id(0)?.unwrap_or_default(),
            text(1)?,
            row.date(2)?,
            text(3)?,
        ))
    });
    for (insured, line, issued, status) in rows.await? {
        let of = held.entry(insured).or_default();
        of.note_line(line, &status);
        if let Some(issued) = issued {
            of.insured_since = Some(of.insured_since.map_or(issued, |d| d.min(issued)));
        }
    }
    let sql = "SELECT customer_id FROM contacts WHERE customer_id IN ({values})";
    let contacts = bulk.query_in(sql, &cells, |row| row.id(0)).await?;
    Ok((held, contacts.into_iter().flatten().collect()))
}

impl Held {
    fn note_line(&mut self, line: String, status: &str) {
        let goes_on = matches!(status, "in_force" | "grace" | "lapsed");
        if goes_on && !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }
}
