//! What touches every unit is for those who see every unit.

use crate::{App, Result};
use domain::access::{Actor, Denied, Permission};

/// Demands a right over the whole company: a file of an import names any unit, so whoever sees one
/// branch only may not send it.
///
/// # Errors
/// [`crate::Error::Denied`] names the right.
pub(crate) async fn demand_whole_company(
    app: &App,
    actor: &Actor,
    permission: Permission,
) -> Result<()> {
    let scope = actor.scope(permission)?;
    let orgs = store::orgs::load_all_orgs(app.store()).await?;
    let mut roots = orgs.iter().filter(|o| o.parent.is_none());
    if roots.all(|o| scope.covers(&o.path)) {
        return Ok(());
    }
    Err(Denied(permission).into())
}
