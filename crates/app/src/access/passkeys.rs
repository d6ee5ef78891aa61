//! Passkeys (Web Authentication): registering, signing in, removing. A passkey asks for a finger, a face or
//! a number before it answers, so that it stands for both factors; one that did not ask is not taken.

use super::challenges;
use super::secrets::Token;
use super::sessions::person;
use super::sign_in::{Device, Means, SignedIn, open_session};
use super::users::user_page;
use crate::{App, Error, Refusal, Result};
use chrono::Duration;
use domain::access::{Actor, NoticeKind};
use domain::ids::UserId;
use domain::time::Instant;
use serde_json::{Value, json};
use store::access::{self as rows, ChallengePurpose, PasskeyRow, UserRow};
use store::{AuditActor, AuditEntry, StoreError};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, WebauthnError,
};

/// How long a browser may take to answer: the library tells it the same.
const GOOD_FOR: Duration = Duration::minutes(5);
/// Most passkeys of a person: every device that they use, and then some.
const PASSKEYS_MAX: usize = 20;
/// Longest name of a passkey.
const NAME_MAX: usize = 60;
/// Longest answer of a browser, in bytes; real ones have one or two thousand.
const ANSWER_BYTES_MAX: usize = 32 * 1024;

/// A question for a browser, and the cookie that it must show with its answer.
#[derive(Clone, Debug)]
pub struct PasskeyQuestion {
    /// What the script of the page hands to the browser.
    pub options: Value,
    /// The cookie.
    pub browser: Token,
}

/// Begins to register a passkey of one's own.
///
/// # Errors
/// [`Error::Refused`] with `passkeys-off` or `passkeys-many`.
pub async fn begin_passkey(app: &App, actor: &Actor, now: Instant) -> Result<PasskeyQuestion> {
    let id = person(actor)?;
    let user = rows::find_user(app.store(), id).await?;
    let user = user.ok_or(Error::NotFound)?;
    let registered = rows::list_passkeys(app.store(), id).await?;
    if registered.len() >= PASSKEYS_MAX {
        return Err(Refusal::with("passkeys-many", PASSKEYS_MAX.to_string()).into());
    }
    let mut taken = Vec::new();
    for row in &registered {
        taken.push(parse::<Passkey>(&row.credential)?.cred_id().clone());
    }
    let (options, question) = app
        .doors()
        .webauthn()?
        .start_passkey_registration(id.0, &user.username, &user.display_name, Some(taken))
        .map_err(fault)?;
    let mut options = serde_json::to_value(options).map_err(fault)?;
    // The passkey has to know whose it is, so that nobody types a name to sign in.
    let selection = &mut options["publicKey"]["authenticatorSelection"];
    selection["residentKey"] = json!("required");
    selection["requireResidentKey"] = json!(true);
    let purpose = ChallengePurpose::PasskeyRegistration;
    let browser = ask(app, now, purpose, Some(actor), &question).await?;
    Ok(PasskeyQuestion { options, browser })
}

