//! The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes for the day on which
//! the telephone is lost.

use super::attempts::Attempt;
use super::secrets::hash_token;
use super::sessions::person;
use super::sign_in::Means;
use super::users::in_sight;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, NoticeKind};
use domain::ids::UserId;
use domain::time::Instant;
use store::access as rows;
use store::{AuditEntry, StoreError, UnitOfWork};
use totp_rs::{Builder, Secret, Totp};

/// Recovery codes that are handed out at a time.
const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code: with 31 to choose from, 79 bits, which a plain hash keeps safe.
const RECOVERY_LENGTH: usize = 16;
/// Characters of recovery codes: none that are mistaken for one another.
const RECOVERY_ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// Digits of a code.
const CODE_DIGITS: usize = 6;

/// What an authenticator has to be told.
#[derive(Clone)]
pub struct Enrolment {
    /// The address that a QR code holds (`otpauth://…`).
    pub url: String,
    /// The secret in base 32, in groups of four, for typing.
    pub secret: String,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolment")
    }
}

/// Where the second factor of somebody stands.
#[derive(Clone, Copy, Debug)]
pub struct FactorState {
    /// Since when it is set up.
    pub since: Option<Instant>,
    /// Recovery codes left.
    pub codes_left: i64,
    /// Whether the company demands it of this person.
    pub demanded: bool,
}

/// Where the actor's second factor stands.
///
/// # Errors
/// When no person is acting.
pub async fn second_factor_state(app: &App, actor: &Actor) -> Result<FactorState> {
    let user = person(actor)?;
    let factor = rows::find_factor(app.store(), user).await?;
    Ok(FactorState {
        since: factor.and_then(|f| f.confirmed_at),
        codes_left: rows::count_recovery_codes(app.store(), user).await?,
        demanded: app.policy().demands_second_factor(actor),
    })
}

/// Makes a secret for the actor's authenticator. It counts when a code of it was given.
///
/// # Errors
/// [`Error::Refused`] with `second-factor-on` when one is set up already.
pub async fn begin_enrolment(app: &App, actor: &Actor, now: Instant) -> Result<()> {
    let user = person(actor)?;
    let secret = Secret::new_stack(app.store().ids().bytes::<20>()).to_base32();
    let work = app.store().begin(now).await?;
    let factor = rows::find_factor(&work, user).await?;
    if factor.is_some_and(|f| f.confirmed_at.is_some()) {
        return Err(Refusal::new("second-factor-on").into());
    }
    rows::put_factor(&work, user, &secret).await?;
    let entry = AuditEntry::new(actor, "access.second_factor_begun", "user", user.0);
    Ok(work.commit(entry).await?)
}

/// What the actor's authenticator has to be told, while the factor is being set up.
///
/// # Errors
/// [`Error::NotFound`] when none is.
pub async fn find_enrolment(app: &App, actor: &Actor, issuer: &str) -> Result<Enrolment> {
    let user = person(actor)?;
    let factor = rows::find_factor(app.store(), user).await?;
    let factor = factor.filter(|f| f.confirmed_at.is_none());
    let secret = factor.ok_or(Error::NotFound)?.secret;
    let user = rows::find_user(app.store(), user).await?;
    let account = user.ok_or(Error::NotFound)?.username;
    let plain = |text: &str| text.replace(':', " ");
    let totp = builder(&secret)?
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(&account));
    let totp = totp.build().map_err(fault)?;
    let groups: Vec<_> = secret
        .as_bytes()
        .chunks(4)
        .map(String::from_utf8_lossy)
        .collect();
    Ok(Enrolment {
        url: totp.to_url().map_err(fault)?,
        secret: groups.join(" "),
    })
}

/// Sets the second factor up with a first code; gives the recovery codes, which are shown once.
///
/// # Errors
/// [`Error::Invalid`] when the code is wrong; [`Error::NotFound`] when no factor is being set up.
pub async fn confirm_enrolment(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
) -> Result<Vec<String>> {
    let user = person(actor)?;
    let work = app.store().begin(now).await?;
    let factor = rows::find_factor(&work, user).await?;
    let factor = factor.filter(|f| f.confirmed_at.is_none());
    let secret = factor.ok_or(Error::NotFound)?.secret;
    let Some(step) = step_of(&secret, now, code)? else {
        return Err(Error::invalid("one_time_code", "code-wrong"));
    };
    rows::confirm_factor(&work, user).await?;
    rows::use_step(&work, user, step).await?;
    let codes = put_codes(app, &work, user).await?;
    rows::insert_notice(&work, user, NoticeKind::SecondFactorOn, "").await?;
    let entry = AuditEntry::new(actor, "access.second_factor_set_up", "user", user.0);
    work.commit(entry).await?;
    Ok(codes)
}

/// Replaces the actor's recovery codes; the new ones are shown once.
///
/// # Errors
/// [`Error::Invalid`] when the code is wrong; [`Error::Refused`] with `sign-in-locked` after too many.
pub async fn renew_recovery_codes(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
) -> Result<Vec<String>> {
    let (user, work) = with_code(app, actor, now, code).await?;
    let codes = put_codes(app, &work, user).await?;
    rows::insert_notice(&work, user, NoticeKind::RecoveryCodesRenewed, "").await?;
    let entry = AuditEntry::new(actor, "access.recovery_codes_renewed", "user", user.0);
    work.commit(entry).await?;
    Ok(codes)
}

