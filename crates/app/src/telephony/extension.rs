//! Extensions: whose telephone is whose.

use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::ids::UserId;
use domain::telephony::parse_extension;
use domain::time::Instant;
use store::{AuditEntry, telephony as rows};

fn caller(actor: &Actor) -> Result<UserId> {
    actor.demand(Permission::CallbacksMake)?;
    actor
        .user()
        .ok_or_else(|| Refusal::new("person-needed").into())
}

/// The extension at which the actor calls.
///
/// # Errors
/// When the actor makes no callbacks.
pub async fn own_extension(app: &App, actor: &Actor) -> Result<Option<String>> {
    Ok(rows::find_extension(app.store(), caller(actor)?).await?)
}

/// Says at which extension the actor sits today. Whoever sat there before has none any more: desks are shared.
///
/// # Errors
/// When the actor makes no callbacks, or it is no extension.
pub async fn set_own_extension(
    app: &App,
    actor: &Actor,
    now: Instant,
    extension: &str,
) -> Result<()> {
    let user = caller(actor)?;
    let extension =
        parse_extension(extension).ok_or_else(|| Error::invalid("extension", "extension"))?;
    let work = app.store().begin(now).await?;
    rows::set_extension(&work, user, &extension).await?;
    let entry = AuditEntry::new(actor, "access.extension_set", "user", user.0);
    let detail = serde_json::json!({ "extension": extension });
    Ok(work.commit(entry.detail(detail)).await?)
}
