//! Sessions: who is behind a request, what else they have open, ending it.

use super::secrets::hash_token;
use super::sign_in::{Means, actor};
use super::users::in_sight;
use crate::{App, Error, Result};
use chrono::Duration;
use domain::access::{Actor, Credentials, NoticeKind, Owed};
use domain::ids::UserId;
use domain::time::Instant;
use store::AuditEntry;
use store::access::{self as rows, DelegationRow, NoticeRow, SessionRow, SignInRow, UserRow};
use uuid::Uuid;

/// A session's use is noted at most this often, so that reading pages does not write all the time.
const SEEN_EVERY: Duration = Duration::minutes(5);
/// Sign-ins and notices that a page shows.
const SHOWN_MAX: i32 = 30;

/// Who is behind a request.
#[derive(Clone, Debug)]
pub struct Session {
    /// Name of the session, which is no secret.
    pub id: Uuid,
    /// The person.
    pub user: UserRow,
    /// The person as an actor.
    pub actor: Actor,
    /// Token that forms must carry.
    pub csrf_token: String,
    /// The delegation under which the person is acting.
    pub acting: Option<DelegationRow>,
    /// What the person has to do before anything else.
    pub owes: Option<Owed>,
    /// The last notice that the person has not read.
    pub notice: Option<NoticeRow>,
}

/// The session of a token, if it is still good.
///
/// # Errors
/// What the store says.
pub async fn authenticate(app: &App, now: Instant, token: &str) -> Result<Option<Session>> {
    let hash = hash_token(token);
    let Some(session) = rows::find_session(app.store(), hash).await? else {
        return Ok(None);
    };
    if session.expires_at <= now || session.seen_at + app.policy().session_idle <= now {
        return Ok(None);
    }
    let user = rows::find_user(app.store(), session.user).await?;
    let Some(user) = user.filter(|u| u.active) else {
        return Ok(None);
    };
    let own = actor(&user, &*app.rights_in_force().await?);
    let acting = super::delegations::acting(app, now, &user, session.acting_for).await?;
    let (actor, acting) = match acting {
        Some((actor, delegation)) => (actor, Some(delegation)),
        None => (own.clone(), None),
    };
    if session.seen_at + SEEN_EVERY <= now {
        let work = app.store().begin(now).await?;
        rows::touch_session(&work, hash).await?;
        let entry = AuditEntry::new(&actor, "access.session_used", "user", user.id.0);
        work.commit(entry).await?;
    }
    let credentials = Credentials {
        by_password: Means::is_by_password(&session.means),
        password_is_initial: user.password_is_initial,
        password_set_at: user.password_set_at,
        has_second_factor: user.has_second_factor,
    };
    // Whoever stands in for somebody owes what the rights of both ask for.
    let owed = |who: &Actor| app.policy().owed(who, credentials, now);
    Ok(Some(Session {
        id: session.id,
        owes: owed(&own).or_else(|| owed(&actor)),
        acting,
        notice: rows::find_unread_notice(app.store(), user.id).await?,
        user,
        actor,
        csrf_token: session.csrf_token,
    }))
}

/// Ends a session.
///
/// # Errors
/// What the store says.
pub async fn sign_out(app: &App, actor: &Actor, now: Instant, token: &str) -> Result<()> {
    let work = app.store().begin(now).await?;
    rows::delete_session(&work, hash_token(token)).await?;
    let user = actor.user().map(|u| u.0);
    Ok(work
        .commit(AuditEntry::new(actor, "access.signed_out", "user", user))
        .await?)
}

/// The person who is acting; programs have no sessions, passwords or notices.
pub(super) fn person(actor: &Actor) -> Result<UserId> {
    actor.user().ok_or(Error::NotFound)
}

/// The sessions of the actor, the last used first.
///
/// # Errors
/// When no person is acting.
pub async fn list_own_sessions(app: &App, actor: &Actor, now: Instant) -> Result<Vec<SessionRow>> {
    let idle_since = now - app.policy().session_idle;
    Ok(rows::list_sessions_of(app.store(), person(actor)?, now, idle_since).await?)
}

