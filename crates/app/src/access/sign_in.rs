//! Signing in: the password, the code of a second factor, and the session that begins then.

use super::attempts::Attempt;
use super::second_factor;
use super::secrets::{self, Token, hash_token};
use crate::{App, Error, Refusal, Result};
use chrono::Duration;
use domain::access::{Actor, ActorKind, NoticeKind, Rights, device_name};
use domain::time::Instant;
use store::access::{self as rows, NewDevice, NewSession, UserRow};
use store::{AuditActor, AuditEntry, UnitOfWork};

/// Time for finding the telephone and typing its code.
const HALF_SESSION_LIFE: Duration = Duration::minutes(5);
/// Wrong codes before the password has to be given again.
const WRONG_CODES_MAX: i64 = 5;
/// How long failures are kept, for telling people about them when they come back from leave.
const FAILURES_KEPT_FOR: Duration = Duration::days(90);
/// How long a device that is not used is remembered.
pub const DEVICE_LIFE: Duration = Duration::days(400);
/// The link for the first administrator is good for a day.
const FIRST_LINK_LIFE: Duration = Duration::hours(24);
const FIRST_ADMINISTRATOR: &str = "first_administrator";
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
    /// Tokens that the browser kept of earlier sign-ins, whoever signed in.
    pub known: Vec<String>,
}

impl Device {
    fn browser(&self) -> String {
        self.user_agent.chars().take(USER_AGENT_MAX).collect()
    }

    /// The device as its owner knows it.
    fn name(&self) -> String {
        let parts = [device_name(&self.user_agent), self.address.clone()];
        let told: Vec<_> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        told.join(" · ")
    }
}

/// A session that has begun: the token goes into the cookie and nowhere else.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The token.
    pub token: Token,
    /// Who signed in.
    pub user: UserRow,
    /// What the browser has to keep to be known from now on; nothing when it is known already.
    pub device: Option<Token>,
}

/// What came of a password.
#[derive(Clone, Debug)]
pub enum Step {
    /// The session has begun.
    Open(Box<SignedIn>),
    /// The code of the second factor is needed; the token is good for giving it, and for nothing else.
    SecondFactor(Token),
}

/// How somebody showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// With a password.
    Password,
    /// With a password and a code.
    PasswordAndCode,
    /// With a password and a recovery code.
    PasswordAndRecoveryCode,
    /// At a provider of identities, which asks for whatever it deems enough.
    Oidc,
    /// With a passkey, which asked for a finger, a face or a number: both factors at once.
    Passkey,
}

impl Means {
    /// The word for the audit log and the session.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordAndCode => "password_and_code",
            Self::PasswordAndRecoveryCode => "password_and_recovery_code",
            Self::Oidc => "oidc",
            Self::Passkey => "passkey",
        }
    }

    /// Whether a password was among the means of a session.
    pub(super) fn is_by_password(code: &str) -> bool {
        code.starts_with("password")
    }
}

/// Takes a name and a password. Wrong names and wrong passwords take equally long and get the same
/// answer.
///
/// # Errors
/// [`Error::Refused`] with `sign-in-failed`, or with `sign-in-locked` and the minutes to wait after too
/// many failures, whether or not the name exists; failures are in the audit log.
pub async fn begin_sign_in(
    app: &App,
    now: Instant,
    username: &str,
    password: &str,
    device: &Device,
) -> Result<Step> {
    let username = username.trim();
    let attempt = Attempt::of(app, username, device).await?;
    attempt.demand_open(app, now).await?;
    let user = rows::find_user_by_name(app.store(), username).await?;
    let hash = user.as_ref().map(|u| u.password_hash.as_str());
    // Some hash of the same cost, so that nobody can tell names that exist from others.
    let good = secrets::verify_password(app, password, hash.unwrap_or(app.decoy())).await?;
    let id = user.as_ref().map(|u| u.id.0);
    let Some(user) = user.filter(|u| good && u.active) else {
        let shown: String = username.chars().take(USERNAME_SHOWN_MAX).collect();
        let work = app.store().begin(now).await?;
        attempt.fail(&work).await?;
        let entry = failed(shown, id, device, "password");
        work.commit(entry).await?;
        return Err(Refusal::new("sign-in-failed").into());
    };
    if !user.has_second_factor {
        let signed_in = open_session(app, now, user, device, Means::Password).await?;
        return Ok(Step::Open(Box::new(signed_in)));
    }
    let token = Token::new(app);
    let work = app.store().begin(now).await?;
    let until = now + HALF_SESSION_LIFE;
    rows::insert_half_session(&work, hash_token(&token.0), user.id, until).await?;
    let entry = AuditEntry::new(
        &actor(&user, &app.rights()),
        "access.sign_in_begun",
        "user",
        user.id.0,
    );
    work.commit(entry).await?;
    Ok(Step::SecondFactor(token))
}

/// Signs in where nobody can be asked for a code.
///
/// # Errors
/// As [`begin_sign_in`]; [`Error::Refused`] with `second-factor-needed`.
pub async fn sign_in(
    app: &App,
    now: Instant,
    username: &str,
    password: &str,
    device: &Device,
) -> Result<SignedIn> {
    match begin_sign_in(app, now, username, password, device).await? {
        Step::Open(signed_in) => Ok(*signed_in),
        Step::SecondFactor(_) => Err(Refusal::new("second-factor-needed").into()),
    }
}

