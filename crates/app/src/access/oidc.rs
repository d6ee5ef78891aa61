//! Signing in at a provider of identities, and linking an identity to one's own account.

use super::challenges::{self, Answered};
use super::doors::Provider;
use super::provider::{self, Claims, Ties, Worthless};
use super::secrets::{self, Token};
use super::sessions::person;
use super::sign_in::{Device, Means, SignedIn, actor, open_session};
use crate::{App, Error, Refusal, Result};
use chrono::Duration;
use domain::access::{Actor, Role};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use store::access::{self as rows, ChallengePurpose, NewUser, UserRow};
use store::{AuditActor, AuditEntry, StoreError};

/// How long somebody may take at the provider.
const AWAY_FOR: Duration = Duration::minutes(10);
/// Longest part of a provider's own words that is shown.
const WORDS_MAX: usize = 60;
/// Longest name of a user.
const NAME_MAX: usize = 60;

/// Where to send somebody, and the cookie that their browser must show when they come back.
#[derive(Clone, Debug)]
pub struct Departure {
    /// Address at the provider.
    pub url: String,
    /// The cookie.
    pub browser: Token,
}

/// What a browser brings back from a provider.
#[derive(Clone, Debug, Default)]
pub struct Returned {
    /// Ours, as we sent it.
    pub state: String,
    /// What the provider gave.
    pub code: String,
    /// Who the provider says it is (RFC 9207), if it does.
    pub issuer: Option<String>,
    /// Why the provider gave nothing.
    pub error: Option<String>,
}

/// How somebody came back.
#[derive(Clone, Debug)]
pub enum Arrival {
    /// Signed in, on the way to a page.
    SignedIn(Box<SignedIn>, String),
    /// Had signed in before; the identity is linked now.
    Linked,
}

/// What we remember while somebody is away.
#[derive(Deserialize, Serialize)]
struct Away {
    provider: String,
    ties: Ties,
    /// The page that they wanted.
    next: String,
}

/// Sends somebody to a provider to sign in.
///
/// # Errors
/// [`Error::NotFound`] when there is no such provider; [`Error::Refused`] with `oidc-unreachable`.
pub async fn begin_oidc_sign_in(
    app: &App,
    now: Instant,
    provider: &str,
    next: &str,
) -> Result<Departure> {
    begin(app, None, now, provider, next).await
}

/// Sends somebody who has signed in to a provider, to link an identity to their account.
///
/// # Errors
/// [`Error::NotFound`] when no person is acting or there is no such provider; [`Error::Refused`] with
/// `oidc-unreachable`.
pub async fn begin_oidc_link(
    app: &App,
    actor: &Actor,
    now: Instant,
    provider: &str,
) -> Result<Departure> {
    person(actor)?;
    begin(app, Some(actor), now, provider, "").await
}

async fn begin(
    app: &App,
    actor: Option<&Actor>,
    now: Instant,
    code: &str,
    next: &str,
) -> Result<Departure> {
    let provider = app.doors().provider(code)?;
    let (state, browser) = (Token::new(app), Token::new(app));
    let ties = Ties {
        nonce: Token::new(app).0,
        verifier: Token::new(app).0,
    };
    let url = match provider::departure(app, now, provider, &state.0, &ties).await {
        Ok(url) => url,
        Err(worthless) => return Err(fail(app, now, provider, worthless.into()).await),
    };
    let away = Away {
        provider: provider.code.clone(),
        ties,
        next: next.to_owned(),
    };
    let names = (&state, &browser);
    challenges::ask(
        app,
        now,
        ChallengePurpose::Oidc,
        names,
        actor,
        &away,
        AWAY_FOR,
    )
    .await?;
    Ok(Departure { url, browser })
}

