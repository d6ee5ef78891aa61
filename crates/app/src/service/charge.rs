//! Who is in charge of which customer: the worklist of those who have nobody, giving customers singly, ticked in a
//! list or all of a filter, and handing over.

use super::standard::classes_with_person;
use super::teams::HANDED_MAX;
use super::user_named;
use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::visits::person;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::customers::{SpokenLanguage, ValueClass};
use domain::ids::{CustomerId, TeamId, UserId};
use domain::service::{ChargeEnd, ChargeView, ChargeWay};
use domain::time::{self, Instant};
use store::access::UserRow;
use store::dialect::Turn;
use store::service::{self as rows, NewCharge, ServedFilter, ServedRow};
use store::{Audit, AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Customers that are given at once.
const GIVEN_MAX: u64 = 500;

/// Filters of the worklist, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServedQuery {
    /// `nobody`, `somebody` or `all`; `nobody` when empty.
    pub view: String,
    /// The class, as a code.
    pub class: String,
    /// Code of a unit; everything in sight when empty.
    pub org: String,
    /// Language, as a code.
    pub language: String,
    /// User name of who is in charge.
    pub user: String,
    /// Where the page begins.
    pub after: String,
}

/// Customers whose class asks for a person in charge, with the classes that do.
pub type ServedList = (Listed<ServedRow>, Vec<ValueClass>);

