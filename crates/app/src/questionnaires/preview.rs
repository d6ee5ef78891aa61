//! Looking at a version as callers, customers and visitors will see it, with sample values.

use super::compare::{Comparison, compare};
use super::drafts::{find_version, needs};
use super::{CaseFacts, Script, ScriptValues, Sheet};
use crate::{App, Result};
use domain::access::Actor;
use domain::time::Instant;
use uuid::Uuid;

/// A version as a sheet for a case.
///
/// # Errors
/// When the actor may not read questionnaires, or it does not exist.
pub async fn preview(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    case: &CaseFacts,
    company: &str,
) -> Result<(Script, Sheet)> {
    let script = find_version(app, actor, now, id).await?.script;
    let mut values = ScriptValues::samples();
    values.set("company", company);
    let needs = needs(app, now);
    let promotion = needs
        .for_all(&script.programmes)
        .any(|(_, n)| n.promotion_allowed);
    let sheet = app.scripts().sheet(&script, case, promotion, &values);
    Ok((script, sheet))
}

/// Two versions side by side, the earlier first.
///
/// # Errors
/// When the actor may not read questionnaires, or one does not exist.
pub async fn compare_versions(
    app: &App,
    actor: &Actor,
    now: Instant,
    before: Uuid,
    after: Uuid,
) -> Result<(Script, Script, Comparison)> {
    let before = find_version(app, actor, now, before).await?.script;
    let after = find_version(app, actor, now, after).await?.script;
    let comparison = compare(&before, &after);
    Ok((before, after, comparison))
}