/// The last times that the actor signed in, and that somebody failed to under the actor's name.
///
/// # Errors
/// When no person is acting.
pub async fn list_own_sign_ins(app: &App, actor: &Actor) -> Result<Vec<SignInRow>> {
    Ok(rows::list_sign_ins_of(app.store(), person(actor)?, SHOWN_MAX).await?)
}

/// Ends one session of the actor's own.
///
/// # Errors
/// [`Error::NotFound`] when the actor has no such session.
pub async fn end_own_session(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<()> {
    let user = person(actor)?;
    let work = app.store().begin(now).await?;
    match rows::delete_own_session(&work, user, id).await {
        Err(store::StoreError::Conflict) => return Err(Error::NotFound),
        other => other?,
    }
    Ok(work
        .commit(AuditEntry::new(
            actor,
            "access.session_ended",
            "user",
            user.0,
        ))
        .await?)
}

/// Ends every session of the actor's own but one.
///
/// # Errors
/// When no person is acting.
pub async fn end_other_sessions(app: &App, actor: &Actor, now: Instant, kept: Uuid) -> Result<()> {
    let user = person(actor)?;
    let work = app.store().begin(now).await?;
    let ended = rows::delete_other_sessions(&work, user, kept).await?;
    let detail = serde_json::json!({ "ended": ended });
    let entry = AuditEntry::new(actor, "access.sessions_ended", "user", user.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// The sessions of a user in sight, the last used first.
///
/// # Errors
/// When the user is not in sight.
pub async fn list_user_sessions(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: UserId,
) -> Result<Vec<SessionRow>> {
    in_sight(app, actor, id).await?;
    let idle_since = now - app.policy().session_idle;
    Ok(rows::list_sessions_of(app.store(), id, now, idle_since).await?)
}

/// Ends every session of a user in sight, and tells the user.
///
/// # Errors
/// When the user is not in sight.
pub async fn end_user_sessions(app: &App, actor: &Actor, now: Instant, id: UserId) -> Result<()> {
    in_sight(app, actor, id).await?;
    let work = app.store().begin(now).await?;
    rows::delete_sessions_of(&work, id).await?;
    rows::delete_half_sessions_of(&work, id).await?;
    rows::insert_notice(&work, id, NoticeKind::SessionsEnded, &actor.name).await?;
    Ok(work
        .commit(AuditEntry::new(
            actor,
            "access.sessions_ended",
            "user",
            id.0,
        ))
        .await?)
}

/// What the actor was told about the own account, the newest first.
///
/// # Errors
/// When no person is acting.
pub async fn list_notices(app: &App, actor: &Actor) -> Result<Vec<NoticeRow>> {
    Ok(rows::list_notices(app.store(), person(actor)?, SHOWN_MAX).await?)
}

/// Notes that the actor has read all notices.
///
/// # Errors
/// When no person is acting.
pub async fn read_notices(app: &App, actor: &Actor, now: Instant) -> Result<()> {
    let user = person(actor)?;
    let work = app.store().begin(now).await?;
    rows::read_notices(&work, user).await?;
    Ok(work
        .commit(AuditEntry::new(
            actor,
            "access.notices_read",
            "user",
            user.0,
        ))
        .await?)
}

/// Keeps the language or theme that someone chose.
///
/// # Errors
/// [`Error::Invalid`] for a language or theme that does not exist.
pub async fn set_preferences(
    app: &App,
    actor: &Actor,
    now: Instant,
    locale: Option<&str>,
    theme: Option<&str>,
) -> Result<()> {
    if locale.is_some_and(|l| !matches!(l, "zh-CN" | "en")) {
        return Err(Error::invalid("locale", "unknown-code"));
    }
    if theme.is_some_and(|t| !matches!(t, "light" | "dark")) {
        return Err(Error::invalid("theme", "unknown-code"));
    }
    let user = person(actor)?;
    let work = app.store().begin(now).await?;
    rows::set_preferences(&work, user, locale, theme).await?;
    Ok(work
        .commit(AuditEntry::new(
            actor,
            "access.preferences_set",
            "user",
            user.0,
        ))
        .await?)
}
