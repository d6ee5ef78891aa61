//! With what besides a password somebody can sign in: their passkeys and identities at providers, as they
//! and administrators see and remove them.

use super::sessions::person;
use super::users::user_page;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, NoticeKind};
use domain::ids::UserId;
use domain::time::Instant;
use store::access::{self as rows, IdentityRow, PasskeyRow, UserRow};
use store::{AuditEntry, StoreError};
use uuid::Uuid;

/// Longest subject at a provider (OpenID Connect Core 1.0, section 2).
const SUBJECT_MAX: usize = 255;

/// An identity with the name of its provider.
#[derive(Clone, Debug)]
pub struct LinkedIdentity {
    /// The identity.
    pub row: IdentityRow,
    /// Name of the provider.
    pub provider: String,
}

/// With what somebody can sign in.
#[derive(Clone, Debug)]
pub struct Ways {
    /// Passkeys, the oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Identities, the oldest first.
    pub identities: Vec<LinkedIdentity>,
}

/// One's own ways to sign in.
///
/// # Errors
/// [`Error::NotFound`] when no person is acting.
pub async fn own_ways(app: &App, actor: &Actor) -> Result<Ways> {
    ways(app, person(actor)?).await
}

/// The ways of a user in sight.
///
/// # Errors
/// When the actor may not, or there is no such user in sight.
pub async fn ways_of(app: &App, actor: &Actor, user: UserId) -> Result<(UserRow, Ways)> {
    let user = user_page(app, actor, user).await?;
    let ways = ways(app, user.id).await?;
    Ok((user, ways))
}

async fn ways(app: &App, user: UserId) -> Result<Ways> {
    let identities = rows::list_identities(app.store(), user).await?;
    let identities = identities.into_iter().map(|row| LinkedIdentity {
        provider: app.doors().name_of(&row.issuer).to_owned(),
        row,
    });
    Ok(Ways {
        passkeys: rows::list_passkeys(app.store(), user).await?,
        identities: identities.collect(),
    })
}

/// Links an identity, by its subject at a provider, to a user in sight, and ends their sessions.
///
/// # Errors
/// [`Error::Invalid`] without a subject; [`Error::Refused`] with `oidc-taken` when it is somebody's and
/// `identity-sensitive` when the owner is to link it.
pub async fn link_identity(
    app: &App,
    actor: &Actor,
    now: Instant,
    user: UserId,
    provider: &str,
    subject: &str,
) -> Result<()> {
    let user = user_page(app, actor, user).await?;
    demand_plain(app, &user)?;
    let provider = app.doors().provider(provider)?;
    let subject = subject.trim();
    match subject.chars().count() {
        0 => return Err(Error::invalid("identity_subject", "missing")),
        n if n > SUBJECT_MAX => return Err(Error::invalid("identity_subject", "too-long")),
        _ => {}
    }
    let who = (provider.issuer.as_str(), subject);
    insert(app, actor, now, user.id, &provider.code, who, subject).await
}

/// Demands that an account holds nothing sensitive beyond an own list: a way in to one that does is
/// added by its owner alone, after signing in.
pub(super) fn demand_plain(app: &App, user: &UserRow) -> Result<()> {
    if app.rights().are_sensitive_beyond_own_list(&user.roles) {
        return Err(Refusal::new("identity-sensitive").into());
    }
    Ok(())
}

/// Links an identity, tells its owner and writes it down; sessions end when somebody else linked it.
pub(super) async fn insert(
    app: &App,
    actor: &Actor,
    now: Instant,
    user: UserId,
    provider: &str,
    who: (&str, &str),
    label: &str,
) -> Result<()> {
    let work = app.store().begin(now).await?;
    match rows::insert_identity(&work, user, who, label).await {
        Ok(_) => {}
        Err(StoreError::Constraint(_)) => return Err(Refusal::new("oidc-taken").into()),
        Err(error) => return Err(error.into()),
    }
    if actor.user() == Some(user) {
        rows::insert_notice(&work, user, NoticeKind::IdentityLinked, label).await?;
    } else {
        rows::insert_notice(&work, user, NoticeKind::IdentityGiven, &actor.name).await?;
        rows::delete_sessions_of(&work, user).await?;
    }
    let detail = serde_json::json!({ "provider": provider });
    let entry = AuditEntry::new(actor, "access.identity_linked", "user", user.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// Unlinks an identity of one's own.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's.
pub async fn unlink_own_identity(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<()> {
    unlink(app, actor, now, person(actor)?, id, false).await
}

/// Unlinks an identity of a user in sight and ends their sessions.
///
/// # Errors
/// When the actor may not, or there is no such user or identity.
pub async fn unlink_identity(
    app: &App,
    actor: &Actor,
    now: Instant,
    user: UserId,
    id: Uuid,
) -> Result<()> {
    let user = user_page(app, actor, user).await?;
    unlink(app, actor, now, user.id, id, true).await
}

async fn unlink(
    app: &App,
    actor: &Actor,
    now: Instant,
    user: UserId,
    id: Uuid,
    with_sessions: bool,
) -> Result<()> {
    let work = app.store().begin(now).await?;
    if !rows::delete_identity(&work, user, id).await? {
        return Err(Error::NotFound);
    }
    if with_sessions {
        rows::delete_sessions_of(&work, user).await?;
    }
    let entry = AuditEntry::new(actor, "access.identity_unlinked", "user", user.0);
    Ok(work.commit(entry).await?)
}
