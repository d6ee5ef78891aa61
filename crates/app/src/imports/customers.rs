//! Customers: identity checked against itself, contact data checked for shape.

use super::reason::Reason;
use super::row::RowReader;
use chrono::NaiveDate;
use domain::customers::{
    Address, CustomerKind, Degree, Email, FieldError, IdNumber, IdNumberError, IdType,
    IdentityMismatch, Landline, Mobile, PersonName, PreferredChannel, RelationshipStage, Reveal,
    SensitiveText, Sex, SourceChannel, SpokenLanguage, ValueClass, check_identity,
};
use std::collections::HashMap;
use store::dialect::bulk::Cell;
use store::imports::{Field, Record};

pub(crate) const COLUMNS: [&str; 32] = [
    "customer_no",
    "kind",
    "name",
    "sex",
    "birth_date",
    "id_type",
    "id_no",
    "id_expires_on",
    "nationality",
    "mobile",
    "phone",
    "email",
    "address",
    "mailing_address",
    "occupation",
    "language",
    "preferred_channel",
    "relationship_stage",
    "large",
    "key_account",
    "shareholder_related",
    "needs",
    "special_needs",
    "risk_appetite",
    "risk_tolerance",
    "annual_income",
    "marketing_consent",
    "source_channel",
    "collected_by",
    "collected_at",
    "org_code",
    "value_class",
];
pub(super) const REQUIRED: [&str; 4] = ["customer_no", "kind", "name", "org_code"];

#[derive(Clone, Debug)]
pub(super) struct Customer {
    pub number: String,
    pub record: Record,
}

/// The value of a checked mobile number, to be sealed.
pub(super) fn raw(mobile: &Mobile) -> String {
    mobile.reveal(Reveal::for_storage()).to_owned()
}

pub(super) fn parse(
    row: &mut RowReader<'_>,
    orgs: &HashMap<String, (uuid::Uuid, String)>,
    today: NaiveDate,
) -> Option<Customer> {
    let number = row.required("customer_no").map(str::to_owned);
    let kind = row.required_code("kind", CustomerKind::parse);
    row.required("name");
    let name = checked(row, "name", Reason::TooLong, PersonName::parse, |n| {
        n.reveal(Reveal::for_storage()).to_owned()
    });
    let identity = identity(row, kind, today);
    let org = row.required("org_code").and_then(|code| {
        let found = orgs.get(code).map(|(id, _)| *id);
        if found.is_none() {
            row.reject("org_code", Reason::UnknownOrg);
        }
        found
    });
    let [sex, birth_date, id_type, id_no] = identity;
    let mut fields = vec![
        row.text("customer_no"),
        row.field("kind", kind.map(|k| Cell::Code(k.as_str()))),
        row.secret("name", name),
        sex,
        birth_date,
        id_type,
        id_no,
    ];
    let id_expires_on = row.date("id_expires_on");
    fields.push(row.field("id_expires_on", id_expires_on.map(Cell::Date)));
    fields.push(row.text("nationality"));
    fields.extend(contact(row));
    fields.extend(profile(row));
    fields.push(row.field("org_code", org.map(Cell::Id)));
    let value_class = row.code("value_class", ValueClass::parse);
    let value_class = row.field("value_class", value_class.map(|c| Cell::Code(c.as_str())));
    // What is in force, and what the file says.
    fields.push(value_class.clone());
    fields.push(value_class);
    Some(Customer {
        number: number?,
        record: Record { fields },
    })
}

/// Sex, birth date, kind and number of the identity document, checked against each other.
fn identity(row: &mut RowReader<'_>, kind: Option<CustomerKind>, today: NaiveDate) -> [Field; 4] {
    let sex = row.code("sex", Sex::parse);
    let birth_date = row.date("birth_date");
    if birth_date.is_some_and(|d| d > today) {
        row.reject("birth_date", Reason::FutureBirth);
    }
    let id_type = row.code("id_type", IdType::parse);
    let organisation = id_type == Some(IdType::UnifiedSocialCredit);
    if id_type.is_some_and(|t| t != IdType::Other)
        && kind.is_some_and(|k| (k == CustomerKind::Group) != organisation)
    {
        row.reject("id_type", Reason::IdTypeMismatch);
    }
    let number = row.value("id_no").and_then(|text| {
        let kind = id_type.unwrap_or(IdType::Other);
        match IdNumber::parse(kind, text, today) {
            Ok(number) => Some((number, kind)),
            Err(error) => {
                row.reject("id_no", id_reason(error));
                None
            }
        }
    });
    if let Some(facts) = number
        .as_ref()
        .and_then(|(number, kind)| number.facts(*kind, today))
    {
        for mismatch in check_identity(facts, birth_date, sex) {
            match mismatch {
                IdentityMismatch::BirthDate => row.reject("birth_date", Reason::BirthDateMismatch),
                IdentityMismatch::Sex => row.reject("sex", Reason::SexMismatch),
            }
        }
    }
    let number = number.map(|(n, _)| n.reveal(Reveal::for_storage()).to_owned());
    [
        row.field("sex", sex.map(|s| Cell::Code(s.as_str()))),
        row.field("birth_date", birth_date.map(Cell::Date)),
        row.field("id_type", id_type.map(|t| Cell::Code(t.as_str()))),
        row.secret("id_no", number),
    ]
}