/// Removes the actor's second factor, such as for moving to another telephone.
///
/// # Errors
/// As [`renew_recovery_codes`]. Where the company demands a factor, the next page asks for a new one.
pub async fn remove_second_factor(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
) -> Result<()> {
    let (user, work) = with_code(app, actor, now, code).await?;
    rows::delete_factor(&work, user).await?;
    rows::insert_notice(&work, user, NoticeKind::SecondFactorOff, "").await?;
    let entry = AuditEntry::new(actor, "access.second_factor_removed", "user", user.0);
    Ok(work.commit(entry).await?)
}

/// Removes the second factor of a user in sight who lost it, ends their sessions and tells them.
///
/// # Errors
/// When the user is not in sight; [`Error::Refused`] with `second-factor-off` when there is none.
pub async fn reset_second_factor(app: &App, actor: &Actor, now: Instant, id: UserId) -> Result<()> {
    let user = in_sight(app, actor, id).await?;
    if !user.has_second_factor {
        return Err(Refusal::new("second-factor-off").into());
    }
    let work = app.store().begin(now).await?;
    rows::delete_factor(&work, id).await?;
    rows::delete_passkeys_of(&work, id).await?;
    rows::delete_sessions_of(&work, id).await?;
    rows::delete_half_sessions_of(&work, id).await?;
    rows::insert_notice(&work, id, NoticeKind::SecondFactorReset, &actor.name).await?;
    let entry = AuditEntry::new(actor, "access.second_factor_reset", "user", id.0);
    Ok(work.commit(entry).await?)
}

/// Begins work for which the actor shows the second factor again.
async fn with_code(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
) -> Result<(UserId, UnitOfWork)> {
    let user = person(actor)?;
    let attempt = Attempt::again(app, user);
    attempt.demand_open(app, now).await?;
    let work = app.store().begin(now).await?;
    if accept(&work, user, now, code).await?.is_some() {
        return Ok((user, work));
    }
    attempt.fail(&work).await?;
    let entry = AuditEntry::new(actor, "access.code_refused", "user", user.0);
    work.commit(entry).await?;
    Err(Error::invalid("one_time_code", "code-wrong"))
}

/// Takes a code or a recovery code, and uses it up; nothing when it is wrong or was used.
pub(super) async fn accept(
    work: &UnitOfWork,
    user: UserId,
    now: Instant,
    code: &str,
) -> Result<Option<Means>> {
    let code: String = code.chars().filter(|c| c.is_alphanumeric()).collect();
    let factor = rows::find_factor(work, user).await?;
    let Some(factor) = factor.filter(|f| f.confirmed_at.is_some()) else {
        return Ok(None);
    };
    if code.len() == CODE_DIGITS {
        let Some(step) = step_of(&factor.secret, now, &code)? else {
            return Ok(None);
        };
        let good = rows::use_step(work, user, step).await?;
        return Ok(good.then_some(Means::PasswordAndCode));
    }
    let hash = hash_token(&code.to_lowercase());
    if !rows::use_recovery_code(work, user, hash).await? {
        return Ok(None);
    }
    let left = rows::count_recovery_codes(work, user).await?.to_string();
    rows::insert_notice(work, user, NoticeKind::RecoveryCodeUsed, &left).await?;
    Ok(Some(Means::PasswordAndRecoveryCode))
}

async fn put_codes(app: &App, work: &UnitOfWork, user: UserId) -> Result<Vec<String>> {
    let new = |_| -> String {
        let bytes = app.store().ids().bytes::<RECOVERY_LENGTH>();
        let pick = |byte: &u8| {
            let at = usize::from(*byte) % RECOVERY_ALPHABET.len();
            char::from(RECOVERY_ALPHABET[at])
        };
        bytes.iter().map(pick).collect()
    };
    let codes: Vec<String> = (0..RECOVERY_CODES).map(new).collect();
    let hashes: Vec<_> = codes.iter().map(|c| hash_token(c)).collect();
    rows::put_recovery_codes(work, user, &hashes).await?;
    let grouped = |code: &String| {
        let groups: Vec<_> = code
            .as_bytes()
            .chunks(4)
            .map(String::from_utf8_lossy)
            .collect();
        groups.join("-")
    };
    Ok(codes.iter().map(grouped).collect())
}

/// The time step to which a code belongs: the present one, the one before or the one after.
fn step_of(secret: &str, now: Instant, code: &str) -> Result<Option<i64>> {
    let totp: Totp = builder(secret)?.build().map_err(fault)?;
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let at = u64::try_from(now.timestamp()).unwrap_or(0);
    let step = totp.check(&code, at);
    Ok(step.map(|s| i64::try_from(s).unwrap_or(i64::MAX)))
}

/// Six digits by SHA-1 every thirty seconds: what every authenticator can do.
fn builder(secret: &str) -> Result<Builder> {
    let secret = Secret::try_from_base32(secret).map_err(fault)?;
    Ok(Builder::new().with_skew(1).with_secret(secret))
}

fn fault(error: impl std::fmt::Display) -> Error {
    StoreError::Data(format!("second factor: {error}")).into()
}
