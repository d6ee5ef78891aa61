//! Ways to sign in besides a password, as they were configured when the program started: providers of
//! identities (OpenID Connect), and passkeys for the address under which people know this server.

use super::provider::Known;
use crate::{Error, Result};
use domain::access::Role;
use domain::time::Instant;
use openidconnect::{ClientSecret, HttpRequest, HttpResponse};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// Where providers send people back to.
const RETURN_PATH: &str = "/sign-in/oidc/callback";

/// A provider that did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);

/// An answer on its way.
pub type Answering =
    Pin<Box<dyn Future<Output = std::result::Result<HttpResponse, Unreachable>> + Send>>;

/// Sends a request to a provider. `server` brings it, because nothing here speaks HTTP. It follows no
/// redirect, ends after some seconds, and reads no endless answer.
pub type Fetch = Arc<dyn Fn(HttpRequest) -> Answering + Send + Sync>;

/// A provider of identities.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Short name in addresses and in the audit log.
    pub code: String,
    /// Name on the button.
    pub name: String,
    /// Its address, exactly as it writes it (`iss`).
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: Option<ClientSecret>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds the user name.
    pub username_claim: String,
    /// E-mail domains whose addresses name our users by the part before the `@`.
    pub domains: Vec<String>,
    /// Whether an identity that is new here becomes the one of the user whom the claim names.
    pub link_by_claim: bool,
    /// Whether a user is added for somebody whom nobody knows here.
    pub auto_create: bool,
    /// Units and roles of users that are added.
    pub mappings: Vec<RoleMapping>,
}

/// What somebody with a claim's value becomes.
#[derive(Clone, Debug)]
pub struct RoleMapping {
    /// The claim, such as `groups`.
    pub claim: String,
    /// A value that it must have, alone or in a list.
    pub value: String,
    /// Code of the unit.
    pub org: String,
    /// Roles.
    pub roles: Vec<Role>,
}

/// The ways that are open.
#[derive(Default)]
pub struct Doors {
    public_url: Option<Url>,
    providers: Vec<Provider>,
    fetch: Option<Fetch>,
    webauthn: Option<Webauthn>,
    known: Mutex<HashMap<String, (Instant, Arc<Known>)>>,
}

impl std::fmt::Debug for Doors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Doors")
    }
}

impl Doors {
    /// Opens passkeys for an address that browsers allow them for: `https`, or `http://localhost`.
    /// Others, such as an IP address, have no passkeys.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn at(public_url: &str, company: &str) -> Result<Self> {
        let url = Url::parse(public_url).ok().filter(Url::has_host);
        let url = url.ok_or_else(|| Error::Fault(format!("public_url: {public_url}")))?;
        let secure = url.scheme() == "https" || url.domain() == Some("localhost");
        let webauthn = match url.domain().filter(|_| secure) {
            Some(domain) => WebauthnBuilder::new(domain, &url)
                .and_then(|builder| builder.rp_name(company).build())
                .map_err(|e| Error::Fault(format!("public_url: {e}")))
                .map(Some)?,
            None => None,
        };
        Ok(Self {
            public_url: Some(url),
            webauthn,
            ..Self::default()
        })
    }

    /// Adds providers.
    ///
    /// # Errors
    /// When one cannot be used as it is described.
    pub fn with_providers(mut self, providers: Vec<Provider>, fetch: Fetch) -> Result<Self> {
        for (at, provider) in providers.iter().enumerate() {
            let twice = providers[..at].iter().any(|p| p.code == provider.code);
            let problem = if twice {
                Some("its code is taken")
            } else {
                problem(provider)
            };
            if let Some(problem) = problem {
                return Err(Error::Fault(format!("oidc {}: {problem}", provider.code)));
            }
        }
        self.providers = providers;
        self.fetch = Some(fetch);
        Ok(self)
    }

    /// The providers, in the order of the configuration.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// A provider by its code.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub(super) fn provider(&self, code: &str) -> Result<&Provider> {
        let found = self.providers.iter().find(|p| p.code == code);
        found.ok_or(Error::NotFound)
    }

    /// The name of the provider with an address; the address itself when it is not configured any more.
    pub fn name_of<'n>(&'n self, issuer: &'n str) -> &'n str {
        let found = self.providers.iter().find(|p| p.issuer == issuer);
        found.map_or(issuer, |p| p.name.as_str())
    }

    /// Whether passkeys can be used at all.
    pub fn has_passkeys(&self) -> bool {
        self.webauthn.is_some()
    }

    /// The address under which people know this server.
    pub fn public_url(&self) -> &str {
        self.public_url.as_ref().map_or("", Url::as_str)
    }

    /// What checks passkeys.
    ///
    /// # Errors
    /// [`Error::Refused`] with `passkeys-off` when the address allows none.
    pub(super) fn webauthn(&self) -> Result<&Webauthn> {
        let off = || crate::Refusal::with("passkeys-off", self.public_url()).into();
        self.webauthn.as_ref().ok_or_else(off)
    }

    /// How providers are asked.
    pub(super) fn fetch(&self) -> Result<Fetch> {
        self.fetch.clone().ok_or(Error::NotFound)
    }

    /// Where providers send people back to.
    pub(super) fn return_url(&self) -> String {
        let base = self.public_url().trim_end_matches('/');
        format!("{base}{RETURN_PATH}")
    }

    /// What a provider said of itself, and when.
    pub(super) fn known(&self, code: &str) -> Option<(Instant, Arc<Known>)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(code).cloned()
    }

    /// Keeps what a provider said of itself.
    pub(super) fn remember(&self, code: &str, now: Instant, said: Arc<Known>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(code.to_owned(), (now, said));
    }
}

/// Why a provider cannot be used as it is described.
fn problem(provider: &Provider) -> Option<&'static str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    // Its address would be the one to which people come back.
    if provider.code == "callback" {
        return Some("its code may not be `callback`");
    }
    if provider.code.is_empty() || !provider.code.chars().all(plain) {
        return Some("its code may hold small letters, digits and hyphens only");
    }
    let near = |u: &Url| matches!(u.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let issuer = Url::parse(&provider.issuer).ok();
    if !issuer.is_some_and(|u| u.scheme() == "https" || near(&u)) {
        return Some("its issuer must be an https address");
    }
    let by_claim = provider.link_by_claim || provider.auto_create;
    if by_claim && provider.username_claim == "email" && provider.domains.is_empty() {
        return Some("users can be named by e-mail only when `domains` says whose addresses count");
    }
    if provider.auto_create && provider.mappings.is_empty() {
        return Some("auto_create needs [[oidc.mapping]] to say units and roles");
    }
    None
}
