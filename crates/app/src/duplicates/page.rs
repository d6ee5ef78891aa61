//! A pair side by side, and what there is of one customer.

use super::model::{Settings, is_decided_alone};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::duplicates::{Explained, Field, Level, MergedField};
use domain::time::{self, Instant};
use store::customers::CustomerRow;
use store::duplicates::{
    self as rows, DuplicateFilter, DuplicateRow, DuplicateSide, MergeRow, OversizedBlock,
};
use uuid::Uuid;

/// Pairs and merges of one customer that are shown.
const SHORT: u64 = 50;

/// A fact of both records, masked, and whether they are the same.
#[derive(Clone, Debug)]
pub struct FieldLine {
    /// The fact.
    pub field: MergedField,
    /// Of the one.
    pub low: Option<String>,
    /// Of the other.
    pub high: Option<String>,
    /// The comparison that looks at it.
    pub explained: Option<Explained>,
    /// Both have the same.
    pub is_same: bool,
}

/// A pair with everything that a decision needs.
#[derive(Clone, Debug)]
pub struct DuplicatePage {
    /// The pair.
    pub row: DuplicateRow,
    /// The one.
    pub low: CustomerRow,
    /// The other.
    pub high: CustomerRow,
    /// Facts side by side.
    pub lines: Vec<FieldLine>,
    /// Every comparison that was weighed.
    pub explained: Vec<Explained>,
    /// Weight of any two records.
    pub prior: i64,
    /// When the pair is weighed against two of one household: what that adds to the sum of the comparisons.
    pub household: Option<i64>,
    /// One person may merge it.
    pub is_alone: bool,
}

