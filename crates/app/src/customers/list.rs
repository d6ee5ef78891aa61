//! The list of customers, with its filters as they stand in the URL.

use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::rules::Rules;
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::customers::{CustomerKind, RelationshipStage, SpokenLanguage};
use domain::information::{CustomerMark, DerivedMark, MarkLimits};
use domain::segments::CustomerClass;
use domain::time::{self, Instant};
use store::Page;
use store::customers::{self as rows, CustomerFilter, CustomerFlag, CustomerRow};

/// Filters of the list, as text; an empty one does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct CustomerQuery {
    /// `individual` or `group`.
    pub kind: String,
    /// Code of a flag: of a [`CustomerMark`] or of a [`DerivedMark`].
    pub flag: String,
    /// Language code.
    pub language: String,
    /// Code of the stage of the relationship.
    pub stage: String,
    /// Code of the value class.
    pub value_class: String,
    /// Code of the risk class.
    pub risk_class: String,
    /// Code of the unit.
    pub org: String,
    /// Start of the page.
    pub after: String,
}

/// Customers of a filter, the newest first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_customers(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &CustomerQuery,
) -> Result<Listed<CustomerRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = filter(app, &scope, now, query).await?;
    let page = rows::list_customers(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_customers(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}

/// A page of the customers of a filter, as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_customers(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &CustomerQuery,
    limit: u64,
) -> Result<Page<CustomerRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = filter(app, &scope, now, query).await?;
    Ok(rows::list_customers(app.store(), &scope, &filter, limit).await?)
}

/// How long flags last that follow from what happened, as the packs say on a day (CUS-07).
pub(crate) fn mark_limits(rules: &Rules, on: NaiveDate) -> MarkLimits {
    let number = |id| rules.setting(id, on);
    let days = |id| number(id).and_then(|n| u64::try_from(n).ok());
    MarkLimits {
        complainant_days: days("mark_complainant_days"),
        new_days: days("mark_new_days"),
        lost_months: number("lost_after_months").and_then(|n| u32::try_from(n).ok()),
    }
}

/// Reads the code of a flag.
fn flag(app: &App, now: Instant, code: &str) -> Result<Option<CustomerFlag>> {
    if code.is_empty() {
        return Ok(None);
    }
    if let Ok(mark) = CustomerMark::parse(code) {
        return Ok(Some(CustomerFlag::Set(mark)));
    }
    let mark = DerivedMark::parse(code).map_err(|_| Error::invalid("flag", "unknown-code"))?;
    let today = time::date_in_china(now);
    let cause = mark_limits(&app.rules(), today).cause(mark, today);
    Ok(Some(CustomerFlag::Follows(cause)))
}

/// Turns the text of a URL into a filter, as it holds at a moment.
pub(crate) async fn filter(
    app: &App,
    scope: &Scope,
    now: Instant,
    query: &CustomerQuery,
) -> Result<CustomerFilter> {
    let language = listing::code("language", &query.language, SpokenLanguage::parse)?;
    let stage = listing::code("stage", &query.stage, RelationshipStage::parse)?;
    Ok(CustomerFilter {
        kind: listing::code("kind", &query.kind, CustomerKind::parse)?,
        flag: flag(app, now, &query.flag)?,
        language: language.map(|l| l.as_str().to_owned()),
        stage: stage.map(|s| s.as_str().to_owned()),
        value_class: listing::code("value_class", &query.value_class, CustomerClass::parse)?,
        risk_class: listing::code("risk_class", &query.risk_class, CustomerClass::parse)?,
        org_path: listing::org_path(app, scope, &query.org).await?,
        after: listing::after(&query.after)?,
        ..CustomerFilter::default()
    })
}
