//! Posts of units: how many people each needs, who holds it from when to when.

use super::posts::post_kind;
use super::units::{in_sight, level_of};
use crate::{App, Error, Refusal, Result, listing};
use domain::access::Actor;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::access as rows;
use uuid::Uuid;

/// Most people that a post of one unit may need.
const HEADCOUNT_MAX: i64 = 10_000;

/// Sets how many people a post of a unit needs.
///
/// # Errors
/// When the kind does not exist or does not belong to units of this level, or the number is none.
pub async fn set_post(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
    kind: &str,
    headcount: &str,
) -> Result<()> {
    let (_, org) = in_sight(app, actor, code).await?;
    let kind = post_kind(kind)?;
    if !kind.levels.contains(&level_of(&org)?) {
        return Err(Refusal::new("post-level").into());
    }
    let headcount: i64 = headcount
        .trim()
        .parse()
        .ok()
        .filter(|n| (0..=HEADCOUNT_MAX).contains(n))
        .ok_or_else(|| Error::invalid("headcount", "number"))?;
    let work = app.store().begin(now).await?;
    rows::put_post(&work, org.id, &kind.code, headcount).await?;
    let detail = serde_json::json!({ "code": org.code, "post": kind.code, "headcount": headcount });
    let entry = AuditEntry::new(actor, "access.post_set", "org", org.id.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// Gives a post of a unit to a person of the units in sight.
///
/// # Errors
/// All problems of the form at once.
pub async fn give_post(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
    post: Uuid,
    form: &HolderForm,
) -> Result<()> {
    let (scope, org) = in_sight(app, actor, code).await?;
    let posts = rows::list_posts(app.store(), &scope).await?;
    let post = posts.iter().find(|p| p.id == post && p.org_id == org.id.0);
    let post = post.ok_or(Error::NotFound)?;
    let today = time::date_in_china(now);
    let from = listing::date("from", &form.from)?.unwrap_or(today);
    let until = listing::date("until", &form.until)?;
    if until.is_some_and(|until| until < from) {
        return Err(Error::invalid("until", "before-start"));
    }
    let colleagues = rows::list_colleagues(app.store(), &scope).await?;
    let person = colleagues
        .iter()
        .find(|c| c.username == form.username.trim());
    let person = person.ok_or_else(|| Error::invalid("username", "unknown-user"))?;
    let work = app.store().begin(now).await?;
    rows::insert_post_holder(&work, post.id, person.id, from, until).await?;
    let detail = serde_json::json!({
        "code": org.code, "post": post.kind, "username": person.username, "from": from.to_string(),
    });
    let entry = AuditEntry::new(actor, "access.post_given", "user", person.id).detail(detail);
    Ok(work.commit(entry).await?)
}

/// What a form says of who holds a post.
#[derive(Clone, Debug, Default)]
pub struct HolderForm {
    /// Name to sign in with.
    pub username: String,
    /// First day; today when empty.
    pub from: String,
    /// Last day; open when empty.
    pub until: String,
}

/// Takes a post from a person; today is the last day.
///
/// # Errors
/// [`Error::NotFound`] when nobody in sight holds it under that id.
pub async fn take_post(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
    holder: Uuid,
) -> Result<()> {
    let (scope, org) = in_sight(app, actor, code).await?;
    let holders = rows::list_post_holders(app.store(), &scope).await?;
    let found = holders
        .iter()
        .find(|h| h.id == holder && h.org_id == org.id.0);
    let found = found.ok_or(Error::NotFound)?;
    let work = app.store().begin(now).await?;
    rows::end_post_holder(&work, holder, time::date_in_china(now)).await?;
    let entry = AuditEntry::new(actor, "access.post_taken", "user", found.user_id)
        .detail(serde_json::json!({ "code": org.code }));
    Ok(work.commit(entry).await?)
}