/// A pair in sight. That somebody looked at both customers is recorded.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn duplicate_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
) -> Result<DuplicatePage> {
    let scope = actor.scope(Permission::DuplicatesRead)?;
    let row = rows::find_duplicate(app.store(), &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let low = customer(app, actor, now, &row.low).await?;
    let high = customer(app, actor, now, &row.high).await?;
    let today = time::date_in_china(now);
    let rules = app.rules();
    let settings = Settings::read(&rules, today)?;
    let explained = settings.model.explain(&row.vector);
    let lines = MergedField::ALL
        .iter()
        .filter_map(|field| line(*field, &low, &high, &explained))
        .collect();
    Ok(DuplicatePage {
        lines,
        explained,
        prior: settings.model.prior(),
        household: settings.model.household_weight(&row.vector),
        is_alone: is_decided_alone(&rules, row.grade, today),
        row,
        low,
        high,
    })
}

async fn customer(
    app: &App,
    actor: &Actor,
    now: Instant,
    side: &DuplicateSide,
) -> Result<CustomerRow> {
    let scope = actor.scope(Permission::DuplicatesRead)?;
    let row = store::customers::find_customer(app.store(), &scope, side.id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let what = ("customer.viewed", "customer");
    let id = row.id.0;
    crate::audit::seen(app, actor, now, what, (id, Some(id))).await?;
    Ok(row)
}

/// The comparison that looks at a fact.
fn compared(field: MergedField) -> &'static [Field] {
    match field {
        MergedField::Name => &[Field::Name, Field::OrgName],
        MergedField::Sex => &[Field::Sex],
        MergedField::BirthDate => &[Field::BirthDate],
        MergedField::IdNo => &[Field::IdNo],
        MergedField::Mobile => &[Field::Mobile],
        MergedField::Phone => &[Field::Phone],
        MergedField::Email => &[Field::Email],
        MergedField::Address => &[Field::Address],
        _ => &[],
    }
}

fn line(
    field: MergedField,
    low: &CustomerRow,
    high: &CustomerRow,
    explained: &[Explained],
) -> Option<FieldLine> {
    let (a, b) = (shown(field, low), shown(field, high));
    if a.is_none() && b.is_none() {
        return None;
    }
    let looks = compared(field);
    let explained = explained.iter().find(|e| looks.contains(&e.field)).copied();
    let is_equal = explained.is_none_or(|e| matches!(e.level, Level::Equal | Level::Common));
    Some(FieldLine {
        field,
        // Two masks may be alike where the values are not: the comparison knows.
        is_same: a == b && is_equal,
        low: a,
        high: b,
        explained,
    })
}

/// A fact as people see it, masked by its type.
fn shown(field: MergedField, c: &CustomerRow) -> Option<String> {
    fn text<T: ToString>(value: Option<&T>) -> Option<String> {
        value.map(ToString::to_string)
    }
    match field {
        MergedField::Name => Some(c.shown_name()),
        MergedField::Sex => c.sex.clone(),
        MergedField::BirthDate => text(c.birth_date.as_ref()),
        MergedField::IdNo => text(c.id_no.as_ref()),
        MergedField::Nationality => c.nationality.clone(),
        MergedField::Mobile => text(c.mobile.as_ref()),
        MergedField::Phone => text(c.phone.as_ref()),
        MergedField::Email => text(c.email.as_ref()),
        MergedField::Address => text(c.address.as_ref()),
        MergedField::MailingAddress => text(c.mailing_address.as_ref()),
        MergedField::Occupation => c.occupation.clone(),
        MergedField::Language => c.language.clone(),
        MergedField::PreferredChannel => c.preferred_channel.clone(),
        MergedField::AnnualIncome => c.annual_income_fen.map(|fen| (fen / 100).to_string()),
        MergedField::Needs => text(c.needs.as_ref()),
        MergedField::SpecialNeeds => text(c.special_needs.as_ref()),
    }
}

/// Pairs and merges of one customer.
#[derive(Clone, Debug)]
pub struct CustomerDuplicates {
    /// The customer; who stayed, when the number was merged.
    pub customer: CustomerRow,
    /// Pairs with it.
    pub pairs: Vec<DuplicateRow>,
    /// Merges into it, and those that were taken back.
    pub merges: Vec<MergeRow>,
}

/// Pairs and merges of a customer in sight, by number. That somebody looked is recorded.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when the customer is not in sight.
pub async fn customer_duplicates(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
) -> Result<CustomerDuplicates> {
    let scope = actor.scope(Permission::DuplicatesRead)?;
    let db = app.store();
    let found = store::customers::find_customer_by_number(db, &scope, customer_no.trim()).await?;
    let customer = found.ok_or(Error::NotFound)?;
    let what = ("customer.viewed", "customer");
    let id = customer.id.0;
    crate::audit::seen(app, actor, now, what, (id, Some(id))).await?;
    let filter = DuplicateFilter {
        customer: Some(customer.id),
        ..DuplicateFilter::default()
    };
    let pairs = rows::list_duplicates(db, &scope, &filter, SHORT).await?;
    let short = i64::try_from(SHORT).unwrap_or(i64::MAX);
    Ok(CustomerDuplicates {
        pairs: pairs.rows,
        merges: rows::list_merges(db, &scope, customer.id, short).await?,
        customer,
    })
}

/// What the overview of a customer says of duplicates.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Pairs that wait for a decision.
    pub waiting: i64,
    /// The most likely of them.
    pub likeliest: Option<DuplicateRow>,
    /// Numbers that were merged into this customer.
    pub absorbed: Vec<String>,
}

/// What the overview of a customer says of duplicates; nothing without the right.
///
/// # Errors
/// What the store says.
pub async fn summary(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer: domain::ids::CustomerId,
) -> Result<Summary> {
    let Ok(scope) = actor.scope(Permission::DuplicatesRead) else {
        return Ok(Summary::default());
    };
    let db = app.store();
    let filter = DuplicateFilter {
        customer: Some(customer),
        waiting_on: Some(time::date_in_china(now)),
        ..DuplicateFilter::default()
    };
    let short = i64::try_from(SHORT).unwrap_or(i64::MAX);
    let merges = rows::list_merges(db, &scope, customer, short).await?;
    let standing = merges.into_iter();
    let standing = standing.filter(|m| m.undone_at.is_none() && m.survivor == customer);
    Ok(Summary {
        waiting: rows::count_open_duplicates(db, &scope, &filter, short).await?,
        likeliest: rows::list_duplicates(db, &scope, &filter, 1)
            .await?
            .rows
            .pop(),
        absorbed: standing.map(|m| m.absorbed_no).collect(),
    })
}

/// Keys that too many customers have to be compared.
pub(super) async fn oversized(app: &App) -> Result<Vec<OversizedBlock>> {
    Ok(rows::list_oversized_blocks(app.store()).await?)
}
