//! Writing into the register of service, and noting what became of it.

use super::plan::Privilege;
use super::{SHORT_MAX, TEXT_MAX, customer, service_plan, user_named};
use crate::listing;
use crate::visits::{Problems, person, text};
use crate::{App, Error, Refusal, Result};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Permission};
use domain::callbacks::ContactChannel;
use domain::customers::Degree;
use domain::ids::UserId;
use domain::service::{Finding, ItemKind, ItemOutcome, Offer, check_offer};
use domain::time::{self, Instant};
use store::AuditEntry;
use store::customers::CustomerRow;
use store::service::{self as rows, NewItem};
use uuid::Uuid;

/// Something for the register, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct ItemForm {
    /// What it is, as a code.
    pub kind: String,
    /// The product, or the privilege as a code.
    pub subject: String,
    /// What is written about it.
    pub text: String,
    /// By which channel, as a code.
    pub channel: String,
    /// By when, for what is still to be done.
    pub due_on: String,
    /// On which day, for what is over; today when empty.
    pub done_on: String,
    /// User name of who sees to it; who writes when empty.
    pub owner: String,
    /// How risky a recommended product is, as a code.
    pub product_risk: String,
}

/// What became of something, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct OutcomeForm {
    /// What became of it, as a code.
    pub outcome: String,
    /// What came of it.
    pub result: String,
    /// On which day; today when empty.
    pub done_on: String,
}

struct Checked<'f> {
    kind: ItemKind,
    subject: Option<&'f str>,
    channel: Option<&'static str>,
    text: Option<&'f str>,
    due_on: Option<NaiveDate>,
    done_on: Option<NaiveDate>,
    product_risk: Option<Degree>,
}

fn check(form: &ItemForm, today: NaiveDate) -> Result<Checked<'_>> {
    let mut problems = Problems::default();
    let kind = listing::code("kind", &form.kind, ItemKind::parse);
    let kind = kind.and_then(|k| k.ok_or_else(|| Error::invalid("kind", "missing")));
    let kind = problems.take(kind)?;
    let subject = problems.take(text("subject", &form.subject, SHORT_MAX))?;
    let words = problems.take(text("text", &form.text, TEXT_MAX))?;
    let channel = listing::code("channel", &form.channel, ContactChannel::parse);
    let channel = problems.take(channel)?.flatten();
    let due_on = problems
        .take(listing::date("due_on", &form.due_on))?
        .flatten();
    let done_on = problems
        .take(listing::date("done_on", &form.done_on))?
        .flatten();
    let product_risk = listing::code("product_risk", &form.product_risk, Degree::parse);
    let product_risk = problems.take(product_risk)?.flatten();
    problems.end()?;
    let Some(kind) = kind else {
        return Err(Error::invalid("kind", "missing"));
    };
    let words = words.flatten();
    let subject = subject.flatten();
    let mut problems = Problems::default();
    let mut demand = |field: &str, code: &str, is_wrong: bool| {
        if is_wrong {
            let _ = problems.take::<()>(Err(Error::invalid(field, code)));
        }
    };
    let named = kind.is_offer() || kind == ItemKind::Privilege;
    demand("subject", "missing", named && subject.is_none());
    demand(
        "text",
        "missing",
        kind != ItemKind::Privilege && words.is_none(),
    );
    demand("due_on", "missing", kind.needs_day() && due_on.is_none());
    demand("due_on", "past", due_on.is_some_and(|d| d < today));
    demand("done_on", "future", done_on.is_some_and(|d| d > today));
    let spoken = kind == ItemKind::Contact;
    demand("channel", "missing", spoken && channel.is_none());
    problems.end()?;
    Ok(Checked {
        kind,
        subject,
        channel: channel.map(ContactChannel::as_str),
        text: words,
        due_on: due_on.filter(|_| !kind.is_done_at_once()),
        done_on: kind.is_done_at_once().then(|| done_on.unwrap_or(today)),
        product_risk,
    })
}

/// Writes something into the register of a customer in sight.
///
/// # Errors
/// All problems of the form at once; [`Error::Refused`] when the privilege is used up or not of the class, or the
/// recommendation does not suit the customer.
pub async fn add_item(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &ItemForm,
) -> Result<Uuid> {
    let by = person(actor)?;
    let (scope, customer) = customer(app, actor, Permission::ServiceKeep, customer_no).await?;
    if customer.erased_at.is_some() {
        return Err(Refusal::new("service-erased").into());
    }
    let today = time::date_in_china(now);
    let checked = check(form, today)?;
    let owner = match listing::some(&form.owner) {
        Some(name) => user_named(app, &scope, "owner", &name).await?.id,
        None => by,
    };
    if checked.kind == ItemKind::Privilege {
        let day = checked.done_on.unwrap_or(today);
        demand_privilege(app, actor, now, customer_no, checked.subject, day).await?;
    }
    let findings = match checked.kind {
        ItemKind::Recommendation => findings(app, actor, &customer, checked.product_risk).await?,
        _ => Vec::new(),
    };
    if let Some(bar) = findings.iter().find(|f| f.bars()) {
        return Err(Refusal::with("recommendation-barred", bar.as_str()).into());
    }
    save(app, actor, now, &customer, owner, &checked, findings).await
}

