//! All flags of customers with where they come from (CUS-07): set by a person or a file, or following from
//! policies and complaints by a rule.

use super::marks::holds;
use crate::customers::mark_limits;
use crate::rules::Rules;
use crate::{App, Result};
use ::rules::{Facts, Text};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::ids::CustomerId;
use domain::information::{CustomerMark, DerivedFlag, DerivedMark, derived_flags};
use domain::time::{self, Instant};
use std::collections::HashMap;
use store::customers::CustomerRow;
use store::information::{self as rows, Profile};

/// Who put a flag on a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlaggedBy {
    /// A person.
    Person(String),
    /// A file of another system.
    File,
    /// A rule: title of the pack, and article.
    Rule(Text, String),
}

/// A flag that stands on a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Code of the flag: of a [`CustomerMark`] or a [`DerivedMark`].
    pub code: &'static str,
    /// It follows from what happened.
    pub is_derived: bool,
    /// Since when; of flags that a file brought, when it came.
    pub since_on: NaiveDate,
    /// Until when, where that is known beforehand.
    pub until_on: Option<NaiveDate>,
    /// Who says so.
    pub by: FlaggedBy,
}

impl Flag {
    fn following(rules: &Rules, flag: DerivedFlag, on: NaiveDate) -> Self {
        Self {
            code: flag.mark.as_str(),
            is_derived: true,
            since_on: flag.since_on,
            until_on: flag.until_on,
            by: rule_of(rules, flag.mark, on),
        }
    }
}

/// Flags that follow from what happened, on a day.
pub(super) fn derived(rules: &Rules, profile: &Profile, on: NaiveDate) -> Vec<Flag> {
    let flags = derived_flags(&mark_limits(rules, on), &profile.happened(), on);
    let flags = flags.into_iter();
    flags.map(|f| Flag::following(rules, f, on)).collect()
}

/// The flags that stand on customers in sight today: those that were set, then those that follow.
///
/// # Errors
/// When the actor may not see customers.
pub async fn flags_of(
    app: &App,
    actor: &Actor,
    now: Instant,
    customers: &[&CustomerRow],
) -> Result<HashMap<CustomerId, Vec<Flag>>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let mut flags = set_flags(app, &scope, customers).await?;
    let (rules, today) = (app.rules(), time::date_in_china(now));
    let limits = mark_limits(&rules, today);
    let ids: Vec<_> = customers.iter().map(|c| c.id).collect();
    for (customer, happened) in rows::list_happened(app.store(), &scope, &ids).await? {
        let following = derived_flags(&limits, &happened, today).into_iter();
        let following = following.map(|f| Flag::following(&rules, f, today));
        flags.entry(customer).or_default().extend(following);
    }
    Ok(flags)
}

async fn set_flags(
    app: &App,
    scope: &Scope,
    customers: &[&CustomerRow],
) -> Result<HashMap<CustomerId, Vec<Flag>>> {
    let ids: Vec<_> = customers.iter().map(|c| c.id).collect();
    let standing = rows::list_standing_marks(app.store(), scope, &ids).await?;
    let changed = match customers.iter().any(|c| is_set_in_row(c)) {
        true => rows::list_flag_changes(app.store(), scope, &ids).await?,
        false => Vec::new(),
    };
    let flag = |c: &CustomerRow, mark: CustomerMark| {
        let line = standing
            .iter()
            .find(|m| (m.customer, m.mark) == (c.id, mark));
        let (since_on, by) = match line {
            Some(line) => (line.since_on, FlaggedBy::Person(line.set_name.clone())),
            None if holds(c, mark) => {
                let came =
                    |(id, field, _): &&(_, _, _)| *id == c.id && Some(*field) == mark.field();
                let at = changed
                    .iter()
                    .find(came)
                    .map_or(c.created_at, |(_, _, at)| *at);
                (time::date_in_china(at), FlaggedBy::File)
            }
            None => return None,
        };
        Some(Flag {
            code: mark.as_str(),
            is_derived: false,
            since_on,
            until_on: None,
            by,
        })
    };
    let of = |c: &&CustomerRow| {
        let all = CustomerMark::ALL.iter().copied();
        (c.id, all.filter_map(|mark| flag(c, mark)).collect())
    };
    Ok(customers.iter().map(of).collect())
}

/// Whether a column of the customer says so; it may have come with a file.
fn is_set_in_row(customer: &CustomerRow) -> bool {
    let mut all = CustomerMark::ALL.iter();
    all.any(|mark| holds(customer, *mark))
}

/// Pack and article that say how long a flag lasts.
fn rule_of(rules: &Rules, mark: DerivedMark, on: NaiveDate) -> FlaggedBy {
    let id = match mark {
        DerivedMark::Complainant => "mark_complainant_days",
        DerivedMark::New => "mark_new_days",
        DerivedMark::Lost => "lost_after_months",
    };
    let book = rules.book();
    let found = book.parameter_source(id, &Facts::new(book.schema()), on);
    let cite = found.map(|(_, source)| source.cite);
    let title = cite.as_ref().map(|c| book.pack(c.pack).title.clone());
    FlaggedBy::Rule(
        title.unwrap_or_default(),
        cite.map(|c| c.article).unwrap_or_default(),
    )
}