/// Receives somebody whom a provider sent back. `session` is whoever is signed in in this browser.
///
/// # Errors
/// [`Error::Refused`] with `oidc-state` when nobody of this browser is expected, or not any more;
/// `oidc-refused`, `oidc-token` and `oidc-unreachable` when the provider is the reason; `oidc-unknown`,
/// `oidc-disabled`, `oidc-email`, `oidc-no-role` `oidc-taken` and `identity-sensitive` when nobody here fits. Each is in the
/// audit log.
pub async fn finish_oidc(
    app: &App,
    session: Option<&Actor>,
    now: Instant,
    returned: &Returned,
    browser: &str,
    device: &Device,
) -> Result<Arrival> {
    let key = (returned.state.as_str(), browser);
    let answered = challenges::take::<Away>(app, now, ChallengePurpose::Oidc, key).await?;
    let Some(Answered {
        question: away,
        user: asked,
    }) = answered
    else {
        return Err(Refusal::new("oidc-state").into());
    };
    let provider = app.doors().provider(&away.provider)?;
    match receive(app, now, provider, returned, &away.ties).await {
        Ok(claims) if asked.is_some() => {
            let own = session.filter(|actor| actor.user() == asked);
            let linked = match own {
                Some(actor) => link_own(app, actor, now, provider, &claims).await,
                None => Err(Refusal::new("oidc-state").into()),
            };
            match linked {
                Ok(()) => Ok(Arrival::Linked),
                Err(Error::Refused(refusal)) => Err(fail(app, now, provider, refusal).await),
                Err(other) => Err(other),
            }
        }
        Ok(claims) => match recognise(app, now, provider, &claims).await {
            Ok(user) => {
                let signed_in = open_session(app, now, user, device, Means::Oidc).await?;
                Ok(Arrival::SignedIn(Box::new(signed_in), away.next))
            }
            Err(Error::Refused(refusal)) => Err(fail(app, now, provider, refusal).await),
            Err(other) => Err(other),
        },
        Err(refusal) => Err(fail(app, now, provider, refusal).await),
    }
}

/// What the provider says of whoever came back.
async fn receive(
    app: &App,
    now: Instant,
    provider: &Provider,
    returned: &Returned,
    ties: &Ties,
) -> std::result::Result<Claims, Refusal> {
    if let Some(error) = &returned.error {
        let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        let words: String = error.chars().filter(plain).take(WORDS_MAX).collect();
        return Err(Refusal::with("oidc-refused", words));
    }
    // Another provider may have sent the browser here with our state (RFC 9207).
    if returned
        .issuer
        .as_ref()
        .is_some_and(|i| *i != provider.issuer)
    {
        return Err(Refusal::new("oidc-token"));
    }
    let claims = provider::redeem(app, now, provider, &returned.code, ties).await;
    claims.map_err(Refusal::from)
}

impl From<Worthless> for Refusal {
    fn from(worthless: Worthless) -> Self {
        match worthless {
            Worthless::Unreachable(why) => {
                tracing::warn!(%why, "a provider of identities did not answer");
                Self::new("oidc-unreachable")
            }
            Worthless::Code(why) => {
                tracing::warn!(%why, "a provider of identities refused a code");
                Self::new("oidc-token")
            }
            Worthless::Token(why) => {
                tracing::warn!(%why, "a token of a provider of identities is not good");
                Self::new("oidc-token")
            }
        }
    }
}

/// Writes down that somebody did not come in, and why.
async fn fail(app: &App, now: Instant, provider: &Provider, refusal: Refusal) -> Error {
    let detail = serde_json::json!({ "provider": provider.code, "reason": refusal.code });
    let who = AuditActor::anonymous("");
    let entry = AuditEntry::new(who, "access.oidc_failed", "user", None).detail(detail);
    let written = match app.store().begin(now).await {
        Ok(work) => work.commit(entry).await,
        Err(error) => Err(error),
    };
    written.map_or_else(Error::from, |()| refusal.into())
}

/// The user whose identity it is: linked before, named by a claim, or added, as the provider is configured.
async fn recognise(
    app: &App,
    now: Instant,
    provider: &Provider,
    claims: &Claims,
) -> Result<UserRow> {
    let known = rows::find_identity(app.store(), &provider.issuer, &claims.subject).await?;
    if let Some(identity) = known {
        let user = rows::find_user(app.store(), identity.user).await?;
        let user = user.filter(|u| u.active);
        let user = user.ok_or_else(|| Refusal::new("oidc-disabled"))?;
        let work = app.store().begin(now).await?;
        rows::touch_identity(&work, identity.id).await?;
        let who = actor(&user, &app.rights());
        let entry = AuditEntry::new(&who, "access.identity_used", "user", user.id.0);
        work.commit(entry).await?;
        return Ok(user);
    }
    let unknown = || Error::from(Refusal::with("oidc-unknown", &claims.subject));
    if !provider.link_by_claim && !provider.auto_create {
        return Err(unknown());
    }
    let name = username(provider, claims)?.ok_or_else(unknown)?;
    match rows::find_user_by_name(app.store(), &name).await? {
        Some(user) if provider.link_by_claim => {
            if !user.active {
                return Err(Refusal::new("oidc-disabled").into());
            }
            // Whoever the provider calls by this name now is not who it called so before.
            let linked = rows::list_identities(app.store(), user.id).await?;
            if linked.iter().any(|i| i.issuer == provider.issuer) {
                return Err(unknown());
            }
            super::identities::demand_plain(app, &user)?;
            let own = actor(&user, &app.rights());
            link(app, &own, now, user.id, provider, claims).await?;
            Ok(user)
        }
        None if provider.auto_create => create(app, now, provider, claims, &name).await,
        _ => Err(unknown()),
    }
}

