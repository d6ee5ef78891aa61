//! From which day on triggers make obligations.

use crate::{App, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::time::Instant;
use store::{AuditEntry, settings};

/// Sets the day before which triggers make no obligations, instead of the one that the first import
/// chooses.
///
/// # Errors
/// When the actor may not change settings.
pub async fn set_since(app: &App, actor: &Actor, now: Instant, since: NaiveDate) -> Result<()> {
    actor.demand(Permission::OrgsManage)?;
    let work = app.store().begin(now).await?;
    let key = settings::OBLIGATIONS_SINCE;
    settings::put_setting(&work, key, &since.to_string()).await?;
    let detail = serde_json::json!({ "key": key, "value": since });
    let entry = AuditEntry::new(actor, "setting.changed", "setting", None).detail(detail);
    Ok(work.commit(entry).await?)
}
