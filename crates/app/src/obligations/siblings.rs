//! Other obligations to the same customer.

use crate::{App, Result};
use domain::access::{Actor, Permission};
use store::obligations::{ObligationFilter, ObligationOrder, ObligationRow};

/// Siblings that a page shows.
const SIBLINGS_MAX: u64 = 12;

/// Other obligations in sight to the customer of an obligation, the newest first.
///
/// # Errors
/// When the actor may not see obligations.
pub async fn list_siblings(
    app: &App,
    actor: &Actor,
    obligation: &ObligationRow,
) -> Result<Vec<ObligationRow>> {
    let scope = actor.scope(Permission::ObligationsRead)?;
    let filter = ObligationFilter {
        customer: Some(obligation.customer_id),
        order: ObligationOrder::Newest,
        ..ObligationFilter::default()
    };
    let page = store::obligations::list_obligations(app.store(), &scope, &filter, SIBLINGS_MAX + 1)
        .await?;
    let others = page.rows.into_iter().filter(|o| o.id != obligation.id);
    Ok(others.collect())
}
