//! Customers entered by hand: prospects whom the core system does not know yet.

use super::demands::Demands;
use super::edit::{InformationForm, changed_sheet};
use crate::customers::put_facts;
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Permission, Scope};
use domain::customers::{CustomerField, CustomerKind, FactSheet, cross_check};
use domain::information::Demand;
use domain::numbers::NumberKind;
use domain::time::{self, Instant};
use store::customers::{NewCustomer, find_customer, insert_customer};
use store::information::find_same_persons;
use store::numbers::take_number;
use store::{Audit, AuditEntry};

/// What a form or a system says of a new customer.
#[derive(Clone, Debug, Default)]
pub struct NewCustomerForm {
    /// Code of the kind.
    pub kind: String,
    /// Code of the unit; the person's own when empty.
    pub org: String,
    /// The facts, with where they were collected.
    pub facts: InformationForm,
    /// Somebody looked at those with the same number: this is another person.
    pub is_another: bool,
}

/// Enters a customer and gives out a number.
///
/// # Errors
/// All problems at once, among them every mandatory fact that is missing; [`Error::Refused`] with
/// `customer-known` and the numbers of those who have the same identity or mobile number, unless somebody
/// said that this is another person.
pub async fn create_customer(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &NewCustomerForm,
) -> Result<String> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let mut problems = Vec::new();
    let kind = CustomerKind::parse(form.kind.trim());
    if kind.is_err() {
        problems.push(FieldProblem::new("kind", "unknown-code"));
    }
    let org = match listing::some(&form.org) {
        Some(code) => {
            let org = store::orgs::find_org_by_code(app.store(), &code).await?;
            org.filter(|o| scope.covers(&o.path)).map(|o| o.id)
        }
        None => actor.org_id,
    };
    if org.is_none() {
        problems.push(FieldProblem::new("org", "unknown-org"));
    }
    let mut read = form.facts.read(actor, now, &mut problems);
    read.facts.retain(|(_, value)| value.is_some());
    let sheet = changed_sheet(&FactSheet::new(), &read.facts);
    let today = time::date_in_china(now);
    if let Ok(kind) = kind {
        let rules = app.rules_for(actor)?;
        let demands = Demands::new(&rules, kind, Vec::new(), today);
        add_misfits(&mut problems, &sheet, &demands, (kind, today));
    }
    let (Ok(kind), Some(org), true) = (kind, org, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let known = known(app, &scope, &sheet, form.is_another).await?;
    let work = app.store().begin(now).await?;
    let number = take_number(&work, NumberKind::Customer, today.year())
        .await?
        .to_string();
    let new = NewCustomer {
        customer_no: &number,
        kind,
        org,
    };
    let id = insert_customer(&work, &new).await?;
    // Nobody's list has a customer who is new.
    let whole = Actor::system().scope(Permission::CustomersRead)?;
    let customer = find_customer(&work, &whole, id).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let facts = put_facts(
        &work,
        actor,
        &customer,
        1,
        &read.facts,
        &read.reason,
        &read.learned,
    )
    .await?;
    let entry = AuditEntry::new(actor, "customer.created", "customer", id.0)
        .customer(id.0)
        .detail(serde_json::json!({ "number": number, "another": known > 0 }));
    work.commit(Audit::with(entry, facts)).await?;
    Ok(number)
}

/// Adds what does not fit, and every mandatory fact that is missing and has no problem yet.
fn add_misfits(
    problems: &mut Vec<FieldProblem>,
    sheet: &FactSheet,
    demands: &Demands<'_>,
    (kind, today): (CustomerKind, NaiveDate),
) {
    let wrong = cross_check(sheet, kind, today).into_iter();
    problems.extend(wrong.map(|(f, code)| FieldProblem::new(f.as_str(), code)));
    let entered = CustomerField::ALL
        .iter()
        .copied()
        .filter(|f| f.is_entered());
    let missing = entered.filter(|f| demands.of(*f) == Demand::Mandatory && !sheet.contains_key(f));
    for field in missing {
        if !problems.iter().any(|p| p.field == field.as_str()) {
            problems.push(FieldProblem::new(field.as_str(), "missing"));
        }
    }
}

/// How many have the same identity or mobile number.
async fn known(app: &App, scope: &Scope, sheet: &FactSheet, is_another: bool) -> Result<usize> {
    let same = (
        sheet.get(&CustomerField::IdNo),
        sheet.get(&CustomerField::Mobile),
    );
    let known = find_same_persons(app.store(), scope, same).await?;
    if known.is_empty() || is_another {
        return Ok(known.len());
    }
    let numbers: Vec<_> = known.iter().map(|(no, _)| no.as_str()).collect();
    Err(Refusal::with("customer-known", numbers.join("、")).into())
}
