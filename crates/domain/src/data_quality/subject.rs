//! What a check looks at.

use super::{Field, NumberOwner};
use crate::customers::{
    Address, CustomerKind, Email, IdNumber, IdType, Landline, Mobile, PersonName, Reveal,
    SensitiveText, Sex,
};
use chrono::NaiveDate;

/// What is known of a customer.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Individual or group.
    pub kind: CustomerKind,
    /// Name.
    pub name: PersonName,
    /// Sex.
    pub sex: Option<Sex>,
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Kind of document.
    pub id_type: Option<IdType>,
    /// Its number.
    pub id_no: Option<IdNumber>,
    /// Its last day.
    pub id_expires_on: Option<NaiveDate>,
    /// Whether a nationality is known.
    pub has_nationality: bool,
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
    /// Whether a contact person is known.
    pub has_contact: bool,
    /// Lines of the policies, as codes.
    pub lines: Vec<String>,
    /// First day of a policy of the customer's own.
    pub holder_since: Option<NaiveDate>,
    /// First day of a policy on the customer's life.
    pub insured_since: Option<NaiveDate>,
}

impl Subject {
    /// A customer of whom only kind and name are known.
    pub fn named(kind: CustomerKind, name: PersonName) -> Self {
        Self {
            kind,
            name,
            sex: None,
            birth_date: None,
            id_type: None,
            id_no: None,
            id_expires_on: None,
            has_nationality: false,
            mobile: None,
            phone: None,
            email: None,
            address: None,
            mailing_address: None,
            occupation: None,
            has_contact: false,
            lines: Vec::new(),
            holder_since: None,
            insured_since: None,
        }
    }

    /// The value that findings across customers about a field rest on.
    pub fn basis(&self, field: Field) -> SensitiveText {
        SensitiveText::from_stored(self.value(field))
    }

    pub(super) fn value(&self, field: Field) -> String {
        let raw = Reveal::for_checks();
        let value = match field {
            Field::Mobile => self.mobile.as_ref().map(|m| m.reveal(raw)),
            Field::Phone => self.phone.as_ref().map(|p| p.reveal(raw)),
            Field::Email => self.email.as_ref().map(|e| e.reveal(raw)),
            Field::Address => self.address.as_ref().map(|a| a.reveal(raw)),
            _ => None,
        };
        value.unwrap_or_default().to_owned()
    }
}

/// What was counted around a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Households of policyholders with this mobile number, the own one among them. People at one address
    /// are one household.
    pub mobile_households: i64,
    /// Families (by surname) at this address, the own one among them.
    pub address_families: i64,
    /// Families (by surname) with this e-mail address, the own one among them.
    pub email_families: i64,
    /// Whose number the mobile number is, when it is one of the company's side.
    pub mobile_owner: Option<NumberOwner>,
    /// Whose number the landline is, when it is one of the company's side.
    pub phone_owner: Option<NumberOwner>,
    /// It is the number of the salesperson of an own policy.
    pub is_sellers_number: bool,
    /// That salesperson bears the customer's name.
    pub is_sellers_name: bool,
    /// An unrelated grown-up insured of an own policy has the mobile number too.
    pub is_insureds_number: bool,
}
