//! The list of policies, with its filters as they stand in the URL.

use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::policies::{Channel, Line, PolicyStatus, ProductClass};
use store::Page;
use store::policies::{self as rows, PolicyFilter, PolicyRow};

/// Filters of the list, as text; an empty one does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PolicyQuery {
    /// Code of the line of business.
    pub line: String,
    /// Code of the class of product.
    pub product_class: String,
    /// Code of the channel.
    pub channel: String,
    /// Code of the status.
    pub status: String,
    /// Number of the customer who is policyholder or insured.
    pub customer: String,
    /// Code of the salesperson.
    pub agent: String,
    /// Issued from this day.
    pub issued_from: String,
    /// Issued until this day.
    pub issued_to: String,
    /// `true` for life policies without a signed receipt.
    pub without_receipt: String,
    /// Code of the unit.
    pub org: String,
    /// Start of the page.
    pub after: String,
}

/// Policies of a filter, the newest first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_policies(
    app: &App,
    actor: &Actor,
    query: &PolicyQuery,
) -> Result<Listed<PolicyRow>> {
    let scope = actor.scope(Permission::PoliciesRead)?;
    let filter = filter(app, &scope, query).await?;
    let page = rows::list_policies(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_policies(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}

/// A page of the policies of a filter, as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_policies(
    app: &App,
    actor: &Actor,
    query: &PolicyQuery,
    limit: u64,
) -> Result<Page<PolicyRow>> {
    let scope = actor.scope(Permission::PoliciesRead)?;
    let filter = filter(app, &scope, query).await?;
    Ok(rows::list_policies(app.store(), &scope, &filter, limit).await?)
}

/// Turns the text of a URL into a filter.
pub(crate) async fn filter(app: &App, scope: &Scope, query: &PolicyQuery) -> Result<PolicyFilter> {
    let line = listing::code("line", &query.line, Line::parse)?;
    let class = listing::code("product_class", &query.product_class, ProductClass::parse)?;
    let channel = listing::code("channel", &query.channel, Channel::parse)?;
    let status = listing::code("status", &query.status, PolicyStatus::parse)?;
    let customer = match listing::some(&query.customer) {
        Some(number) => {
            let found =
                store::customers::find_customer_by_number(app.store(), scope, &number).await?;
            Some(
                found
                    .ok_or_else(|| Error::invalid("customer", "unknown-customer"))?
                    .id,
            )
        }
        None => None,
    };
    let agent = match listing::some(&query.agent) {
        Some(code) => {
            let found = store::orgs::find_agent_by_code(app.store(), &code).await?;
            Some(found.ok_or_else(|| Error::invalid("agent", "unknown-agent"))?)
        }
        None => None,
    };
    Ok(PolicyFilter {
        line: line.map(|c| c.as_str().to_owned()),
        product_class: class.map(|c| c.as_str().to_owned()),
        channel: channel.map(|c| c.as_str().to_owned()),
        status: status.map(|c| c.as_str().to_owned()),
        customer,
        agent,
        issued_from: listing::date("issued_from", &query.issued_from)?,
        issued_to: listing::date("issued_to", &query.issued_to)?,
        without_receipt: query.without_receipt == "true",
        org_path: listing::org_path(app, scope, &query.org).await?,
        oldest_first: false,
        after: listing::after(&query.after)?,
    })
}