fn id_reason(error: IdNumberError) -> Reason {
    match error {
        IdNumberError::Shape => Reason::IdShape,
        IdNumberError::CheckDigit => Reason::IdCheckDigit,
        IdNumberError::BirthDate => Reason::IdBirthDate,
        IdNumberError::Region => Reason::IdRegion,
    }
}

fn contact(row: &mut RowReader<'_>) -> Vec<Field> {
    let for_storage = Reveal::for_storage;
    let mobile = checked(row, "mobile", Reason::Mobile, Mobile::parse, raw);
    let phone = checked(row, "phone", Reason::Landline, Landline::parse, |v| {
        v.reveal(for_storage()).to_owned()
    });
    let email = checked(row, "email", Reason::Email, Email::parse, |v| {
        v.reveal(for_storage()).to_owned()
    });
    let address = |v: &Address| v.reveal(for_storage()).to_owned();
    let home = checked(row, "address", Reason::TooLong, Address::parse, address);
    let mailing = checked(
        row,
        "mailing_address",
        Reason::TooLong,
        Address::parse,
        address,
    );
    vec![
        row.secret("mobile", mobile),
        row.secret("phone", phone),
        row.secret("email", email),
        row.secret("address", home),
        row.secret("mailing_address", mailing),
    ]
}

fn profile(row: &mut RowReader<'_>) -> Vec<Field> {
    let mut fields = vec![row.text("occupation")];
    let language = row.code("language", SpokenLanguage::parse);
    fields.push(row.field("language", language.map(|c| Cell::Code(c.as_str()))));
    let channel = row.code("preferred_channel", PreferredChannel::parse);
    fields.push(row.field("preferred_channel", channel.map(|c| Cell::Code(c.as_str()))));
    let stage = row.code("relationship_stage", RelationshipStage::parse);
    fields.push(row.field("relationship_stage", stage.map(|c| Cell::Code(c.as_str()))));
    for column in ["large", "key_account", "shareholder_related"] {
        let value = row.bool(column);
        fields.push(row.field(column, value.map(Cell::Bool)));
    }
    for column in ["needs", "special_needs"] {
        let value = checked(row, column, Reason::TooLong, SensitiveText::parse, |v| {
            v.reveal(Reveal::for_storage()).to_owned()
        });
        fields.push(row.secret(column, value));
    }
    for column in ["risk_appetite", "risk_tolerance"] {
        let degree = row.code(column, Degree::parse);
        fields.push(row.field(column, degree.map(|c| Cell::Code(c.as_str()))));
    }
    let income = row.money("annual_income");
    fields.push(row.field("annual_income", income.map(Cell::Int)));
    let consent = row.bool("marketing_consent");
    fields.push(row.field("marketing_consent", consent.map(Cell::Bool)));
    let source = row.code("source_channel", SourceChannel::parse);
    fields.push(row.field("source_channel", source.map(|c| Cell::Code(c.as_str()))));
    fields.push(row.text("collected_by"));
    let collected_at = row.instant("collected_at");
    fields.push(row.field(
        "collected_at",
        collected_at.map(|at| Cell::Int(at.timestamp_millis())),
    ));
    fields
}

/// A value of a personal type, ready to be sealed.
pub(super) fn checked<T>(
    row: &mut RowReader<'_>,
    column: &str,
    reason: Reason,
    parse: impl Fn(&str) -> Result<T, FieldError>,
    reveal: impl Fn(&T) -> String,
) -> Option<String> {
    let text = row.value(column)?;
    // What was exported masked must never overwrite what is known.
    if text.contains('*') {
        row.reject(column, Reason::Masked);
        return None;
    }
    match parse(text) {
        Ok(value) => Some(reveal(&value)),
        Err(FieldError::TooLong) => {
            row.reject(column, Reason::TooLong);
            None
        }
        Err(_) => {
            row.reject(column, reason);
            None
        }
    }
}