/// Takes the code of the second factor, or a recovery code, of somebody who gave the password.
///
/// # Errors
/// [`Error::Refused`] with `code-wrong`; with `sign-in-begin-again` when the time is over or too many
/// codes were wrong; with `sign-in-locked` after too many failures.
pub async fn finish_sign_in(
    app: &App,
    now: Instant,
    token: &str,
    code: &str,
    device: &Device,
) -> Result<SignedIn> {
    let hash = hash_token(token);
    let again = || Error::from(Refusal::new("sign-in-begin-again"));
    let half = rows::find_half_session(app.store(), hash, now).await?;
    let half = half
        .filter(|h| h.failures < WRONG_CODES_MAX)
        .ok_or_else(again)?;
    let user = rows::find_user(app.store(), half.user).await?;
    let user = user.filter(|u| u.active).ok_or_else(again)?;
    let attempt = Attempt::of(app, &user.username, device).await?;
    attempt.demand_open(app, now).await?;
    let work = app.store().begin(now).await?;
    let Some(means) = second_factor::accept(&work, user.id, now, code).await? else {
        attempt.fail(&work).await?;
        rows::note_wrong_code(&work, hash).await?;
        let entry = failed(user.username.clone(), Some(user.id.0), device, "code");
        work.commit(entry).await?;
        return Err(Refusal::new("code-wrong").into());
    };
    rows::delete_half_session(&work, hash).await?;
    let entry = AuditEntry::new(
        &actor(&user, &app.rights()),
        "access.code_accepted",
        "user",
        user.id.0,
    );
    work.commit(entry).await?;
    open_session(app, now, user, device, means).await
}

fn failed(
    shown: String,
    user: Option<uuid::Uuid>,
    device: &Device,
    what: &'static str,
) -> AuditEntry {
    let detail = serde_json::json!({ "address": device.address, "means": what });
    let actor = AuditActor::anonymous(shown);
    AuditEntry::new(actor, "access.sign_in_failed", "user", user).detail(detail)
}

/// Begins a session for somebody who has shown who they are. Every session begins here, under a token of
/// its own, and here the device becomes known.
pub(super) async fn open_session(
    app: &App,
    now: Instant,
    user: UserRow,
    device: &Device,
    means: Means,
) -> Result<SignedIn> {
    let attempt = Attempt::of(app, &user.username, device).await?;
    let token = Token::new(app);
    let csrf = Token::new(app);
    let work = app.store().begin(now).await?;
    rows::delete_expired_sessions(&work).await?;
    rows::delete_old_traces(&work, now - FAILURES_KEPT_FOR, now - DEVICE_LIFE).await?;
    let kept = recognise(app, &work, &attempt, &user, device).await?;
    let session = NewSession {
        token_hash: hash_token(&token.0),
        user: user.id,
        means: means.code(),
        csrf_token: &csrf.0,
        expires_at: now + app.policy().session_life,
        user_agent: &device.browser(),
        address: &device.address,
    };
    rows::insert_session(&work, &session).await?;
    let detail = serde_json::json!({
        "address": device.address, "means": means.code(), "device": device_name(&device.user_agent),
    });
    let actor = actor(&user, &app.rights());
    let entry = AuditEntry::new(&actor, "access.signed_in", "user", user.id.0).detail(detail);
    work.commit(entry).await?;
    Ok(SignedIn {
        token,
        user,
        device: kept,
    })
}

/// Makes the device known, and tells the person of a new one and of failures elsewhere since they last
/// signed in. Mail would carry the same words; the program has no outgoing mail.
async fn recognise(
    app: &App,
    work: &UnitOfWork,
    attempt: &Attempt,
    user: &UserRow,
    device: &Device,
) -> Result<Option<Token>> {
    let browser = device.browser();
    let last = rows::last_sign_in(work, &user.username, None).await?;
    if let Some(last) = last {
        let failures = attempt.failures_elsewhere(work, last).await?;
        if failures > 0 {
            let count = failures.to_string();
            rows::insert_notice(work, user.id, NoticeKind::FailedAttempts, &count).await?;
        }
        let familiar = attempt.known.is_some()
            || rows::is_familiar(work, user.id, &browser, &device.address).await?;
        if !familiar {
            let kind = NoticeKind::NewDevice;
            rows::insert_notice(work, user.id, kind, &device.name()).await?;
        }
    }
    if let Some(known) = &attempt.known {
        rows::touch_device(work, known.id, &browser, &device.address).await?;
        return Ok(None);
    }
    let token = Token::new(app);
    let new = NewDevice {
        user: user.id,
        token_hash: hash_token(&token.0),
        user_agent: &browser,
        address: &device.address,
    };
    rows::insert_device(work, &new).await?;
    Ok(Some(token))
}

/// A user as an actor, with what the table of rights gives to the user's roles.
pub(crate) fn actor(user: &UserRow, rights: &Rights) -> Actor {
    Actor {
        kind: ActorKind::User(user.id),
        name: user.username.clone(),
        roles: user.roles.clone(),
        rights: rights.held_by(&user.roles),
        only: None,
        org: user.org_path.clone(),
        org_id: Some(user.org_id),
        agent: user.agent,
        delegation: None,
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
pub(super) async fn take_first_link(work: &UnitOfWork, token: &str) -> Result<bool> {
    Ok(rows::take_one_time_link(work, hash_token(token), FIRST_ADMINISTRATOR).await?)
}