async fn save(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer: &CustomerRow,
    owner: UserId,
    checked: &Checked<'_>,
    findings: Vec<Finding>,
) -> Result<Uuid> {
    let work = app.store().begin(now).await?;
    let new = NewItem {
        customer: customer.id,
        kind: checked.kind,
        subject: checked.subject,
        channel: checked.channel,
        text: checked.text,
        findings,
        owner,
        due_on: checked.due_on,
        made_name: &actor.name,
        done_on: checked.done_on,
    };
    let id = rows::insert_item(&work, &new).await?;
    let detail = serde_json::json!({ "kind": checked.kind.as_str(), "due_on": checked.due_on });
    let entry = AuditEntry::new(actor, "service.item_added", "service_item", id);
    let entry = entry.customer(customer.id.0).detail(detail);
    work.commit(entry).await?;
    Ok(id)
}

/// The privilege must be one of the class and have something left in the year of its use.
async fn demand_privilege(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    code: Option<&str>,
    on: NaiveDate,
) -> Result<()> {
    let plan = service_plan(app, actor, now, customer_no).await?;
    let of_code = |p: &&Privilege| Some(p.entitled.code.as_str()) == code;
    let Some(privilege) = plan.privileges.iter().find(of_code) else {
        return Err(Refusal::new("privilege-not-of-class").into());
    };
    if on.year() != time::date_in_china(now).year() {
        return Err(Error::invalid("done_on", "past"));
    }
    if !privilege.is_left() {
        return Err(Refusal::new("privilege-used-up").into());
    }
    Ok(())
}

async fn findings(
    app: &App,
    actor: &Actor,
    customer: &CustomerRow,
    product_risk: Option<Degree>,
) -> Result<Vec<Finding>> {
    let consents = crate::messaging::consents_of(app, actor, customer.id).await?;
    let scope = actor.scope(Permission::ServiceRead)?;
    let needs = [ItemKind::Need, ItemKind::Goal];
    let noted = rows::list_items(app.store(), &scope, customer.id, &needs, None, 1).await?;
    let tolerance = customer.risk_tolerance.as_deref().map(Degree::parse);
    Ok(check_offer(Offer {
        product_risk,
        tolerance: tolerance.transpose().ok().flatten(),
        consent: consents.marketing,
        restricted: customer.restricted_at.is_some(),
        needs_known: customer.needs.is_some() || !noted.rows.is_empty(),
        income_known: customer.annual_income_fen.is_some(),
    }))
}

/// Notes what became of something in the register.
///
/// # Errors
/// When the actor may not, it is not in sight, or that was noted before.
pub async fn finish_item(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &OutcomeForm,
) -> Result<String> {
    person(actor)?;
    let scope = actor.scope(Permission::ServiceKeep)?;
    let item = rows::find_item(app.store(), &scope, id).await?;
    let item = item.ok_or(Error::NotFound)?;
    let today = time::date_in_china(now);
    let outcome = listing::code("outcome", &form.outcome, ItemOutcome::parse)?;
    let outcome = outcome.ok_or_else(|| Error::invalid("outcome", "missing"))?;
    let offered = matches!(outcome, ItemOutcome::Accepted | ItemOutcome::Declined);
    if offered && !item.kind.is_offer() {
        return Err(Error::invalid("outcome", "unknown-code"));
    }
    let result = text("result", &form.result, TEXT_MAX)?;
    let needs_reason = matches!(outcome, ItemOutcome::Dropped | ItemOutcome::Declined);
    if needs_reason && result.is_none() {
        return Err(Error::invalid("result", "missing"));
    }
    let on = listing::date("done_on", &form.done_on)?.unwrap_or(today);
    if on > today {
        return Err(Error::invalid("done_on", "future"));
    }
    let customer = store::customers::find_customer(app.store(), &scope, item.customer).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let work = app.store().begin(now).await?;
    rows::finish_item(&work, id, outcome, (on, &actor.name), result).await?;
    let detail = serde_json::json!({ "outcome": outcome.as_str(), "kind": item.kind.as_str() });
    let entry = AuditEntry::new(actor, "service.item_finished", "service_item", id);
    let entry = entry.customer(item.customer.0).detail(detail);
    work.commit(entry).await?;
    Ok(customer.customer_no)
}