/// Registers a passkey of one's own from the answer of the browser.
///
/// # Errors
/// [`Error::Refused`] with `passkey-state` when nothing was asked or the answer comes too late, and
/// `passkey-refused` when it is not good; [`Error::Invalid`] for the name.
pub async fn finish_passkey(
    app: &App,
    actor: &Actor,
    now: Instant,
    browser: &str,
    name: &str,
    answer: &str,
) -> Result<Uuid> {
    let id = person(actor)?;
    let name = name.trim();
    match name.chars().count() {
        0 => return Err(Error::invalid("name", "missing")),
        n if n > NAME_MAX => return Err(Error::invalid("name", "too-long")),
        _ => {}
    }
    let purpose = ChallengePurpose::PasskeyRegistration;
    let question = challenges::take::<PasskeyRegistration>(app, now, purpose, (browser, browser));
    let question = question.await?.filter(|q| q.user == Some(id));
    let question = question.ok_or_else(|| Refusal::new("passkey-state"))?;
    let refused = |why: WebauthnError| {
        tracing::warn!(%why, "a passkey could not be registered");
        Refusal::new("passkey-refused")
    };
    let answer: RegisterPublicKeyCredential = read(answer)?;
    let webauthn = app.doors().webauthn()?;
    let passkey = webauthn
        .finish_passkey_registration(&answer, &question.question)
        .map_err(refused)?;
    let kept = serde_json::to_string(&passkey).map_err(fault)?;
    let work = app.store().begin(now).await?;
    let credential_id: &[u8] = passkey.cred_id().as_ref();
    let row = rows::insert_passkey(&work, id, credential_id, name, &kept).await;
    let row = row.map_err(|error| match error {
        StoreError::Constraint(_) => Refusal::new("passkey-refused").into(),
        other => Error::from(other),
    })?;
    rows::insert_notice(&work, id, NoticeKind::PasskeyAdded, name).await?;
    let detail = json!({ "passkey": row });
    let entry = AuditEntry::new(actor, "access.passkey_added", "user", id.0).detail(detail);
    work.commit(entry).await?;
    Ok(row)
}

/// Begins to sign in with a passkey, whoever it may be.
///
/// # Errors
/// [`Error::Refused`] with `passkeys-off`.
pub async fn begin_passkey_sign_in(app: &App, now: Instant) -> Result<PasskeyQuestion> {
    let webauthn = app.doors().webauthn()?;
    let (options, question) = webauthn
        .start_discoverable_authentication()
        .map_err(fault)?;
    let mut options = serde_json::to_value(options).map_err(fault)?;
    // Somebody pressed a button: the browser shows its own window instead of a suggestion in a field.
    if let Some(options) = options.as_object_mut() {
        options.remove("mediation");
    }
    let browser = ask(app, now, ChallengePurpose::Passkey, None, &question).await?;
    Ok(PasskeyQuestion { options, browser })
}

/// Signs in with the answer of a passkey.
///
/// # Errors
/// [`Error::Refused`] with `passkey-state` when nothing was asked, the answer comes too late or was used,
/// `passkey-refused` when it is not good or nobody's, and `passkey-copied` when the counter shows that two
/// devices hold the key. Each answer that is not good is in the audit log.
pub async fn finish_passkey_sign_in(
    app: &App,
    now: Instant,
    browser: &str,
    answer: &str,
    device: &Device,
) -> Result<SignedIn> {
    let purpose = ChallengePurpose::Passkey;
    let asked =
        challenges::take::<DiscoverableAuthentication>(app, now, purpose, (browser, browser));
    let asked = asked.await?;
    let asked = asked.ok_or_else(|| Refusal::new("passkey-state"))?;
    let answer: PublicKeyCredential = read(answer)?;
    let found = rows::find_passkey(app.store(), answer.get_credential_id()).await?;
    let user = match &found {
        Some(row) => rows::find_user(app.store(), row.user).await?,
        None => None,
    };
    let (Some(row), Some(user)) = (found, user.filter(|u| u.active)) else {
        return Err(fail(app, now, None, "passkey-refused").await);
    };
    match check(app, &answer, asked.question, &row) {
        Ok(passkey) => {
            let kept = serde_json::to_string(&passkey).map_err(fault)?;
            let work = app.store().begin(now).await?;
            rows::update_passkey(&work, row.id, &row.credential, &kept).await?;
            let who = super::sign_in::actor(&user, &app.rights());
            let detail = json!({ "passkey": row.id });
            let entry = AuditEntry::new(&who, "access.passkey_used", "user", user.id.0);
            work.commit(entry.detail(detail)).await?;
            open_session(app, now, user, device, Means::Passkey).await
        }
        Err(why) => {
            tracing::warn!(%why, "a passkey was not taken");
            let copied = matches!(why, WebauthnError::CredentialPossibleCompromise);
            let code = if copied {
                "passkey-copied"
            } else {
                "passkey-refused"
            };
            Err(fail(app, now, Some(&user), code).await)
        }
    }
}

