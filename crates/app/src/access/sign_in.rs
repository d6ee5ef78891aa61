//! Signing in and out; sessions.

use super::secrets::{self, Token, hash_token};
use crate::{App, Error, Refusal, Result};
use chrono::Duration;
use domain::access::{Actor, ActorKind, Rights};
use domain::time::Instant;
use store::access::{self as rows, DelegationRow, NewSession, UserRow};
use store::{AuditActor, AuditEntry};

/// A session ends after this long, whatever happens.
const SESSION_LIFE: Duration = Duration::hours(12);
/// A session ends after this long without use: a shift with its breaks.
const SESSION_IDLE: Duration = Duration::hours(4);
/// A session's use is noted at most this often, so that reading pages does not write all the time.
const SEEN_EVERY: Duration = Duration::minutes(5);
/// The link for the first administrator is good for a day.
const FIRST_LINK_LIFE: Duration = Duration::hours(24);
const FIRST_ADMINISTRATOR: &str = "first_administrator";
/// Wrong passwords under a name before it is locked.
const FAILURES_MAX: i64 = 8;
/// How long wrong passwords count, and so how long a name stays locked.
const FAILURES_COUNT_FOR: Duration = Duration::minutes(15);
/// Longest part of a name that is kept of a failure.
const USERNAME_SHOWN_MAX: usize = 60;
/// Longest part of a browser's name that is kept.
const USER_AGENT_MAX: usize = 200;

/// From where someone signs in.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Browser.
    pub user_agent: String,
    /// Network address.
    pub address: String,
}

/// A session that has begun: the token goes into the cookie and nowhere else.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The token.
    pub token: Token,
    /// Who signed in.
    pub user: UserRow,
}

/// Who is behind a request.
#[derive(Clone, Debug)]
pub struct Session {
    /// The person.
    pub user: UserRow,
    /// The person as an actor.
    pub actor: Actor,
    /// Token that forms must carry.
    pub csrf_token: String,
    /// The delegation under which the person is acting.
    pub acting: Option<DelegationRow>,
}

/// Signs in. Wrong names and wrong passwords take equally long and get the same answer.
///
/// # Errors
/// [`Error::Refused`] with `sign-in-failed`, or with `sign-in-locked` after too many failures under the
/// name, whether or not it exists; the failure is in the audit log.
pub async fn sign_in(
    app: &App,
    now: Instant,
    username: &str,
    password: &str,
    device: &Device,
) -> Result<SignedIn> {
    let username = username.trim();
    let shown: String = username.chars().take(USERNAME_SHOWN_MAX).collect();
    let since = now - FAILURES_COUNT_FOR;
    if rows::count_failed_sign_ins(app.store(), &shown, since).await? >= FAILURES_MAX {
        let minutes = FAILURES_COUNT_FOR.num_minutes().to_string();
        return Err(Refusal::with("sign-in-locked", minutes).into());
    }
    let user = rows::find_user_by_name(app.store(), username).await?;
    let hash = match &user {
        Some(user) => user.password_hash.clone(),
        // Some hash of the same cost, so that nobody can tell names that exist from others.
        None => secrets::hash_password(app, "nobody").await?,
    };
    let good = secrets::verify_password(app, password, &hash).await?;
    let Some(user) = user.filter(|u| good && u.active) else {
        let work = app.store().begin(now).await?;
        let detail = serde_json::json!({ "address": device.address });
        let actor = AuditActor::anonymous(shown);
        work.commit(AuditEntry::new(actor, "access.sign_in_failed", "user", None).detail(detail))
            .await?;
        return Err(Refusal::new("sign-in-failed").into());
    };
    open_session(app, now, user, device, Means::Password).await
}

/// How somebody showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// With a password.
    Password,
}

impl Means {
    /// The word for the audit log.
    fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
        }
    }
}

/// Begins a session for somebody who has shown who they are.
pub(super) async fn open_session(
    app: &App,
    now: Instant,
    user: UserRow,
    device: &Device,
    means: Means,
) -> Result<SignedIn> {
    let token = Token::new(app);
    let csrf = Token::new(app);
    let user_agent: String = device.user_agent.chars().take(USER_AGENT_MAX).collect();
    let work = app.store().begin(now).await?;
    rows::delete_expired_sessions(&work).await?;
    let session = NewSession {
        token_hash: hash_token(&token.0),
        user: user.id,
        csrf_token: &csrf.0,
        expires_at: now + SESSION_LIFE,
        user_agent: &user_agent,
        address: &device.address,
    };
    rows::insert_session(&work, &session).await?;
    let detail = serde_json::json!({ "address": device.address, "means": means.code() });
    let entry = AuditEntry::new(
        &actor(&user, &app.rights()),
        "access.signed_in",
        "user",
        user.id.0,
    )
    .detail(detail);
    work.commit(entry).await?;
    Ok(SignedIn { token, user })
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
    if session.expires_at <= now || session.seen_at + SESSION_IDLE <= now {
        return Ok(None);
    }
    let user = rows::find_user(app.store(), session.user).await?;
    let Some(user) = user.filter(|u| u.active) else {
        return Ok(None);
    };
    let acting = super::delegations::acting(app, now, &user, session.acting_for).await?;
    let (actor, acting) = match acting {
        Some((actor, delegation)) => (actor, Some(delegation)),
        None => (actor(&user, &*app.rights_in_force().await?), None),
    };
    if session.seen_at + SEEN_EVERY <= now {
        let work = app.store().begin(now).await?;
        rows::touch_session(&work, hash).await?;
        work.commit(AuditEntry::new(
            &actor,
            "access.session_used",
            "user",
            user.id.0,
        ))
        .await?;
    }
    Ok(Some(Session {
        user,
        actor,
        csrf_token: session.csrf_token,
        acting,
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
    let Some(user) = actor.user() else {
        return Err(Error::NotFound);
    };
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

/// A user as an actor, with what the table of rights gives to the user's roles.
pub(crate) fn actor(user: &UserRow, rights: &Rights) -> Actor {
    Actor {
        kind: ActorKind::User(user.id),
        name: user.username.clone(),
        roles: user.roles.clone(),
        rights: rights.held_by(&user.roles),
        org: user.org_path.clone(),
        org_id: Some(user.org_id),
        agent: user.agent,
    }
}

/// Whether nobody can sign in yet.
///
/// # Errors
/// What the store says.
pub async fn is_first_administrator_wanted(app: &App) -> Result<bool> {
    Ok(rows::count_users(app.store()).await? == 0)
}

/// A token for the page on which the first administrator is created; older ones stop working.
///
/// # Errors
/// What the store says.
pub async fn first_administrator_link(app: &App, now: Instant) -> Result<Token> {
    let token = Token::new(app);
    let work = app.store().begin(now).await?;
    rows::put_one_time_link(
        &work,
        hash_token(&token.0),
        FIRST_ADMINISTRATOR,
        now + FIRST_LINK_LIFE,
    )
    .await?;
    let entry = AuditEntry::new(
        &Actor::system(),
        "access.first_administrator_link",
        "user",
        None,
    );
    work.commit(entry).await?;
    Ok(token)
}

/// Uses the link up.
pub(super) async fn take_first_link(work: &store::UnitOfWork, token: &str) -> Result<bool> {
    Ok(rows::take_one_time_link(work, hash_token(token), FIRST_ADMINISTRATOR).await?)
}
