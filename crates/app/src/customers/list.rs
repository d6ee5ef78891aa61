//! The list of customers, with its filters as they stand in the URL.

use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::customers::{CustomerKind, RelationshipStage, SpokenLanguage};
use domain::segments::CustomerClass;
use store::Page;
use store::customers::{self as rows, CustomerFilter, CustomerFlag, CustomerRow};

/// Filters of the list, as text; an empty one does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct CustomerQuery {
    /// `individual` or `group`.
    pub kind: String,
    /// `large`, `key_account` or `shareholder_related`.
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
    query: &CustomerQuery,
) -> Result<Listed<CustomerRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = filter(app, &scope, query).await?;
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
    query: &CustomerQuery,
    limit: u64,
) -> Result<Page<CustomerRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = filter(app, &scope, query).await?;
    Ok(rows::list_customers(app.store(), &scope, &filter, limit).await?)
}

/// Turns the text of a URL into a filter.
pub(crate) async fn filter(
    app: &App,
    scope: &Scope,
    query: &CustomerQuery,
) -> Result<CustomerFilter> {
    let flag = match query.flag.as_str() {
        "" => None,
        "large" => Some(CustomerFlag::Large),
        "key_account" => Some(CustomerFlag::KeyAccount),
        "shareholder_related" => Some(CustomerFlag::ShareholderRelated),
        _ => return Err(Error::invalid("flag", "unknown-code")),
    };
    let language = listing::code("language", &query.language, SpokenLanguage::parse)?;
    let stage = listing::code("stage", &query.stage, RelationshipStage::parse)?;
    Ok(CustomerFilter {
        kind: listing::code("kind", &query.kind, CustomerKind::parse)?,
        flag,
        language: language.map(|l| l.as_str().to_owned()),
        stage: stage.map(|s| s.as_str().to_owned()),
        value_class: listing::code("value_class", &query.value_class, CustomerClass::parse)?,
        risk_class: listing::code("risk_class", &query.risk_class, CustomerClass::parse)?,
        org_path: listing::org_path(app, scope, &query.org).await?,
        after: listing::after(&query.after)?,
        ..CustomerFilter::default()
    })
}