/// Customers whose class asks for a person in charge, in sight.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_served(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ServedQuery,
) -> Result<ServedList> {
    let scope = actor.scope(Permission::ServiceRead)?;
    let (filter, classes) = filter(app, &scope, now, query).await?;
    let page = rows::list_served(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_served(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok((Listed::new(page, count), classes))
}

async fn filter(
    app: &App,
    scope: &Scope,
    now: Instant,
    query: &ServedQuery,
) -> Result<(ServedFilter, Vec<ValueClass>)> {
    let classes = classes_with_person(&app.rules(), time::date_in_china(now));
    let class = listing::code("class", &query.class, ValueClass::parse)?;
    let view = listing::code("view", &query.view, ChargeView::parse)?;
    let language = listing::code("language", &query.language, SpokenLanguage::parse)?;
    let user = match listing::some(&query.user) {
        Some(name) => Some(user_named(app, scope, "user", &name).await?.id),
        None => None,
    };
    let filter = ServedFilter {
        view: Some(view.unwrap_or(ChargeView::Nobody)),
        classes: Some(match class {
            Some(class) => vec![class],
            None => classes.clone(),
        }),
        customers: None,
        org_path: listing::org_path(app, scope, &query.org).await?,
        language: language.map(|l| l.as_str().to_owned()),
        user,
        team: None,
        after: listing::after(&query.after)?,
    };
    Ok((filter, classes))
}

/// People of the units in sight to whom customers can be given.
///
/// # Errors
/// When the actor may not.
pub async fn list_people(app: &App, actor: &Actor) -> Result<Vec<UserRow>> {
    let scope = actor.scope(Permission::ServiceAssign)?;
    let mut users = store::access::list_users(app.store(), &scope).await?;
    users.retain(|u| u.active);
    Ok(users)
}

/// Customers to give, as they come from the page.
#[derive(Clone, Debug, Default)]
pub struct AssignForm {
    /// Ids of customers that were ticked.
    pub customers: Vec<String>,
    /// Numbers of customers, for one who is given on the own page.
    pub customer_no: String,
    /// All of the filter instead.
    pub all: bool,
    /// The filter.
    pub query: ServedQuery,
    /// User name of who takes charge.
    pub user: String,
    /// The team for which, by its id; nothing without one.
    pub team: String,
}

/// Puts somebody in charge of customers; who was before is replaced. Says of how many.
///
/// # Errors
/// When the actor may not, the person or the team is not in sight, or no customer was named.
pub async fn assign(app: &App, actor: &Actor, now: Instant, form: &AssignForm) -> Result<u64> {
    person(actor)?;
    let scope = actor.scope(Permission::ServiceAssign)?;
    let user = user_named(app, &scope, "user", &form.user).await?;
    let work = app.store().begin(now).await?;
    work.take_turn(Turn::Service).await?;
    let team = match listing::some(&form.team) {
        Some(id) => Some(team_of(&work, &scope, &id, user.id).await?),
        None => None,
    };
    let (chosen, way) = chosen(app, &work, &scope, now, form).await?;
    let mut audit = Vec::new();
    for customer in chosen {
        rows::end_charge(&work, customer, ChargeEnd::Replaced, &actor.name).await?;
        let new = NewCharge {
            customer,
            user: user.id,
            team,
            way,
            made_name: &actor.name,
        };
        rows::insert_charge(&work, &new).await?;
        audit.push(given(actor, customer, &user));
    }
    let count = u64::try_from(audit.len()).unwrap_or(u64::MAX);
    let mut entries = audit.into_iter();
    let Some(first) = entries.next() else {
        return Err(Error::invalid("customers", "missing"));
    };
    work.commit(Audit::with(first, entries)).await?;
    Ok(count)
}

fn given(actor: &Actor, customer: CustomerId, user: &UserRow) -> AuditEntry {
    let entry = AuditEntry::new(actor, "service.person_set", "customer", customer.0);
    let detail = serde_json::json!({ "user": user.username });
    entry.customer(customer.0).detail(detail)
}

async fn team_of(work: &UnitOfWork, scope: &Scope, id: &str, user: UserId) -> Result<TeamId> {
    let unknown = || Error::invalid("team", "unknown-code");
    let id = TeamId(Uuid::try_parse(id).map_err(|_| unknown())?);
    let team = rows::find_team(work, scope, id).await?;
    let team = team.filter(|t| t.closed_on.is_none()).ok_or_else(unknown)?;
    let members = rows::list_team_members(work, scope, team.id).await?;
    let mut there = members.iter().filter(|m| m.until_on.is_none());
    if !there.any(|m| m.user == user) {
        return Err(Error::invalid("team", "not-a-member"));
    }
    Ok(team.id)
}

async fn chosen(
    app: &App,
    work: &UnitOfWork,
    scope: &Scope,
    now: Instant,
    form: &AssignForm,
) -> Result<(Vec<CustomerId>, ChargeWay)> {
    if let Some(number) = listing::some(&form.customer_no) {
        let found = store::customers::find_customer_by_number(work, scope, &number).await?;
        let found = found.filter(|c| c.erased_at.is_none());
        return Ok((vec![found.ok_or(Error::NotFound)?.id], ChargeWay::Single));
    }
    if form.all {
        let (mut filter, _) = filter(app, scope, now, &form.query).await?;
        filter.after = None;
        let found = rows::list_served(work, scope, &filter, GIVEN_MAX).await?;
        let all = found.rows.into_iter().map(|r| r.customer);
        return Ok((all.collect(), ChargeWay::Bulk));
    }
    if form.customers.len() > usize::try_from(GIVEN_MAX).unwrap_or(usize::MAX) {
        return Err(Error::invalid("customers", "too-many"));
    }
    let ids = form.customers.iter().map(|id| {
        let id = Uuid::try_parse(id).map_err(|_| Error::invalid("customers", "unknown-code"));
        id.map(CustomerId)
    });
    let filter = ServedFilter {
        customers: Some(ids.collect::<Result<_>>()?),
        ..ServedFilter::default()
    };
    let found = rows::list_served(work, scope, &filter, GIVEN_MAX).await?;
    if found.rows.len() < form.customers.len() {
        return Err(Error::NotFound);
    }
    let all = found.rows.into_iter().map(|r| r.customer);
    Ok((all.collect(), ChargeWay::Bulk))
}

/// Whose customers go to whom, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct HandoverForm {
    /// User name of who gives them up.
    pub from: String,
    /// User name of who takes them.
    pub user: String,
}

/// Hands all customers in sight of a person over to another. Says how many.
///
/// # Errors
/// When the actor may not, or a person is not known.
pub async fn hand_over(app: &App, actor: &Actor, now: Instant, form: &HandoverForm) -> Result<u64> {
    person(actor)?;
    let scope = actor.scope(Permission::ServiceAssign)?;
    let user = user_named(app, &scope, "user", &form.user).await?;
    let from = store::access::find_user_by_name(app.store(), form.from.trim()).await?;
    let from = from.filter(|u| scope.covers(&u.org_path));
    let from = from.ok_or_else(|| Error::invalid("from", "unknown-code"))?;
    if from.id == user.id {
        return Err(Error::invalid("user", "taken"));
    }
    let work = app.store().begin(now).await?;
    work.take_turn(Turn::Service).await?;
    let filter = ServedFilter {
        user: Some(from.id),
        ..ServedFilter::default()
    };
    let found = rows::list_served(&work, &scope, &filter, HANDED_MAX).await?;
    let mut audit = Vec::new();
    for row in &found.rows {
        rows::end_charge(&work, row.customer, ChargeEnd::HandedOver, &actor.name).await?;
        let new = NewCharge {
            customer: row.customer,
            user: user.id,
            team: None,
            way: ChargeWay::Handover,
            made_name: &actor.name,
        };
        rows::insert_charge(&work, &new).await?;
        audit.push(given(actor, row.customer, &user));
    }
    let count = u64::try_from(audit.len()).unwrap_or(u64::MAX);
    let entry = AuditEntry::new(actor, "service.handed_over_all", "user", from.id.0);
    let detail = serde_json::json!({ "to": user.username, "customers": count });
    work.commit(Audit::with(entry.detail(detail), audit))
        .await?;
    Ok(count)
}
