//! What the company asks of people who sign in, in the audit log: the file in which it stands has no
//! history of its own.

use crate::{App, Result};
use domain::access::Actor;
use domain::time::Instant;
use store::AuditEntry;
use store::settings::{find_setting, put_setting};

/// The setting that holds what was asked when a server last started.
const SETTING: &str = "access.policy";

/// Notes what the company asks of people who sign in, when it is not what was noted last.
///
/// # Errors
/// What the store says.
pub async fn note_policy(app: &App, now: Instant) -> Result<()> {
    let p = app.policy();
    let roles: Vec<_> = p.second_factor_roles.iter().map(|r| r.as_str()).collect();
    let rights: Vec<_> = p.second_factor_rights.iter().map(|r| r.as_str()).collect();
    let policy = serde_json::json!({
        "password_length_min": p.password_length_min,
        "password_score_min": p.password_score_min,
        "password_history": p.password_history,
        "password_days_max": p.password_life.map(|d| d.num_days()),
        "password_replaced_first": p.password_replaced_first,
        "second_factor_roles": roles,
        "second_factor_rights": rights,
        "session_idle_minutes": p.session_idle.num_minutes(),
        "session_life_minutes": p.session_life.num_minutes(),
        "failures_free": p.failures_free,
        "failures_free_of_name": p.failures_free_of_name,
        "failures_free_of_address": p.failures_free_of_address,
        "wait_seconds_max": p.wait_max.num_seconds(),
        "trusted_proxies": p.trusted_proxies,
    });
    let text = policy.to_string();
    if find_setting(app.store(), SETTING).await?.as_deref() == Some(&text) {
        return Ok(());
    }
    let work = app.store().begin(now).await?;
    put_setting(&work, SETTING, &text).await?;
    let entry = AuditEntry::new(&Actor::system(), "access.policy_set", "setting", None);
    Ok(work.commit(entry.detail(policy)).await?)
}