/// The user name that the claims give. An address counts when it is verified and of one of the domains.
fn username(provider: &Provider, claims: &Claims) -> Result<Option<String>> {
    let Some(text) = claims.text(&provider.username_claim) else {
        return Ok(None);
    };
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Ok((provider.username_claim != "email").then(|| text.to_owned()));
    };
    let ours = provider
        .domains
        .iter()
        .any(|d| d.eq_ignore_ascii_case(domain));
    let verified = provider.username_claim != "email" || claims.is_true("email_verified");
    if !ours || !verified {
        return Err(Refusal::new("oidc-email").into());
    }
    Ok(Some(local.to_owned()))
}

/// The name by which people know an identity.
fn label(claims: &Claims) -> String {
    let names = ["preferred_username", "email", "name"];
    let found = names.iter().find_map(|name| claims.text(name));
    let label = found.unwrap_or(&claims.subject);
    label.chars().take(NAME_MAX).collect()
}

async fn link_own(
    app: &App,
    actor: &Actor,
    now: Instant,
    provider: &Provider,
    claims: &Claims,
) -> Result<()> {
    let user = person(actor)?;
    let known = rows::find_identity(app.store(), &provider.issuer, &claims.subject).await?;
    match known {
        Some(identity) if identity.user == user => Ok(()),
        Some(_) => Err(Refusal::new("oidc-taken").into()),
        None => link(app, actor, now, user, provider, claims).await,
    }
}

async fn link(
    app: &App,
    actor: &Actor,
    now: Instant,
    user: domain::ids::UserId,
    provider: &Provider,
    claims: &Claims,
) -> Result<()> {
    let who = (provider.issuer.as_str(), claims.subject.as_str());
    super::identities::insert(app, actor, now, user, &provider.code, who, &label(claims)).await
}

/// Adds a user for somebody whom nobody knows here, with the unit and roles of the mappings that fit.
async fn create(
    app: &App,
    now: Instant,
    provider: &Provider,
    claims: &Claims,
    name: &str,
) -> Result<UserRow> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.len() > NAME_MAX || !name.chars().all(plain) {
        return Err(Refusal::with("oidc-unknown", &claims.subject).into());
    }
    let mut fitting = provider
        .mappings
        .iter()
        .filter(|m| claims.has(&m.claim, &m.value));
    let no_role = || Error::from(Refusal::new("oidc-no-role"));
    let first = fitting.clone().next().ok_or_else(no_role)?;
    let org = store::orgs::find_org_by_code(app.store(), &first.org).await?;
    let org = org.ok_or_else(no_role)?;
    let mut roles: Vec<Role> = fitting
        .by_ref()
        .filter(|m| m.org == first.org)
        .flat_map(|m| m.roles.iter().copied())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    super::roles::demand_duties(app, &roles)?;
    // Nobody knows the password, so that nobody can sign in with it.
    let hash = secrets::hash_password(app, &Token::new(app).0).await?;
    let shown: String = claims
        .text("name")
        .unwrap_or(name)
        .chars()
        .take(NAME_MAX)
        .collect();
    let new = NewUser {
        username: name,
        display_name: &shown,
        password_hash: &hash,
        password_is_initial: false,
        org: org.id,
        agent: None,
        languages: "",
    };
    let work = app.store().begin(now).await?;
    let id = rows::insert_user(&work, &new).await.map_err(taken)?;
    rows::set_roles(&work, id, &roles).await?;
    let who = (provider.issuer.as_str(), claims.subject.as_str());
    rows::insert_identity(&work, id, who, &label(claims))
        .await
        .map_err(taken)?;
    let codes: Vec<_> = roles.iter().map(|r| r.as_str()).collect();
    let detail = serde_json::json!({
        "username": name, "roles": codes, "org": org.code, "provider": provider.code,
    });
    let entry = AuditEntry::new(&Actor::system(), "access.user_created", "user", id.0);
    work.commit(entry.detail(detail)).await?;
    let user = rows::find_user(app.store(), id).await?;
    user.ok_or(Error::NotFound)
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Constraint(_) => Refusal::new("oidc-taken").into(),
        other => other.into(),
    }
}
