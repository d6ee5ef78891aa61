//! How sure the company is of what a customer is reached by, beside each number and address (二（三）1).

use super::read_rules::InformationRules;
use crate::{App, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::customers::CustomerField;
use domain::data_quality::{ContactStanding, LastCheck, Means, contact_standing};
use domain::time::{self, Instant};
use std::collections::HashMap;
use store::customers::CustomerRow;
use store::data_quality as rows;
use store::information::list_confirmations;
use uuid::Uuid;

/// Facts by which a customer is reached.
const CONTACTS: [CustomerField; 5] = [
    CustomerField::Mobile,
    CustomerField::Phone,
    CustomerField::Email,
    CustomerField::Address,
    CustomerField::MailingAddress,
];

/// How one number, address or contact person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactCheck {
    /// How it stands.
    pub standing: ContactStanding,
    /// When somebody last made sure, and how.
    pub last: Option<LastCheck>,
    /// By when it is to be verified.
    pub due_on: NaiveDate,
}

/// How everything stands by which a customer is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactChecks {
    fields: HashMap<&'static str, ContactCheck>,
    persons: HashMap<Uuid, ContactCheck>,
    others: Option<ContactCheck>,
}

impl ContactChecks {
    /// How a fact stands, by its name; nothing for what nobody is reached by.
    pub fn of_field(&self, name: &str) -> Option<&ContactCheck> {
        self.fields.get(name)
    }

    /// How a contact person of a group stands.
    pub fn of_person(&self, contact: Uuid) -> Option<&ContactCheck> {
        self.persons.get(&contact).or(self.others.as_ref())
    }
}

/// How everything stands by which a customer in sight is reached, in three queries whatever there is.
///
/// # Errors
/// When the actor may not see customers.
pub async fn contact_checks(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer: &CustomerRow,
) -> Result<ContactChecks> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let (db, id) = (app.store(), customer.id);
    let today = time::date_in_china(now);
    let rules = InformationRules::read(&app.rules(), today);
    let verified = rows::list_verifications(db, &scope, id, 1).await?.pop();
    let verified = verified.map(|v| LastCheck {
        on: v.on,
        recorded_at: v.recorded_at,
        means: Means::Verified(v.way),
    });
    let confirmed = list_confirmations(db, &scope, id).await?;
    let changed = rows::read_last_changes(db, &scope, id).await?;
    let known_on = time::date_in_china(customer.created_at);
    let check = |last: Option<LastCheck>, changed_at: Option<Instant>| {
        let due_on = rules.verify_by(last.map_or(known_on, |l| l.on));
        ContactCheck {
            standing: contact_standing(last.as_ref(), changed_at, due_on, today),
            last,
            due_on,
        }
    };
    let field = |field: CustomerField| {
        let own = confirmed.iter().find(|c| c.field == field);
        let own = own.map(|c| LastCheck {
            on: time::date_in_china(c.at),
            recorded_at: c.at,
            means: Means::Confirmed(c.origin),
        });
        let last = [own, verified].into_iter().flatten();
        let last = last.max_by_key(|l| (l.on, l.recorded_at));
        let key = (id.0, field.as_str().to_owned());
        (field.as_str(), check(last, changed.get(&key).copied()))
    };
    // Of a person the name counts, too: another name is another person.
    let mut persons: HashMap<Uuid, Instant> = HashMap::new();
    let counts = |field: &str| matches!(field, "name" | "mobile");
    let of_persons = changed
        .iter()
        .filter(|((of, field), _)| *of != id.0 && counts(field));
    for ((entity, _), at) in of_persons {
        let last = persons.entry(*entity).or_insert(*at);
        *last = (*last).max(*at);
    }
    let person = |(contact, at): (Uuid, Instant)| (contact, check(verified, Some(at)));
    Ok(ContactChecks {
        fields: CONTACTS.into_iter().map(field).collect(),
        persons: persons.into_iter().map(person).collect(),
        others: Some(check(verified, None)),
    })
}
