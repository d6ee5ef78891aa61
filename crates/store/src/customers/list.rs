//! Lists of customers.

use super::read::{CustomerRow, SELECT, customers};
use crate::sql::{Page, PageKey, Select, end_of_day, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::CustomerKind;
use domain::information::{CustomerMark, MarkCause};
use domain::segments::CustomerClass;

/// What to look for among customers.
#[derive(Clone, Debug, Default)]
pub struct CustomerFilter {
    /// Of this kind.
    pub kind: Option<CustomerKind>,
    /// With this flag.
    pub flag: Option<CustomerFlag>,
    /// Served in this language.
    pub language: Option<String>,
    /// At this stage of the relationship.
    pub stage: Option<String>,
    /// Of this value class.
    pub value_class: Option<CustomerClass>,
    /// Of this risk class.
    pub risk_class: Option<CustomerClass>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// Known to us from this day.
    pub known_from: Option<NaiveDate>,
    /// Known to us until this day.
    pub known_to: Option<NaiveDate>,
    /// The oldest first, as exports run; the newest first otherwise.
    pub oldest_first: bool,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Flags that customers carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerFlag {
    /// One that a person or a file set.
    Set(CustomerMark),
    /// One that follows from what happened; nobody has it where no pack speaks of it.
    Follows(Option<MarkCause>),
}

fn filtered(select: &str, scope: &Scope, filter: &CustomerFilter) -> Select {
    let mut select = Select::new(select);
    select.scope(scope, "c.org_id").own(scope, "c.id");
    select.filter("c.merged_into_id IS NULL", Vec::new());
    if let Some(kind) = filter.kind {
        select.filter("c.kind = ?", params![kind.as_str()]);
    }
    if let Some(flag) = filter.flag {
        flagged(&mut select, flag);
    }
    if let Some(language) = &filter.language {
        select.filter("c.language = ?", params![language.as_str()]);
    }
    if let Some(stage) = &filter.stage {
        select.filter("c.relationship_stage = ?", params![stage.as_str()]);
    }
    for (column, class) in [
        ("c.value_class = ?", filter.value_class),
        ("c.risk_class = ?", filter.risk_class),
    ] {
        if let Some(class) = class {
            select.filter(column, params![class.as_str()]);
        }
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "c.org_id");
    }
    if let Some(day) = filter.known_from {
        select.filter("c.created_at >= ?", params![start_of_day(day)]);
    }
    if let Some(day) = filter.known_to {
        select.filter("c.created_at < ?", params![end_of_day(day)]);
    }
    select
}

/// Adds the customers who carry a flag. What follows from what happened is the definition of
/// [`domain::information::derived_flags`], read backwards.
fn flagged(select: &mut Select, flag: CustomerFlag) {
    match flag {
        CustomerFlag::Set(mark) => {
            let condition = match mark {
                CustomerMark::Large => "c.large",
                CustomerMark::KeyAccount => "c.key_account",
                CustomerMark::ShareholderRelated => "c.shareholder_related",
                CustomerMark::Cooperating => {
                    "c.id IN (SELECT m.customer_id FROM customer_marks m WHERE m.flag = 'cooperating' \
                     AND m.ended_on IS NULL)"
                }
            };
            select.filter(condition, Vec::new())
        }
        CustomerFlag::Follows(Some(MarkCause::ComplainedLast(from, to))) => select.filter(
            "c.id IN (SELECT t.customer_id FROM tickets t WHERE t.type = 'complaint' AND t.opened_at >= ? \
             AND t.opened_at < ?) AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.customer_id = c.id \
             AND t.type = 'complaint' AND t.opened_at >= ?)",
            params![start_of_day(from), end_of_day(to), end_of_day(to)],
        ),
        CustomerFlag::Follows(Some(MarkCause::BoughtFirst(from, to))) => select.filter(
            "c.id IN (SELECT p.policyholder_id FROM policies p WHERE p.issue_date >= ? AND p.issue_date <= ?) \
             AND NOT EXISTS (SELECT 1 FROM policies p WHERE p.policyholder_id = c.id AND p.issue_date < ?)",
            params![from, to, from],
        ),
        CustomerFlag::Follows(Some(MarkCause::EndedLast(last))) => select.filter(
            "EXISTS (SELECT 1 FROM policies p WHERE p.policyholder_id = c.id AND p.status <> 'in_force' \
             AND p.expiry_date <= ?) AND NOT EXISTS (SELECT 1 FROM policies p WHERE p.policyholder_id = c.id \
             AND (p.status = 'in_force' OR p.expiry_date > ?))",
            params![last, last],
        ),
        CustomerFlag::Follows(None) => select.filter("1 = 0", Vec::new()),
    };
}

/// Customers of the units in sight.
///
/// # Errors
/// What the database says.
pub async fn list_customers(
    db: &impl Reads,
    scope: &Scope,
    filter: &CustomerFilter,
    limit: u64,
) -> Result<Page<CustomerRow>> {
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("c.id", !filter.oldest_first, filter.after.as_ref(), limit);
    let rows = customers(db.keys(), select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id.0))
}

/// How many customers a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_customers(
    db: &impl Reads,
    scope: &Scope,
    filter: &CustomerFilter,
    cap: i64,
) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM customers c";
    let mut select = filtered(text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}