/// Checks an answer; gives the passkey as it is afterwards.
fn check(
    app: &App,
    answer: &PublicKeyCredential,
    question: DiscoverableAuthentication,
    row: &PasskeyRow,
) -> std::result::Result<Passkey, WebauthnError> {
    let off = |_| WebauthnError::Configuration;
    let webauthn = app.doors().webauthn().map_err(off)?;
    let (owner, _) = webauthn.identify_discoverable_authentication(answer)?;
    if owner != row.user.0 {
        return Err(WebauthnError::InvalidUserUniqueId);
    }
    let mut passkey: Passkey = parse(&row.credential).map_err(off)?;
    let key = DiscoverableKey::from(&passkey);
    let result = webauthn.finish_discoverable_authentication_v2(answer, question, key)?;
    if !result.user_verified() {
        return Err(WebauthnError::UserNotVerified);
    }
    passkey.update_credential(&result);
    Ok(passkey)
}

/// Removes a passkey of one's own.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's.
pub async fn remove_own_passkey(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<()> {
    remove(app, actor, now, person(actor)?, id, false).await
}

/// Removes a passkey of a user in sight and ends their sessions, as when a device was lost.
///
/// # Errors
/// When the actor may not, or there is no such user or passkey.
pub async fn remove_passkey(
    app: &App,
    actor: &Actor,
    now: Instant,
    user: UserId,
    id: Uuid,
) -> Result<()> {
    let user = user_page(app, actor, user).await?;
    remove(app, actor, now, user.id, id, true).await
}

async fn remove(
    app: &App,
    actor: &Actor,
    now: Instant,
    user: UserId,
    id: Uuid,
    with_sessions: bool,
) -> Result<()> {
    let work = app.store().begin(now).await?;
    if !rows::delete_passkey(&work, user, id).await? {
        return Err(Error::NotFound);
    }
    if with_sessions {
        rows::delete_sessions_of(&work, user).await?;
    }
    let detail = json!({ "passkey": id });
    let entry = AuditEntry::new(actor, "access.passkey_removed", "user", user.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// Keeps a question under a cookie made for it.
async fn ask(
    app: &App,
    now: Instant,
    purpose: ChallengePurpose,
    actor: Option<&Actor>,
    question: &impl serde::Serialize,
) -> Result<Token> {
    let browser = Token::new(app);
    let names = (&browser, &browser);
    challenges::ask(app, now, purpose, names, actor, question, GOOD_FOR).await?;
    Ok(browser)
}

/// Writes down that a passkey was not taken.
async fn fail(app: &App, now: Instant, user: Option<&UserRow>, code: &'static str) -> Error {
    let who = AuditActor::anonymous("");
    let entry = AuditEntry::new(who, "access.passkey_failed", "user", user.map(|u| u.id.0));
    let entry = entry.detail(json!({ "reason": code }));
    let written = match app.store().begin(now).await {
        Ok(work) => work.commit(entry).await,
        Err(error) => Err(error),
    };
    written.map_or_else(Error::from, |()| Refusal::new(code).into())
}

/// Reads what a browser sent.
fn read<A: serde::de::DeserializeOwned>(answer: &str) -> Result<A> {
    let read = Some(answer).filter(|a| a.len() <= ANSWER_BYTES_MAX);
    let read = read.and_then(|a| serde_json::from_str(a).ok());
    read.ok_or_else(|| Refusal::new("passkey-refused").into())
}

/// Reads what we keep.
fn parse<K: serde::de::DeserializeOwned>(kept: &str) -> Result<K> {
    serde_json::from_str(kept).map_err(fault)
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Fault(format!("passkeys: {error}"))
}
