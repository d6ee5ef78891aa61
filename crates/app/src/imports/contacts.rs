//! Contact persons of group customers.

use super::customers::{checked, raw};
use super::reason::Reason;
use super::row::RowReader;
use domain::customers::{ContactRole, Mobile, PersonName, Reveal};
use store::dialect::bulk::Cell;
use store::imports::{Field, Record};
use uuid::Uuid;

pub(super) const COLUMNS: [&str; 5] = ["customer_no", "role", "name", "position", "mobile"];
pub(super) const REQUIRED: [&str; 3] = ["customer_no", "role", "name"];

#[derive(Clone, Debug)]
pub(super) struct Contact {
    pub customer_no: String,
    pub role: ContactRole,
    fields: Vec<Field>,
}

pub(super) fn parse(row: &mut RowReader<'_>) -> Option<Contact> {
    let customer_no = row.required("customer_no").map(str::to_owned);
    let role = row.required_code("role", ContactRole::parse);
    row.required("name");
    let name = checked(row, "name", Reason::TooLong, PersonName::parse, |n| {
        n.reveal(Reveal::for_storage()).to_owned()
    });
    let mobile = checked(row, "mobile", Reason::Mobile, Mobile::parse, raw);
    let fields = vec![
        Field::Absent,
        row.field("role", role.map(|r| Cell::Code(r.as_str()))),
        row.secret("name", name),
        row.text("position"),
        row.secret("mobile", mobile),
    ];
    Some(Contact {
        customer_no: customer_no?,
        role: role?,
        fields,
    })
}

impl Contact {
    /// The record, once the customer is known.
    pub(super) fn record(&self, customer: Uuid) -> Record {
        let mut fields = self.fields.clone();
        fields[0] = Field::Value(Cell::Id(customer));
        Record { fields }
    }
}
